//! Why an adapter is called with a request, or never.
//!
//! [`Mixer::explain`] sends a request on its way and writes the way down: whose rules hold, which of
//! them match and why the others don't, what the instances became, what was answered. On top is, in
//! one sentence, where the way ended first.
//!
//! ```
//! use adapter_mixer::Mixer;
//! use adapter_mixer::attributes;
//! use adapter_mixer::config::MemoryStore;
//! use adapter_mixer::explain::{Cause, Verb};
//! # use adapter_runtime::prelude::*;
//! # use adapter_runtime::{Registration, template::checknothing};
//! # /// Denies everything.
//! # #[mixer_adapter(templates = ["checknothing"])]
//! # struct Denier;
//! # impl Adapter for Denier {
//! #     type Config = NoConfig;
//! #     async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> { Ok(Denier) }
//! # }
//! # impl checknothing::Handler for Denier {
//! #     async fn handle_check_nothing(&self, _: &Call, _: checknothing::Instance)
//! #         -> Result<CheckResult, HandlerError> {
//! #         Ok(CheckResult::deny(Code::PermissionDenied, "no"))
//! #     }
//! # }
//!
//! const RESOURCES: &str = r#"
//! kind: attributemanifest
//! metadata: {name: own, namespace: istio-system}
//! spec: {attributes: {request.path: {valueType: STRING}}}
//! ---
//! kind: handler
//! metadata: {name: denier, namespace: istio-system}
//! spec: {compiledAdapter: denier}
//! ---
//! kind: instance
//! metadata: {name: any, namespace: istio-system}
//! spec: {compiledTemplate: checknothing}
//! ---
//! kind: rule
//! metadata: {name: secret, namespace: istio-system}
//! spec:
//!   match: request.path == "/secret"
//!   actions: [{handler: denier, instances: [any]}]
//! "#;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! # let registry = Registry::new([Registration::new::<Denier>()]).unwrap();
//! let mixer = Mixer::new(registry, MemoryStore::from(RESOURCES)).await.unwrap();
//! let request = attributes! { "request.path" => "/open" };
//! let explanation = mixer.explain(Verb::Check, &request).await;
//! assert_eq!(explanation.headline.cause, Cause::NotMatched);
//! assert_eq!(
//!     explanation.headline.to_string(),
//!     "config.yaml:17:10: the rule `secret.istio-system` doesn't match: `request.path == \"/secret\"` is false, \
//!      where `request.path` is \"/open\"",
//! );
//! # }
//! ```

mod config;
mod expression;
mod fields;
mod headline;
mod json;
mod text;

use std::collections::BTreeMap;
use std::fmt;

use adapter_runtime::document::Span;
use adapter_runtime::template::Variety;
use adapter_runtime::value::{Value, ValueType};

use crate::Mixer;
use crate::attribute::Bag;
use crate::config::{ConfigProblem, Snapshot};
use crate::runtime::{DispatchErrors, DispatchTrace, QuotaAnswer, QuotaRequest, Trace, Verdict};

/// What is asked of a Mixer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verb {
    /// Whether a request may go on.
    Check,
    /// To be told of a request.
    Report,
    /// How much is granted of a quota.
    Quota(QuotaRequest),
}

/// The way of a request.
#[derive(Debug)]
#[non_exhaustive]
pub struct Explanation {
    /// What was asked.
    pub verb: Verb,
    /// The attributes of the request.
    pub attributes: BTreeMap<String, Value>,
    /// Where the way ended.
    pub headline: Headline,
    /// Every step.
    pub trace: Trace,
    /// What was answered.
    pub answer: Answer,
    /// What is wrong with the configuration, whatever it has to do with the request.
    pub problems: Vec<ConfigProblem>,
    /// What is odd about the request.
    pub notes: Vec<String>,
    /// What the instances are that are sent over the network, by their names.
    fields: BTreeMap<String, String>,
}

/// What a Mixer answered.
#[derive(Debug)]
#[non_exhaustive]
pub enum Answer {
    /// To a check.
    Check(Verdict),
    /// A report was delivered.
    Reported,
    /// To a request for a quota.
    Quota(QuotaAnswer),
    /// There is no answer.
    Failed(DispatchErrors),
}

