//! What adapters answer beside a verdict: attributes.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use prost::encoding::{WireType, encode_key, encode_varint};

use super::{FieldType, MessageInfo};
use crate::value::{DnsName, Duration, EmailAddress, IpAddress, Map, Str, TimeStamp, Uri, Value};

/// The output of a template: attributes that the adapter answers. Implemented by
/// `#[mixer_template(output)]`; `()` is the output of a template that has none.
#[diagnostic::on_unimplemented(
    message = "the template has no `Output`, which its variety answers with",
    label = "an `Output` with `#[mixer_template(output)]` is missing",
    note = "write `#[mixer_template(output)] pub struct Output {{ … }}` beside the `Instance`"
)]
pub trait Output: Clone + fmt::Debug + Default + PartialEq + Send + Sync {
    /// The output as data; `None` if there is none.
    const INFO: Option<&'static MessageInfo>;

    /// Appends the fields that are set.
    #[doc(hidden)]
    fn encode(&self, to: &mut Vec<u8>);

    /// Appends the value of each field, of those too that are left out.
    #[doc(hidden)]
    fn values(&self, to: &mut Vec<Option<Value>>);
}

/// A template whose variety answers with an output.
#[diagnostic::on_unimplemented(
    message = "there is no template that answers with this `Output`",
    label = "`Output` belongs to `check_with_output` and `attribute_generator`",
    note = "write one of these varieties above the `Instance` beside it, or remove `Output`"
)]
#[doc(hidden)]
pub trait WithOutput {}

impl Output for () {
    const INFO: Option<&'static MessageInfo> = None;

    fn encode(&self, _: &mut Vec<u8>) {}

    fn values(&self, _: &mut Vec<Option<Value>>) {}
}

/// A type that a field of an output can have: `Option` of one of Mixer's types.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a field of an output",
    label = "not a type of Mixer's outputs",
    note = "use `Option` of `Str` or `String`, `i64`, `f64`, `bool`, `Map<Str>`, or a type of `adapter_runtime::value` other than `Value`"
)]
pub trait OutputField {
    /// The type as data.
    const TYPE: FieldType;

    /// Appends the field unless it is left out. Zeros and empty texts are written: to Mixer a field
    /// that is left out is an attribute that doesn't exist.
    #[doc(hidden)]
    fn encode_field(&self, number: u32, to: &mut Vec<u8>);

    /// The field as an attribute.
    #[doc(hidden)]
    fn field_value(&self) -> Option<Value>;
}

// The compiler would explain what is missing as `OutputValue`, which means nothing to an author.
#[diagnostic::do_not_recommend]
impl<T: OutputValue> OutputField for Option<T> {
    const TYPE: FieldType = T::TYPE;

    fn encode_field(&self, number: u32, to: &mut Vec<u8>) {
        if let Some(value) = self {
            value.encode(number, to);
        }
    }

    fn field_value(&self) -> Option<Value> {
        self.as_ref().map(OutputValue::value)
    }
}

/// What is in the `Option`.
#[doc(hidden)]
pub trait OutputValue {
    const TYPE: FieldType;

    fn encode(&self, number: u32, to: &mut Vec<u8>);

    fn value(&self) -> Value;
}

macro_rules! text {
    ($($type:ty)+) => {$(
        impl OutputValue for $type {
            const TYPE: FieldType = FieldType::String;

            fn encode(&self, number: u32, to: &mut Vec<u8>) {
                bytes(number, self.as_bytes(), to);
            }

            fn value(&self) -> Value {
                Value::from(self.as_str())
            }
        }
    )+};
}

text!(Str String);

impl OutputValue for i64 {
    const TYPE: FieldType = FieldType::Int64;

    fn encode(&self, number: u32, to: &mut Vec<u8>) {
        varint(number, self.cast_unsigned(), to);
    }

    fn value(&self) -> Value {
        Value::Int64(*self)
    }
}

impl OutputValue for bool {
    const TYPE: FieldType = FieldType::Bool;

    fn encode(&self, number: u32, to: &mut Vec<u8>) {
        varint(number, (*self).into(), to);
    }

    fn value(&self) -> Value {
        Value::Bool(*self)
    }
}

impl OutputValue for f64 {
    const TYPE: FieldType = FieldType::Double;

    fn encode(&self, number: u32, to: &mut Vec<u8>) {
        encode_key(number, WireType::SixtyFourBit, to);
        to.extend(self.to_le_bytes());
    }

    fn value(&self) -> Value {
        Value::Double(*self)
    }
}

impl OutputValue for IpAddress {
    const TYPE: FieldType = FieldType::IpAddress;

    fn encode(&self, number: u32, to: &mut Vec<u8>) {
        message(number, to, |to| bytes(1, self.as_bytes(), to));
    }

    fn value(&self) -> Value {
        Value::IpAddress(self.clone())
    }
}

