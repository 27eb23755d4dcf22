//! The types that configuration fields can have, and how they are put together.

use std::any::TypeId;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use prost::encoding::{WireType as Out, encode_key, encode_varint};

use super::{AdapterConfig, FieldDescription, Kind};
use crate::wire::{DecodeError, Depth, Merge, Rest, WireType, bytes};

/// A type that a field of a configuration can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a field of a configuration",
    label = "not a type that Mixer can encode",
    note = "use `String`, `bool`, `i32`, `i64`, `u32`, `u64`, `f32`, `f64`, `std::time::Duration`, a struct with `#[derive(AdapterConfig)]`, or `Option`, `Vec` or `BTreeMap<String, _>` of one of them"
)]
pub trait ConfigField: Merge + 'static {
    /// Whether what arrives replaces the declared default, and is not merged into it: false for
    /// messages of the configuration alone, whose fields have defaults of their own.
    #[doc(hidden)]
    const REPLACES_DEFAULT: bool = true;

    /// The protobuf type.
    fn kind() -> Kind;

    /// Appends the field with its key, zero values too.
    fn encode(&self, tag: u32, out: &mut Vec<u8>);

    /// The value as the operator would write it.
    fn show(&self) -> serde_json::Value;

    /// The fields of the struct that the field holds, if it does, with their paths from there.
    /// `within` are the structs that it is described within: one that holds itself ends there.
    #[doc(hidden)]
    fn fields(within: &[TypeId]) -> Vec<FieldDescription> {
        let _ = within;
        Vec::new()
    }
}

/// A type that an element of a `Vec` or a value of a map can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be repeated in a configuration",
    label = "Mixer can't encode a list or a map of this",
    note = "use `String`, `bool`, `i32`, `i64`, `u32`, `u64`, `f32`, `f64` or a struct with `#[derive(AdapterConfig)]`; Mixer can't encode bytes and repeated Durations"
)]
pub trait ConfigElement: ConfigField {
    /// The wire type of a number that may be packed with others; `None` for anything else.
    const PACKED: Option<WireType> = None;
}

impl<T: ConfigElement> Merge for Vec<T> {
    fn empty() -> Vec<T> {
        Vec::new()
    }

    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], depth: Depth) -> Rest<'a> {
        let mut element = |wire, input| {
            let mut value = T::empty();
            let rest = value
                .merge(wire, input, depth)
                .map_err(|error: DecodeError| error.in_element(self.len()))?;
            value.settle();
            self.push(value);
            Ok(rest)
        };
        match T::PACKED {
            Some(packed) if wire == WireType::Len => {
                let (mut packed_values, rest) = bytes(wire, input)?;
                while !packed_values.is_empty() {
                    packed_values = element(packed, packed_values)?;
                }
                Ok(rest)
            }
            _ => element(wire, input),
        }
    }
}

impl<T: ConfigElement> ConfigField for Vec<T> {
    fn kind() -> Kind {
        Kind::Repeated(Box::new(T::kind()))
    }

    fn encode(&self, tag: u32, out: &mut Vec<u8>) {
        // Not packed: every parser takes both forms, and Mixer's own encoder writes either.
        self.iter().for_each(|element| element.encode(tag, out));
    }

    fn show(&self) -> serde_json::Value {
        self.iter().map(T::show).collect()
    }

    fn fields(within: &[TypeId]) -> Vec<FieldDescription> {
        below("[]", T::fields(within))
    }
}

/// Absent on the wire is `None`. Zero is not: Mixer writes what the operator wrote.
impl<T: ConfigField> ConfigField for Option<T> {
    const REPLACES_DEFAULT: bool = T::REPLACES_DEFAULT;

    fn kind() -> Kind {
        T::kind()
    }

    fn encode(&self, tag: u32, out: &mut Vec<u8>) {
        if let Some(value) = self {
            value.encode(tag, out);
        }
    }

    fn show(&self) -> serde_json::Value {
        self.as_ref().map_or(serde_json::Value::Null, T::show)
    }

    fn fields(within: &[TypeId]) -> Vec<FieldDescription> {
        T::fields(within)
    }
}

impl<T: ConfigElement> ConfigField for BTreeMap<String, T> {
    fn kind() -> Kind {
        Kind::Map(Box::new(T::kind()))
    }

    fn encode(&self, tag: u32, out: &mut Vec<u8>) {
        encode_map(self.iter(), tag, out);
    }

    fn show(&self) -> serde_json::Value {
        self.iter()
            .map(|(key, value)| (key.clone(), value.show()))
            .collect()
    }
    fn fields(within: &[TypeId]) -> Vec<FieldDescription> {
        below("[…]", T::fields(within))
    }
}

impl<T, S> ConfigField for HashMap<String, T, S>
where
    T: ConfigElement,
    S: BuildHasher + Default + 'static,
{
    fn kind() -> Kind {
        Kind::Map(Box::new(T::kind()))
    }

    fn encode(&self, tag: u32, out: &mut Vec<u8>) {
        encode_map(
            self.iter().collect::<BTreeMap<_, _>>().into_iter(),
            tag,
            out,
        );
    }

    fn show(&self) -> serde_json::Value {
        self.iter()
            .map(|(key, value)| (key.clone(), value.show()))
            .collect()
    }
    fn fields(within: &[TypeId]) -> Vec<FieldDescription> {
        below("[…]", T::fields(within))
    }
}

fn encode_map<'a, T: ConfigElement>(
    entries: impl Iterator<Item = (&'a String, &'a T)>,
    tag: u32,
    out: &mut Vec<u8>,
) {
    for (key, value) in entries {
        let mut entry = Vec::new();
        key.encode(1, &mut entry);
        value.encode(2, &mut entry);
        encode_bytes(tag, &entry, out);
    }
}

/// Appends a field of bytes: a string, a message, an entry of a map.
pub(crate) fn encode_bytes(tag: u32, bytes: &[u8], out: &mut Vec<u8>) {
    encode_key(tag, Out::LengthDelimited, out);
    encode_varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

/// Decodes a struct that is a field of another; called by the derived `Merge`.
pub fn merge_message<'a, M: AdapterConfig>(
    value: &mut M,
    wire: WireType,
    input: &'a [u8],
    depth: Depth,
) -> Rest<'a> {
    let (body, rest) = bytes(wire, input)?;
    M::message().merge(value, body, depth.deeper()?)?;
    Ok(rest)
}

/// Encodes a struct that is a field of another; called by the derived `ConfigField`.
pub fn encode_message<M: AdapterConfig>(message: &M, tag: u32, out: &mut Vec<u8>) {
    encode_bytes(tag, &message.encode(), out);
}

/// Describes the fields of a struct; called by the derived `ConfigField`.
pub fn describe_message<M: AdapterConfig>(within: &[TypeId]) -> Vec<FieldDescription> {
    let this = TypeId::of::<M>();
    if within.contains(&this) {
        return Vec::new();
    }
    M::message().describe(&[within, &[this]].concat())
}

/// The same fields below a step of the path.
fn below(step: &str, fields: Vec<FieldDescription>) -> Vec<FieldDescription> {
    let below = |field: FieldDescription| FieldDescription {
        name: match field.name.starts_with('[') {
            true => format!("{step}{}", field.name),
            false => format!("{step}.{}", field.name),
        },
        ..field
    };
    fields.into_iter().map(below).collect()
}

/// Shows a struct that is a field of another; called by the derived `ConfigField`.
pub fn show_message<M: AdapterConfig>(message: &M) -> serde_json::Value {
    M::message().show(message)
}
