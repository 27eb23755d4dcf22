//! Values compared with what an operator wrote.

use std::net::IpAddr;

use super::{Duration, IpAddress, Map, Str, TimeStamp, Value};

impl Value {
    /// Whether two values are equal, or one is a string that says what the other is: Mixer's
    /// `StringEquals`, with which its own adapters compare an instance's values with those of a
    /// configuration.
    ///
    /// A string is read as the other's type: numbers, `true` and `false`, an IP address, a time as
    /// `2026-01-02T03:04:05Z`, a duration as `1m30s`, a string map as `a=1&b=2` in any order.
    /// [`Value::Unset`] equals an empty string. Two values of different types, neither of them a
    /// string, are not equal.
    ///
    /// ```
    /// use adapter_runtime::value::Value;
    ///
    /// assert!(Value::from(1_234).string_equals(&Value::from("1234")));
    /// assert!(!Value::from(1_234).string_equals(&Value::from(1_234.0)));
    /// ```
    #[must_use]
    pub fn string_equals(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::String(text), value) | (value, Value::String(text)) => value.is_text(text),
            _ => self == other,
        }
    }

    /// Whether this is what a text says.
    fn is_text(&self, text: &str) -> bool {
        match self {
            Value::Unset => text.is_empty(),
            Value::String(own) => own.as_str() == text,
            Value::EmailAddress(own) => own.as_str() == text,
            Value::DnsName(own) => own.as_str() == text,
            Value::Uri(own) => own.as_str() == text,
            Value::Int64(number) => text.parse() == Ok(*number),
            Value::Double(number) => text.parse() == Ok(*number),
            Value::Bool(value) => bool_of(text) == Some(*value),
            Value::IpAddress(address) => {
                let equal = |other: IpAddr| IpAddress::from(other) == *address;
                text.parse().is_ok_and(equal)
            }
            Value::TimeStamp(time) => time_of(text) == Some(*time),
            Value::Duration(duration) => {
                let equal = |other: Duration| other.as_nanos() == duration.as_nanos();
                text.parse().is_ok_and(equal)
            }
            Value::StringMap(map) => map_of(text).is_some_and(|other| other == *map),
        }
    }
}

/// The forms that Go takes for a bool.
fn bool_of(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

fn time_of(text: &str) -> Option<TimeStamp> {
    let time: jiff::Timestamp = text.parse().ok()?;
    let nanos = time.as_nanosecond();
    Some(TimeStamp::new(
        i64::try_from(nanos.div_euclid(1_000_000_000)).ok()?,
        nanos.rem_euclid(1_000_000_000) as i32,
    ))
}

/// The reverse of a map's text. A key or a value that has a `&` can't be told from two pairs.
fn map_of(text: &str) -> Option<Map<Str>> {
    if text.is_empty() {
        return Some(Map::new());
    }
    text.split('&').map(|pair| pair.split_once('=')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_read_as_the_others_type() {
        let map = Value::from(Map::<Str>::from([("a", "1=2"), ("b", "")]));
        let time = Value::from(TimeStamp::new(-1, 500_000_000));
        for (value, text, equal) in [
            (&map, "b=&a=1=2", true),
            (&map, "a=1=2", false),
            (&map, "a=1=2&b", false),
            (&map, "a=1=2&b=&c=", false),
            (&Value::StringMap(Map::new()), "", true),
            (&time, "1969-12-31T23:59:59.5Z", true),
            (&time, "1970-01-01T00:59:59.500+01:00", true),
            (&time, "", false),
            (&Value::from(false), "0", true),
            (&Value::from(false), "no", false),
            (&Value::from(5), "5.0", false),
            (&Value::from(5.0), "5", true),
            (&Value::from(f64::INFINITY), "+Inf", true),
            (&Value::from(Duration::new(90, 0)), "1m30s", true),
            (&Value::from(Duration::new(90, 0)), "90", false),
            (&Value::IpAddress(IpAddress::default()), "", false),
        ] {
            assert_eq!(value.string_equals(&text.into()), equal, "{value:?} {text}");
            assert_eq!(
                Value::from(text).string_equals(value),
                equal,
                "{text} {value:?}"
            );
        }
        assert!(!Value::from(5).string_equals(&Value::from(5.0)));
        assert!(Value::from(5).string_equals(&Value::from(5)));
    }
}
