//! The typed values of the vectors.

use adapter_mixer::attribute::{Attributes, Bag};
use adapter_runtime::value::{Duration, IpAddress, Map, Str, TimeStamp, Value};
use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::Value as Json;

use crate::text;

/// A value; `None` where the vectors say that there is none.
pub(crate) fn value(json: &Json) -> Option<Value> {
    let content = &json["value"];
    Some(match text(json, "type") {
        "string" => content.as_str().expect("a text").into(),
        // `int` stands for what no client can send.
        "int64" | "int" => content.as_i64().expect("an integer").into(),
        "double" => double(content).into(),
        "bool" => content.as_bool().expect("a bool").into(),
        "bytes" | "ip_address" => {
            let bytes = BASE64_STANDARD.decode(content.as_str().expect("base64"));
            Value::IpAddress(IpAddress::from(bytes.expect("base64").as_slice()))
        }
        "timestamp" => Value::TimeStamp(time(content.as_str().expect("a time"))),
        "duration" => Value::Duration(span(content.as_i64().expect("nanoseconds"))),
        "string_map" => Value::StringMap(map(content)),
        "absent" => return None,
        other => panic!("values of type {other} are not known"),
    })
}

/// The values of several attributes.
pub(crate) fn values(json: &Json) -> Vec<(String, Value)> {
    let Some(values) = json.as_object() else {
        return Vec::new();
    };
    let values = values.iter();
    values
        .filter_map(|(name, json)| Some((name.clone(), value(json)?)))
        .collect()
}

pub(crate) fn bag(json: &Json) -> Bag<'static> {
    values(json).into_iter().collect()
}

/// A value as Mixer holds it: names, addresses and URIs are texts.
pub(crate) fn plain(value: Value) -> Value {
    match value.as_str() {
        Some(text) => Value::from(text),
        None => value,
    }
}

/// The value that can be seen in a bag.
pub(crate) fn seen(attributes: &dyn Attributes, name: &str) -> Option<Value> {
    let value = attributes.get(name)?;
    Some(value.into_value(Default::default()))
}

fn double(json: &Json) -> f64 {
    match json.as_str() {
        Some("NaN") => f64::NAN,
        Some("+Inf") => f64::INFINITY,
        Some("-Inf") => f64::NEG_INFINITY,
        _ => json.as_f64().expect("a number"),
    }
}

pub(crate) fn span(nanos: i64) -> Duration {
    Duration::new(nanos / 1_000_000_000, (nanos % 1_000_000_000) as i32)
}

pub(crate) fn time(text: &str) -> TimeStamp {
    let time: jiff::Timestamp = text.parse().expect("a time");
    // Seconds that count down have nanoseconds that do; on the wire nanoseconds count up.
    let nanos = time.as_nanosecond();
    let second = 1_000_000_000;
    TimeStamp::new(
        i64::try_from(nanos.div_euclid(second)).expect("a time"),
        i32::try_from(nanos.rem_euclid(second)).expect("nanoseconds"),
    )
}

fn map(json: &Json) -> Map<Str> {
    let Some(entries) = json.as_object() else {
        return Map::new();
    };
    let entries = entries.iter();
    entries
        .map(|(key, value)| (key.as_str(), value.as_str().expect("a text")))
        .collect()
}
