//! The message `Type` of a template on the wire: the types of its `Value`s, as sessions are told
//! them.

use super::params::{Params, Slot};
use super::{FieldType, MessageInfo, Template, Types};
use crate::value::ValueType;
use crate::wire::{DecodeError, Depth, Merge, Rest, WireType, bytes, message, skip};

/// Decodes the `Type` of a template.
pub(crate) fn decode_type<T: Template>(encoded: &[u8]) -> Result<T::Type, DecodeError> {
    let mut params = Params::unset(T::INFO.instance);
    merge(&mut params, encoded, Depth::ROOT)?;
    // Every expression is its type.
    let types = T::Type::infer_fields(&params, &mut |ty| Ok::<_, std::convert::Infallible>(*ty));
    Ok(types.unwrap_or_default())
}

/// Merges a message of types. Only fields with a `Value` somewhere have one; others are skipped.
fn merge(params: &mut Params<ValueType>, encoded: &[u8], depth: Depth) -> Result<(), DecodeError> {
    let fields = params.message.fields();
    message(encoded, |number, wire, input| {
        let Some(at) = fields.iter().position(|field| field.number == number) else {
            return skip(number, wire, input);
        };
        let field = &fields[at];
        merge_slot(&mut params.slots[at], field.ty, wire, input, depth)
            .unwrap_or_else(|| skip(number, wire, input))
            .map_err(|error| error.in_field(field.name))
    })
}

/// `None` if the field has no types.
fn merge_slot<'a>(
    slot: &mut Slot<ValueType>,
    ty: FieldType,
    wire: WireType,
    input: &'a [u8],
    depth: Depth,
) -> Option<Rest<'a>> {
    match ty {
        FieldType::Value => Some(merge_value(slot, wire, input, depth)),
        FieldType::Message(info) => Some(merge_message(slot, info, wire, input, depth)),
        FieldType::Map(value) if matches!(value, FieldType::Value | FieldType::Message(_)) => {
            Some(merge_entry(slot, *value, wire, input, depth))
        }
        _ => None,
    }
}

/// An enum: a type that is not known is none.
fn merge_value<'a>(
    slot: &mut Slot<ValueType>,
    wire: WireType,
    input: &'a [u8],
    depth: Depth,
) -> Rest<'a> {
    let mut number = 0_i32;
    let rest = number.merge(wire, input, depth)?;
    *slot = Slot::Expression(ValueType::from_number(number).unwrap_or_default());
    Ok(rest)
}

fn merge_message<'a>(
    slot: &mut Slot<ValueType>,
    info: &'static MessageInfo,
    wire: WireType,
    input: &'a [u8],
    depth: Depth,
) -> Rest<'a> {
    let (body, rest) = bytes(wire, input)?;
    let depth = depth.deeper()?;
    if !matches!(slot, Slot::Message(_)) {
        *slot = Slot::Message(Params::unset(info));
    }
    if let Slot::Message(params) = slot {
        merge(params, body, depth)?;
    }
    Ok(rest)
}

fn merge_entry<'a>(
    slot: &mut Slot<ValueType>,
    value: FieldType,
    wire: WireType,
    input: &'a [u8],
    depth: Depth,
) -> Rest<'a> {
    let (entry, rest) = bytes(wire, input)?;
    let mut key = String::new();
    let mut ty = match value {
        FieldType::Message(info) => Slot::Message(Params::unset(info)),
        _ => Slot::Expression(ValueType::Unspecified),
    };
    message(entry, |number, wire, input| match number {
        1 => key.merge(wire, input, depth),
        2 => merge_slot(&mut ty, value, wire, input, depth)
            .unwrap_or_else(|| skip(number, wire, input)),
        _ => skip(number, wire, input),
    })?;
    if !matches!(slot, Slot::Map(_)) {
        *slot = Slot::Map(Vec::new());
    }
    if let Slot::Map(entries) = slot {
        entries.push((key, ty));
    }
    Ok(rest)
}
