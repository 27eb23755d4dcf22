//! Decoding of instances from a request.

use super::{Instance, Message};
use crate::wire::{DecodeError, Depth, Rest, WireType, bytes, message, nested, skip};

/// The instances of a report: field 1, repeated.
pub fn instances<I: Instance>(request: &[u8]) -> Result<Vec<I>, DecodeError> {
    let mut instances = Vec::with_capacity(leading(request));
    message(request, |number, wire, input| match number {
        1 => {
            let index = instances.len();
            nested(wire, input, Depth::ROOT, |body, depth| {
                let instance = instances.push_mut(I::default());
                fields(instance, body, depth)?;
                instance.settle_fields();
                Ok(())
            })
            .map_err(|error| error.in_element(index).in_field("instances"))
        }
        _ => skip(number, wire, input),
    })?;
    Ok(instances)
}

/// How many instances the request begins with: as Mixer writes it, all of them.
fn leading(mut request: &[u8]) -> usize {
    let mut instances = 0;
    while let [0x0A, rest @ ..] = request
        && let Ok((_, rest)) = bytes(WireType::Len, rest)
    {
        instances += 1;
        request = rest;
    }
    instances
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
    nested(wire, input, depth, |body, depth| fields(value, body, depth))
}

fn fields<M: Message>(value: &mut M, body: &[u8], depth: Depth) -> Result<(), DecodeError> {
    message(body, |number, wire, input| {
        value.merge_field(number, wire, input, depth)
    })
}
