//! The resource `rule`.

use crate::document::{Node, Problem, quote};
use crate::suggest;
use crate::value::ValueType;

use super::base64;
use super::context::Context;
use super::keys::Keys;
use super::kinds;
use super::references::{Adapter, Template, known_template, short, unknown};
use super::resource::Resource;
use super::shape::Shape;

/// The attributes that header operations may use besides the declared ones.
type Outputs = Vec<(String, ValueType)>;

pub(super) fn check(resource: &Resource<'_>, context: &mut Context<'_>) {
    let known = [
        "actions",
        "match",
        "requestHeaderOperations",
        "responseHeaderOperations",
        "sampling",
    ];
    let Some(keys) = Keys::read(resource.spec, &known, resource, context) else {
        return;
    };
    if let Some(node) = keys.get("match")
        && node
            .as_str()
            .ok()
            .is_none_or(|text| !text.trim().is_empty())
    {
        context.expression(resource, node, Some(ValueType::Bool), &[]);
    }
    let mut outputs = Outputs::new();
    if let Some(node) = keys.get("actions") {
        for action in context.list(resource, node) {
            self::action(resource, action, &mut outputs, context);
        }
    }
    let operations = ["requestHeaderOperations", "responseHeaderOperations"];
    for operation in operations.iter().filter_map(|name| keys.get(name)) {
        for operation in context.list(resource, operation) {
            header_operation(resource, operation, &outputs, context);
        }
    }
    let is_empty = |name: &&str| {
        let items = keys
            .get(name)
            .map(|node| node.as_sequence().map_or(1, <[_]>::len));
        items.unwrap_or_default() == 0
    };
    // Perhaps what is unknown is a misspelt one.
    if !keys.has_unknown && ["actions"].iter().chain(&operations).all(is_empty) {
        let help = "add `actions:` with a `handler` and its `instances`";
        context.error(resource, resource.spec, "the rule does nothing", help);
    }
    if let Some(entry) = keys
        .entry("sampling")
        .filter(|entry| !entry.value().is_null())
    {
        let problem = Problem::warning(
            entry.key().span(),
            "Mixer reads `sampling`, and does nothing with it",
        );
        context.push(problem.help("remove it").show_place_only().path("spec"));
    }
}

fn action(resource: &Resource<'_>, node: &Node, outputs: &mut Outputs, context: &mut Context<'_>) {
    let Some(keys) = Keys::read(node, &["handler", "instances", "name"], resource, context) else {
        return;
    };
    let handler = match keys.get("handler") {
        Some(handler) => self::handler(resource, handler, context),
        None => {
            let help = "add `handler: …`";
            context.error(resource, node, "the action has no handler", help);
            None
        }
    };
    let Some(instances) = keys.get("instances") else {
        let help = "add `instances: […]`";
        context.error(resource, node, "the handler gets no instances", help);
        return;
    };
    let items = context.list(resource, instances);
    if items.is_empty() && instances.as_sequence().is_ok() {
        let help = "write the names of instances";
        context.error(resource, instances, "the handler gets no instances", help);
    }
    let mut seen: Vec<&str> = Vec::new();
    let mut first = true;
    for item in items {
        let Some(name) = context.text(resource, item) else {
            continue;
        };
        let Some(instance) = context
            .index
            .find(kinds::INSTANCE, name, resource.namespace)
        else {
            unknown(kinds::INSTANCE, item, name, resource, &[], context);
            continue;
        };
        if seen.contains(&name) {
            let message = format!("the instance {} is there twice", quote(name));
            context.error(
                resource,
                item,
                message,
                "remove one of them: Mixer leaves it out",
            );
        }
        seen.push(name);
        if let Some(handler) = handler {
            fits(resource, item, instance, handler, context);
        }
        // What an action puts out is what the first of its instances does.
        if first && let Some(action) = keys.get("name").and_then(|it| it.as_str().ok()) {
            let own = shape(instance, context).filter(|shape| !shape.is_generator);
            let own = own.and_then(|shape| shape.outputs).unwrap_or_default();
            let named = own
                .into_iter()
                .map(|(name, ty)| (format!("{action}.output.{name}"), ty));
            outputs.extend(named);
        }
        first = false;
    }
    if let Some(node) = keys.get("name") {
        context.text(resource, node);
    }
}

