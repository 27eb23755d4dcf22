//! From the bytes of a request to a call of the handler and back, for each variety.

use std::future::Future;
use std::pin::Pin;

use super::decode::{instance, instances};
use super::output::{bytes, message};
use super::{Instance, Output, Template};
use crate::check::CheckResult;
use crate::error::HandlerError;
use crate::proto::model;
use crate::quota::{QuotaArgs, QuotaResult};
use crate::status::shortened;
use crate::value::Map;
use crate::wire::{DecodeError, Depth, Merge, Rest, WireType, message as fields, nested, skip};

/// The answer of a handler, to come: the bytes of the response message.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, HandlerError>> + Send + 'a>>;

/// A report.
pub fn report<'a, I: Instance, F>(
    request: &[u8],
    handle: impl FnOnce(Vec<I>) -> F,
) -> Result<Answer<'a>, DecodeError>
where
    F: Future<Output = Result<(), HandlerError>> + Send + 'a,
{
    let answer = handle(instances(request)?);
    Ok(Box::pin(async move {
        answer.await?;
        Ok(encode(&model::ReportResult {}))
    }))
}

/// A check.
pub fn check<'a, I: Instance, F>(
    request: &[u8],
    handle: impl FnOnce(I) -> F,
) -> Result<Answer<'a>, DecodeError>
where
    F: Future<Output = Result<CheckResult, HandlerError>> + Send + 'a,
{
    let answer = handle(instance(request, skip)?);
    Ok(Box::pin(
        async move { Ok(encode(&answer.await?.to_proto())) },
    ))
}

/// A check whose answer has attributes too: `Handle<Interface>Response`.
//
// Of the template rather than of its parts: an `Output` that isn't one is then reported where the
// template is declared, and not here once more.
pub fn check_with_output<'a, T: Template, F>(
    request: &[u8],
    handle: impl FnOnce(T::Instance) -> F,
) -> Result<Answer<'a>, DecodeError>
where
    F: Future<Output = Result<(CheckResult, T::Output), HandlerError>> + Send + 'a,
{
    let answer = handle(instance(request, skip)?);
    Ok(Box::pin(async move {
        let (result, output) = answer.await?;
        let mut response = Vec::new();
        bytes(1, &encode(&result.to_proto()), &mut response);
        message(2, &mut response, |to| output.encode(to));
        Ok(response)
    }))
}

/// Attributes that are generated: the answer is the output itself.
pub fn attribute_generator<'a, T: Template, F>(
    request: &[u8],
    handle: impl FnOnce(T::Instance) -> F,
) -> Result<Answer<'a>, DecodeError>
where
    F: Future<Output = Result<T::Output, HandlerError>> + Send + 'a,
{
    let answer = handle(instance(request, skip)?);
    Ok(Box::pin(async move {
        let output = answer.await?;
        let mut response = Vec::new();
        output.encode(&mut response);
        Ok(response)
    }))
}

/// An allocation of a quota.
pub fn quota<'a, I: Instance, F>(
    request: &[u8],
    handle: impl FnOnce(I, QuotaArgs) -> F,
) -> Result<Answer<'a>, DecodeError>
where
    F: Future<Output = Result<QuotaResult, HandlerError>> + Send + 'a,
{
    let mut dedup_id = String::new();
    let mut quotas = Map::<Params>::new();
    let instance: I = instance(request, |number, wire, input| match number {
        3 => dedup_id
            .merge(wire, input, Depth::ROOT)
            .map_err(|error| error.in_field("dedup_id")),
        4 => nested(wire, input, Depth::ROOT, |body, depth| {
            fields(body, |number, wire, input| match number {
                1 => quotas
                    .merge(wire, input, depth)
                    .map_err(|error| error.in_field("quotas")),
                _ => skip(number, wire, input),
            })
        })
        .map_err(|error| error.in_field("quota_request")),
        _ => skip(number, wire, input),
    })?;
    quotas.settle();
    let name = instance.name().to_owned();
    let Some(params) = quotas.get(&name) else {
        let name = shortened(&name);
        let name = name.escape_debug();
        let problem = format!("no entry for the instance `{name}`, so no amount is asked for");
        return Err(DecodeError::invalid(problem)
            .in_field("quotas")
            .in_field("quota_request"));
    };
    let args = QuotaArgs {
        dedup_id,
        amount: params.amount,
        best_effort: params.best_effort,
    };
    let answer = handle(instance, args);
    Ok(Box::pin(async move {
        // Mixer looks the answer up by the instance's full name and grants nothing without it.
        let quotas = [(name, answer.await?.to_proto())].into();
        Ok(encode(&model::QuotaResult { quotas }))
    }))
}

fn encode(response: &impl prost::Message) -> Vec<u8> {
    response.encode_to_vec()
}

/// `QuotaRequest.QuotaParams`.
#[derive(Default)]
struct Params {
    amount: i64,
    best_effort: bool,
}

impl Merge for Params {
    fn empty() -> Params {
        Params::default()
    }

    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], depth: Depth) -> Rest<'a> {
        nested(wire, input, depth, |body, depth| {
            fields(body, |number, wire, input| match number {
                1 => self
                    .amount
                    .merge(wire, input, depth)
                    .map_err(|e| e.in_field("amount")),
                2 => self
                    .best_effort
                    .merge(wire, input, depth)
                    .map_err(|e| e.in_field("best_effort")),
                _ => skip(number, wire, input),
            })
        })
    }
}
