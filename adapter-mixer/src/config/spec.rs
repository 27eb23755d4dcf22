//! What resources say, by kind: Istio's `policy/v1beta1/cfg.proto`.

use adapter_runtime::document::{Node, Problem};
use adapter_runtime::value::ValueType;

use super::fields::{Fields, Text};
use crate::proto::mixer::header_operation::Operation;

/// What is true of requests, and what is done with them then.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RuleSpec {
    /// Of which requests; all, if there is nothing.
    pub condition: Option<Text>,
    /// Which handlers get which instances.
    pub actions: Vec<ActionSpec>,
    /// What is done to the headers of the request.
    pub request_headers: Vec<HeaderSpec>,
    /// What is done to those of the response.
    pub response_headers: Vec<HeaderSpec>,
}

/// An action of a rule.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ActionSpec {
    /// The handler.
    pub handler: Text,
    /// The instances.
    pub instances: Vec<Text>,
    /// The name under which its output is known.
    pub name: Option<Text>,
}

/// What is done to a header.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HeaderSpec {
    /// The header.
    pub name: String,
    /// The expressions of its values.
    pub values: Vec<Text>,
    /// What is done.
    pub operation: Operation,
}

/// An instance of a template.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct InstanceSpec {
    /// The name of a template that is compiled in.
    pub compiled_template: Option<Text>,
    /// A reference to a template resource.
    pub template: Option<Text>,
    /// The expressions of its fields.
    pub params: Option<Node>,
    /// Attributes, and the expressions of their values.
    pub attribute_bindings: Vec<(Text, Text)>,
}

/// A handler.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HandlerSpec {
    /// The name of an adapter that is compiled in.
    pub compiled_adapter: Option<Text>,
    /// A reference to an adapter resource.
    pub adapter: Option<Text>,
    /// The adapter's configuration.
    pub params: Option<Node>,
    /// How an adapter that is not compiled in is reached.
    pub connection: Option<Node>,
}

/// Attributes that there are.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ManifestSpec {
    /// Their names and types.
    pub attributes: Vec<(Text, ValueType)>,
}

/// A template that is not compiled in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TemplateSpec {
    /// Its descriptor, in base64.
    pub descriptor: Option<Text>,
}

/// An adapter that is not compiled in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AdapterSpec {
    /// What it does.
    pub description: Option<Text>,
    /// References to the templates that it handles.
    pub templates: Vec<Text>,
    /// The descriptor of its configuration, in base64.
    pub config: Option<Text>,
    /// Whether it is told its configuration when a session begins, which Mixer never does.
    pub session_based: bool,
}

const OPERATIONS: [(&str, i32); 3] = [
    ("REPLACE", Operation::Replace as i32),
    ("REMOVE", Operation::Remove as i32),
    ("APPEND", Operation::Append as i32),
];

impl RuleSpec {
    pub(super) fn read(spec: Option<&Node>) -> Result<RuleSpec, Problem> {
        const FIELDS: &[&str] = &[
            "match",
            "actions",
            "request_header_operations",
            "response_header_operations",
            "sampling",
        ];
        let fields = Fields::of(spec, "v1beta1.Rule", FIELDS)?;
        Ok(RuleSpec {
            condition: fields.text("match")?,
            actions: fields.list("actions", ActionSpec::read)?,
            request_headers: fields.list("request_header_operations", HeaderSpec::read)?,
            response_headers: fields.list("response_header_operations", HeaderSpec::read)?,
        })
    }
}

impl ActionSpec {
    fn read(node: &Node) -> Result<ActionSpec, Problem> {
        let fields = Fields::of(
            Some(node),
            "v1beta1.Action",
            &["handler", "instances", "name"],
        )?;
        let nothing = || Text {
            text: String::new(),
            place: node.span().clone(),
        };
        Ok(ActionSpec {
            handler: fields.text("handler")?.unwrap_or_else(nothing),
            instances: fields.texts("instances")?,
            name: fields.text("name")?,
        })
    }
}

