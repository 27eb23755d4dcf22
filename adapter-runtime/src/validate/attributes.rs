//! The resource `attributemanifest`.

use crate::document::{Problem, quote};
use crate::suggest;
use crate::value::ValueType;

use super::context::Context;
use super::keys::Keys;
use super::resource::Resource;

const TYPES: [ValueType; 11] = [
    ValueType::Bool,
    ValueType::DnsName,
    ValueType::Double,
    ValueType::Duration,
    ValueType::EmailAddress,
    ValueType::Int64,
    ValueType::IpAddress,
    ValueType::String,
    ValueType::StringMap,
    ValueType::Timestamp,
    ValueType::Uri,
];

pub(super) fn check(resource: &Resource<'_>, context: &mut Context<'_>) {
    let known = ["attributes", "name", "revision"];
    let Some(keys) = Keys::read(resource.spec, &known, resource, context) else {
        return;
    };
    let Some(attributes) = keys.get("attributes") else {
        let help = "add `attributes: …`";
        context.error(resource, resource.spec, "no attributes are declared", help);
        return;
    };
    let mapping = match attributes.as_mapping() {
        Ok(mapping) => mapping,
        Err(problem) => {
            context.push(problem.path("spec.attributes"));
            return;
        }
    };
    for entry in mapping.iter() {
        let name = match entry.key().as_str() {
            Ok(name) => name,
            Err(problem) => {
                context.push(problem.path("spec.attributes"));
                continue;
            }
        };
        if !is_attribute(name) {
            let message = format!("{} can't be an attribute", quote(name));
            let problem = Problem::error(entry.key().span(), message).show_place_only();
            let help = "write letters, digits and `_`, with `.` between words";
            context.push(problem.help(help).path("spec.attributes"));
        }
        let known = ["description", "value_type"];
        let Some(keys) = Keys::read(entry.value(), &known, resource, context) else {
            continue;
        };
        let Some(node) = keys.get("value_type") else {
            let help = "add `valueType: STRING`, or another type";
            context.error(resource, entry.value(), "the attribute has no type", help);
            continue;
        };
        let Some(text) = context.text(resource, node) else {
            continue;
        };
        match TYPES.iter().find(|ty| ty.to_string() == text) {
            Some(ty) => context.expressions.declare(name, *ty),
            None => {
                let names = TYPES.map(|ty| ty.to_string());
                let names: Vec<_> = names.iter().map(String::as_str).collect();
                let help = suggest::instead("type", text, &names);
                let message = format!("there is no type {}", quote(text));
                context.error(resource, node, message, help);
            }
        }
    }
}

/// Whether an expression can name it.
fn is_attribute(name: &str) -> bool {
    name.split('.').all(|part| {
        part.starts_with(|c: char| c == '_' || c.is_alphabetic())
            && part.chars().all(|c| c == '_' || c.is_alphanumeric())
    })
}
