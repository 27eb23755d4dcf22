//! Instances as protobuf's JSON, to compare with what a real Mixer's requests were decoded to.

use adapter_runtime::template::Template;
use adapter_runtime::template::{
    apikey, authorization, checknothing, edge, listentry, logentry, metric, quota, reportnothing,
    tracespan,
};
use adapter_runtime::value::{
    DnsName, Duration, EmailAddress, IpAddress, Map, Str, TimeStamp, Uri, Value,
};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value as Json, json};
use tests::templates::{keyval, sampleapa};

/// The same with all numbers as doubles, which JSON writes with or without a fraction.
pub(crate) fn with_doubles(json: &Json) -> Json {
    match json {
        Json::Number(number) => json!(number.as_f64()),
        Json::Array(values) => values.iter().map(with_doubles).collect(),
        Json::Object(fields) => {
            let fields = fields.iter();
            let fields = fields.map(|(name, value)| (name.clone(), with_doubles(value)));
            Json::Object(fields.collect())
        }
        other => other.clone(),
    }
}

/// What a field holds; `None` where it is empty, which JSON leaves out.
pub(crate) trait ToJson {
    fn to_json(&self) -> Option<Json>;
}

impl ToJson for Str {
    fn to_json(&self) -> Option<Json> {
        (!self.is_empty()).then(|| json!(self.as_str()))
    }
}

impl ToJson for i64 {
    // A string, because JSON's numbers are doubles.
    fn to_json(&self) -> Option<Json> {
        (*self != 0).then(|| json!(self.to_string()))
    }
}

impl ToJson for f64 {
    fn to_json(&self) -> Option<Json> {
        (*self != 0.0).then(|| json!(self))
    }
}

impl ToJson for bool {
    fn to_json(&self) -> Option<Json> {
        self.then(|| json!(true))
    }
}

impl ToJson for IpAddress {
    fn to_json(&self) -> Option<Json> {
        (!self.is_unset()).then(|| address(self))
    }
}

impl ToJson for TimeStamp {
    fn to_json(&self) -> Option<Json> {
        (*self != TimeStamp::default()).then(|| time(*self))
    }
}

impl ToJson for Value {
    fn to_json(&self) -> Option<Json> {
        let text = |name: &str, text: &str| json!({ name: { "value": text } });
        Some(match self {
            Value::Unset => return None,
            Value::String(text) => json!({ "string_value": text.as_str() }),
            Value::Int64(number) => json!({ "int64_value": number.to_string() }),
            Value::Double(number) => json!({ "double_value": number }),
            Value::Bool(value) => json!({ "bool_value": value }),
            Value::IpAddress(it) => json!({ "ip_address_value": address(it) }),
            Value::TimeStamp(it) => json!({ "timestamp_value": time(*it) }),
            Value::Duration(it) => json!({ "duration_value": duration(*it) }),
            Value::DnsName(name) => text("dns_name_value", DnsName::as_str(name)),
            Value::EmailAddress(it) => text("email_address_value", EmailAddress::as_str(it)),
            Value::Uri(uri) => text("uri_value", Uri::as_str(uri)),
            other => panic!("{other:?} occurs in no capture"),
        })
    }
}

impl<V: ToJson> ToJson for Map<V> {
    fn to_json(&self) -> Option<Json> {
        let entries = self.sorted().into_iter();
        let entries = entries.map(|(key, value)| (key.to_owned(), value.to_json().into()));
        (!self.is_empty()).then(|| Json::Object(entries.collect()))
    }
}

impl<M: ToJson> ToJson for Option<M> {
    fn to_json(&self) -> Option<Json> {
        self.as_ref().map(|message| message.to_json().into())
    }
}

fn address(address: &IpAddress) -> Json {
    match address.as_bytes() {
        [] => json!({}),
        bytes => json!({ "value": BASE64_STANDARD.encode(bytes) }),
    }
}

