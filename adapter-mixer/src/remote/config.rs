//! The configuration of a handler: the operator's `params` as the message that an adapter gets.

use adapter_runtime::document::{Content, Node, Problem, Problems};
use adapter_runtime::value::{Duration, ValueType};

use super::descriptor::{self, DescriptorError};
use super::literal::{self, Unfit, go_type};
use super::schema::{Enum, Field, Kind, Message, Scalar, Schema};
use super::write;
use crate::attribute::ValueRef;

/// What the `config` of an `adapter` resource says: the message `Params` that the adapter is
/// configured with.
///
/// Istio: "Mixer Out of Process Adapter Dev Guide", `istio.mixer.adapter.model.v1beta1.Info`.
#[derive(Debug)]
pub struct ConfigDescriptor {
    schema: Schema,
    /// With a dot before it.
    message: String,
}

impl ConfigDescriptor {
    /// Reads the base64 of a `FileDescriptorSet`. An empty text is none: such an adapter gets no
    /// configuration, whatever `params` its handlers have.
    ///
    /// # Errors
    /// The text is no descriptor, or has no message `Params`.
    pub fn parse(text: &str) -> Result<Option<ConfigDescriptor>, DescriptorError> {
        if text.is_empty() {
            return Ok(None);
        }
        let set = descriptor::decode(text)?;
        let is_config = |message: &descriptor::Message| message.name == "Params";
        let file = set
            .file
            .iter()
            .rfind(|file| file.message.iter().any(is_config));
        let Some(file) = file else {
            return Err(DescriptorError::new(
                "cannot find message named 'Params' in the adapter configuration descriptor",
            )
            .help("the configuration's outermost message is to be called `Params`"));
        };
        if file.package.is_empty() {
            let error = format!("the file `{}` with `Params` has no package", file.name);
            return Err(DescriptorError::new(error).help("write `package <name>;` into it"));
        }
        Ok(Some(ConfigDescriptor {
            schema: Schema::new(&set)?,
            message: format!(".{}.Params", file.package),
        }))
    }

    /// The full name of the message, e.g. `adapter.list.config.Params`.
    #[must_use]
    pub fn message_name(&self) -> &str {
        &self.message[1..]
    }

    /// The configuration as it is sent with each call: a `google.protobuf.Any`, encoded. Fields
    /// have their name in the `.proto` file or that of protobuf's JSON; `null` is nothing.
    ///
    /// # Errors
    /// All that can't be encoded, each at its place.
    pub fn encode(&self, params: Option<&Node>) -> Result<Vec<u8>, Problems> {
        let mut content = Vec::new();
        if let Some(params) = params {
            self.encode_message(&self.message, params, &mut content)?;
        }
        let mut any = Vec::with_capacity(content.len() + 64);
        let url = format!("type.googleapis.com/{}", self.message_name());
        write::bytes_field(1, url.as_bytes(), &mut any);
        if !content.is_empty() {
            write::bytes_field(2, &content, &mut any);
        }
        Ok(any)
    }

    /// Encodes any message of the descriptor, by its full name with a dot before it.
    fn encode_message(&self, name: &str, params: &Node, to: &mut Vec<u8>) -> Result<(), Problems> {
        let mut encoder = Encoder {
            schema: &self.schema,
            path: Vec::new(),
            problems: Problems::new(),
        };
        match self.schema.message(name) {
            Some(message) => encoder.message(message, params, to),
            None => encoder.error(params, format!("cannot resolve message '{name}'"), None),
        }
        match encoder.problems.is_empty() {
            true => Ok(()),
            false => Err(encoder.problems),
        }
    }
}

struct Encoder<'a> {
    schema: &'a Schema,
    /// The messages around, as they are written: `oth`, `list[0]`, `map[key]`.
    path: Vec<String>,
    problems: Problems,
}

