//! The types that instances are made of: what `istio.policy.v1beta1` has in `type.proto`.
//!
//! All of them own their data and borrow nothing from the request, so an adapter may keep an
//! instance for as long as it likes. Strings of up to 24 bytes are stored inline.

mod duration;
mod equality;
mod ip;
mod map;
mod names;
mod str;
mod timestamp;
pub(crate) mod wire;

pub use duration::{Duration, ParseDurationError};
pub use ip::IpAddress;
pub use map::Map;
pub use names::{DnsName, EmailAddress, Uri};
pub use str::Str;
pub use timestamp::TimeStamp;

use std::fmt;

/// A value whose type the operator's expression decides: `istio.policy.v1beta1.Value`.
///
/// [`Display`](fmt::Display) writes the text that Mixer's own adapters write: numbers in decimal
/// and never with an exponent, times as `2026-01-02T03:04:05.000000Z`, durations as `1m30.5s`,
/// addresses in their usual form, a map as `k=v` pairs sorted by key and joined by `&`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// No value: the field was absent, or an empty `Value` was sent. Displayed as nothing.
    #[default]
    Unset,
    /// `STRING`.
    String(Str),
    /// `INT64`.
    Int64(i64),
    /// `DOUBLE`. A plain number in an instance's YAML arrives as a double, the expression `"42"`
    /// as an int64.
    Double(f64),
    /// `BOOL`.
    Bool(bool),
    /// `IP_ADDRESS`.
    IpAddress(IpAddress),
    /// `TIMESTAMP`.
    TimeStamp(TimeStamp),
    /// `DURATION`.
    Duration(Duration),
    /// `EMAIL_ADDRESS`.
    EmailAddress(EmailAddress),
    /// `DNS_NAME`.
    DnsName(DnsName),
    /// `URI`.
    Uri(Uri),
    /// `STRING_MAP`.
    StringMap(Map<Str>),
}

impl Value {
    /// The empty or zero value of a type; [`Value::Unset`] for [`ValueType::Unspecified`].
    #[must_use]
    pub fn zero(value_type: ValueType) -> Value {
        match value_type {
            ValueType::Unspecified => Value::Unset,
            ValueType::String => Value::String(Str::default()),
            ValueType::Int64 => Value::Int64(0),
            ValueType::Double => Value::Double(0.0),
            ValueType::Bool => Value::Bool(false),
            ValueType::Timestamp => Value::TimeStamp(TimeStamp::default()),
            ValueType::IpAddress => Value::IpAddress(IpAddress::default()),
            ValueType::EmailAddress => Value::EmailAddress(EmailAddress::default()),
            ValueType::Uri => Value::Uri(Uri::default()),
            ValueType::DnsName => Value::DnsName(DnsName::default()),
            ValueType::Duration => Value::Duration(Duration::default()),
            ValueType::StringMap => Value::StringMap(Map::new()),
        }
    }

    /// The type of the value; [`ValueType::Unspecified`] for [`Value::Unset`].
    #[must_use]
    pub fn value_type(&self) -> ValueType {
        match self {
            Value::Unset => ValueType::Unspecified,
            Value::String(_) => ValueType::String,
            Value::Int64(_) => ValueType::Int64,
            Value::Double(_) => ValueType::Double,
            Value::Bool(_) => ValueType::Bool,
            Value::IpAddress(_) => ValueType::IpAddress,
            Value::TimeStamp(_) => ValueType::Timestamp,
            Value::Duration(_) => ValueType::Duration,
            Value::EmailAddress(_) => ValueType::EmailAddress,
            Value::DnsName(_) => ValueType::DnsName,
            Value::Uri(_) => ValueType::Uri,
            Value::StringMap(_) => ValueType::StringMap,
        }
    }

    /// Whether no value was sent.
    #[must_use]
    pub fn is_unset(&self) -> bool {
        matches!(self, Value::Unset)
    }

