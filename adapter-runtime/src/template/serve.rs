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
        Ok(with_output(&result.to_proto(), |to| output.encode(to)))
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
    let mut quota = QuotaRequest::default();
    let instance: I = instance(request, |number, wire, input| {
        quota.field(number, wire, input)
    })?;
    let name = instance.name().to_owned();
    let args = quota.of(&name)?;
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

/// `Handle<Interface>Response` of a check with output.
pub(crate) fn with_output(
    result: &model::CheckResult,
    output: impl FnOnce(&mut Vec<u8>),
) -> Vec<u8> {
    let mut response = Vec::new();
    bytes(1, &encode(result), &mut response);
    message(2, &mut response, output);
    response
}

/// What a request for a quota has beside the instance and the configuration.
#[derive(Default)]
pub(crate) struct QuotaRequest {
    dedup_id: String,
    quotas: Map<Params>,
}

impl QuotaRequest {
    /// Takes a field of the request.
    pub(crate) fn field<'a>(&mut self, number: u32, wire: WireType, input: &'a [u8]) -> Rest<'a> {
        match number {
            3 => self
                .dedup_id
                .merge(wire, input, Depth::ROOT)
                .map_err(|error| error.in_field("dedup_id")),
            4 => nested(wire, input, Depth::ROOT, |body, depth| {
                fields(body, |number, wire, input| match number {
                    1 => self
                        .quotas
                        .merge(wire, input, depth)
                        .map_err(|error| error.in_field("quotas")),
                    _ => skip(number, wire, input),
                })
            })
            .map_err(|error| error.in_field("quota_request")),
            _ => skip(number, wire, input),
        }
    }

    /// What is asked of the instance with this name.
    pub(crate) fn of(mut self, name: &str) -> Result<QuotaArgs, DecodeError> {
        self.quotas.settle();
        let Some(params) = self.quotas.get(name) else {
            let name = shortened(name);
            let name = name.escape_debug();
            let problem = format!("no entry for the instance `{name}`, so no amount is asked for");
            return Err(DecodeError::invalid(problem)
                .in_field("quotas")
                .in_field("quota_request"));
        };
        Ok(QuotaArgs {
            amount: params.amount,
            best_effort: params.best_effort,
            dedup_id: self.dedup_id,
        })
    }
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
