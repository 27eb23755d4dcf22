//! The `params` of an adapter that is not linked here, as far as the descriptor in its resource says
//! what they are: names and types, no rules.

use std::collections::HashMap;

use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorSet};

use crate::descriptor::camel_case;
use crate::document::{Mapping, Node, Problem};
use crate::suggest;
use crate::value::Duration;

use super::context::Context;
use super::resource::Resource;

/// Checks the `params` of a handler against the message `Params` of a descriptor.
pub(super) fn check(
    set: &FileDescriptorSet,
    params: &Node,
    resource: &Resource<'_>,
    context: &mut Context<'_>,
) {
    let mut types = Types::default();
    for file in &set.file {
        types.add(
            &format!(".{}", file.package()),
            &file.message_type,
            &file.enum_type,
        );
    }
    let messages = set.file.iter().rev().flat_map(|file| &file.message_type);
    let mut params_of = messages.filter(|message| message.name() == "Params");
    if let Some(message) = params_of.next() {
        let mut checker = Checker {
            types: &types,
            resource,
            context,
        };
        checker.message(message, params);
    }
}

/// The messages and enums, by their full names.
#[derive(Default)]
struct Types<'d> {
    messages: HashMap<String, &'d DescriptorProto>,
    enums: HashMap<String, &'d EnumDescriptorProto>,
}

impl<'d> Types<'d> {
    fn add(
        &mut self,
        within: &str,
        messages: &'d [DescriptorProto],
        enums: &'d [EnumDescriptorProto],
    ) {
        for of in enums {
            self.enums.insert(format!("{within}.{}", of.name()), of);
        }
        for message in messages {
            let name = format!("{within}.{}", message.name());
            self.add(&name, &message.nested_type, &message.enum_type);
            self.messages.insert(name, message);
        }
    }
}

struct Checker<'d, 'c, 'x> {
    types: &'d Types<'d>,
    resource: &'d Resource<'d>,
    context: &'x mut Context<'c>,
}

impl Checker<'_, '_, '_> {
    fn message(&mut self, message: &DescriptorProto, node: &Node) {
        for (key, value) in self.mapping(node) {
            let called = |field: &&FieldDescriptorProto| {
                let json = match field.json_name() {
                    "" => camel_case(field.name(), false),
                    name => name.to_owned(),
                };
                field.name() == key.name() || json == key.name()
            };
            let Some(field) = message.field.iter().find(called) else {
                let known: Vec<_> = message.field.iter().map(|field| field.name()).collect();
                let path = self.resource.path_of(node);
                self.context.push(key.unknown(&known).path(path));
                continue;
            };
            // Mixer skips what is null.
            if !value.is_null() {
                self.field(field, value);
            }
        }
    }

    fn field(&mut self, field: &FieldDescriptorProto, node: &Node) {
        let entry = self.types.messages.get(field.type_name()).copied();
        let entry = entry.filter(|entry| entry.options.as_ref().is_some_and(|it| it.map_entry()));
        let value = entry.and_then(|entry| entry.field.iter().find(|it| it.number() == 2));
        if let Some(value) = value {
            for (_, node) in self
                .mapping(node)
                .into_iter()
                .filter(|(_, node)| !node.is_null())
            {
                self.value(value, node);
            }
        } else if field.label() == Label::Repeated {
            match node.as_sequence() {
                Ok(items) => items.iter().for_each(|item| self.value(field, item)),
                Err(_) => self.wrong(node, "a list"),
            }
        } else {
            self.value(field, node);
        }
    }

    fn value(&mut self, field: &FieldDescriptorProto, node: &Node) {
        let fits = match field.r#type() {
            Type::Bool => (node.as_bool().is_ok(), "a boolean"),
            Type::String => (node.as_str().is_ok(), "a text"),
            Type::Float | Type::Double => (node.as_f64().is_ok(), "a number"),
            Type::Enum => return self.enumeration(field, node),
            Type::Message | Type::Group => {
                return match (
                    field.type_name(),
                    self.types.messages.get(field.type_name()),
                ) {
                    (".google.protobuf.Duration", _) => {
                        let is_duration = |text: &str| text.parse::<Duration>().is_ok();
                        if !node.as_str().is_ok_and(is_duration) {
                            self.wrong(node, "a duration, such as `1m30s`");
                        }
                    }
                    (name, Some(message)) if !name.starts_with(".google.protobuf.") => {
                        self.message(message, node);
                    }
                    _ => {}
                };
            }
            Type::Bytes => (false, "nothing: Mixer can't encode bytes"),
            Type::Uint32 | Type::Uint64 | Type::Fixed32 | Type::Fixed64 => (
                node.as_integer::<u64>().is_ok(),
                "a whole number, not negative",
            ),
            _ => (node.as_integer::<i64>().is_ok(), "a whole number"),
        };
        if let (false, expected) = fits {
            self.wrong(node, expected);
        }
    }

    fn enumeration(&mut self, field: &FieldDescriptorProto, node: &Node) {
        let Some(of) = self.types.enums.get(field.type_name()) else {
            return;
        };
        let names: Vec<_> = of.value.iter().map(|value| value.name()).collect();
        if !node.as_str().is_ok_and(|name| names.contains(&name)) {
            self.wrong(node, &format!("one of {}", suggest::list(&names)));
        }
    }

    fn mapping<'n>(&mut self, node: &'n Node) -> Vec<(&'n crate::document::Key, &'n Node)> {
        match node.as_mapping() {
            Ok(mapping) => Mapping::iter(mapping)
                .map(|it| (it.key(), it.value()))
                .collect(),
            Err(_) => {
                self.wrong(node, "a mapping");
                Vec::new()
            }
        }
    }

    /// Nothing of what is written is said: a descriptor doesn't tell what is a secret.
    fn wrong(&mut self, node: &Node, expected: &str) {
        let message = format!("expected {expected}, got {}", node.kind_name());
        let problem = Problem::error(node.span(), message).hide_source();
        self.context.push(problem.path(self.resource.path_of(node)));
    }
}