    /// The text of a string, DNS name, e-mail address or URI; `None` for any other value.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            Value::EmailAddress(text) => Some(text.as_str()),
            Value::DnsName(text) => Some(text.as_str()),
            Value::Uri(text) => Some(text.as_str()),
            _ => None,
        }
    }

    /// An int64; `None` for any other value.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Int64(number) => Some(*number),
            _ => None,
        }
    }

    /// A number to compute with: a double, an int64 (rounded to the nearest double beyond 2^53)
    /// or a duration in seconds; `None` for any other value.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Double(number) => Some(*number),
            Value::Int64(number) => Some(*number as f64),
            Value::Duration(duration) => Some(duration.as_secs_f64()),
            _ => None,
        }
    }

    /// An IP address; `None` for any other value, and for one without an address.
    #[must_use]
    pub fn as_ip(&self) -> Option<std::net::IpAddr> {
        match self {
            Value::IpAddress(address) => address.to_ip(),
            _ => None,
        }
    }

    /// A point in time; `None` for any other value.
    #[must_use]
    pub fn as_time_stamp(&self) -> Option<TimeStamp> {
        match self {
            Value::TimeStamp(time) => Some(*time),
            _ => None,
        }
    }

    /// A span of time; `None` for any other value.
    #[must_use]
    pub fn as_duration(&self) -> Option<Duration> {
        match self {
            Value::Duration(duration) => Some(*duration),
            _ => None,
        }
    }

    /// A map of strings; `None` for any other value.
    #[must_use]
    pub fn as_string_map(&self) -> Option<&Map<Str>> {
        match self {
            Value::StringMap(map) => Some(map),
            _ => None,
        }
    }

    /// A bool; `None` for any other value.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Unset => Ok(()),
            Value::String(text) => text.fmt(f),
            Value::Int64(number) => number.fmt(f),
            Value::Double(number) if number.is_infinite() => {
                f.write_str(if *number > 0.0 { "+Inf" } else { "-Inf" })
            }
            Value::Double(number) => number.fmt(f),
            Value::Bool(value) => value.fmt(f),
            Value::IpAddress(address) => address.fmt(f),
            Value::TimeStamp(time) => time.fmt(f),
            Value::Duration(duration) => duration.fmt(f),
            Value::EmailAddress(text) => text.fmt(f),
            Value::DnsName(text) => text.fmt(f),
            Value::Uri(text) => text.fmt(f),
            Value::StringMap(map) => {
                for (index, (key, value)) in map.sorted().into_iter().enumerate() {
                    let separator = if index == 0 { "" } else { "&" };
                    write!(f, "{separator}{key}={value}")?;
                }
                Ok(())
            }
        }
    }
}

macro_rules! value_from {
    ($($from:ty => |$arg:ident| $to:expr;)+) => {$(
        impl From<$from> for Value {
            fn from($arg: $from) -> Value {
                $to
            }
        }
    )+};
}

value_from! {
    &str => |text| Value::String(text.into());
    String => |text| Value::String(text.into());
    Str => |text| Value::String(text);
    i64 => |number| Value::Int64(number);
    i32 => |number| Value::Int64(number.into());
    u32 => |number| Value::Int64(number.into());
    f64 => |number| Value::Double(number);
    bool => |value| Value::Bool(value);
    IpAddress => |address| Value::IpAddress(address);
    std::net::IpAddr => |address| Value::IpAddress(address.into());
    std::time::SystemTime => |time| Value::TimeStamp(time.into());
    TimeStamp => |time| Value::TimeStamp(time);
    Duration => |duration| Value::Duration(duration);
    EmailAddress => |text| Value::EmailAddress(text);
    DnsName => |text| Value::DnsName(text);
    Uri => |text| Value::Uri(text);
    Map<Str> => |map| Value::StringMap(map);
}

/// The type of an attribute or of a [`Value`]: `istio.policy.v1beta1.ValueType`, with its numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[repr(i32)]
pub enum ValueType {
    /// Not known: no expression was given.
    #[default]
    Unspecified = 0,
    /// Any text.
    String = 1,
    /// A signed integer of 64 bits.
    Int64 = 2,
    /// A double-precision number.
    Double = 3,
    /// True or false.
    Bool = 4,
    /// A point in time.
    Timestamp = 5,
    /// An IPv4 or IPv6 address.
    IpAddress = 6,
    /// An e-mail address.
    EmailAddress = 7,
    /// A URI.
    Uri = 8,
    /// A DNS name.
    DnsName = 9,
    /// A span of time.
    Duration = 10,
    /// Strings by string.
    StringMap = 11,
}

