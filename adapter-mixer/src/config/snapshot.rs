//! One state of the configuration, in which everything that refers to something has found it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use adapter_runtime::document::{Node, Span};
use adapter_runtime::in_process::{HostedAdapter, HostedTemplate, InferredType};
use adapter_runtime::template::Params;

use super::fields::Text;
use super::name::Key;
use super::problem::ConfigProblem;
use super::spec::HeaderSpec;
use crate::attribute::Vocabulary;
use crate::language::{Expression, Language};

/// One state of the configuration: what is wrong with it was left out, and is listed.
///
/// Semantics: Istio's `policy/v1beta1/cfg.proto`, and Mixer's own partial failure.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Snapshot {
    /// How many there were before this one. The first has nothing in it.
    pub id: i64,
    /// The attributes that expressions may use.
    pub vocabulary: Vocabulary,
    /// The handlers, by their full names.
    pub handlers: BTreeMap<Key, Arc<Handler>>,
    /// The instances, by their full names.
    pub instances: BTreeMap<Key, Arc<Instance>>,
    /// The rules of which something is left, by namespace and name.
    pub rules: Vec<Arc<Rule>>,
    /// All that is wrong, in the order in which it was found.
    pub problems: Vec<ConfigProblem>,
}

/// A handler that can be built.
#[derive(Debug)]
#[non_exhaustive]
pub struct Handler {
    /// The resource.
    pub key: Key,
    /// The name in messages and metrics: `check.istio-system`, or the full one for a resource of the
    /// adapter's own kind.
    pub name: String,
    /// Where it is written.
    pub place: Span,
    /// The adapter.
    pub adapter: HostedAdapter,
    /// What the adapter is configured with.
    pub(crate) params: Option<Node>,
    /// The same as bytes that are equal for equal configurations.
    pub(crate) encoded: Vec<u8>,
    /// The same as it is shown, without secrets.
    pub settings: serde_json::Value,
}

/// An instance whose expressions have types.
#[derive(Debug)]
#[non_exhaustive]
pub struct Instance {
    /// The resource. Its full name is what adapters see.
    pub key: Key,
    /// Where it is written.
    pub place: Span,
    /// The template.
    pub template: HostedTemplate,
    /// The expressions of its fields.
    pub params: Params<Text>,
    /// Attributes, and the expressions of their values over the adapter's output.
    pub attribute_bindings: Vec<(Text, Text)>,
    /// The language of its expressions.
    pub language: Language,
    /// The types of the fields whose type the expressions decide.
    pub inferred: InferredType,
    /// What the operator wrote, as bytes that are equal for equal params.
    pub(crate) encoded: Vec<u8>,
    /// What the operator wrote.
    pub(crate) written: Option<Node>,
}

/// A rule of which something is left.
#[derive(Debug)]
#[non_exhaustive]
pub struct Rule {
    /// The resource.
    pub key: Key,
    /// Where it is written.
    pub place: Span,
    /// Which requests it is about, as it is written.
    pub text: Option<Text>,
    /// The same, ready to be evaluated.
    pub condition: Condition,
    /// The language of its expressions.
    pub language: Language,
    /// What is done.
    pub actions: Vec<Action>,
    /// What is done to the headers of requests.
    pub request_headers: Vec<HeaderSpec>,
    /// What is done to those of responses.
    pub response_headers: Vec<HeaderSpec>,
}

/// Which requests a rule is about.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Condition {
    /// All.
    Always,
    /// Those for which this is true.
    If(Expression),
    /// It can't be evaluated, so the rule is not used. Why is among the problems.
    Broken,
}

/// Instances that are sent to a handler.
#[derive(Debug)]
#[non_exhaustive]
pub struct Action {
    /// Its place among the rule's, as they are written.
    pub index: usize,
    /// The name under which its output is known.
    pub name: Option<String>,
    /// The handler.
    pub handler: Arc<Handler>,
    /// The instances.
    pub instances: Vec<Arc<Instance>>,
}

impl Snapshot {
    /// The problems because of which something is left out.
    pub fn errors(&self) -> impl Iterator<Item = &ConfigProblem> {
        self.problems.iter().filter(|problem| problem.is_error())
    }
}

impl Instance {
    /// What the operator wrote for its fields, as JSON.
    #[must_use]
    pub fn written(&self) -> serde_json::Value {
        let written = self.written.as_ref();
        written.map_or(serde_json::Value::Null, |node| {
            serde_json::to_value(node).unwrap_or_default()
        })
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Condition::Always => f.write_str("true"),
            Condition::If(expression) => f.write_str(expression.text()),
            Condition::Broken => f.write_str("(broken)"),
        }
    }
}
