//! The resource `instance`.

use crate::descriptor::camel_case;
use crate::document::{Content, Mapping, Node, Problem, quote};
use crate::suggest;
use crate::value::ValueType;

use super::base64;
use super::context::{Context, expected_expression};
use super::keys::Keys;
use super::references::{Template, template_names, unknown};
use super::resource::Resource;
use super::shape::{Shape, Type};

pub(super) fn check(resource: &Resource<'_>, context: &mut Context<'_>) {
    let known = [
        "attribute_bindings",
        "compiledTemplate",
        "name",
        "params",
        "template",
    ];
    let Some(keys) = Keys::read(resource.spec, &known, resource, context) else {
        return;
    };
    let shape = match (keys.get("template"), keys.get("compiledTemplate")) {
        (Some(template), Some(compiled)) => {
            let problem = Problem::error(
                compiled.span(),
                "`template` and `compiledTemplate` in one instance",
            )
            .related(template.span(), "the template")
            .help("remove one: `compiledTemplate` is for adapters within Mixer");
            context.push(problem.path("spec.compiledTemplate"));
            return;
        }
        (None, None) => {
            let help = "add `template: metric`, or another";
            context.error(
                resource,
                resource.spec,
                "the instance has no template",
                help,
            );
            return;
        }
        (Some(node), None) => shape_of(resource, node, context),
        (None, Some(node)) => compiled_shape(resource, node, context),
    };
    let compiled = keys.get("compiledTemplate").is_some();
    let params = keys.entry("params").map(|entry| entry.value());
    let params = params.filter(|params| !params.is_null());
    if let (Some(shape), Some(params)) = (&shape, params) {
        let mut checked = Params {
            shape,
            compiled,
            resource,
            context,
        };
        checked.message(0, params);
    }
    if let Some(bindings) = keys.get("attribute_bindings") {
        self::bindings(resource, bindings, shape.as_ref(), context);
    } else if let Some(shape) = shape.filter(|shape| shape.is_generator) {
        let names: Vec<_> = shape
            .outputs
            .iter()
            .flatten()
            .map(|(name, _)| name.as_str())
            .collect();
        let problem = Problem::warning(
            &resource.spec.start(),
            "no attribute gets what the adapter answers",
        )
        .help(format!(
            "add `attribute_bindings`, with expressions over {}",
            suggest::list(&names)
        ));
        context.push(problem.show_place_only().path("spec"));
    }
}

/// The template of an instance for adapters outside of Mixer.
fn shape_of(resource: &Resource<'_>, node: &Node, context: &mut Context<'_>) -> Option<Shape> {
    let name = context.text(resource, node)?;
    let Some(template) = Template::find(name, resource.namespace, context) else {
        let known = template_names(context.adapters);
        unknown("template", node, name, resource, &known, context);
        return None;
    };
    if let Some(info) = template.info {
        return Some(Shape::of_info(&info));
    }
    let spec = template.resource?.spec.as_mapping().ok()?;
    base64::silently(spec.get("descriptor")?).and_then(|set| Shape::of_descriptor(&set))
}

/// That of an instance for adapters within Mixer.
fn compiled_shape(
    resource: &Resource<'_>,
    node: &Node,
    context: &mut Context<'_>,
) -> Option<Shape> {
    let name = context.text(resource, node)?;
    match super::references::known_template(name, context.adapters) {
        Some(info) => Some(Shape::of_info(&info)),
        None => {
            let known = template_names(context.adapters);
            let message = format!("there is no template {} within Mixer", quote(name));
            let help = suggest::instead("template", name, &known);
            context.error(resource, node, message, help);
            None
        }
    }
}

struct Params<'p, 'c> {
    shape: &'p Shape,
    compiled: bool,
    resource: &'p Resource<'p>,
    context: &'p mut Context<'c>,
}

