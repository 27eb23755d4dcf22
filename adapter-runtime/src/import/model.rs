//! What is to be printed: the messages of a configuration as Rust's types.

use std::collections::HashMap;

use protox::prost_reflect::{
    EnumDescriptor, FieldDescriptor, FileDescriptor, Kind, MessageDescriptor, OneofDescriptor,
    Syntax, Value,
};

use super::load::Loaded;
use super::names;
use super::places::{Part, Places};
use super::sources::{Source, collect, fields, is_well_known, map_of, real_oneof, type_names};
use crate::document::{Problem, Problems};

/// The types in the order in which they are printed.
pub(super) type Model = Vec<Item>;

/// A type.
pub(super) struct Item {
    pub(super) documentation: Vec<String>,
    pub(super) name: String,
    /// The name in the file, where the type has one.
    pub(super) proto: Option<String>,
    pub(super) content: Content,
}

pub(super) enum Content {
    Struct(Vec<Field>),
    /// A oneof, and its members.
    OneOf(Vec<Field>),
    /// An enum: name and number of each value.
    Enum(Vec<Variant>),
}

/// A field of a struct, or a member of a oneof, then named like a variant.
pub(super) struct Field {
    pub(super) documentation: Vec<String>,
    pub(super) name: String,
    pub(super) proto: String,
    /// None of a oneof: its members have numbers.
    pub(super) tag: Option<u32>,
    /// The type of protobuf's, where Rust's doesn't say it.
    pub(super) encoding: Option<&'static str>,
    pub(super) ty: String,
}

pub(super) struct Variant {
    pub(super) documentation: Vec<String>,
    pub(super) name: String,
    pub(super) proto: String,
    pub(super) number: i32,
}

/// The types that `Params` needs.
pub(super) fn of(loaded: &Loaded) -> Result<Model, Problems> {
    let params = loaded.params()?;
    let mut sources = Vec::new();
    collect(&params, &mut sources);
    let mut builder = Builder {
        loaded,
        places: HashMap::new(),
        names: type_names(&sources),
        problems: Problems::new(),
    };
    builder.check_files(&sources);
    let model = sources.iter().map(|it| builder.item(it)).collect();
    if builder.problems.is_empty() {
        Ok(model)
    } else {
        builder.problems.sort();
        Err(builder.problems)
    }
}

struct Builder<'a> {
    loaded: &'a Loaded,
    places: HashMap<String, Places<'a>>,
    names: HashMap<String, String>,
    problems: Problems,
}

