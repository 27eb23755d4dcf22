//! Handlers, instances and answers, wherever the adapter is.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use adapter_runtime::QuotaArgs;
use adapter_runtime::in_process::{self, HostedHandler, Outcome};
use adapter_runtime::proto::model::{CheckResult, quota_result};
use adapter_runtime::template::EvaluationError as BuildError;
use adapter_runtime::value::Value;

use crate::attribute::Attributes;
use crate::config::AdapterResource;
use crate::language::{EvaluationError, Expression};
use crate::remote::{self, EncodeError, EncodedInstance, Output, RemoteHandler, RemoteInstance};

/// What is called.
#[derive(Debug)]
pub(crate) enum Callee {
    /// In this process.
    Compiled(HostedHandler),
    /// Over the network, with the templates of the adapter.
    Remote(Box<RemoteHandler>, Arc<AdapterResource>),
}

/// An instance, ready to be built.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    Compiled(Arc<in_process::Plan<Expression>>),
    Remote(Arc<RemoteInstance<Expression>>),
}

/// An instance for one request.
pub(crate) enum Built {
    Compiled(in_process::Instance),
    Remote(EncodedInstance),
}

/// What a handler is called with.
#[derive(Debug)]
pub(crate) enum Asked {
    About(Built),
    Report(Vec<Built>),
    Quota(Built, QuotaArgs),
}

/// What a handler answers.
#[derive(Debug)]
pub(crate) enum Answer {
    Reported,
    Check(CheckResult),
    CheckWithOutput(CheckResult, Outputs),
    Quota(quota_result::Result),
    Generated(Outputs),
}

/// Attributes that a handler answers.
#[derive(Debug)]
pub(crate) enum Outputs {
    Compiled(in_process::Attributes),
    Remote(Output),
}

/// Why an instance can't be built for a request. Displayed as Mixer words it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum InstanceError {
    /// One of a template that is compiled in.
    Compiled(BuildError<EvaluationError>),
    /// One of a template that a resource describes.
    Remote(EncodeError<EvaluationError>),
}

impl fmt::Display for InstanceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InstanceError::Compiled(error) => error.fmt(f),
            InstanceError::Remote(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for InstanceError {}

impl Plan {
    /// The full name of the instance.
    pub(super) fn name(&self) -> &str {
        match self {
            Plan::Compiled(plan) => plan.name(),
            Plan::Remote(plan) => plan.name(),
        }
    }

    pub(super) fn build(&self, attributes: &dyn Attributes) -> Result<Built, InstanceError> {
        match self {
            Plan::Compiled(plan) => match plan.build(|it| it.evaluate(attributes)) {
                Ok(instance) => Ok(Built::Compiled(instance)),
                Err(error) => Err(InstanceError::Compiled(error)),
            },
            Plan::Remote(plan) => match plan.encode(|it| it.evaluate_ref(attributes)) {
                Ok(instance) => Ok(Built::Remote(instance)),
                Err(error) => Err(InstanceError::Remote(error)),
            },
        }
    }
}

impl Built {
    fn compiled(self) -> Option<in_process::Instance> {
        match self {
            Built::Compiled(instance) => Some(instance),
            Built::Remote(_) => None,
        }
    }

    fn remote(self) -> Option<EncodedInstance> {
        match self {
            Built::Remote(instance) => Some(instance),
            Built::Compiled(_) => None,
        }
    }
}

impl fmt::Debug for Built {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Built::Compiled(instance) => instance.fmt(f),
            Built::Remote(instance) => instance.fmt(f),
        }
    }
}

impl Asked {
    fn compiled(self) -> Option<in_process::Asked> {
        Some(match self {
            Asked::About(built) => in_process::Asked::About(built.compiled()?),
            Asked::Quota(built, args) => in_process::Asked::Quota(built.compiled()?, args),
            Asked::Report(built) => {
                let instances = built.into_iter().map(Built::compiled);
                in_process::Asked::Report(instances.collect::<Option<_>>()?)
            }
        })
    }

    fn remote(self) -> Option<(Vec<EncodedInstance>, Option<QuotaArgs>)> {
        Some(match self {
            Asked::About(built) => (vec![built.remote()?], None),
            Asked::Quota(built, args) => (vec![built.remote()?], Some(args)),
            Asked::Report(built) => {
                let instances = built.into_iter().map(Built::remote);
                (instances.collect::<Option<_>>()?, None)
            }
        })
    }