fn handler<'c>(
    resource: &Resource<'_>,
    node: &Node,
    context: &mut Context<'c>,
) -> Option<&'c Resource<'c>> {
    let name = context.text(resource, node)?;
    let found = context.index.find(kinds::HANDLER, name, resource.namespace);
    if found.is_none() {
        unknown(kinds::HANDLER, node, name, resource, &[], context);
    }
    found
}

/// Checks that the handler's adapter takes the instance.
fn fits(
    resource: &Resource<'_>,
    node: &Node,
    instance: &Resource<'_>,
    handler: &Resource<'_>,
    context: &mut Context<'_>,
) {
    let text = |resource: &Resource<'_>, key: &str| {
        let spec = resource.spec.as_mapping().ok()?;
        let key = spec.get(key)?;
        key.as_str().ok().map(str::to_owned)
    };
    let compiled_adapter =
        text(handler, "compiledAdapter").or_else(|| text(handler, "compiled_adapter"));
    let compiled =
        text(instance, "compiledTemplate").or_else(|| text(instance, "compiled_template"));
    let template = text(instance, "template");
    match (compiled_adapter.is_some(), compiled.is_some()) {
        (true, false) if template.is_some() => {
            let message = "the handler is within Mixer, and the instance is for others";
            let help = "write `compiledTemplate` in place of `template` in the instance";
            context.error(resource, node, message, help);
            return;
        }
        (false, true) => {
            let message =
                "the instance is for adapters within Mixer, and the handler is another one";
            let help = "write `template` in place of `compiledTemplate` in the instance";
            context.error(resource, node, message, help);
            return;
        }
        _ => {}
    }
    let reference = text(handler, "adapter").or(compiled_adapter);
    let (Some(reference), Some(template)) = (reference, template.or(compiled)) else {
        return;
    };
    let Some(adapter) = Adapter::find(&reference, handler.namespace, context) else {
        return;
    };
    let templates = adapter.templates();
    let template = short(&template).unwrap_or(&template);
    if templates.is_empty() || templates.iter().any(|it| it == template) {
        return;
    }
    let names: Vec<_> = templates.iter().map(String::as_str).collect();
    let message = format!(
        "the adapter {} doesn't handle {}, the template of this instance",
        quote(&reference),
        quote(template)
    );
    let help = format!("it handles {}", suggest::list(&names));
    context.error(resource, node, message, help);
}

fn shape(instance: &Resource<'_>, context: &Context<'_>) -> Option<Shape> {
    let spec = instance.spec.as_mapping().ok()?;
    if let Some(name) = spec.get("template").and_then(|it| it.as_str().ok()) {
        let template = Template::find(name, instance.namespace, context)?;
        return match template.info {
            Some(info) => Some(Shape::of_info(&info)),
            None => {
                let spec = template.resource?.spec.as_mapping().ok()?;
                Shape::of_descriptor(&base64::silently(spec.get("descriptor")?)?)
            }
        };
    }
    let name = spec.get("compiledTemplate")?.as_str().ok()?;
    known_template(name, context.adapters).map(|info| Shape::of_info(&info))
}

fn header_operation(
    resource: &Resource<'_>,
    node: &Node,
    outputs: &Outputs,
    context: &mut Context<'_>,
) {
    let Some(keys) = Keys::read(node, &["name", "operation", "values"], resource, context) else {
        return;
    };
    match keys.get("name") {
        None => {
            let help = "add `name: x-my-header`";
            context.error(resource, node, "the operation is for no header", help);
        }
        Some(name) => {
            if let Some(text) = context.text(resource, name)
                && (text.is_empty() || !text.bytes().all(is_token))
            {
                let message = format!("{} can't be a header", quote(text));
                context.error(resource, name, message, "write letters, digits and `-`");
            }
        }
    }
    let mut removes = false;
    if let Some(operation) = keys.get("operation")
        && let Some(text) = context.text(resource, operation)
    {
        let known = ["APPEND", "REMOVE", "REPLACE"];
        removes = text == "REMOVE";
        if !known.contains(&text) {
            let message = format!("there is no operation {}", quote(text));
            let help = suggest::instead("operation", text, &known);
            context.error(resource, operation, message, help);
        }
    }
    match keys.get("values") {
        Some(values) => {
            for value in context.list(resource, values) {
                context.expression(resource, value, Some(ValueType::String), outputs);
            }
        }
        None if removes => {}
        None => {
            let help = "add `values: […]`, expressions of the type STRING";
            context.error(resource, node, "the header gets no value", help);
        }
    }
}

/// Whether a byte may be in the name of a header.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
