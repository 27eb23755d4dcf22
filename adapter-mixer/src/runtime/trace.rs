//! The way of one request: whose rules hold for it, which of them match, what is sent to which
//! handler, and what is answered.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use adapter_runtime::document::Span;
use adapter_runtime::template::Variety;

use super::callee::{Answer, Built, InstanceError};
use super::dispatch::{DispatchError, Verdict};
use super::namespace::Chosen;
use super::routing::{Destination, Namespace, Routed, Table};
use crate::attribute::Attributes;
use crate::config::{Condition, Key, Rule};
use crate::language::{self, EvaluationError};

/// The way of a request through the dispatches of one varieties each: attributes are generated, then
/// it is checked, and so on.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Trace {
    /// One after the other.
    pub dispatches: Vec<DispatchTrace>,
}

/// One dispatch.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DispatchTrace {
    /// What was asked of adapters.
    pub variety: Variety,
    /// The namespace whose rules hold beside those of the default namespace, and why.
    pub namespace: Chosen,
    /// The namespace whose rules hold for all requests.
    pub default_namespace: String,
    /// The rules that were looked at, in their order.
    pub rules: Vec<RuleTrace>,
    /// The instances that matching rules asked for.
    pub instances: Vec<InstanceTrace>,
    /// The calls, in the order in which they ended.
    pub calls: Vec<CallTrace>,
    /// What a check came to.
    pub verdict: Option<Verdict>,
}

/// A rule, and whether it matched.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RuleTrace {
    /// The rule.
    pub rule: Key,
    /// Where it is written.
    pub place: Span,
    /// Whether it asks for anything of the dispatch's variety.
    pub concerned: bool,
    /// Whether it matched.
    pub outcome: RuleOutcome,
}

/// Whether a rule matched.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RuleOutcome {
    /// It has no condition.
    Always,
    /// Its condition is true.
    Matched(language::Trace),
    /// Its condition is false; the trace shows in which part.
    NotMatched(language::Trace),
    /// Its condition can't be evaluated, mostly because an attribute is absent: it counts as false.
    Failed(language::Trace, EvaluationError),
    /// Its condition is no expression, or none of a truth: it is never looked at.
    Broken,
}

/// An instance that a rule asked for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct InstanceTrace {
    /// The rule.
    pub rule: Key,
    /// The full name of the instance.
    pub instance: String,
    /// The template.
    pub template: String,
    /// The name of the handler that gets it.
    pub handler: Arc<str>,
    /// What it was built to, as Rust's `Debug` shows it; or why it can't be.
    pub built: Result<String, InstanceError>,
}

/// A call of a handler.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CallTrace {
    /// The name of the handler.
    pub handler: Arc<str>,
    /// What it was asked, as Rust's `Debug` shows it.
    pub asked: String,
    /// What it answered, as Rust's `Debug` shows it; or why it did not.
    pub answer: Result<String, String>,
    /// How long that took.
    pub took: Duration,
}

/// Writes the way of a request down.
#[derive(Debug, Default)]
pub(crate) struct Tracer(Mutex<Trace>);

