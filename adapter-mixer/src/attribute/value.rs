//! Values of attributes, as they are read.

use std::borrow::Cow;
use std::fmt;

use adapter_runtime::value::{Duration, IpAddress, Map, Str, TimeStamp, Value, ValueType};

use super::reference::Tracking;
use super::wire_bag::WireMap;

/// A value that is read without being copied: from a bag, from an expression's text, or made
/// while an expression is evaluated.
///
/// As on the wire, STRING, DNS_NAME, EMAIL_ADDRESS and URI are all text; which one it is, the
/// vocabulary says, and [`into_value`](ValueRef::into_value) asks for it.
#[derive(Clone, Debug)]
pub enum ValueRef<'a> {
    /// STRING, DNS_NAME, EMAIL_ADDRESS or URI.
    String(Cow<'a, str>),
    /// INT64.
    Int64(i64),
    /// DOUBLE.
    Double(f64),
    /// BOOL.
    Bool(bool),
    /// IP_ADDRESS: whatever bytes were sent.
    IpAddress(IpAddress),
    /// TIMESTAMP.
    TimeStamp(TimeStamp),
    /// DURATION.
    Duration(Duration),
    /// STRING_MAP.
    StringMap(MapRef<'a>),
}

impl<'a> ValueRef<'a> {
    /// The value as a reader of an attribute sees it; `None` for [`Value::Unset`].
    #[inline]
    #[must_use]
    pub fn of(value: &'a Value) -> Option<ValueRef<'a>> {
        let text = |text| Some(ValueRef::String(Cow::Borrowed(text)));
        Some(match value {
            Value::String(value) => return text(value),
            Value::Int64(number) => return Some(ValueRef::Int64(*number)),
            Value::Double(number) => ValueRef::Double(*number),
            Value::Bool(value) => ValueRef::Bool(*value),
            Value::IpAddress(address) => ValueRef::IpAddress(address.clone()),
            Value::TimeStamp(time) => ValueRef::TimeStamp(*time),
            Value::Duration(duration) => ValueRef::Duration(*duration),
            Value::StringMap(map) => ValueRef::StringMap(MapRef::of(map)),
            other => return other.as_str().and_then(text),
        })
    }

    /// The value to keep, of a type that has this representation; a text is a STRING unless it
    /// is asked for as a DNS_NAME, EMAIL_ADDRESS or URI.
    #[must_use]
    pub fn into_value(self, value_type: ValueType) -> Value {
        match self {
            ValueRef::String(text) => {
                let text = match text {
                    Cow::Borrowed(text) => Str::from(text),
                    Cow::Owned(text) => Str::from(text),
                };
                match value_type {
                    ValueType::DnsName => Value::DnsName(text.into()),
                    ValueType::EmailAddress => Value::EmailAddress(text.into()),
                    ValueType::Uri => Value::Uri(text.into()),
                    _ => Value::String(text),
                }
            }
            ValueRef::Int64(number) => Value::Int64(number),
            ValueRef::Double(number) => Value::Double(number),
            ValueRef::Bool(value) => Value::Bool(value),
            ValueRef::IpAddress(address) => Value::IpAddress(address),
            ValueRef::TimeStamp(time) => Value::TimeStamp(time),
            ValueRef::Duration(duration) => Value::Duration(duration),
            ValueRef::StringMap(map) => Value::StringMap(map.to_map()),
        }
    }

    /// The text; `None` for any other value.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            ValueRef::String(text) => Some(text),
            _ => None,
        }
    }
}

impl fmt::Display for ValueRef<'_> {
    /// As [`Value`] is displayed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ValueRef::String(text) => text.fmt(f),
            other => other.clone().into_value(ValueType::Unspecified).fmt(f),
        }
    }
}

/// A string map that is read without being copied. Where attributes are tracked, each key that is
/// looked up counts as a reference of its own.
#[derive(Clone, Copy)]
pub struct MapRef<'a> {
    entries: Entries<'a>,
    tracking: Option<Tracking<'a>>,
}

#[derive(Clone, Copy)]
enum Entries<'a> {
    Map(&'a Map<Str>),
    Wire(WireMap<'a>),
}

impl<'a> MapRef<'a> {
    /// A map without entries.
    pub(crate) const EMPTY: MapRef<'static> = MapRef::of({
        static EMPTY: Map<Str> = Map::new();
        &EMPTY
    });

    /// A map that a program holds.
    #[must_use]
    pub const fn of(map: &'a Map<Str>) -> MapRef<'a> {
        MapRef {
            entries: Entries::Map(map),
            tracking: None,
        }
    }

    pub(super) fn of_wire(map: WireMap<'a>) -> MapRef<'a> {
        MapRef {
            entries: Entries::Wire(map),
            tracking: None,
        }
    }

    pub(super) fn tracked(self, tracking: Tracking<'a>) -> MapRef<'a> {
        MapRef {
            tracking: Some(tracking),
            ..self
        }
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&'a str> {
        let value = match self.entries {
            Entries::Map(map) => map.get(key).map(Str::as_str),
            Entries::Wire(map) => map.get(key),
        };
        if let Some(tracking) = self.tracking {
            tracking.record(key, value.is_some());
        }
        value
    }

    /// A copy of all entries. Reading them all is not a reference to any of them.
    #[must_use]
    pub fn to_map(&self) -> Map<Str> {
        match self.entries {
            Entries::Map(map) => map.clone(),
            Entries::Wire(map) => map.entries().collect(),
        }
    }
}

impl fmt::Debug for MapRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_map().fmt(f)
    }
}
