//! One state of the configuration, in which everything that refers to something has found it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use adapter_runtime::document::{Node, Span};
use adapter_runtime::in_process::{HostedAdapter, HostedTemplate, InferredType};
use adapter_runtime::template::{FieldInfo, Params, Variety};
use adapter_runtime::value::ValueType;

use super::fields::Text;
use super::name::Key;
use super::problem::ConfigProblem;
use super::spec::HeaderSpec;
use crate::attribute::Vocabulary;
use crate::language::{Expression, Language};
use crate::remote::{ConfigDescriptor, Connection, RemoteInstance, RemoteTemplate};

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
    /// The templates that are not compiled in, by their full names.
    pub templates: BTreeMap<Key, Arc<TemplateResource>>,
    /// The adapters that are not compiled in, by their full names.
    pub adapters: BTreeMap<Key, Arc<AdapterResource>>,
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
    /// The adapter, and what it is configured with.
    pub adapter: HandlerAdapter,
}

/// The adapter of a handler.
#[derive(Debug)]
#[non_exhaustive]
pub enum HandlerAdapter {
    /// One that is compiled in.
    Compiled(CompiledHandler),
    /// One that is called over the network.
    Remote(RemoteHandlerSpec),
}

/// A handler of an adapter that is compiled in.
#[derive(Debug)]
#[non_exhaustive]
pub struct CompiledHandler {
    /// The adapter.
    pub adapter: HostedAdapter,
    /// What the adapter is configured with, as it is shown: without secrets.
    pub settings: serde_json::Value,
    /// The same as bytes that are equal for equal configurations.
    pub(crate) encoded: Vec<u8>,
    /// The same as it is written.
    pub(crate) params: Option<Node>,
}

/// A handler of an adapter that is called over the network.
#[derive(Debug)]
#[non_exhaustive]
pub struct RemoteHandlerSpec {
    /// The adapter.
    pub adapter: Arc<AdapterResource>,
    /// What the adapter is configured with, as it is sent; `None` if nothing is.
    pub config: Option<Vec<u8>>,
    /// How it is reached; `None` if that isn't written.
    pub connection: Option<Connection>,
}

/// A template that is not compiled in.
#[derive(Debug)]
#[non_exhaustive]
pub struct TemplateResource {
    /// The resource.
    pub key: Key,
    /// What its descriptor says.
    pub template: RemoteTemplate,
}

/// An adapter that is not compiled in.
#[derive(Debug)]
#[non_exhaustive]
pub struct AdapterResource {
    /// The resource.
    pub key: Key,
    /// The templates that it handles.
    pub templates: Vec<Arc<TemplateResource>>,
    /// What it is configured with; `None` if it isn't.
    pub config: Option<ConfigDescriptor>,
    /// Whether it is told its configuration when a session begins, which Mixer never does.
    pub session_based: bool,
}

/// An instance whose expressions have types.
#[derive(Debug)]
#[non_exhaustive]
pub struct Instance {
    /// The resource. Its full name is what adapters see.
    pub key: Key,
    /// Where it is written.
    pub place: Span,
    /// The template, and the expressions of its fields.
    pub template: InstanceTemplate,
    /// Attributes, and the expressions of their values over the adapter's output.
    pub attribute_bindings: Vec<(Text, Text)>,
    /// The language of its expressions.
    pub language: Language,
    /// What the operator wrote, as bytes that are equal for equal params.
    pub(crate) encoded: Vec<u8>,
    /// What the operator wrote.
    pub(crate) written: Option<Node>,
}

/// The template of an instance.
#[derive(Debug)]
#[non_exhaustive]
pub enum InstanceTemplate {
    /// One that is compiled in.
    Compiled {
        /// The template.
        template: HostedTemplate,
        /// The expressions of its fields.
        params: Params<Text>,
        /// The types of the fields whose type the expressions decide.
        inferred: InferredType,
    },
    /// One that a resource describes.
    Remote {
        /// The template.
        template: Arc<TemplateResource>,
        /// The instance, ready to be encoded for a request.
        plan: Arc<RemoteInstance<Expression>>,
    },
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

impl Handler {
    /// The name of the adapter: the compiled one's, or the full name of its resource.
    #[must_use]
    pub fn adapter_name(&self) -> String {
        match &self.adapter {
            HandlerAdapter::Compiled(it) => it.adapter.name().to_owned(),
            HandlerAdapter::Remote(it) => it.adapter.key.to_string(),
        }
    }

    /// The place of an instance's template among those of the adapter; `None` if the adapter doesn't
    /// handle it.
    #[must_use]
    pub fn template_of(&self, instance: &Instance) -> Option<usize> {
        match (&self.adapter, &instance.template) {
            (HandlerAdapter::Compiled(it), InstanceTemplate::Compiled { template, .. }) => {
                it.adapter.templates().iter().position(|it| it == template)
            }
            (HandlerAdapter::Remote(it), InstanceTemplate::Remote { template, .. }) => {
                let mut templates = it.adapter.templates.iter();
                templates.position(|it| it.key == template.key)
            }
            _ => None,
        }
    }

    /// The names of the templates that the adapter handles.
    pub(super) fn template_names(&self) -> Vec<String> {
        match &self.adapter {
            HandlerAdapter::Compiled(it) => {
                let templates = it.adapter.templates().into_iter();
                templates.map(|it| it.info().name.to_owned()).collect()
            }
            HandlerAdapter::Remote(it) => {
                let templates = it.adapter.templates.iter();
                templates.map(|it| it.key.to_string()).collect()
            }
        }
    }
}

impl InstanceTemplate {
    /// The name of the template: the compiled one's, or the full name of its resource.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            InstanceTemplate::Compiled { template, .. } => template.info().name.to_owned(),
            InstanceTemplate::Remote { template, .. } => template.key.to_string(),
        }
    }

    /// What the template asks of an adapter.
    #[must_use]
    pub fn variety(&self) -> Variety {
        match self {
            InstanceTemplate::Compiled { template, .. } => template.info().variety,
            InstanceTemplate::Remote { template, .. } => template.template.variety(),
        }
    }

    /// The fields of the output as attributes, with `prefix` before their names.
    pub(crate) fn outputs(&self, prefix: &str) -> Vec<(String, ValueType)> {
        match self {
            InstanceTemplate::Compiled { template, .. } => {
                let output = template.info().output;
                let fields = output.map_or(&[][..], |output| output.fields());
                let typed = |field: &FieldInfo| {
                    Some((format!("{prefix}{}", field.name), field.ty.value_type()?))
                };
                fields.iter().filter_map(typed).collect()
            }
            InstanceTemplate::Remote { template, .. } => {
                template.template.output_attributes(prefix)
            }
        }
    }
}

impl Instance {
    /// What the operator wrote for its fields.
    pub(crate) fn written_node(&self) -> Option<&Node> {
        self.written.as_ref()
    }

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
