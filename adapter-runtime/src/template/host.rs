//! From instances that were built in this process to a call of the handler, for each variety.

use std::future::{Future, ready};

use super::{Instance, Template};
use crate::check::CheckResult;
use crate::code::Code;
use crate::error::HandlerError;
use crate::future::BoxFuture;
use crate::in_process::{Asked, Attributes, Outcome};
use crate::quota::{QuotaArgs, QuotaResult};

/// The outcome of a call, to come.
pub type Hosted<'a> = BoxFuture<'a, Result<Outcome, HandlerError>>;

/// A report.
pub fn report<'a, I: Instance, F>(asked: Asked, handle: impl FnOnce(Vec<I>) -> F) -> Hosted<'a>
where
    F: Future<Output = Result<(), HandlerError>> + Send + 'a,
{
    let instances = match asked {
        Asked::Report(instances) => instances,
        Asked::About(instance) | Asked::Quota(instance, _) => vec![instance],
    };
    let instances = instances.into_iter().map(|instance| instance.take());
    match instances.collect() {
        Ok(instances) => {
            let answer = handle(instances);
            Box::pin(async move { answer.await.map(|()| Outcome::Reported) })
        }
        Err(error) => refused(error),
    }
}

/// A check.
pub fn check<'a, I: Instance, F>(asked: Asked, handle: impl FnOnce(I) -> F) -> Hosted<'a>
where
    F: Future<Output = Result<CheckResult, HandlerError>> + Send + 'a,
{
    match one(asked) {
        Ok((instance, _)) => {
            let answer = handle(instance);
            Box::pin(async move { answer.await.map(Outcome::Check) })
        }
        Err(error) => refused(error),
    }
}

/// A check whose answer has attributes too.
//
// Of the template rather than of its parts, as in `serve`.
pub fn check_with_output<'a, T: Template, F>(
    asked: Asked,
    handle: impl FnOnce(T::Instance) -> F,
) -> Hosted<'a>
where
    F: Future<Output = Result<(CheckResult, T::Output), HandlerError>> + Send + 'a,
{
    match one(asked) {
        Ok((instance, _)) => {
            let answer = handle(instance);
            Box::pin(async move {
                let (verdict, output) = answer.await?;
                Ok(Outcome::CheckWithOutput(verdict, Attributes::of(&output)))
            })
        }
        Err(error) => refused(error),
    }
}

/// Attributes that are generated.
pub fn attribute_generator<'a, T: Template, F>(
    asked: Asked,
    handle: impl FnOnce(T::Instance) -> F,
) -> Hosted<'a>
where
    F: Future<Output = Result<T::Output, HandlerError>> + Send + 'a,
{
    match one(asked) {
        Ok((instance, _)) => {
            let answer = handle(instance);
            Box::pin(async move { Ok(Outcome::Generated(Attributes::of(&answer.await?))) })
        }
        Err(error) => refused(error),
    }
}

/// An allocation of a quota.
pub fn quota<'a, I: Instance, F>(asked: Asked, handle: impl FnOnce(I, QuotaArgs) -> F) -> Hosted<'a>
where
    F: Future<Output = Result<QuotaResult, HandlerError>> + Send + 'a,
{
    match one(asked) {
        Ok((instance, args)) => {
            let answer = handle(instance, args);
            Box::pin(async move { answer.await.map(Outcome::Quota) })
        }
        Err(error) => refused(error),
    }
}

/// The only instance, and what is asked of it.
fn one<I: Instance>(asked: Asked) -> Result<(I, QuotaArgs), HandlerError> {
    match asked {
        Asked::About(instance) => Ok((instance.take()?, QuotaArgs::default())),
        Asked::Quota(instance, args) => Ok((instance.take()?, args)),
        Asked::Report(_) => Err(HandlerError::new(
            Code::Internal,
            "the handler was called with a report, which its template is not for",
        )),
    }
}

fn refused<'a>(error: HandlerError) -> Hosted<'a> {
    Box::pin(ready(Err(error)))
}