impl Params<'_, '_> {
    fn mapping<'n>(&mut self, node: &'n Node) -> Option<&'n Mapping> {
        match node.as_mapping() {
            Ok(mapping) => Some(mapping),
            Err(problem) => {
                let path = self.resource.path_of(node);
                self.context.push(problem.path(path));
                None
            }
        }
    }

    fn message(&mut self, message: usize, node: &Node) {
        let Some(mapping) = self.mapping(node) else {
            return;
        };
        let fields = self.shape.fields(message);
        let mut seen: Vec<(&str, &crate::document::Key)> = Vec::new();
        for entry in mapping.iter() {
            let (key, value) = (entry.key(), entry.value());
            let called = |name: &str| name == key.name() || camel_case(name, false) == key.name();
            let Some(field) = fields.iter().find(|field| called(&field.name)) else {
                let known: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
                let path = self.resource.path_of(node);
                self.context.push(key.unknown(&known).path(path));
                continue;
            };
            if let Some((_, first)) = seen.iter().find(|(name, _)| *name == field.name) {
                let message = format!(
                    "{} is the same field as {}",
                    quote(key.name()),
                    quote(first.name())
                );
                let problem = Problem::error(key.span(), message)
                    .related(first.span(), "the first one")
                    .help("remove one of them")
                    .show_place_only();
                self.context
                    .push(problem.path(self.resource.path_of(value)));
                continue;
            }
            seen.push((&field.name, key));
            if value.is_null() {
                continue;
            }
            match field.ty {
                Type::Expression(ty) => self.expression(value, ty, false),
                Type::Message(message) => self.message(message, value),
                Type::Map(ty) => {
                    for (key, value) in self.entries(value) {
                        if let Err(problem) = key.as_str() {
                            self.context
                                .push(problem.path(self.resource.path_of(value)));
                        }
                        self.expression(value, ty, true);
                    }
                }
                Type::Messages(message) => {
                    for (_, value) in self.entries(value) {
                        self.message(message, value);
                    }
                }
            }
        }
    }

    fn entries<'n>(&mut self, node: &'n Node) -> Vec<(&'n crate::document::Key, &'n Node)> {
        let mapping = self.mapping(node);
        let entries = mapping.into_iter().flat_map(Mapping::iter);
        entries.map(|entry| (entry.key(), entry.value())).collect()
    }

    /// `in_map`: an entry that is there must have a value.
    fn expression(&mut self, node: &Node, wanted: Option<ValueType>, in_map: bool) {
        match node.content() {
            Content::Text(text) if text.is_empty() => {
                if in_map {
                    let message = "an empty expression has no value";
                    let help = "write `'\"\"'` for an empty text, or remove the key";
                    self.context.error(self.resource, node, message, help);
                }
            }
            Content::Text(_) => {
                self.context.expression(self.resource, node, wanted, &[]);
            }
            _ => self.literal(node, wanted),
        }
    }

    /// Something that is no text: Mixer takes some of it for adapters outside of itself.
    fn literal(&mut self, node: &Node, wanted: Option<ValueType>) {
        let path = self.resource.path_of(node);
        let fits = matches!(
            (node.content(), wanted),
            (Content::Bool(_), Some(ValueType::Bool))
                | (
                    Content::Integer(_) | Content::Float(_),
                    Some(ValueType::Double)
                )
                | (Content::Integer(_), Some(ValueType::Int64))
        );
        let written = node.span().text();
        match (node.content(), wanted) {
            _ if fits && !self.compiled => {}
            (Content::Integer(_), None) if !self.compiled => {
                let message = "a number without quotes reaches the adapter as a double";
                let help = format!("write `\"{written}\"` for a whole number");
                let problem = Problem::warning(node.span(), message).help(help);
                self.context.push(problem.path(path));
            }
            (Content::Float(_), None) if !self.compiled => {}
            (Content::Mapping(_) | Content::Sequence(_), _) => {
                let message = format!("expected an expression, got {}", node.kind_name());
                self.context
                    .error(self.resource, node, message, "write one expression here");
            }
            _ => {
                let problem = expected_expression(node);
                let problem = problem.unwrap_or_else(|| node.not("an expression"));
                self.context.push(problem.path(path));
            }
        }
    }
}

/// Which attributes get what the adapter answers.
fn bindings(
    resource: &Resource<'_>,
    node: &Node,
    shape: Option<&Shape>,
    context: &mut Context<'_>,
) {
    let mapping = match node.as_mapping() {
        Ok(mapping) => mapping,
        Err(problem) => {
            context.push(problem.path("spec.attribute_bindings"));
            return;
        }
    };
    if let Some(shape) = shape.filter(|shape| !shape.is_generator) {
        let message = match &shape.outputs {
            Some(_) => "the output of a check is bound by no attributes",
            None => "adapters answer this template with no attributes",
        };
        let help = match &shape.outputs {
            Some(_) => "use it in the header operations of a rule, as `ACTION.output.FIELD`",
            None => "remove the bindings",
        };
        context.error(resource, node, message, help);
        return;
    }
    let outputs = shape
        .and_then(|shape| shape.outputs.as_deref())
        .unwrap_or_default();
    let outputs: Vec<_> = outputs
        .iter()
        .map(|(name, ty)| (format!("output.{name}"), *ty))
        .collect();
    for entry in mapping.iter() {
        let (key, value) = (entry.key(), entry.value());
        let Some(text) = context.text(resource, value) else {
            continue;
        };
        // Adapters within Mixer have another name for the same.
        let expression = text.replace("$out.", "output.");
        let found = context.expression_text(resource, value, &expression, None, &outputs);
        if shape.is_some() {
            for name in named_outputs(&expression) {
                let known: Vec<_> = outputs.iter().map(|(name, _)| name.as_str()).collect();
                if !known.contains(&name) {
                    let message = format!("the output has no field {}", quote(name));
                    let help = suggest::instead("field", name, &known);
                    context.error(resource, value, message, help);
                }
            }
        }
        binding_key(resource, key, found, value, context);
    }
}

/// The attribute that a binding fills is an expression itself.
fn binding_key(
    resource: &Resource<'_>,
    key: &crate::document::Key,
    found: Option<ValueType>,
    value: &Node,
    context: &mut Context<'_>,
) {
    let expression = super::Expression {
        text: key.name(),
        language: resource.language,
        wanted: found,
        outputs: &[],
    };
    let problem = match (context.expressions.check(&expression), found) {
        (Err(error), _) => {
            let problem = Problem::error(key.span(), error.to_string());
            match error.remedy() {
                Some(help) => problem.help(help),
                None => problem,
            }
        }
        (Ok(Some(attribute)), Some(found)) if attribute != found => {
            let message = format!("the attribute is of the type {attribute}, its value of {found}");
            Problem::error(key.span(), message)
                .help(format!("bind a value of the type {attribute}"))
        }
        _ => return,
    };
    context.push(problem.show_place_only().path(resource.path_of(value)));
}

/// The fields of the output that an expression names.
fn named_outputs(expression: &str) -> Vec<&str> {
    let letter = |c: char| c == '_' || c == '.' || c.is_alphanumeric();
    let names = expression.split(|c| !letter(c));
    names.filter(|name| name.starts_with("output.")).collect()
}