impl Tracer {
    pub(crate) fn into_trace(self) -> Trace {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn trace(&self) -> MutexGuard<'_, Trace> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A dispatch begins.
    pub(super) fn begin(
        &self,
        variety: Variety,
        namespace: &Chosen,
        table: &Table,
        attributes: &dyn Attributes,
    ) {
        let rules = table.of(&namespace.namespace).into_iter().flatten();
        let rules = rules.flat_map(|it| it.rules.iter().map(move |rule| (it, rule)));
        let dispatch = DispatchTrace {
            variety,
            namespace: namespace.clone(),
            default_namespace: table.default_namespace().to_owned(),
            rules: rules
                .map(|(namespace, rule)| rule_trace(namespace, rule, variety, attributes))
                .collect(),
            instances: Vec::new(),
            calls: Vec::new(),
            verdict: None,
        };
        self.trace().dispatches.push(dispatch);
    }

    /// An instance was built, or not.
    pub(super) fn built(
        &self,
        destination: &Destination,
        routed: &Routed,
        built: &Result<Built, InstanceError>,
    ) {
        let built = match built {
            Ok(instance) => Ok(format!("{instance:?}")),
            Err(error) => Err(error.clone()),
        };
        self.last(|dispatch| {
            dispatch.instances.push(InstanceTrace {
                rule: routed.rule.key.clone(),
                instance: routed.plan.name().to_owned(),
                template: routed.template.to_string(),
                handler: destination.handler.name.clone(),
                built,
            });
        });
    }

    /// A handler answered, or not.
    pub(super) fn called(
        &self,
        destination: &Destination,
        asked: String,
        outcome: &Result<Answer, DispatchError>,
        took: Duration,
    ) {
        let answer = match outcome {
            Ok(outcome) => Ok(format!("{outcome:?}")),
            Err(error) => Err(error.to_string()),
        };
        self.last(|dispatch| {
            dispatch.calls.push(CallTrace {
                handler: destination.handler.name.clone(),
                asked,
                answer,
                took,
            });
        });
    }

    /// A check came to this.
    pub(super) fn decided(&self, verdict: &Verdict) {
        self.last(|dispatch| dispatch.verdict = Some(verdict.clone()));
    }

    fn last(&self, change: impl FnOnce(&mut DispatchTrace)) {
        if let Some(dispatch) = self.trace().dispatches.last_mut() {
            change(dispatch);
        }
    }
}

fn rule_trace(
    namespace: &Namespace,
    rule: &Arc<Rule>,
    variety: Variety,
    attributes: &dyn Attributes,
) -> RuleTrace {
    let destinations = namespace.destinations(variety).iter();
    let mut instances = destinations
        .flat_map(|it| &it.groups)
        .flat_map(|group| &group.instances);
    let directs = variety == Variety::Check
        && namespace
            .directives
            .iter()
            .any(|it| Arc::ptr_eq(&it.rule, rule));
    let concerned = directs || instances.any(|routed| Arc::ptr_eq(&routed.rule, rule));
    let outcome = match &rule.condition {
        Condition::Always => RuleOutcome::Always,
        Condition::Broken => RuleOutcome::Broken,
        Condition::If(expression) => {
            let trace = expression.trace(attributes);
            match trace.outcome.clone() {
                language::Outcome::Failed(error) => RuleOutcome::Failed(trace, error),
                language::Outcome::Value(value) if value.as_bool() == Some(true) => {
                    RuleOutcome::Matched(trace)
                }
                _ => RuleOutcome::NotMatched(trace),
            }
        }
    };
    RuleTrace {
        rule: rule.key.clone(),
        place: rule.place.clone(),
        concerned,
        outcome,
    }
}

impl fmt::Display for Trace {
    /// A line for each step.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.dispatches.iter().try_for_each(|it| it.fmt(f))
    }
}

impl fmt::Display for DispatchTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Chosen {
            namespace,
            attribute,
        } = &self.namespace;
        let why = attribute.unwrap_or("an unknown context.reporter.kind");
        writeln!(
            f,
            "{}: rules of `{}`, and of `{namespace}` by {why}",
            self.variety, self.default_namespace
        )?;
        for rule in self.rules.iter().filter(|rule| rule.concerned) {
            write!(f, "  {}: {}: ", rule.place, rule.rule)?;
            let trace = match &rule.outcome {
                RuleOutcome::Always => {
                    writeln!(f, "matches every request")?;
                    continue;
                }
                RuleOutcome::Broken => {
                    writeln!(f, "broken, never used")?;
                    continue;
                }
                RuleOutcome::Matched(trace) => {
                    writeln!(f, "matches")?;
                    trace
                }
                RuleOutcome::NotMatched(trace) => {
                    writeln!(f, "doesn't match")?;
                    trace
                }
                RuleOutcome::Failed(trace, error) => {
                    writeln!(f, "doesn't match: {error}")?;
                    trace
                }
            };
            for line in trace.to_string().lines() {
                writeln!(f, "    {line}")?;
            }
        }
        for instance in &self.instances {
            let InstanceTrace {
                instance: name,
                handler,
                ..
            } = instance;
            match &instance.built {
                Ok(built) => writeln!(f, "  {name} for {handler}: {built}")?,
                Err(error) => writeln!(f, "  {name} for {handler}: {error}")?,
            }
        }
        for call in &self.calls {
            match &call.answer {
                Ok(answer) => writeln!(f, "  {} answers {answer}", call.handler)?,
                Err(error) => writeln!(f, "  {} fails: {error}", call.handler)?,
            }
        }
        match &self.verdict {
            Some(verdict) => writeln!(
                f,
                "  together: code {} {:?}, {} for {} uses",
                verdict.status.code,
                verdict.status.message,
                verdict.valid_duration,
                verdict.valid_use_count
            ),
            None => Ok(()),
        }
    }
}