impl Encoder<'_> {
    fn error(&mut self, at: &Node, message: String, help: Option<String>) {
        let mut text = String::new();
        for part in &self.path {
            text.push_str(&format!("/{part}: '"));
        }
        text.push_str(&message);
        text.push_str(&"'".repeat(self.path.len()));
        let mut problem = Problem::error(at.span(), text);
        if let Some(help) = help {
            problem = problem.help(help);
        }
        self.problems.push(problem);
    }

    fn type_error(&mut self, at: &Node, name: &str, wanted: &str, help: Option<String>) {
        let found = go_type(at);
        let message =
            format!("field '{name}' is of type '{found}' instead of expected type '{wanted}'");
        self.error(at, message, help);
    }

    fn within(&mut self, part: String, write: impl FnOnce(&mut Self)) {
        self.path.push(part);
        write(self);
        self.path.pop();
    }

    /// The fields, in the order of their names as they are written.
    fn message(&mut self, message: &Message, params: &Node, to: &mut Vec<u8>) {
        let Content::Mapping(mapping) = params.content() else {
            if !params.is_null() {
                let help = Some("write `key: value` lines".to_owned());
                self.type_error(params, "params", "map[string]interface {}", help);
            }
            return;
        };
        let mut entries: Vec<_> = mapping.iter().collect();
        entries.sort_by_key(|entry| entry.key().name());
        let mut written: Vec<u32> = Vec::new();
        for entry in entries {
            let (name, value) = (entry.key().name(), entry.value());
            let Some(field) = message.field(name) else {
                let error = format!("field '{name}' not found in message '{}'", message.name);
                let problem = Problem::error(entry.key().span(), self.wrapped(error));
                self.problems.push(problem.help(message.instead_of(name)));
                continue;
            };
            if written.contains(&field.number) {
                let error = format!("field '{name}' is written twice, as `{}`", field.name);
                self.error(value, error, Some("write it once".into()));
                continue;
            }
            written.push(field.number);
            self.field(name, field, value, to);
        }
    }

    fn wrapped(&self, message: String) -> String {
        let around = self.path.iter().rev();
        around.fold(message, |message, part| format!("/{part}: '{message}'"))
    }

    fn field(&mut self, name: &str, field: &Field, value: &Node, to: &mut Vec<u8>) {
        if value.is_null() {
            return;
        }
        match &field.kind {
            Kind::Scalar(scalar) => {
                let scalar = *scalar;
                self.values(
                    name,
                    field,
                    scalar.wire_type(),
                    value,
                    to,
                    |it, name, node, to| {
                        it.scalar(name, scalar, node, to);
                    },
                );
            }
            Kind::Enum(type_name) => {
                let Some(of) = self.schema.enumeration(type_name) else {
                    let error = format!("unable to resolve enum '{type_name}'");
                    return self.error(value, error, Some(missing(type_name)));
                };
                self.values(name, field, 0, value, to, |it, name, node, to| {
                    it.enumeration(name, type_name, of, node, to);
                });
            }
            Kind::Message(type_name) => self.messages(name, field, type_name, value, to),
            Kind::Bytes | Kind::Group => {
                let error = format!("unrecognized field type '{}'", field.kind.proto_name());
                let help = "Mixer has no form for it: leave the field out";
                self.error(value, error, Some(help.into()));
            }
        }
    }

    /// One value or, of a repeated field, a list of them.
    fn values(
        &mut self,
        name: &str,
        field: &Field,
        wire_type: u32,
        value: &Node,
        to: &mut Vec<u8>,
        write: impl Fn(&mut Self, &str, &Node, &mut Vec<u8>),
    ) {
        if !field.repeated {
            write::key(field.number, wire_type, to);
            return write(self, name, value, to);
        }
        let Content::Sequence(items) = value.content() else {
            let wanted = format!("[]{}", wanted(&field.kind));
            let help = Some("write a list, `- ` before each item".into());
            return self.type_error(value, name, &wanted, help);
        };
        let mut packed = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let name = format!("{name}[{index}]");
            if field.packed {
                write(self, &name, item, &mut packed);
            } else {
                write::key(field.number, wire_type, to);
                write(self, &name, item, to);
            }
        }
        if field.packed {
            write::bytes_field(field.number, &packed, to);
        }
    }

    fn scalar(&mut self, name: &str, scalar: Scalar, node: &Node, to: &mut Vec<u8>) {
        match literal::write(scalar, node, to) {
            Ok(()) => {}
            Err(Unfit::Type) => {
                let help = match (scalar, node.content()) {
                    (Scalar::String, _) => node.as_str().err(),
                    (Scalar::Bool, _) => node.as_bool().err(),
                    (Scalar::Double | Scalar::Float, _) => node.as_f64().err(),
                    _ => node.as_integer::<i64>().err(),
                };
                let help = help.and_then(|problem| problem.remedy().map(str::to_owned));
                let wanted = wanted(&Kind::Scalar(scalar)).into_owned();
                self.type_error(node, name, &wanted, help);
            }
            Err(Unfit::Range(error)) => self.error(node, format!("field '{name}': {error}"), None),
        }
    }

    fn enumeration(&mut self, name: &str, of: &str, values: &Enum, node: &Node, to: &mut Vec<u8>) {
        let Content::Text(text) = node.content() else {
            let wanted = format!("enum({})", of.trim_start_matches('.'));
            return self.type_error(node, name, &wanted, Some(values.choice()));
        };
        match values.number(text) {
            Some(number) => write::varint(i64::from(number).cast_unsigned(), to),
            None => {
                let of = &values.name;
                let error = format!("unrecognized enum value '{text}' for enum '{of}'");
                self.error(node, error, Some(values.choice()));
            }
        }
    }

    fn messages(
        &mut self,
        name: &str,
        field: &Field,
        type_name: &str,
        value: &Node,
        to: &mut Vec<u8>,
    ) {
        if let Some(entry) = self.schema.map_entry(field).cloned() {
            return self.map(name, field, &entry, value, to);
        }
        let plain_name = type_name.trim_start_matches('.');
        if field.repeated {
            let Content::Sequence(items) = value.content() else {
                let wanted = format!("[]{plain_name}");
                let help = Some("write a list, `- ` before each item".into());
                return self.type_error(value, name, &wanted, help);
            };
            for (index, item) in items.iter().enumerate() {
                self.one(&format!("{name}[{index}]"), field, type_name, item, to);
            }
            return;
        }
        match type_name {
            ".google.protobuf.Duration" | ".google.protobuf.Timestamp" => {
                write::key(field.number, write::LEN, to);
                self.within(name.to_owned(), |it| it.time(plain_name, value, to));
            }
            _ => self.one(name, field, type_name, value, to),
        }
    }

    fn one(&mut self, name: &str, field: &Field, type_name: &str, value: &Node, to: &mut Vec<u8>) {
        let plain_name = type_name.trim_start_matches('.');
        if !matches!(value.content(), Content::Mapping(_)) {
            let help = match plain_name {
                "google.protobuf.Duration" => "Mixer has no form for a list of durations",
                _ => "write `key: value` lines below it",
            };
            return self.type_error(value, name, plain_name, Some(help.into()));
        }
        let Some(message) = self.schema.message(type_name) else {
            let error = format!("cannot resolve message '{type_name}'");
            return self.within(name.to_owned(), |it| {
                it.error(value, error, Some(missing(type_name)));
            });
        };
        let mut content = Vec::new();
        self.within(name.to_owned(), |it| {
            it.message(message, value, &mut content)
        });
        write::bytes_field(field.number, &content, to);
    }

    /// The entries, in the order of their keys.
    fn map(&mut self, name: &str, field: &Field, entry: &Message, value: &Node, to: &mut Vec<u8>) {
        let [key, item] = entry.fields.as_slice() else {
            return;
        };
        let Content::Mapping(mapping) = value.content() else {
            let wanted = format!("map<{}, {}>", key.kind.go_name(), item.kind.go_name());
            let help = Some("write `key: value` lines below it".into());
            return self.type_error(value, name, &wanted, help);
        };
        let mut entries: Vec<_> = mapping.iter().collect();
        entries.sort_by_key(|entry| entry.key().name());
        for entry in entries {
            let text = entry.key().name();
            let mut content = Vec::new();
            self.within(format!("{name}[{text}]"), |it| {
                it.map_key(key, text, entry.value(), &mut content);
                it.field("value", item, entry.value(), &mut content);
            });
            write::bytes_field(field.number, &content, to);
        }
    }

    fn map_key(&mut self, key: &Field, text: &str, at: &Node, to: &mut Vec<u8>) {
        let Kind::Scalar(scalar) = key.kind else {
            return;
        };
        write::key(key.number, scalar.wire_type(), to);
        let error = match literal::write_key(scalar, text, to) {
            Ok(()) => return,
            Err(Unfit::Type) => {
                let wanted = wanted(&key.kind);
                format!("field 'key' is of type 'string' instead of expected type '{wanted}'")
            }
            Err(Unfit::Range(error)) => format!("field 'key': {error}"),
        };
        self.error(at, error, None);
    }

    /// A `Duration` or a `Timestamp`, which are texts.
    fn time(&mut self, name: &str, node: &Node, to: &mut Vec<u8>) {
        const FORMS: &str = "write e.g. `10m`, `1.5s` or `1h30m`";
        let Content::Text(text) = node.content() else {
            let found = go_type(node);
            let error = format!("message type '.{name}'  got:type '{found}' want 'string'");
            let help = match (name, node.content()) {
                ("google.protobuf.Duration", Content::Integer(number)) => {
                    format!("write the unit: `{number}s` for seconds")
                }
                ("google.protobuf.Duration", _) => FORMS.to_owned(),
                _ => "write e.g. `\"2026-01-02T03:04:05Z\"`".to_owned(),
            };
            return self.error(node, error, Some(help));
        };
        if name == "google.protobuf.Duration" {
            match text.parse::<Duration>() {
                Ok(duration) => write::inner_parts(duration.seconds(), duration.nanos(), to),
                Err(error) => {
                    let error = format!("time: invalid duration {text}: {error}");
                    self.error(node, error, Some(FORMS.into()));
                }
            }
            return;
        }
        let time = crate::language::rfc3339(text);
        let mut wrapped = Vec::new();
        let written = time
            .map(ValueRef::TimeStamp)
            .map(|time| write::named(ValueType::Timestamp, &time, &mut wrapped));
        match written {
            // Without the message of Istio's around it, a length and a key.
            Some(Ok(())) => to.extend_from_slice(&wrapped[2..]),
            _ => {
                let error = format!("parsing time \"{text}\": it is no RFC 3339 time");
                let help = "write e.g. `\"2026-01-02T03:04:05Z\"`";
                self.error(node, error, Some(help.into()));
            }
        }
    }
}

/// The type that Mixer's errors say is wanted.
fn wanted(kind: &Kind) -> std::borrow::Cow<'static, str> {
    match kind {
        Kind::Scalar(Scalar::Double) => "float64".into(),
        Kind::Scalar(Scalar::Float) => "float32".into(),
        Kind::Scalar(Scalar::Bool) => "bool".into(),
        Kind::Scalar(Scalar::String) => "string".into(),
        Kind::Scalar(_) => "int".into(),
        Kind::Enum(name) => format!("enum({})", name.trim_start_matches('.')).into(),
        other => other.go_name().to_owned().into(),
    }
}

fn missing(type_name: &str) -> String {
    let name = type_name.trim_start_matches('.');
    format!("the descriptor lacks the file that `{name}` is in: make it with all imports")
}