/// Where the way of a request ended, in one sentence.
///
/// Displayed as `file:line:column: what happened; what to do about it`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Headline {
    /// What kind of end it is.
    pub cause: Cause,
    /// What happened.
    pub sentence: String,
    /// Where the reason is written.
    pub place: Option<Span>,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// How the way of a request ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// Handlers were called, and nobody objects.
    Served,
    /// A handler denies the request, or grants nothing of a quota.
    Denied,
    /// A handler failed, or can't be reached.
    CallFailed,
    /// An instance can't be built, or an attribute of what a handler answered.
    InstanceFailed,
    /// Something is wrong with the configuration.
    Configuration,
    /// A rule reads an attribute that is absent.
    AttributeAbsent,
    /// A rule is not about this request.
    NotMatched,
    /// A rule is about no request at all.
    SwitchedOff,
    /// The rules send what is not asked for: reports where a check was made, say.
    OtherVerb,
    /// The rules are those of another namespace.
    OtherNamespace,
    /// No rule counts a quota of this name.
    OtherQuota,
    /// No rule sends anything.
    NoRule,
}

impl Mixer {
    /// Asks, and explains the answer. Handlers are called as by any other request.
    pub async fn explain(&self, verb: Verb, attributes: &Bag<'_>) -> Explanation {
        let given = attributes;
        let snapshot = self.snapshot();
        let (answer, trace) = match &verb {
            Verb::Check => {
                let (answer, trace) = self.trace_check(attributes).await;
                (answer.map(Answer::Check), trace)
            }
            Verb::Report => {
                let (answer, trace) = self.trace_report(attributes).await;
                (answer.map(|()| Answer::Reported), trace)
            }
            Verb::Quota(quota) => {
                let (answer, trace) = self.trace_quota(attributes, quota).await;
                (answer.map(Answer::Quota), trace)
            }
        };
        let answer = answer.unwrap_or_else(Answer::Failed);
        let headline = headline::find(&verb, &answer, &trace, &snapshot);
        let own = attributes.own();
        let attributes = own.map(|(name, value)| (name.to_owned(), value.clone()));
        let attributes: BTreeMap<_, _> = attributes.collect();
        let fields = fields::of(&trace, &snapshot, given);
        Explanation {
            fields,
            notes: notes(&attributes, &snapshot),
            verb,
            attributes,
            headline,
            trace,
            answer,
            problems: snapshot.problems.clone(),
        }
    }
}

/// What is odd about attributes.
fn notes(attributes: &BTreeMap<String, Value>, snapshot: &Snapshot) -> Vec<String> {
    let mut notes = Vec::new();
    for (name, value) in attributes {
        let found = value.value_type();
        match snapshot.vocabulary.get(name) {
            None => {
                let near = snapshot.vocabulary.nearest(name);
                let help = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                notes.push(format!(
                    "the attribute `{name}` is declared in no manifest, so no expression can read \
                     it{help}"
                ));
            }
            Some(declared) if declared != found && !(is_text(declared) && is_text(found)) => {
                notes.push(format!(
                    "the attribute `{name}` is declared as {declared}, but the request has a \
                     value of {found}"
                ));
            }
            Some(_) => {}
        }
    }
    notes
}

/// Whether values of the type are sent as texts.
fn is_text(ty: ValueType) -> bool {
    matches!(
        ty,
        ValueType::String | ValueType::DnsName | ValueType::EmailAddress | ValueType::Uri
    )
}

impl Verb {
    /// What it asks of adapters.
    #[must_use]
    pub fn variety(&self) -> Variety {
        match self {
            Verb::Check => Variety::Check,
            Verb::Report => Variety::Report,
            Verb::Quota(_) => Variety::Quota,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Verb::Check => "check",
            Verb::Report => "report",
            Verb::Quota(_) => "quota",
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verb::Quota(quota) => write!(f, "quota {} of {}", quota.amount, quota.name),
            verb => f.write_str(verb.name()),
        }
    }
}

/// The dispatch of a verb, which is not there if attributes could not be generated.
fn dispatch_of<'t>(verb: &Verb, trace: &'t Trace) -> Option<&'t DispatchTrace> {
    let mut dispatches = trace.dispatches.iter();
    dispatches.find(|it| it.variety == verb.variety())
}

impl fmt::Display for Headline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.sentence)?;
        match &self.remedy {
            Some(remedy) => write!(f, "; {remedy}"),
            None => Ok(()),
        }
    }
}

impl Headline {
    fn new(cause: Cause, sentence: String) -> Headline {
        Headline {
            cause,
            sentence,
            place: None,
            remedy: None,
        }
    }

    fn at(self, place: &Span) -> Headline {
        Headline {
            place: Some(place.clone()),
            ..self
        }
    }

    fn help(self, remedy: impl Into<Option<String>>) -> Headline {
        Headline {
            remedy: remedy.into(),
            ..self
        }
    }
}