impl ValueType {
    /// The type with this number, `None` if there is none.
    #[must_use]
    pub fn from_number(number: i32) -> Option<ValueType> {
        const ALL: [ValueType; 12] = [
            ValueType::Unspecified,
            ValueType::String,
            ValueType::Int64,
            ValueType::Double,
            ValueType::Bool,
            ValueType::Timestamp,
            ValueType::IpAddress,
            ValueType::EmailAddress,
            ValueType::Uri,
            ValueType::DnsName,
            ValueType::Duration,
            ValueType::StringMap,
        ];
        ALL.get(usize::try_from(number).ok()?).copied()
    }

    /// The name that Istio's documentation uses, e.g. `IP_ADDRESS`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ValueType::Unspecified => "VALUE_TYPE_UNSPECIFIED",
            ValueType::String => "STRING",
            ValueType::Int64 => "INT64",
            ValueType::Double => "DOUBLE",
            ValueType::Bool => "BOOL",
            ValueType::Timestamp => "TIMESTAMP",
            ValueType::IpAddress => "IP_ADDRESS",
            ValueType::EmailAddress => "EMAIL_ADDRESS",
            ValueType::Uri => "URI",
            ValueType::DnsName => "DNS_NAME",
            ValueType::Duration => "DURATION",
            ValueType::StringMap => "STRING_MAP",
        }
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_displayed_as_mixers_adapters_do() {
        let map: Map<Str> = [("b", "2"), ("a", "1")].into_iter().collect();
        let ip = std::net::Ipv4Addr::new(192, 168, 1, 42);
        for (value, text) in [
            (Value::Unset, ""),
            (Value::from("x"), "x"),
            (Value::from(-5), "-5"),
            (Value::from(i64::MIN), "-9223372036854775808"),
            (Value::from(1e21), "1000000000000000000000"),
            (Value::from(f64::INFINITY), "+Inf"),
            (Value::from(true), "true"),
            (Value::from(std::net::IpAddr::V4(ip)), "192.168.1.42"),
            (Value::from(Duration::new(90, 500_000_000)), "1m30.5s"),
            (
                Value::from(TimeStamp::new(0, 0)),
                "1970-01-01T00:00:00.000000Z",
            ),
            (Value::from(map), "a=1&b=2"),
        ] {
            assert_eq!(value.to_string(), text);
        }
    }

    #[test]
    fn a_value_is_what_it_is_asked_for_or_nothing() {
        let ip = std::net::IpAddr::from([10, 1, 2, 3]);
        let map: Map<Str> = Map::from([("k", "v")]);
        assert_eq!(Value::from(ip).as_ip(), Some(ip));
        assert_eq!(Value::IpAddress(IpAddress::default()).as_ip(), None);
        let epoch = Value::from(std::time::SystemTime::UNIX_EPOCH);
        assert_eq!(epoch.as_time_stamp(), Some(TimeStamp::new(0, 0)));
        let second = Duration::new(1, 0);
        assert_eq!(Value::from(second).as_duration(), Some(second));
        assert_eq!(Value::from(map.clone()).as_string_map(), Some(&map));
        assert_eq!(Value::from(DnsName::from("a.b")).as_str(), Some("a.b"));
        let text = Value::from("5");
        assert_eq!(text.as_str(), Some("5"));
        assert_eq!((text.as_i64(), text.as_f64()), (None, None));
        assert_eq!((text.as_bool(), text.as_ip()), (None, None));
        assert!(text.as_time_stamp().is_none() && text.as_duration().is_none());
        assert_eq!(text.as_string_map(), None);
    }

    #[test]
    fn a_duration_counts_as_seconds_with_its_nanoseconds() {
        assert_eq!(
            Value::from(Duration::new(2, 500_000_000)).as_f64(),
            Some(2.5)
        );
        assert_eq!(
            Value::from(Duration::new(-2, -500_000_000)).as_f64(),
            Some(-2.5)
        );
    }
}
