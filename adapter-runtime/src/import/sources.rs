//! The messages, enums and oneofs of a configuration, and what each is called in Rust.

use std::collections::HashMap;

use protox::prost_reflect::{
    EnumDescriptor, FieldDescriptor, FileDescriptor, Kind, MessageDescriptor, OneofDescriptor,
};

use super::names;

/// What becomes a type.
pub(super) enum Source {
    Message(MessageDescriptor),
    Enum(EnumDescriptor),
    OneOf(OneofDescriptor),
}

/// A message and what its fields need, each once, a oneof behind its message.
pub(super) fn collect(message: &MessageDescriptor, sources: &mut Vec<Source>) {
    let known = |sources: &[Source], name: &str| sources.iter().any(|it| it.full_name() == name);
    if is_well_known(message) || known(sources, message.full_name()) {
        return;
    }
    sources.push(Source::Message(message.clone()));
    sources.extend(oneofs(message).map(Source::OneOf));
    for field in fields(message) {
        let kind = match field.is_map() {
            true => map_of(&field).1.kind(),
            false => field.kind(),
        };
        match kind {
            Kind::Message(message) => collect(&message, sources),
            Kind::Enum(it) if !known(sources, it.full_name()) => sources.push(Source::Enum(it)),
            _ => {}
        }
    }
}

/// The fields in the order in which they are written.
pub(super) fn fields(message: &MessageDescriptor) -> Vec<FieldDescriptor> {
    let mut fields: Vec<_> = message.fields().collect();
    fields.sort_by_key(|field| field.path().last().copied());
    fields
}

fn oneofs(message: &MessageDescriptor) -> impl Iterator<Item = OneofDescriptor> {
    let oneofs: Vec<_> = message.oneofs().filter(|it| !it.is_synthetic()).collect();
    oneofs.into_iter()
}

pub(super) fn real_oneof(field: &FieldDescriptor) -> Option<OneofDescriptor> {
    field.containing_oneof().filter(|it| !it.is_synthetic())
}

/// The key and the value of a map.
pub(super) fn map_of(field: &FieldDescriptor) -> (FieldDescriptor, FieldDescriptor) {
    match field.kind() {
        Kind::Message(entry) => (entry.map_entry_key_field(), entry.map_entry_value_field()),
        // Only a message is a map's entry.
        _ => (field.clone(), field.clone()),
    }
}

pub(super) fn is_well_known(message: &MessageDescriptor) -> bool {
    message.package_name() == "google.protobuf"
}

/// A name for each type: its own, or, if several have it, with that of what it is in.
pub(super) fn type_names(sources: &[Source]) -> HashMap<String, String> {
    let mut names: HashMap<String, String> = HashMap::new();
    let short = |source: &Source| names::type_name(source.name());
    let home = sources.first().map(Source::package).unwrap_or_default();
    for source in sources {
        let alone = sources
            .iter()
            .filter(|it| short(it) == short(source))
            .count()
            == 1;
        let params = source.name() == "Params" && source.parent().is_none();
        let mut name = short(source);
        let mut parent = source.parent();
        if parent.is_none() && !alone && source.package() != home {
            // `OtherLevel` for `other.Level`.
            name = names::camel_case(source.package().rsplit('.').next().unwrap_or("")) + &name;
        }
        while let Some(message) = parent.filter(|_| !alone && !params) {
            name = names::type_name(message.name()) + &name;
            parent = message.parent_message().filter(|it| it.name() != "Params");
        }
        let mut free = name.clone();
        let mut number = 2;
        while names.values().any(|taken| *taken == free) {
            free = format!("{name}{number}");
            number += 1;
        }
        names.insert(source.full_name().to_owned(), free);
    }
    names
}

impl Source {
    fn name(&self) -> &str {
        match self {
            Source::Message(it) => it.name(),
            Source::Enum(it) => it.name(),
            Source::OneOf(it) => it.name(),
        }
    }

    pub(super) fn full_name(&self) -> &str {
        match self {
            Source::Message(it) => it.full_name(),
            Source::Enum(it) => it.full_name(),
            Source::OneOf(it) => it.full_name(),
        }
    }

    fn parent(&self) -> Option<MessageDescriptor> {
        match self {
            Source::Message(it) => it.parent_message(),
            Source::Enum(it) => it.parent_message(),
            Source::OneOf(it) => Some(it.parent_message().clone()),
        }
    }

    pub(super) fn file(&self) -> FileDescriptor {
        match self {
            Source::Message(it) => it.parent_file(),
            Source::Enum(it) => it.parent_file(),
            Source::OneOf(it) => it.parent_file(),
        }
    }

    fn package(&self) -> String {
        self.file().package_name().to_owned()
    }

    pub(super) fn path(&self) -> &[i32] {
        match self {
            Source::Message(it) => it.path(),
            Source::Enum(it) => it.path(),
            Source::OneOf(it) => it.path(),
        }
    }
}
