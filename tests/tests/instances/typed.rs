//! Instances in the vectors' form of typed values.

use adapter_runtime::value::{
    DnsName, Duration, EmailAddress, IpAddress, Map, Str, TimeStamp, Uri, Value,
};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value as Json, json};

use crate::samples::{apa, check, quota, report};

pub(crate) trait Typed {
    fn typed(&self) -> Json;
}

impl Typed for Str {
    fn typed(&self) -> Json {
        json!({ "type": "string", "value": self.as_str() })
    }
}

impl Typed for i64 {
    fn typed(&self) -> Json {
        json!({ "type": "int64", "value": self })
    }
}

impl Typed for f64 {
    fn typed(&self) -> Json {
        match self.fract() {
            0.0 => json!({ "type": "double", "value": *self as i64 }),
            _ => json!({ "type": "double", "value": self }),
        }
    }
}

impl Typed for bool {
    fn typed(&self) -> Json {
        json!({ "type": "bool", "value": self })
    }
}

impl Typed for IpAddress {
    fn typed(&self) -> Json {
        json!({ "type": "ip_address", "value": BASE64_STANDARD.encode(self.as_bytes()) })
    }
}

impl Typed for TimeStamp {
    fn typed(&self) -> Json {
        let time = jiff::Timestamp::new(self.seconds(), self.nanos()).expect("a time");
        json!({ "type": "timestamp", "value": time.to_string() })
    }
}

impl Typed for Duration {
    fn typed(&self) -> Json {
        let nanos = self.seconds() * 1_000_000_000 + i64::from(self.nanos());
        json!({ "type": "duration", "value": nanos })
    }
}

macro_rules! text {
    ($($type:ty)+) => {$(
        impl Typed for $type {
            fn typed(&self) -> Json {
                json!({ "type": "string", "value": self.as_str() })
            }
        }
    )+};
}

text!(DnsName EmailAddress Uri);

impl Typed for Value {
    fn typed(&self) -> Json {
        match self {
            Value::Unset => json!({ "type": "null" }),
            Value::String(text) => text.typed(),
            Value::Int64(number) => number.typed(),
            Value::IpAddress(address) => {
                json!({ "type": "bytes", "value": BASE64_STANDARD.encode(address.as_bytes()) })
            }
            other => panic!("{other:?} occurs in no vector"),
        }
    }
}

impl<V: Typed> Typed for Map<V> {
    fn typed(&self) -> Json {
        let entries = self.iter();
        let entries = entries.map(|(key, value)| (key.to_owned(), value.typed()));
        json!({ "type": "map", "value": Json::Object(entries.collect()) })
    }
}

impl<M: Typed> Typed for Option<M> {
    fn typed(&self) -> Json {
        self.as_ref()
            .map_or_else(|| json!({ "type": "null" }), Typed::typed)
    }
}

/// Names the fields of messages, all of them, in the order of their declaration.
macro_rules! messages {
    ($($message:ty { $($name:ident)? } => [$($field:ident: $go:literal),*];)+) => {$(
        impl Typed for $message {
            fn typed(&self) -> Json {
                let Self { $($name,)? $($field),* } = self;
                let mut fields = serde_json::Map::new();
                $(fields.insert("Name".into(), $name.typed());)?
                $(fields.insert($go.into(), $field.typed());)*
                json!({ "type": "struct", "value": fields })
            }
        }
    )+};
}

macro_rules! res1 {
    ($($message:ty)+) => {
        messages! {$(
            $message {} => [
                value: "Value", dimensions: "Dimensions", int64: "Int64Primitive",
                bool: "BoolPrimitive", double: "DoublePrimitive", string: "StringPrimitive",
                int64_map: "Int64Map", time_stamp: "TimeStamp", duration: "Duration",
                res2: "Res2", res2_map: "Res2Map"
            ];
        )+}
    };
}

res1!(report::Res1 check::Res1 quota::Res1);

messages! {
    report::Instance { name } => [
        value: "Value", dimensions: "Dimensions", int64: "Int64Primitive", bool: "BoolPrimitive",
        double: "DoublePrimitive", string: "StringPrimitive", int64_map: "Int64Map",
        time_stamp: "TimeStamp", duration: "Duration", res1: "Res1"
    ];
    report::Res2 {} => [
        value: "Value", dimensions: "Dimensions", int64: "Int64Primitive",
        time_stamp: "TimeStamp", duration: "Duration", ip_addr: "IpAddr", dns_name: "DnsName",
        email_addr: "EmailAddr", uri: "Uri"
    ];
    check::Instance { name } =>
        [check_expression: "CheckExpression", string_map: "StringMap", res1: "Res1"];
    check::Res2 {} => [value: "Value", dimensions: "Dimensions", int64: "Int64Primitive"];
    quota::Instance { name } => [dimensions: "Dimensions", bool_map: "BoolMap", res1: "Res1"];
    quota::Res2 {} => [value: "Value", dimensions: "Dimensions", int64: "Int64Primitive"];
    apa::Instance { name } => [
        int64: "Int64Primitive", bool: "BoolPrimitive", double: "DoublePrimitive",
        string: "StringPrimitive", dimensions: "DimensionsFixedInt64ValueDType",
        time_stamp: "TimeStamp", duration: "Duration", res3_map: "Res3Map",
        optional_ip: "OptionalIP", email: "Email"
    ];
    apa::Resource3 {} => [
        int64: "Int64Primitive", bool: "BoolPrimitive", double: "DoublePrimitive",
        string: "StringPrimitive", dimensions: "DimensionsFixedInt64ValueDType",
        time_stamp: "TimeStamp", duration: "Duration"
    ];
}

/// What a vector expects, without what only Go has: the names of its types, and texts beside values.
pub(crate) fn expected(json: &Json) -> Json {
    match json {
        Json::Object(fields) if fields.contains_key("type") => {
            let kind = fields["type"].as_str().expect("a type");
            let value = fields.get("value").map(|value| match (kind, value) {
                ("struct" | "map", Json::Object(values)) => {
                    let values = values.iter();
                    let values = values.map(|(name, value)| (name.clone(), expected(value)));
                    Json::Object(values.collect())
                }
                ("string_map", Json::Object(values)) => {
                    let typed = |value: &Json| json!({ "type": "string", "value": value });
                    let values = values.iter();
                    let values = values.map(|(key, value)| (key.clone(), typed(value)));
                    Json::Object(values.collect())
                }
                (_, value) => value.clone(),
            });
            let kind = if kind == "string_map" { "map" } else { kind };
            match value {
                Some(value) => json!({ "type": kind, "value": value }),
                None => json!({ "type": kind }),
            }
        }
        other => panic!("no typed value: {other}"),
    }
}
