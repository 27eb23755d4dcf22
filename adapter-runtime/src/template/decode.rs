//! Decoding of instances from a request.

use super::{Instance, Message};
use crate::wire::{self, DecodeError, Depth, Rest, WireType, bytes, message};

/// The instances of a report: field 1, repeated.
pub fn instances<I: Instance>(request: &[u8]) -> Result<Vec<I>, DecodeError> {
    let mut instances = Vec::new();
    message(request, |number, wire, input| match number {
        1 => {
            let mut instance = I::default();
            let rest = merge_message(&mut instance, wire, input, Depth::ROOT)
                .map_err(|e| e.in_element(instances.len()).in_field("instances"))?;
            instance.settle_fields();
            instances.push(instance);
            Ok(rest)
        }
        _ => wire::skip(number, wire, input),
    })?;
    Ok(instances)
}

/// The instance of a check or a quota: field 1, merged if it occurs again. `other` takes the
/// other fields of the request.
pub fn instance<'a, I: Instance>(
    request: &'a [u8],
    mut other: impl FnMut(u32, WireType, &'a [u8]) -> Rest<'a>,
) -> Result<I, DecodeError> {
    let mut instance = I::default();
    message(request, |number, wire, input| match number {
        1 => merge_message(&mut instance, wire, input, Depth::ROOT)
            .map_err(|error| error.in_field("instance")),
        _ => other(number, wire, input),
    })?;
    instance.settle_fields();
    Ok(instance)
}

/// Merges a field that holds a message.
#[inline]
pub fn merge_message<'a, M: Message>(
    value: &mut M,
    wire: WireType,
    input: &'a [u8],
    depth: Depth,
) -> Rest<'a> {
    let (body, rest) = bytes(wire, input)?;
    let depth = depth.deeper()?;
    message(body, |number, wire, input| {
        value.merge_field(number, wire, input, depth)
    })?;
    Ok(rest)
}
