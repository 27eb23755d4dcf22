//! What a call is answered with when its handler fails and the policy is to let requests pass.

use std::time::Duration;

use prost::Message;

use super::Variety;
use super::serve::{QuotaRequest, with_output};
use crate::check::{Cache, CheckResult};
use crate::proto::model;
use crate::quota::QuotaResult;
use crate::value::Str;
use crate::wire::{DecodeError, Depth, Merge, Rest, WireType, bytes, message, skip};

/// How long a quota that nobody counted is granted for.
const GRANT: Duration = Duration::from_secs(1);
/// The number of the field with an instance's name.
const NAME: u32 = 72_295_727;

/// Whether a policy can let requests pass: reports and attributes decide nothing.
pub(crate) fn can_open(variety: Variety) -> bool {
    match variety {
        Variety::Check | Variety::CheckWithOutput | Variety::Quota => true,
        Variety::Report | Variety::AttributeGenerator => false,
    }
}

/// The answer to a request of a variety that can open.
pub(crate) fn open(variety: Variety, request: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let verdict = || CheckResult::allow().cache(Cache::Never).to_proto();
    match variety {
        Variety::Quota => grant(request),
        Variety::CheckWithOutput => Ok(with_output(&verdict(), |_| {})),
        _ => Ok(verdict().encode_to_vec()),
    }
}

fn grant(request: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let mut quota = QuotaRequest::default();
    let name = named(request, |number, wire, input| {
        quota.field(number, wire, input)
    })?;
    let asked = quota.of(&name)?;
    let granted = QuotaResult::grant(asked.amount, GRANT).to_proto();
    let quotas = [(name.to_string(), granted)].into();
    Ok(model::QuotaResult { quotas }.encode_to_vec())
}

/// The name of a request's instance; empty if it has none.
pub(crate) fn instance_name(request: &[u8]) -> Str {
    named(request, skip).unwrap_or_default()
}

/// The name of a request's instance; `other` takes the request's other fields.
fn named<'a>(
    request: &'a [u8],
    mut other: impl FnMut(u32, WireType, &'a [u8]) -> Rest<'a>,
) -> Result<Str, DecodeError> {
    let mut name = Str::default();
    message(request, |number, wire, input| match number {
        1 => {
            let (instance, rest) = bytes(wire, input).map_err(|e| e.in_field("instance"))?;
            message(instance, |number, wire, input| match number {
                NAME => name.merge(wire, input, Depth::ROOT),
                _ => skip(number, wire, input),
            })
            .map_err(|error| error.in_field("instance"))?;
            Ok(rest)
        }
        _ => other(number, wire, input),
    })?;
    Ok(name)
}
