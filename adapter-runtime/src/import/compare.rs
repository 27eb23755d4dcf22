//! Two configurations, message for message.

use protox::prost_reflect::{
    Cardinality, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor,
};

use super::model::proto_type;

/// The differences between the configuration of a struct and that of a file.
pub(super) fn params(
    ours: &MessageDescriptor,
    theirs: &MessageDescriptor,
    file: &str,
) -> Vec<String> {
    let mut compared = Compared {
        file,
        lines: Vec::new(),
        seen: Vec::new(),
    };
    let packages = (ours.package_name(), theirs.package_name());
    if packages.0 != packages.1 {
        compared.lines.push(format!(
            "the package is `{}` in {file} and `{}` in the struct",
            packages.1, packages.0
        ));
    }
    compared.messages("", ours, theirs);
    compared.lines
}

struct Compared<'a> {
    file: &'a str,
    lines: Vec<String>,
    /// The messages that were compared already, since they may hold themselves.
    seen: Vec<(String, String)>,
}

impl Compared<'_> {
    fn messages(&mut self, path: &str, ours: &MessageDescriptor, theirs: &MessageDescriptor) {
        let pair = (ours.full_name().to_owned(), theirs.full_name().to_owned());
        if self.seen.contains(&pair) {
            return;
        }
        self.seen.push(pair);
        for field in sorted(theirs) {
            let name = join(path, field.name());
            // One that was renamed is found by its number.
            let by_name = ours.get_field_by_name(field.name());
            match by_name.or_else(|| ours.get_field(field.number())) {
                Some(own) => self.fields(&name, &own, &field),
                None => self.only_in(self.file.to_owned(), &name, &field),
            }
        }
        for own in sorted(ours) {
            let same_name = theirs.get_field_by_name(own.name()).is_some();
            let renamed = theirs
                .get_field(own.number())
                .is_some_and(|it| ours.get_field_by_name(it.name()).is_none());
            if !same_name && !renamed {
                self.only_in("the struct".to_owned(), &join(path, own.name()), &own);
            }
        }
    }

    fn only_in(&mut self, place: String, name: &str, field: &FieldDescriptor) {
        let (number, ty) = (field.number(), described(field));
        self.lines.push(format!(
            "field `{name}` ({ty} = {number}) is only in {place}"
        ));
    }

    fn fields(&mut self, name: &str, ours: &FieldDescriptor, theirs: &FieldDescriptor) {
        let quoted = |text: &str| format!("`{text}`");
        if ours.name() != theirs.name() {
            self.differ(
                name,
                "is called",
                quoted(theirs.name()),
                quoted(ours.name()),
            );
        }
        if ours.number() != theirs.number() {
            let number = |field: &FieldDescriptor| field.number().to_string();
            self.differ(name, "is number", number(theirs), number(ours));
        }
        if shape(ours) != shape(theirs) {
            self.differ(name, "is", described(theirs), described(ours));
            return;
        }
        let oneof = |field: &FieldDescriptor| match field.containing_oneof() {
            Some(oneof) if oneof.is_synthetic() => "optional".to_owned(),
            Some(oneof) => format!("in a oneof with {}", others(&oneof, field)),
            None => "in no oneof".to_owned(),
        };
        if real(ours) != real(theirs) || (real(ours) && oneof(ours) != oneof(theirs)) {
            self.differ(name, "is", oneof(theirs), oneof(ours));
        }
        match (element(ours), element(theirs)) {
            (Kind::Message(ours), Kind::Message(theirs)) => self.messages(name, &ours, &theirs),
            (Kind::Enum(ours), Kind::Enum(theirs)) => self.enums(name, &ours, &theirs),
            _ => {}
        }
    }

    fn enums(&mut self, name: &str, ours: &EnumDescriptor, theirs: &EnumDescriptor) {
        for value in theirs.values() {
            match ours.get_value_by_name(value.name()) {
                Some(own) if own.number() == value.number() => {}
                Some(own) => {
                    let what = format!("value `{}` of field `{name}`", value.name());
                    let (theirs, ours) = (value.number(), own.number());
                    let file = self.file;
                    self.lines.push(format!(
                        "{what} is number {theirs} in {file} and {ours} in the struct"
                    ));
                }
                None => self.only_value(self.file.to_owned(), name, value.name(), value.number()),
            }
        }
        for own in ours.values() {
            if theirs.get_value_by_name(own.name()).is_none() {
                self.only_value("the struct".to_owned(), name, own.name(), own.number());
            }
        }
    }

    fn only_value(&mut self, place: String, field: &str, value: &str, number: i32) {
        self.lines.push(format!(
            "value `{value}` (= {number}) of field `{field}` is only in {place}"
        ));
    }

    fn differ(&mut self, name: &str, what: &str, theirs: String, ours: String) {
        let file = self.file;
        self.lines.push(format!(
            "field `{name}` {what} {theirs} in {file} and {ours} in the struct"
        ));
    }
}

fn sorted(message: &MessageDescriptor) -> Vec<FieldDescriptor> {
    let mut fields: Vec<_> = message.fields().collect();
    fields.sort_by_key(FieldDescriptor::number);
    fields
}

fn join(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    }
}

/// Whether the field is in a oneof that the file has, not in one that stands for `optional`.
fn real(field: &FieldDescriptor) -> bool {
    field
        .containing_oneof()
        .is_some_and(|it| !it.is_synthetic())
}

fn others(oneof: &protox::prost_reflect::OneofDescriptor, field: &FieldDescriptor) -> String {
    let names = oneof.fields().filter(|it| it.number() != field.number());
    let mut names: Vec<_> = names.map(|it| format!("`{}`", it.name())).collect();
    names.sort();
    match names.is_empty() {
        true => "nothing else".to_owned(),
        false => names.join(", "),
    }
}

/// The kind of the field; of a map that of its values.
fn element(field: &FieldDescriptor) -> Kind {
    match field.kind() {
        Kind::Message(entry) if field.is_map() => entry.map_entry_value_field().kind(),
        kind => kind,
    }
}

/// What must be the same, without the names of messages and enums.
fn shape(field: &FieldDescriptor) -> (bool, bool, String) {
    let name = |kind: Kind| match &kind {
        // These are known by their names.
        Kind::Message(it) if it.package_name() == "google.protobuf" => it.full_name().to_owned(),
        Kind::Message(_) => "message".to_owned(),
        Kind::Enum(_) => "enum".to_owned(),
        _ => proto_type(&kind),
    };
    let mut ty = name(element(field));
    if let (true, Kind::Message(entry)) = (field.is_map(), field.kind()) {
        ty = format!("{} to {ty}", name(entry.map_entry_key_field().kind()));
    }
    (
        field.is_map(),
        field.cardinality() == Cardinality::Repeated,
        ty,
    )
}

/// The type as the file has it.
fn described(field: &FieldDescriptor) -> String {
    let ty = proto_type(&element(field));
    match field.kind() {
        Kind::Message(entry) if field.is_map() => {
            let key = proto_type(&entry.map_entry_key_field().kind());
            format!("`map<{key}, {ty}>`")
        }
        _ if field.cardinality() == Cardinality::Repeated => format!("`repeated {ty}`"),
        _ => format!("`{ty}`"),
    }
}