    fn dedup_id(&self) -> &str {
        match self {
            Asked::Quota(_, args) => &args.dedup_id,
            Asked::About(_) | Asked::Report(_) => "",
        }
    }
}

impl From<Outcome> for Answer {
    fn from(outcome: Outcome) -> Answer {
        match outcome {
            Outcome::Check(verdict) => Answer::Check(CheckResult::from(&verdict)),
            Outcome::CheckWithOutput(verdict, output) => {
                let verdict = CheckResult::from(&verdict);
                Answer::CheckWithOutput(verdict, Outputs::Compiled(output))
            }
            Outcome::Quota(grant) => Answer::Quota(quota_result::Result::from(&grant)),
            Outcome::Generated(output) => Answer::Generated(Outputs::Compiled(output)),
            _ => Answer::Reported,
        }
    }
}

impl Outputs {
    /// The value of a field; `None` if it was left out.
    pub(super) fn get(&self, field: &str) -> Option<&Value> {
        match self {
            Outputs::Compiled(output) => output.get(field),
            Outputs::Remote(output) => output.get(field),
        }
    }

    /// The fields as a check's header operations see them. Of an adapter in this process those that
    /// were left out are there too, each the zero of its type.
    pub(super) fn fields(&self) -> Vec<(Cow<'_, str>, Value)> {
        match self {
            Outputs::Compiled(output) => {
                let fields = output.with_zeros();
                fields.map(|(name, value)| (name.into(), value)).collect()
            }
            Outputs::Remote(output) => {
                let fields = output.iter();
                fields
                    .map(|(name, value)| (name.as_str().into(), value.clone()))
                    .collect()
            }
        }
    }
}

impl Callee {
    /// Calls the handler with instances of the template at this place among its adapter's.
    pub(super) async fn call(
        &self,
        template: usize,
        asked: Asked,
        deadline: Option<Instant>,
    ) -> Result<Answer, CallError> {
        match self {
            Callee::Compiled(handler) => {
                let dedup_id = asked.dedup_id().to_owned();
                let asked = asked.compiled().ok_or(CallError::Mixed)?;
                let outcome = handler.call(template, asked, |call| {
                    call.dedup_id = dedup_id;
                    call.deadline = deadline;
                });
                outcome.await.map(Answer::from).map_err(CallError::Compiled)
            }
            Callee::Remote(handler, adapter) => {
                let (instances, quota) = asked.remote().ok_or(CallError::Mixed)?;
                let template = adapter.templates.get(template).ok_or(CallError::Mixed)?;
                let answer = handler.call(&template.template, &instances, quota.as_ref(), deadline);
                let answer = answer.await.map_err(CallError::Remote)?;
                Ok(remote_answer(answer, &instances))
            }
        }
    }

    /// Closes the handler after its last call.
    pub(super) async fn close(self) {
        match self {
            Callee::Compiled(handler) => handler.close().await,
            Callee::Remote(handler, _) => handler.close(),
        }
    }
}

/// The answer of an adapter that is called over the network. Of a quota's grants that of the
/// instance counts.
fn remote_answer(answer: remote::Answer, instances: &[EncodedInstance]) -> Answer {
    match answer {
        remote::Answer::Check(verdict) => Answer::Check(verdict),
        remote::Answer::CheckWithOutput(verdict, output) => {
            Answer::CheckWithOutput(verdict, Outputs::Remote(output))
        }
        remote::Answer::Output(output) => Answer::Generated(Outputs::Remote(output)),
        remote::Answer::Quota(mut grants) => {
            let name = instances.first().map(|it| it.name().as_ref());
            let grant = name.and_then(|name: &str| grants.quotas.remove(name));
            let mut grant = grant.unwrap_or_default();
            // Mixer looks at the amount alone.
            grant.status = None;
            Answer::Quota(grant)
        }
        remote::Answer::Report => Answer::Reported,
    }
}

/// Why a call has no answer. Displayed as Mixer words it.
#[derive(Debug)]
#[non_exhaustive]
pub enum CallError {
    /// What a handler in this process returned, or that it panicked.
    Compiled(in_process::CallError),
    /// What an adapter that is called over the network answered instead, or that it can't be
    /// reached.
    Remote(remote::CallError),
    /// An instance for the other kind of adapter, which routing never sends.
    Mixed,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Compiled(error) => error.fmt(f),
            CallError::Remote(error) => error.fmt(f),
            CallError::Mixed => f.write_str("internal: an instance of the other kind of template"),
        }
    }
}

impl std::error::Error for CallError {}