impl HeaderSpec {
    fn read(node: &Node) -> Result<HeaderSpec, Problem> {
        const MESSAGE: &str = "v1beta1.Rule_HeaderOperationTemplate";
        let fields = Fields::of(Some(node), MESSAGE, &["name", "values", "operation"])?;
        let kind = "Rule_HeaderOperationTemplate_Operation";
        let operation = fields.number("operation", kind, &OPERATIONS)?;
        Ok(HeaderSpec {
            name: fields.text("name")?.map_or_else(String::new, |it| it.text),
            values: fields.texts("values")?,
            operation: Operation::try_from(operation).unwrap_or_default(),
        })
    }
}

impl InstanceSpec {
    pub(super) fn read(spec: Option<&Node>) -> Result<InstanceSpec, Problem> {
        const FIELDS: &[&str] = &[
            "name",
            "compiled_template",
            "template",
            "params",
            "attribute_bindings",
        ];
        let fields = Fields::of(spec, "v1beta1.Instance", FIELDS)?;
        fields.text("name")?;
        Ok(InstanceSpec {
            compiled_template: fields.text("compiled_template")?,
            template: fields.text("template")?,
            params: fields.node("params").cloned(),
            attribute_bindings: bindings(&fields)?,
        })
    }
}

/// The attribute bindings of an instance.
pub(super) fn bindings(fields: &Fields<'_>) -> Result<Vec<(Text, Text)>, Problem> {
    fields.map("attribute_bindings", |node| match node.as_str() {
        Ok(text) => Ok(Text {
            text: text.to_owned(),
            place: node.span().clone(),
        }),
        Err(_) => Err(super::fields::mismatch(node, "string")),
    })
}

impl HandlerSpec {
    pub(super) fn read(spec: Option<&Node>) -> Result<HandlerSpec, Problem> {
        const FIELDS: &[&str] = &[
            "name",
            "compiled_adapter",
            "adapter",
            "params",
            "connection",
        ];
        let fields = Fields::of(spec, "v1beta1.Handler", FIELDS)?;
        fields.text("name")?;
        Ok(HandlerSpec {
            compiled_adapter: fields.text("compiled_adapter")?,
            adapter: fields.text("adapter")?,
            params: fields.node("params").cloned(),
            connection: fields.node("connection").cloned(),
        })
    }
}

impl ManifestSpec {
    pub(super) fn read(spec: Option<&Node>) -> Result<ManifestSpec, Problem> {
        let known = &["revision", "name", "attributes"];
        let fields = Fields::of(spec, "v1beta1.AttributeManifest", known)?;
        fields.text("revision")?;
        fields.text("name")?;
        let types: Vec<_> = (0..)
            .map_while(ValueType::from_number)
            .zip(0..)
            .map(|(ty, number)| (ty.as_str(), number))
            .collect();
        let attribute = |node| {
            let known = &["description", "value_type"];
            let message = "v1beta1.AttributeManifest_AttributeInfo";
            let fields = Fields::of(Some(node), message, known)?;
            fields.text("description")?;
            let number = fields.number("value_type", "v1beta1.ValueType", &types)?;
            Ok(ValueType::from_number(number).unwrap_or_default())
        };
        Ok(ManifestSpec {
            attributes: fields.map("attributes", attribute)?,
        })
    }
}

impl TemplateSpec {
    pub(super) fn read(spec: Option<&Node>) -> Result<TemplateSpec, Problem> {
        let fields = Fields::of(spec, "v1beta1.Template", &["descriptor"])?;
        Ok(TemplateSpec {
            descriptor: fields.text("descriptor")?,
        })
    }
}

impl AdapterSpec {
    pub(super) fn read(spec: Option<&Node>) -> Result<AdapterSpec, Problem> {
        let known = &[
            "name",
            "description",
            "templates",
            "config",
            "session_based",
        ];
        let fields = Fields::of(spec, "v1beta1.Info", known)?;
        fields.text("name")?;
        Ok(AdapterSpec {
            description: fields.text("description")?,
            templates: fields.texts("templates")?,
            config: fields.text("config")?,
            session_based: fields.bool("session_based")?,
        })
    }
}