macro_rules! wrapped_text {
    ($($type:ident)+) => {$(
        impl OutputValue for $type {
            const TYPE: FieldType = FieldType::$type;

            fn encode(&self, number: u32, to: &mut Vec<u8>) {
                message(number, to, |to| bytes(1, self.as_str().as_bytes(), to));
            }

            fn value(&self) -> Value {
                Value::$type(self.clone())
            }
        }
    )+};
}

wrapped_text!(DnsName EmailAddress Uri);

macro_rules! seconds_and_nanos {
    ($($type:ident)+) => {$(
        impl OutputValue for $type {
            const TYPE: FieldType = FieldType::$type;

            fn encode(&self, number: u32, to: &mut Vec<u8>) {
                message(number, to, |to| message(1, to, |to| {
                    varint(1, self.seconds().cast_unsigned(), to);
                    varint(2, i64::from(self.nanos()).cast_unsigned(), to);
                }));
            }

            fn value(&self) -> Value {
                Value::$type(*self)
            }
        }
    )+};
}

seconds_and_nanos!(Duration TimeStamp);

/// A map, whose values are strings. An empty one looks like one that is left out: protobuf can't
/// tell them apart.
impl<V: AsRef<str>> OutputValue for Map<V> {
    const TYPE: FieldType = FieldType::Map(&FieldType::String);

    fn encode(&self, number: u32, to: &mut Vec<u8>) {
        // Sorted, so that equal outputs are equal bytes.
        entries(number, self.sorted(), to);
    }

    fn value(&self) -> Value {
        string_map(self.iter())
    }
}

impl<V: AsRef<str>> OutputValue for BTreeMap<String, V> {
    const TYPE: FieldType = FieldType::Map(&FieldType::String);

    fn encode(&self, number: u32, to: &mut Vec<u8>) {
        entries(number, self, to);
    }

    fn value(&self) -> Value {
        string_map(self)
    }
}

impl<V: AsRef<str>, S> OutputValue for HashMap<String, V, S> {
    const TYPE: FieldType = FieldType::Map(&FieldType::String);

    fn encode(&self, number: u32, to: &mut Vec<u8>) {
        entries(number, self, to);
    }

    fn value(&self) -> Value {
        string_map(self)
    }
}

fn string_map<'a, K: AsRef<str>, V: AsRef<str> + 'a>(
    entries: impl IntoIterator<Item = (K, &'a V)>,
) -> Value {
    let mut map = Map::<Str>::new();
    for (key, value) in entries {
        map.insert(key.as_ref(), value.as_ref().into());
    }
    Value::StringMap(map)
}

fn entries<'a, K: AsRef<str> + 'a, V: AsRef<str> + 'a>(
    number: u32,
    entries: impl IntoIterator<Item = (K, &'a V)>,
    to: &mut Vec<u8>,
) {
    for (key, value) in entries {
        message(number, to, |to| {
            bytes(1, key.as_ref().as_bytes(), to);
            bytes(2, value.as_ref().as_bytes(), to);
        });
    }
}

pub(super) fn varint(number: u32, value: u64, to: &mut Vec<u8>) {
    encode_key(number, WireType::Varint, to);
    encode_varint(value, to);
}

pub(super) fn bytes(number: u32, value: &[u8], to: &mut Vec<u8>) {
    encode_key(number, WireType::LengthDelimited, to);
    encode_varint(value.len() as u64, to);
    to.extend(value);
}

/// A field that holds a message, which `content` writes.
pub(super) fn message(number: u32, to: &mut Vec<u8>, content: impl FnOnce(&mut Vec<u8>)) {
    let mut inner = Vec::new();
    content(&mut inner);
    bytes(number, &inner, to);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(field: impl OutputValue) -> Vec<u8> {
        let mut bytes = Vec::new();
        field.encode(1, &mut bytes);
        bytes
    }

    #[test]
    fn zeros_are_written() {
        for (bytes, expected) in [
            (encoded(Str::default()), &[0x0A, 0][..]),
            (encoded(0), &[0x08, 0]),
            (encoded(false), &[0x08, 0]),
            (encoded(0.0), &[0x09, 0, 0, 0, 0, 0, 0, 0, 0]),
            (encoded(IpAddress::default()), &[0x0A, 2, 0x0A, 0]),
            (encoded(DnsName::default()), &[0x0A, 2, 0x0A, 0]),
            (
                encoded(Duration::default()),
                &[0x0A, 6, 0x0A, 4, 0x08, 0, 0x10, 0],
            ),
            (encoded(Map::<Str>::new()), &[]),
        ] {
            assert_eq!(bytes, expected);
        }
    }

    #[test]
    fn values_are_written() {
        let map: Map<Str> = [("b", "2"), ("a", "")].into_iter().collect();
        let map = encoded(map);
        assert_eq!(map, b"\x0A\x05\x0A\x01a\x12\x00\x0A\x06\x0A\x01b\x12\x012");
        assert_eq!(
            encoded(-1_i64),
            [8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]
        );
        let address = IpAddress::from(std::net::Ipv4Addr::LOCALHOST);
        assert_eq!(encoded(address), [0x0A, 6, 0x0A, 4, 127, 0, 0, 1]);
    }
}