impl<'a> Builder<'a> {
    fn places(&mut self, file: &FileDescriptor) -> &Places<'a> {
        let places = self.places.entry(file.name().to_owned());
        places.or_insert_with(|| Places::new(self.loaded, file))
    }

    fn problem(
        &mut self,
        file: &FileDescriptor,
        path: &[i32],
        parts: &[Part],
        message: String,
        help: &str,
    ) {
        let span = self.places(file).place(path, parts);
        self.problems
            .push(Problem::error(&span, message).help(help));
    }

    /// Each file is one of proto3, whose fields without a value are zero.
    fn check_files(&mut self, sources: &[Source]) {
        let mut checked: Vec<String> = Vec::new();
        for file in sources.iter().map(Source::file) {
            if checked.iter().any(|name| name == file.name()) {
                continue;
            }
            checked.push(file.name().to_owned());
            if file.syntax() != Syntax::Proto3 {
                // The path of `syntax` in a file.
                let message = "this file is no proto3, so its fields have presence and defaults of \
                               their own";
                let help = "write `syntax = \"proto3\";`";
                self.problem(&file, &[12], &[], message.to_owned(), help);
            }
        }
    }

    fn item(&mut self, source: &Source) -> Item {
        let file = source.file();
        let documentation = self.places(&file).documentation(source.path());
        let name = self.names[source.full_name()].clone();
        let (content, proto) = match source {
            Source::Message(it) => (Content::Struct(self.fields(it)), Some(it.name().to_owned())),
            Source::Enum(it) => (Content::Enum(self.variants(it)), Some(it.name().to_owned())),
            Source::OneOf(it) => (Content::OneOf(self.members(it)), None),
        };
        Item {
            documentation,
            name,
            proto,
            content,
        }
    }

    fn fields(&mut self, message: &MessageDescriptor) -> Vec<Field> {
        let mut printed: Vec<Field> = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        for field in fields(message) {
            let oneof = real_oneof(&field);
            let mut field = match &oneof {
                Some(oneof) if seen.iter().any(|name| name == oneof.full_name()) => continue,
                Some(oneof) => {
                    seen.push(oneof.full_name().to_owned());
                    Field {
                        documentation: self
                            .places(&oneof.parent_file())
                            .documentation(oneof.path()),
                        name: names::field(oneof.name()),
                        proto: oneof.name().to_owned(),
                        tag: None,
                        encoding: None,
                        ty: format!("Option<{}>", self.names[oneof.full_name()]),
                    }
                }
                None => Field {
                    ty: self.ty(&field, message),
                    ..self.field(&field, names::field(field.name()))
                },
            };
            distinct(&mut field.name, printed.iter().map(|other| &*other.name));
            printed.push(field);
        }
        printed
    }

    fn members(&mut self, oneof: &OneofDescriptor) -> Vec<Field> {
        let mut fields: Vec<_> = oneof.fields().collect();
        fields.sort_by_key(|field| field.path().last().copied());
        let mut members: Vec<Field> = Vec::new();
        for field in fields {
            let mut member = Field {
                ty: self.element(&field, Some(oneof.parent_message())),
                ..self.field(&field, names::camel_case(field.name()))
            };
            distinct(&mut member.name, members.iter().map(|other| &*other.name));
            members.push(member);
        }
        members
    }

    /// All but the type.
    fn field(&mut self, field: &FieldDescriptor, name: String) -> Field {
        let element = match field.is_map() {
            true => map_of(field).1,
            false => field.clone(),
        };
        Field {
            documentation: self
                .places(&field.parent_file())
                .documentation(field.path()),
            name,
            proto: field.name().to_owned(),
            tag: Some(field.number()),
            encoding: encoding(&element.kind()),
            ty: String::new(),
        }
    }

    fn ty(&mut self, field: &FieldDescriptor, holder: &MessageDescriptor) -> String {
        if field.is_map() {
            let (key, value) = map_of(field);
            let key_type = match key.kind() {
                Kind::String => Some("String"),
                Kind::Int32 => Some("i32"),
                Kind::Int64 => Some("i64"),
                _ => None,
            };
            if key_type.is_none() {
                let message = format!("Mixer can't encode maps from `{}`", proto_type(&key.kind()));
                let help = "make the keys `string`, `int32` or `int64`";
                self.problem(
                    &field.parent_file(),
                    field.path(),
                    &[Part::TypeName],
                    message,
                    help,
                );
            }
            let value = self.several(field, &value, "a map of");
            return format!("BTreeMap<{}, {value}>", key_type.unwrap_or("String"));
        }
        if field.is_list() {
            let element = self.several(field, field, "a list of");
            return format!("Vec<{element}>");
        }
        let optional = match field.kind() {
            Kind::Message(message) if is_well_known(&message) => is_optional(field),
            Kind::Message(_) => is_nullable(field),
            _ => is_optional(field),
        };
        match (self.element(field, Some(holder)), optional) {
            (ty, true) => format!("Option<{ty}>"),
            (ty, false) => ty,
        }
    }

    /// The type of the elements of a list or a map, where there are no times.
    fn several(
        &mut self,
        field: &FieldDescriptor,
        element: &FieldDescriptor,
        what: &str,
    ) -> String {
        if let Kind::Message(message) = element.kind()
            && matches!(message.name(), "Duration" | "Timestamp")
            && is_well_known(&message)
        {
            let message = format!("Mixer can't encode {what} `{}`", message.full_name());
            let help = "make it `string`, or a message with such a field";
            self.problem(
                &field.parent_file(),
                field.path(),
                &[Part::TypeName],
                message,
                help,
            );
        }
        self.element_at(field, element, None)
    }

    fn element(&mut self, field: &FieldDescriptor, holder: Option<&MessageDescriptor>) -> String {
        self.element_at(field, field, holder)
    }

    /// The type without what is around it; its problems are shown at `place`. `holder` is the
    /// message that would hold it by value.
    fn element_at(
        &mut self,
        place: &FieldDescriptor,
        field: &FieldDescriptor,
        holder: Option<&MessageDescriptor>,
    ) -> String {
        let (file, path) = (place.parent_file(), place.path());
        let ty = match field.kind() {
            Kind::Double => "f64",
            Kind::Float => "f32",
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => "i32",
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => "i64",
            Kind::Uint32 | Kind::Fixed32 => "u32",
            Kind::Uint64 | Kind::Fixed64 => "u64",
            Kind::Bool => "bool",
            Kind::String => "String",
            Kind::Bytes => {
                let help = "make it `string`, with base64 where it must hold any bytes";
                let parts = [Part::Type, Part::TypeName];
                self.problem(
                    &file,
                    path,
                    &parts,
                    "Mixer can't encode `bytes`".into(),
                    help,
                );
                "Vec<u8>"
            }
            Kind::Enum(it) => return self.names[it.full_name()].clone(),
            Kind::Message(message) if is_well_known(&message) => match message.name() {
                "Duration" => "Duration",
                "Timestamp" => "TimeStamp",
                _ => {
                    let name = message.full_name();
                    let help = match message.name() {
                        name if name.ends_with("Value") && name != "Value" => {
                            "make it a plain field with `optional`"
                        }
                        _ => "write a message of your own with the fields that you need",
                    };
                    let message = format!("`{name}` is no type of a configuration");
                    self.problem(&file, path, &[Part::TypeName], message, help);
                    "()"
                }
            },
            Kind::Message(message) => {
                if holder.is_some_and(|holder| holds(&message, holder, &mut Vec::new())) {
                    let text = format!("`{}` holds itself, without end", message.name());
                    let help = "make the field `repeated`";
                    self.problem(&file, path, &[Part::TypeName], text, help);
                }
                return self.names[message.full_name()].clone();
            }
        };
        ty.to_owned()
    }

    fn variants(&mut self, descriptor: &EnumDescriptor) -> Vec<Variant> {
        let file = descriptor.parent_file();
        let mut values: Vec<_> = descriptor.values().collect();
        values.sort_by_key(|value| value.path().last().copied());
        let prefix = names::screaming_snake_case(descriptor.name()) + "_";
        // A name without the enum's is a name as long as it doesn't begin with a digit.
        let strip = |name: &str| {
            let rest = name.strip_prefix(&prefix)?;
            (rest.starts_with(|c: char| c.is_ascii_alphabetic())).then(|| rest.to_owned())
        };
        let short = values.iter().all(|value| strip(value.name()).is_some());
        let mut variants: Vec<Variant> = Vec::new();
        for value in &values {
            let name = strip(value.name()).filter(|_| short);
            let name = name.unwrap_or_else(|| value.name().to_owned());
            let mut name = names::camel_case(&name);
            distinct(&mut name, variants.iter().map(|other| &*other.name));
            if value.number() < 0 {
                let message = format!("the value `{}` has a negative number", value.name());
                let help = "a configuration's enum has none: leave the value out";
                self.problem(&file, value.path(), &[], message, help);
            }
            if let Some(other) = variants.iter().find(|other| other.number == value.number()) {
                let message = format!("`{}` is the same as `{}`", value.name(), other.proto);
                let help = "a configuration's enum has one name for a number: leave one out";
                self.problem(&file, value.path(), &[], message, help);
            }
            variants.push(Variant {
                documentation: self.places(&file).documentation(value.path()),
                name,
                proto: value.name().to_owned(),
                number: value.number(),
            });
        }
        variants
    }
}