fn time(time: TimeStamp) -> Json {
    let seconds = jiff::Timestamp::from_second(time.seconds()).expect("a time in the calendar");
    let seconds = seconds.to_string();
    let seconds = seconds.trim_end_matches('Z');
    json!({ "value": format!("{seconds}{}Z", fraction(time.nanos())) })
}

fn duration(duration: Duration) -> Json {
    let (seconds, nanos) = (duration.seconds(), duration.nanos());
    json!({ "value": format!("{seconds}{}s", fraction(nanos)) })
}

/// A part of a second as protobuf's JSON has it: in 0, 3, 6 or 9 digits.
fn fraction(nanos: i32) -> String {
    match nanos {
        0 => String::new(),
        nanos if nanos % 1_000_000 == 0 => format!(".{:03}", nanos / 1_000_000),
        nanos if nanos % 1_000 == 0 => format!(".{:06}", nanos / 1_000),
        nanos => format!(".{nanos:09}"),
    }
}

/// Names the fields of messages, all of them, in the order of their declaration; how they are
/// called in JSON, their tables know.
macro_rules! messages {
    ($($message:ty { $($name:ident)? } $info:expr => [$($field:ident),*];)+) => {$(
        impl ToJson for $message {
            fn to_json(&self) -> Option<Json> {
                // No field can be forgotten.
                let Self { $($name,)? $($field),* } = self;
                let mut object = serde_json::Map::new();
                $(object.extend($name.to_json().map(|json| ("name".to_owned(), json)));)?
                let values: Vec<Option<Json>> = vec![$($field.to_json()),*];
                let info = $info;
                assert_eq!(info.fields().len(), values.len());
                for (field, json) in info.fields().iter().zip(values) {
                    object.extend(json.map(|json| (field.name.to_owned(), json)));
                }
                Some(Json::Object(object))
            }
        }
    )+};
}

/// The table of a message that is a field of an instance.
fn part(number: u32) -> &'static adapter_runtime::template::MessageInfo {
    let field = authorization::Template::INFO.instance.field(number);
    field
        .and_then(|field| field.ty.message())
        .expect("a message")
}

messages! {
    apikey::Instance { name } apikey::Template::INFO.instance =>
        [api, api_version, api_operation, api_key, timestamp];
    authorization::Instance { name } authorization::Template::INFO.instance => [subject, action];
    authorization::Subject {} part(1) => [user, groups, properties];
    authorization::Action {} part(2) => [namespace, service, method, path, properties];
    checknothing::Instance { name } checknothing::Template::INFO.instance => [];
    edge::Instance { name } edge::Template::INFO.instance => [
        timestamp, source_workload_namespace, source_workload_name, source_owner, source_uid,
        destination_workload_namespace, destination_workload_name, destination_owner,
        destination_uid, destination_service_namespace, destination_service_name,
        context_protocol, api_protocol
    ];
    listentry::Instance { name } listentry::Template::INFO.instance => [value];
    logentry::Instance { name } logentry::Template::INFO.instance => [
        variables, timestamp, severity, monitored_resource_type, monitored_resource_dimensions
    ];
    metric::Instance { name } metric::Template::INFO.instance =>
        [value, dimensions, monitored_resource_type, monitored_resource_dimensions];
    quota::Instance { name } quota::Template::INFO.instance => [dimensions];
    reportnothing::Instance { name } reportnothing::Template::INFO.instance => [];
    tracespan::Instance { name } tracespan::Template::INFO.instance => [
        trace_id, span_id, parent_span_id, span_name, start_time, end_time, span_tags,
        http_status_code, client_span, rewrite_client_span_id, source_name, source_ip,
        destination_name, destination_ip, request_size, request_total_size, response_size,
        response_total_size, api_protocol
    ];
    keyval::Instance { name } keyval::Template::INFO.instance => [key];
    sampleapa::Instance { name } sampleapa::Template::INFO.instance =>
        [int64, bool, double, string];
}
