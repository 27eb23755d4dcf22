//! The resource `adapter`.

use crate::document::{Content, Problem, quote};

use super::base64;
use super::context::Context;
use super::keys::Keys;
use super::references::{Template, template_names, unknown};
use super::resource::Resource;

pub(super) fn check(resource: &Resource<'_>, context: &mut Context<'_>) {
    let known = [
        "config",
        "description",
        "name",
        "session_based",
        "templates",
    ];
    let Some(keys) = Keys::read(resource.spec, &known, resource, context) else {
        return;
    };
    if let Some(entry) = keys.entry("description") {
        match entry.value().content() {
            Content::Text(_) => {}
            Content::Null => {
                let message = "an empty `description` stops some versions of Mixer";
                let problem = Problem::error(entry.key().span(), message).show_place_only();
                context.push(
                    problem
                        .help("write a text, or `\"\"`")
                        .path("spec.description"),
                );
            }
            _ => {
                context.text(resource, entry.value());
            }
        }
    }
    if let Some(node) = keys.get("session_based") {
        match node.as_bool() {
            Ok(false) => {}
            Ok(true) => {
                let message = "Mixer never opens a session: it only leaves the configuration out";
                let problem = Problem::warning(node.span(), message);
                context.push(problem.help("write `false`").path("spec.session_based"));
            }
            Err(problem) => context.push(problem.path("spec.session_based")),
        }
    }
    match keys.get("templates") {
        None => {
            let help = "add `templates: …`";
            context.error(
                resource,
                resource.spec,
                "the adapter has no templates",
                help,
            );
        }
        Some(node) => templates(resource, node, context),
    }
    if let Some(node) = keys.get("config") {
        config(resource, node, context);
    }
}

fn templates(resource: &Resource<'_>, node: &crate::document::Node, context: &mut Context<'_>) {
    let mut seen: Vec<&str> = Vec::new();
    for item in context.list(resource, node) {
        let Some(name) = context.text(resource, item) else {
            continue;
        };
        if seen.contains(&name) {
            let message = format!("the template {} is there twice", quote(name));
            context.error(resource, item, message, "remove one of them");
        }
        seen.push(name);
        if Template::find(name, resource.namespace, context).is_none() {
            let known = template_names(context.adapters);
            unknown("template", item, name, resource, &known, context);
        }
    }
    if seen.is_empty() && node.as_sequence().is_ok() {
        context.error(
            resource,
            node,
            "the adapter has no templates",
            "write their names",
        );
    }
}

fn config(resource: &Resource<'_>, node: &crate::document::Node, context: &mut Context<'_>) {
    let made_by = format!("manifest adapter {}", resource.name);
    let Some((set, _)) = base64::descriptor_set(node, &made_by, resource, context) else {
        return;
    };
    let mut files = set.file.iter().rev();
    let has_params = |file: &&prost_types::FileDescriptorProto| {
        file.message_type
            .iter()
            .any(|message| message.name() == "Params")
    };
    let Some(file) = files.find(has_params) else {
        let message = "no message in this descriptor is called `Params`";
        let help = format!("write what `{made_by}` prints");
        context.error(resource, node, message, help);
        return;
    };
    let linked = context
        .adapters
        .iter()
        .find(|it| it.adapter.name() == resource.name);
    let Some(linked) = linked else {
        return;
    };
    let ours = linked.adapter.config_type();
    let written = format!("{}.Params", file.package());
    if written != ours {
        let message =
            format!("this is the configuration `{written}`, and that of the adapter is `{ours}`");
        let help = format!("write what `{made_by}` prints");
        context.error(resource, node, message, help);
    }
}
