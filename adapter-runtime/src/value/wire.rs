//! Decoding of the types of `istio/policy/v1beta1/type.proto`.

use super::{DnsName, Duration, EmailAddress, IpAddress, Map, Str, TimeStamp, Uri, Value};
use crate::wire::{
    DecodeError, Depth, Merge, Rest, WireType, bytes, fixed, nested, number, skip, string,
};

/// Makes `value` the given variant if it isn't yet, and names what it holds: a message that
/// occurs again is merged, a member of the oneof that follows another replaces it.
macro_rules! variant {
    ($value:expr, $variant:ident) => {{
        if !matches!($value, Value::$variant(_)) {
            *$value = Value::$variant(Default::default());
        }
        match $value {
            Value::$variant(inner) => inner,
            _ => unreachable!("the variant was just set"),
        }
    }};
}

impl Merge for Value {
    #[inline]
    fn empty() -> Value {
        Value::Unset
    }

    #[inline]
    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], depth: Depth) -> Rest<'a> {
        nested(wire, input, depth, |field, wire, input, depth| {
            let named = |name| move |error: DecodeError| error.in_field(name);
            match field {
                1 => {
                    let (text, rest) = string(wire, input).map_err(named("string_value"))?;
                    *self = Value::String(text.into());
                    Ok(rest)
                }
                2 => {
                    let (value, rest) = number(wire, input).map_err(named("int64_value"))?;
                    *self = Value::Int64(value as i64);
                    Ok(rest)
                }
                3 => {
                    let (bytes, rest) =
                        fixed(WireType::Fixed64, wire, input).map_err(named("double_value"))?;
                    *self = Value::Double(f64::from_le_bytes(bytes));
                    Ok(rest)
                }
                4 => {
                    let (value, rest) = number(wire, input).map_err(named("bool_value"))?;
                    *self = Value::Bool(value != 0);
                    Ok(rest)
                }
                5 => variant!(self, IpAddress)
                    .merge(wire, input, depth)
                    .map_err(named("ip_address_value")),
                6 => variant!(self, TimeStamp)
                    .merge(wire, input, depth)
                    .map_err(named("timestamp_value")),
                7 => variant!(self, Duration)
                    .merge(wire, input, depth)
                    .map_err(named("duration_value")),
                8 => variant!(self, EmailAddress)
                    .merge(wire, input, depth)
                    .map_err(named("email_address_value")),
                9 => variant!(self, DnsName)
                    .merge(wire, input, depth)
                    .map_err(named("dns_name_value")),
                10 => variant!(self, Uri)
                    .merge(wire, input, depth)
                    .map_err(named("uri_value")),
                11 => string_map(variant!(self, StringMap), wire, input, depth)
                    .map_err(named("string_map_value")),
                _ => skip(field, wire, input),
            }
        })
    }

    #[inline]
    fn settle(&mut self) {
        if let Value::StringMap(map) = self {
            map.settle();
        }
    }
}

/// `StringMap { map<string, string> value = 1 }`, unlike a map field, which is the entries alone.
fn string_map<'a>(map: &mut Map<Str>, wire: WireType, input: &'a [u8], depth: Depth) -> Rest<'a> {
    wrapped(wire, input, depth, |wire, input, depth| {
        map.merge(wire, input, depth)
    })
}

/// A message whose field 1, `value`, is all there is.
#[inline]
fn wrapped<'a>(
    wire: WireType,
    input: &'a [u8],
    depth: Depth,
    mut value: impl FnMut(WireType, &'a [u8], Depth) -> Rest<'a>,
) -> Rest<'a> {
    nested(
        wire,
        input,
        depth,
        |number, wire, input, depth| match number {
            1 => value(wire, input, depth).map_err(|error| error.in_field("value")),
            _ => skip(number, wire, input),
        },
    )
}

impl Merge for IpAddress {
    #[inline]
    fn empty() -> IpAddress {
        IpAddress::default()
    }

    #[inline]
    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], depth: Depth) -> Rest<'a> {
        wrapped(wire, input, depth, |wire, input, _| {
            let (address, rest) = bytes(wire, input)?;
            *self = address.into();
            Ok(rest)
        })
    }
}

macro_rules! wrapped_string {
    ($($type:ty)+) => {$(
        impl Merge for $type {
            #[inline]
            fn empty() -> $type {
                <$type>::default()
            }

            #[inline]
            fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], depth: Depth) -> Rest<'a> {
                wrapped(wire, input, depth, |wire, input, depth| {
                    self.text_mut().merge(wire, input, depth)
                })
            }
        }
    )+};
}

wrapped_string!(DnsName EmailAddress Uri);

macro_rules! wrapped_seconds_and_nanos {
    ($($type:ty)+) => {$(
        impl Merge for $type {
            #[inline]
            fn empty() -> $type {
                <$type>::default()
            }

            #[inline]
            fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], depth: Depth) -> Rest<'a> {
                let (seconds, nanos) = self.parts_mut();
                wrapped(wire, input, depth, |wire, input, depth| {
                    seconds_and_nanos(seconds, nanos, wire, input, depth)
                })
            }
        }
    )+};
}

wrapped_seconds_and_nanos!(Duration TimeStamp);

/// `google.protobuf.Duration` and `google.protobuf.Timestamp`.
pub(crate) fn seconds_and_nanos<'a>(
    seconds: &mut i64,
    nanos: &mut i32,
    wire: WireType,
    input: &'a [u8],
    depth: Depth,
) -> Rest<'a> {
    nested(
        wire,
        input,
        depth,
        |number, wire, input, depth| match number {
            1 => seconds
                .merge(wire, input, depth)
                .map_err(|error| error.in_field("seconds")),
            2 => nanos
                .merge(wire, input, depth)
                .map_err(|error| error.in_field("nanos")),
            _ => skip(number, wire, input),
        },
    )
}
