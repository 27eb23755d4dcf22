//! Decoding of the types of `istio/policy/v1beta1/type.proto`.

use super::{DnsName, Duration, EmailAddress, IpAddress, Map, Str, TimeStamp, Uri, Value};
use crate::wire::{
    DecodeError, Depth, Merge, Rest, WireType, bytes, fixed, message, nested, number, skip, utf8,
};

/// A type that is a message on the wire.
trait Body {
    /// Takes the fields of the message.
    fn merge_body(&mut self, body: &[u8], depth: Depth) -> Result<(), DecodeError>;
}

macro_rules! messages {
    ($($type:ty)+) => {$(
        impl Merge for $type {
            #[inline]
            fn empty() -> $type {
                <$type>::default()
            }

            #[inline]
            fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], depth: Depth) -> Rest<'a> {
                nested(wire, input, depth, |body, depth| self.merge_body(body, depth))
            }
        }
    )+};
}

messages!(DnsName Duration EmailAddress IpAddress TimeStamp Uri);

impl Merge for Value {
    #[inline]
    fn empty() -> Value {
        Value::Unset
    }

    #[inline(always)]
    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], depth: Depth) -> Rest<'a> {
        nested(wire, input, depth, |body, depth| match body {
            // Nearly all values are a short string and nothing else.
            [0x0A, len @ ..0x80, text @ ..] if text.len() == usize::from(*len) => {
                set_string(self, text).map_err(|error| in_member(error, 1))
            }
            _ => members(self, body, depth),
        })
    }

    #[inline]
    fn settle(&mut self) {
        if let Value::StringMap(map) = self {
            map.settle();
        }
    }
}

#[inline(never)]
fn set_string(value: &mut Value, text: &[u8]) -> Result<(), DecodeError> {
    replace(value, Value::String(utf8(text)?.into()));
    Ok(())
}

/// The members of the oneof, of which the first has the number 1.
const MEMBERS: [&str; 11] = [
    "string_value",
    "int64_value",
    "double_value",
    "bool_value",
    "ip_address_value",
    "timestamp_value",
    "duration_value",
    "email_address_value",
    "dns_name_value",
    "uri_value",
    "string_map_value",
];

#[cold]
fn in_member(error: DecodeError, field: u32) -> DecodeError {
    match MEMBERS.get(field as usize - 1) {
        Some(name) => error.in_field(name),
        None => error,
    }
}

/// Any fields: a member of the oneof that follows another replaces it, a message that occurs again
/// is merged.
#[inline(never)]
fn members(value: &mut Value, body: &[u8], depth: Depth) -> Result<(), DecodeError> {
    message(body, |field, wire, input| {
        member(value, field, wire, input, depth).map_err(|error| in_member(error, field))
    })
}

#[inline(always)]
fn member<'a>(
    value: &mut Value,
    field: u32,
    wire: WireType,
    input: &'a [u8],
    depth: Depth,
) -> Rest<'a> {
    match field {
        1 => {
            let (text, rest) = bytes(wire, input)?;
            set_string(value, text)?;
            Ok(rest)
        }
        2 => {
            let (number, rest) = number(wire, input)?;
            replace(value, Value::Int64(number as i64));
            Ok(rest)
        }
        3 => {
            let (bytes, rest) = fixed(WireType::Fixed64, wire, input)?;
            replace(value, Value::Double(f64::from_le_bytes(bytes)));
            Ok(rest)
        }
        4 => {
            let (number, rest) = number(wire, input)?;
            replace(value, Value::Bool(number != 0));
            Ok(rest)
        }
        5..=11 => nested(wire, input, depth, |body, depth| {
            message_member(value, field, body, depth)
        }),
        _ => skip(field, wire, input),
    }
}

/// A member of the oneof that is a message.
fn message_member(
    value: &mut Value,
    field: u32,
    body: &[u8],
    depth: Depth,
) -> Result<(), DecodeError> {
    /// Makes `value` the given variant if it isn't yet, and merges into it.
    macro_rules! merge {
        ($variant:ident) => {{
            if !matches!(value, Value::$variant(_)) {
                replace(value, Value::$variant(Default::default()));
            }
            match value {
                Value::$variant(inner) => inner.merge_body(body, depth),
                _ => unreachable!("the variant was just set"),
            }
        }};
    }
    match field {
        5 => merge!(IpAddress),
        6 => merge!(TimeStamp),
        7 => merge!(Duration),
        8 => merge!(EmailAddress),
        9 => merge!(DnsName),
        10 => merge!(Uri),
        11 => merge!(StringMap),
        _ => unreachable!("`{field}` is not a message"),
    }
}

/// Replaces what the oneof holds, which is nothing as a rule and then need not be dropped.
#[inline(always)]
fn replace(value: &mut Value, new: Value) {
    match value {
        Value::Unset => std::mem::forget(std::mem::replace(value, new)),
        _ => *value = new,
    }
}

/// A message whose field 1, `value`, is all there is.
#[inline(always)]
fn wrapped<'a>(
    body: &'a [u8],
    mut value: impl FnMut(WireType, &'a [u8]) -> Rest<'a>,
) -> Result<(), DecodeError> {
    message(body, |number, wire, input| match number {
        1 => value(wire, input).map_err(|error| error.in_field("value")),
        _ => skip(number, wire, input),
    })
}

impl Body for IpAddress {
    fn merge_body(&mut self, body: &[u8], _: Depth) -> Result<(), DecodeError> {
        wrapped(body, |wire, input| {
            let (address, rest) = bytes(wire, input)?;
            *self = address.into();
            Ok(rest)
        })
    }
}

/// `StringMap { map<string, string> value = 1 }`, unlike a map field, which is the entries alone.
impl Body for Map<Str> {
    fn merge_body(&mut self, body: &[u8], depth: Depth) -> Result<(), DecodeError> {
        wrapped(body, |wire, input| self.merge(wire, input, depth))
    }
}

macro_rules! strings {
    ($($type:ty)+) => {$(
        impl Body for $type {
            fn merge_body(&mut self, body: &[u8], depth: Depth) -> Result<(), DecodeError> {
                wrapped(body, |wire, input| self.text_mut().merge(wire, input, depth))
            }
        }
    )+};
}

strings!(DnsName EmailAddress Uri);

macro_rules! times {
    ($($type:ty)+) => {$(
        impl Body for $type {
            fn merge_body(&mut self, body: &[u8], depth: Depth) -> Result<(), DecodeError> {
                let (seconds, nanos) = self.parts_mut();
                wrapped(body, |wire, input| {
                    seconds_and_nanos(seconds, nanos, wire, input, depth)
                })
            }
        }
    )+};
}

times!(Duration TimeStamp);

/// `google.protobuf.Duration` and `google.protobuf.Timestamp`.
pub(crate) fn seconds_and_nanos<'a>(
    seconds: &mut i64,
    nanos: &mut i32,
    wire: WireType,
    input: &'a [u8],
    depth: Depth,
) -> Rest<'a> {
    nested(wire, input, depth, |body, depth| {
        message(body, |number, wire, input| match number {
            1 => seconds
                .merge(wire, input, depth)
                .map_err(|error| error.in_field("seconds")),
            2 => nanos
                .merge(wire, input, depth)
                .map_err(|error| error.in_field("nanos")),
            _ => skip(number, wire, input),
        })
    })
}