/// Whether a message has another one by value, which would make it endless.
fn holds(message: &MessageDescriptor, wanted: &MessageDescriptor, seen: &mut Vec<String>) -> bool {
    if message == wanted {
        return true;
    }
    if seen.iter().any(|name| name == message.full_name()) {
        return false;
    }
    seen.push(message.full_name().to_owned());
    let by_value = message
        .fields()
        .filter(|field| !field.is_list() && !field.is_map());
    let kinds: Vec<_> = by_value.map(|field| field.kind()).collect();
    kinds.iter().any(|kind| match kind {
        Kind::Message(inner) => holds(inner, wanted, seen),
        _ => false,
    })
}

/// The encoding that `#[config]` has to name.
fn encoding(kind: &Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Sint32 => "sint32",
        Kind::Sint64 => "sint64",
        Kind::Fixed32 => "fixed32",
        Kind::Fixed64 => "fixed64",
        Kind::Sfixed32 => "sfixed32",
        Kind::Sfixed64 => "sfixed64",
        _ => return None,
    })
}

/// A type as the file has it.
pub(super) fn proto_type(kind: &Kind) -> String {
    match kind {
        Kind::Message(message) => message.full_name().to_owned(),
        Kind::Enum(it) => it.full_name().to_owned(),
        scalar => format!("{scalar:?}").to_lowercase(),
    }
}

/// Whether the file says `optional`.
fn is_optional(field: &FieldDescriptor) -> bool {
    field.containing_oneof().is_some_and(|it| it.is_synthetic())
}

/// Whether a message may be absent: unless gogoproto's option says no.
fn is_nullable(field: &FieldDescriptor) -> bool {
    let options = field.options();
    let pool = field.parent_file();
    let Some(nullable) = pool
        .parent_pool()
        .get_extension_by_name("gogoproto.nullable")
    else {
        return true;
    };
    !options.has_extension(&nullable) || *options.get_extension(&nullable) != Value::Bool(false)
}

/// Adds a number to a name that another one has.
fn distinct<'a>(name: &mut String, others: impl Iterator<Item = &'a str>) {
    let others: Vec<_> = others.collect();
    let first = name.clone();
    let mut number = 2;
    while others.contains(&&**name) {
        *name = format!("{first}{number}");
        number += 1;
    }
}
