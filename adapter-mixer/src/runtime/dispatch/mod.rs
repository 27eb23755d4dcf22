//! One request: which handlers it goes to, and what becomes of their answers.

mod check;
mod error;
mod generate;
mod output;
mod quota;
mod report;
mod verdict;

use std::sync::Arc;
use std::time::Instant;

use adapter_runtime::FailPolicy;
use adapter_runtime::template::Variety;
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::callee::{Answer, Asked, Built};
use super::namespace::{namespace_of, with_namespace};
use super::routing::{Destination, Group, Namespace, Routed};
use super::state::State;
use super::trace::Tracer;
use crate::attribute::Attributes;

pub use check::CheckAnswer;
pub use error::{DispatchError, DispatchErrors};
pub use quota::{QuotaAnswer, QuotaRequest};
pub(crate) use report::Batches;
pub use verdict::{Combination, Verdict, direct_response};

/// A request's attributes, and when its caller stops waiting.
#[derive(Clone, Copy)]
pub(crate) struct Request<'r> {
    pub(crate) attributes: &'r dyn Attributes,
    pub(crate) deadline: Option<Instant>,
}

/// The dispatch of requests under one configuration, which holds as long as this does.
pub(crate) struct Session<'t> {
    pub(super) state: Arc<State>,
    pub(super) tracer: Option<&'t Tracer>,
}

/// A call that is to be made.
struct Pending<'s> {
    destination: &'s Destination,
    routed: &'s Routed,
    instance: Built,
}

/// The rules that hold for a request: those of the default namespace, then those of its own.
type Namespaces<'s> = [Option<&'s Namespace>; 2];

impl Session<'_> {
    pub(crate) fn new(state: Arc<State>, tracer: Option<&Tracer>) -> Session<'_> {
        Session { state, tracer }
    }

    /// The configuration that holds.
    pub(crate) fn into_state(self) -> Arc<State> {
        self.state
    }

    fn namespaces(&self, attributes: &dyn Attributes, variety: Variety) -> Namespaces<'_> {
        let table = &self.state.table;
        if let Some(tracer) = self.tracer {
            let chosen = namespace_of(attributes);
            tracer.begin(variety, &chosen, table, attributes);
        }
        with_namespace(attributes, |namespace| table.of(namespace))
    }

    /// Whether a condition is true; one that can't be evaluated isn't.
    fn holds(&self, group: &Group, attributes: &dyn Attributes) -> bool {
        match &group.condition {
            None => true,
            Some(condition) => super::is_true(condition, attributes),
        }
    }

    fn build(
        &self,
        destination: &Destination,
        routed: &Routed,
        attributes: &dyn Attributes,
        errors: &mut DispatchErrors,
    ) -> Option<Built> {
        let built = routed.plan.build(attributes);
        if let Some(tracer) = self.tracer {
            tracer.built(destination, routed, &built);
        }
        match built {
            Ok(instance) => Some(instance),
            Err(error) => {
                errors.push(DispatchError::Instance(error));
                None
            }
        }
    }

    /// The calls that conditions allow, with the instances that can be built.
    fn collect<'s>(
        &'s self,
        destinations: &'s [Destination],
        attributes: &dyn Attributes,
        pending: &mut Vec<Pending<'s>>,
        errors: &mut DispatchErrors,
    ) {
        for destination in destinations {
            for group in &destination.groups {
                if !self.holds(group, attributes) {
                    continue;
                }
                for routed in &group.instances {
                    let instance = self.build(destination, routed, attributes, errors);
                    pending.extend(instance.map(|instance| Pending {
                        destination,
                        routed,
                        instance,
                    }));
                }
            }
        }
    }

    /// Makes all calls at once; `answered` gets the outcomes in the order in which they come.
    async fn call_all<'s>(
        &'s self,
        mut pending: Vec<Pending<'s>>,
        deadline: Option<Instant>,
        asked: impl Fn(Built) -> Asked,
        mut answered: impl FnMut(&'s Destination, &'s Routed, Result<Answer, DispatchError>),
    ) {
        // One call needs no task list.
        if pending.len() <= 1 {
            let Some(Pending {
                destination,
                routed,
                instance,
            }) = pending.pop()
            else {
                return;
            };
            let outcome = self.call(destination, asked(instance), deadline).await;
            answered(destination, routed, outcome);
            return;
        }
        let mut calls: FuturesUnordered<_> = pending
            .into_iter()
            .map(|it| {
                let asked = asked(it.instance);
                async move {
                    let outcome = self.call(it.destination, asked, deadline).await;
                    (it.destination, it.routed, outcome)
                }
            })
            .collect();
        while let Some((destination, routed, outcome)) = calls.next().await {
            answered(destination, routed, outcome);
        }
    }

    /// Calls a handler, for as long as the caller waits.
    async fn call(
        &self,
        destination: &Destination,
        asked: Asked,
        deadline: Option<Instant>,
    ) -> Result<Answer, DispatchError> {
        let entry = &destination.handler;
        let traced = self.tracer.map(|tracer| (tracer, format!("{asked:?}")));
        let began = (traced.is_some() || deadline.is_some()).then(Instant::now);
        let callee = entry.callee();
        let call = callee.call(destination.template, asked, deadline);
        let failed = |error| DispatchError::Handler {
            handler: entry.name.clone(),
            error,
        };
        let outcome = match deadline {
            None => call.await.map_err(failed),
            Some(deadline) => {
                let mut limit = deadline.saturating_duration_since(began.unwrap_or(deadline));
                if entry.fail_policy == FailPolicy::Open {
                    // There has to be time to answer otherwise.
                    limit = limit * 9 / 10;
                }
                match tokio::time::timeout(limit, call).await {
                    Ok(outcome) => outcome.map_err(failed),
                    Err(_) => Err(DispatchError::TooLate {
                        handler: entry.name.clone(),
                        limit,
                    }),
                }
            }
        };
        if let Some((tracer, asked)) = traced {
            let took = began.map(|began| began.elapsed()).unwrap_or_default();
            tracer.called(destination, asked, &outcome, took);
        }
        outcome
    }
}

/// Says that a handler failed, and that its requests pass nevertheless.
fn log_failed_open(destination: &Destination, error: &DispatchError) {
    let handler = &*destination.handler.name;
    tracing::error!(handler, "failed open: {error}");
}
