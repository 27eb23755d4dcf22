//! From the `params` of an instance to the steps that encode it.

use adapter_runtime::document::{Content, Node, Problem, Problems, Span};
use adapter_runtime::value::ValueType;

use super::instance::{Evaluate, Form, Op};
use super::kinds::{VALUE, encoder, function, lacking, named};
use super::literal::{self, Unfit, go_type};
use super::schema::{Field, Kind, Message, Scalar, Schema};
use super::write;
use crate::attribute::ValueRef;
use crate::language;

/// The field of an instance's name, whatever the operator writes for it.
const NAME: &str = "name";

/// Compiles the fields that are written, in the order of their numbers.
pub(super) fn compile<C>(
    schema: &Schema,
    message: &str,
    name: &str,
    params: Option<&Node>,
    compile: impl FnMut(&str) -> Result<(C, ValueType), language::Error>,
) -> Result<Vec<Op<C>>, Problems> {
    let mut planner = Planner {
        schema,
        compile,
        ops: Vec::new(),
        path: Vec::new(),
        place: Vec::new(),
        problems: Problems::new(),
    };
    planner.instance(message, name, params);
    match planner.problems.is_empty() {
        true => Ok(planner.ops),
        false => Err(planner.problems),
    }
}

struct Planner<'a, C, F> {
    schema: &'a Schema,
    compile: F,
    ops: Vec<Op<C>>,
    /// The fields around, as errors of requests have them.
    path: Vec<String>,
    /// The fields around, as the operator finds them.
    place: Vec<String>,
    problems: Problems,
}

/// What is written for a field.
struct Written<'n> {
    number: u32,
    field: usize,
    value: &'n Node,
}

impl<C, F> Planner<'_, C, F>
where
    F: FnMut(&str) -> Result<(C, ValueType), language::Error>,
{
    fn instance(&mut self, message: &str, name: &str, params: Option<&Node>) {
        let nothing;
        let params = match params {
            Some(params) => params,
            None => {
                nothing = no_params();
                &nothing
            }
        };
        let Some(message) = self.schema.message(message) else {
            let error = format!("cannot resolve message '{message}'");
            let help = "apply the descriptor of the template's handler service".to_owned();
            return self.error(params.span(), error, Some(help));
        };
        let Some(name_field) = message.field(NAME) else {
            let error = format!(
                "fieldEncoder 'name' not found in message '{}'",
                message.name
            );
            return self.error(params.span(), error, None);
        };
        let mut fields = self.written(message, params);
        fields.retain(|written| written.number != name_field.number);
        let (before, after): (Vec<_>, Vec<_>) = fields
            .into_iter()
            .partition(|written| written.number < name_field.number);
        self.fields(message, before);
        self.bytes(|to| write::bytes_field(name_field.number, name.as_bytes(), to));
        self.fields(message, after);
    }

    fn error(&mut self, at: &Span, message: String, help: Option<String>) {
        let mut problem = Problem::error(at, message).path(self.place.concat());
        if let Some(help) = help {
            problem = problem.help(help);
        }
        self.problems.push(problem);
    }

    /// Adds what is the same for each request.
    fn bytes(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        match self.ops.last_mut() {
            Some(Op::Bytes(bytes)) => write(bytes),
            _ => {
                let mut bytes = Vec::new();
                write(&mut bytes);
                self.ops.push(Op::Bytes(bytes));
            }
        }
    }

    fn key(&mut self, number: u32, wire_type: u32) {
        self.bytes(|to| write::key(number, wire_type, to));
    }

    /// Adds something with its length before it, which is known already if all in it is.
    fn with_length(&mut self, add: impl FnOnce(&mut Self)) {
        let start = self.ops.len();
        self.ops.push(Op::Begin);
        add(self);
        let fixed = match &self.ops[start + 1..] {
            [] => Some(Vec::new()),
            [Op::Bytes(bytes)] => Some(bytes.clone()),
            _ => None,
        };
        let Some(fixed) = fixed else {
            self.ops.push(Op::End);
            return;
        };
        self.ops.truncate(start);
        self.bytes(|to| {
            let start = write::begin(to);
            to.extend(fixed);
            write::end(start, to);
        });
    }

    fn within(&mut self, name: &str, place: String, add: impl FnOnce(&mut Self)) {
        self.path.push(name.to_owned());
        self.place.push(place);
        add(self);
        self.path.pop();
        self.place.pop();
    }

    /// The fields that are written, in the order of their numbers.
    fn written<'n>(&mut self, message: &Message, params: &'n Node) -> Vec<Written<'n>> {
        let Content::Mapping(mapping) = params.content() else {
            if !params.is_null() {
                let found = go_type(params);
                let error =
                    format!("unable to process: got {found}, want: map[string]interface {{}}");
                let help = "write `field: expression` lines".to_owned();
                self.error(params.span(), error, Some(help));
            }
            return Vec::new();
        };
        let mut fields: Vec<Written<'n>> = Vec::with_capacity(mapping.len());
        for entry in mapping.iter() {
            let name = entry.key().name();
            let found = message.fields.iter().position(|field| {
                let found = message.field(name);
                found.is_some_and(|found| std::ptr::eq(found, field))
            });
            let Some(at) = found else {
                let error = format!(
                    "fieldEncoder '{name}' not found in message '{}'",
                    message.name
                );
                let help = message.instead_of(name);
                self.error(entry.key().span(), error, Some(help));
                continue;
            };
            let number = message.fields[at].number;
            if fields.iter().any(|written| written.number == number) {
                let name = &message.fields[at].name;
                let error = format!("`{name}` is written twice");
                self.error(entry.key().span(), error, Some("write it once".into()));
                continue;
            }
            fields.push(Written {
                number,
                field: at,
                value: entry.value(),
            });
        }
        fields.sort_by_key(|written| written.number);
        fields
    }

    fn fields(&mut self, message: &Message, written: Vec<Written<'_>>) {
        for written in written {
            let field = &message.fields[written.field];
            let dot = if self.place.is_empty() { "" } else { "." };
            let place = format!("{dot}{}", field.name);
            self.within(&field.name, place, |it| it.field(field, written.value));
        }
    }

    fn field(&mut self, field: &Field, value: &Node) {
        match &field.kind {
            Kind::Scalar(_) | Kind::Enum(_) if field.packed => {
                self.key(field.number, write::LEN);
                let one;
                let values = match value.content() {
                    Content::Sequence(values) => values.as_slice(),
                    _ => {
                        one = [value.clone()];
                        one.as_slice()
                    }
                };
                self.with_length(|it| {
                    for value in values {
                        it.primitive(field, value);
                    }
                });
            }
            Kind::Scalar(Scalar::String) if field.repeated => {
                for value in self.items(value) {
                    self.key(field.number, write::LEN);
                    self.primitive(field, value);
                }
            }
            Kind::Scalar(_) | Kind::Enum(_) if field.repeated => {
                let name = &field.name;
                let error = format!("unpacked primitives not supported: {name}");
                self.error(value.span(), error, Some("leave the field out".into()));
            }
            Kind::Scalar(scalar) => {
                self.key(field.number, scalar.wire_type());
                self.primitive(field, value);
            }
            Kind::Enum(_) => {
                self.key(field.number, 0);
                self.primitive(field, value);
            }
            Kind::Message(name) => self.message_field(field, name, value),
            Kind::Bytes | Kind::Group => {
                let kind = field.kind.proto_name();
                let error = format!("field type not supported '{kind}'");
                let help = "Mixer has no form for it: leave the field out".to_owned();
                self.error(value.span(), error, Some(help));
            }
        }
    }

    fn items<'n>(&mut self, value: &'n Node) -> &'n [Node] {
        if let Content::Sequence(items) = value.content() {
            return items;
        }
        let error = format!(
            "unable to process: got {}, want: []interface {{}}",
            go_type(value)
        );
        let help = "write a list, `- ` before each item".to_owned();
        self.error(value.span(), error, Some(help));
        &[]
    }

    /// A value of a scalar type or an enum, without its key: a constant or an expression.
    fn primitive(&mut self, field: &Field, value: &Node) {
        if let Content::Text(text) = value.content()
            && literal::unquoted(text).is_none()
        {
            return self.expression(field, text, value);
        }
        match &field.kind {
            Kind::Scalar(scalar) => self.constant(field, *scalar, value),
            Kind::Enum(name) => self.enum_constant(name, value),
            _ => {}
        }
    }

    fn constant(&mut self, field: &Field, scalar: Scalar, value: &Node) {
        let mut bytes = Vec::new();
        let text = match value.content() {
            Content::Text(text) => literal::unquoted(text),
            _ => None,
        };
        let written = match (scalar, text) {
            (Scalar::Bool, Some(_)) => Err(Unfit::Type),
            (Scalar::Double | Scalar::Float, Some(text)) => {
                float_key(scalar, text, &mut bytes).ok_or(Unfit::Type)
            }
            (_, Some(text)) => literal::write_key(scalar, text, &mut bytes),
            (_, None) => literal::write(scalar, value, &mut bytes),
        };
        let name = &field.name;
        match written {
            Ok(()) => self.bytes(|to| to.extend(bytes)),
            Err(Unfit::Type) => {
                let (found, written) = (go_type(value), value.span().text());
                let wanted = scalar.go_name();
                let error = format!(
                    "unable to encode fieldEncoder {name}: badTypeError: value: '{written}' is of \
                     type:{found}, want:{wanted}"
                );
                let help = match scalar {
                    Scalar::String => format!("write `\"'{written}'\"` for a text"),
                    _ => "write an expression, or a constant of that type".to_owned(),
                };
                self.error(value.span(), error, Some(help));
            }
            Err(Unfit::Range(error)) => {
                let error = format!("unable to encode fieldEncoder {name}: {error}");
                self.error(value.span(), error, None);
            }
        }
    }

    fn enum_constant(&mut self, name: &str, value: &Node) {
        let Some(of) = self.enumeration(name, value) else {
            return;
        };
        let number = match value.content() {
            Content::Text(text) => literal::unquoted(text).and_then(|name| of.number(name)),
            _ => literal::int(value)
                .ok()
                .filter(|number| of.has_number(*number))
                .and_then(|number| i32::try_from(number).ok()),
        };
        match number {
            Some(number) => self.bytes(|to| {
                write::varint(i64::from(number).cast_unsigned(), to);
            }),
            None => {
                let written = value.span().text();
                let error = format!("unknown value: {written}, enum:{}", of.name);
                self.error(value.span(), error, Some(of.choice()));
            }
        }
    }

    fn enumeration(
        &mut self,
        name: &str,
        value: &Node,
    ) -> Option<std::sync::Arc<super::schema::Enum>> {
        let found = self.schema.enumeration(name).cloned();
        if found.is_none() {
            let error = format!("unable to resolve enum: {name}");
            self.error(value.span(), error, Some(lacking(name)));
        }
        found
    }

    /// An expression, with its type.
    fn compiled(&mut self, text: &str, value: &Node) -> Option<(C, ValueType)> {
        match (self.compile)(text) {
            Ok(compiled) => Some(compiled),
            Err(error) => {
                let is_word = !text.is_empty() && text.bytes().all(|it| it.is_ascii_alphanumeric());
                let help = match error.help() {
                    Some(help) => Some(help.to_owned()),
                    None => is_word.then(|| format!("write `\"'{text}'\"` if it is to be a text")),
                };
                self.error(value.span(), error.to_string(), help);
                None
            }
        }
    }

    fn evaluate(&mut self, expression: C, form: Form) {
        self.ops.push(Op::Evaluate(Box::new(Evaluate {
            expression,
            form,
            path: self.path.clone(),
        })));
    }

    fn expression(&mut self, field: &Field, text: &str, value: &Node) {
        let Some((expression, found)) = self.compiled(text, value) else {
            return;
        };
        match &field.kind {
            Kind::Scalar(scalar) => {
                let (encoder, wanted) = encoder(*scalar);
                if wanted != found {
                    let kind = scalar.proto_name();
                    let error =
                        format!("encoder {encoder} for type {kind} does not accept {found}");
                    let help = format!("write an expression of the type {wanted}");
                    return self.error(value.span(), error, Some(help));
                }
                self.evaluate(expression, Form::Scalar(*scalar));
            }
            Kind::Enum(name) => {
                if !matches!(found, ValueType::Int64 | ValueType::String) {
                    let name = &field.name;
                    let error = format!(
                        "field:{name} enum {text} is of type:{found}. want INT64 or STRING"
                    );
                    return self.error(value.span(), error, None);
                }
                if let Some(of) = self.enumeration(name, value) {
                    self.evaluate(expression, Form::Enum(of));
                }
            }
            _ => {}
        }
    }

    fn message_field(&mut self, field: &Field, name: &str, value: &Node) {
        let Some(message) = self.schema.message(name).cloned() else {
            let error = format!("unable to resolve message '{name}'");
            return self.error(value.span(), error, Some(lacking(name)));
        };
        if message.is_map_entry {
            return self.map(field, &message, value);
        }
        if !field.repeated {
            return self.message(field, name, &message, value);
        }
        for (index, item) in self.items(value).iter().enumerate() {
            self.place.push(format!("[{index}]"));
            self.message(field, name, &message, item);
            self.place.pop();
        }
    }

    fn map(&mut self, field: &Field, entry: &Message, value: &Node) {
        let [key, item] = entry.fields.as_slice() else {
            return;
        };
        let Content::Mapping(mapping) = value.content() else {
            let found = go_type(value);
            let error = format!("incorrect map type:{found}, want:map[string]interface {{}}");
            let help = "write `key: expression` lines below it".to_owned();
            return self.error(value.span(), error, Some(help));
        };
        for written in mapping.iter() {
            let text = written.key().name();
            self.key(field.number, write::LEN);
            self.with_length(|it| {
                it.map_key(key, text, written.key().span());
                let place = format!("[{text}]");
                it.within(&item.name, place, |it| it.field(item, written.value()));
            });
        }
    }

    fn map_key(&mut self, key: &Field, text: &str, at: &Span) {
        let Kind::Scalar(scalar) = key.kind else {
            return;
        };
        let mut bytes = Vec::new();
        write::key(key.number, scalar.wire_type(), &mut bytes);
        let text = literal::unquoted(text).unwrap_or(text);
        let error = match literal::write_key(scalar, text, &mut bytes) {
            Ok(()) => return self.bytes(|to| to.extend(bytes)),
            Err(Unfit::Type) => {
                let wanted = scalar.go_name();
                format!("badTypeError: value: '{text}' is of type:string, want:{wanted}")
            }
            Err(Unfit::Range(error)) => error,
        };
        self.error(at, error, None);
    }

    /// A message, alone or as an item of a list or a map.
    fn message(&mut self, field: &Field, name: &str, message: &Message, value: &Node) {
        self.key(field.number, write::LEN);
        if name == VALUE {
            return self.value(value);
        }
        if let Some(ty) = named(name) {
            return self.named(name, ty, value);
        }
        if !matches!(value.content(), Content::Mapping(_)) {
            let found = go_type(value);
            let error = format!("unable to process: got {found}, want: map[string]interface {{}}");
            let help = format!("`{}` is a message: {}", field.name, message.instead_of(""));
            return self.error(value.span(), error, Some(help));
        }
        self.with_length(|it| {
            let written = it.written(message, value);
            it.fields(message, written);
        });
    }

    /// A `Value`, of any type.
    fn value(&mut self, value: &Node) {
        let mut bytes = Vec::new();
        let constant = match value.content() {
            // All numbers are doubles in Mixer.
            Content::Integer(number) => (ValueType::Double, ValueRef::Double(*number as f64)),
            Content::Float(number) => (ValueType::Double, ValueRef::Double(*number)),
            Content::Bool(value) => (ValueType::Bool, ValueRef::Bool(*value)),
            Content::Text(text) => match literal::unquoted(text) {
                Some(text) => (ValueType::String, ValueRef::String(text.into())),
                None => {
                    let Some((expression, ty)) = self.compiled(text, value) else {
                        return;
                    };
                    if ty == ValueType::StringMap || ty == ValueType::Unspecified {
                        let error = format!("unsupported type: {ty} ({VALUE})");
                        let help = "take one of its values: `map[\"key\"]`".to_owned();
                        return self.error(value.span(), error, Some(help));
                    }
                    return self.evaluate(expression, Form::Value(ty));
                }
            },
            _ => {
                let error = format!("unsupported type: {}", go_type(value));
                let help = "write an expression".to_owned();
                return self.error(value.span(), error, Some(help));
            }
        };
        // A constant is of its own type.
        let _ = write::value(constant.0, &constant.1, &mut bytes);
        self.bytes(|to| to.extend(bytes));
    }

    /// One of the other messages of `type.proto`, which an expression gives.
    fn named(&mut self, name: &str, ty: ValueType, value: &Node) {
        let Content::Text(text) = value.content() else {
            let error = format!("unsupported type: {}", go_type(value));
            let help = format!("write an expression of the type {ty}");
            return self.error(value.span(), error, Some(help));
        };
        if let Some(text) = literal::unquoted(text) {
            return self.named_constant(name, ty, text, value);
        }
        let Some((expression, found)) = self.compiled(text, value) else {
            return;
        };
        if found != ty {
            let error = format!("incorrect type for {name}. got: {found}, want: {ty}");
            return self.error(value.span(), error, function(ty, text));
        }
        self.evaluate(expression, Form::Named(ty));
    }

    /// Mixer sends a constant as a `Value`, which has the form of these messages only where they
    /// hold a text.
    fn named_constant(&mut self, name: &str, ty: ValueType, text: &str, value: &Node) {
        if matches!(
            ty,
            ValueType::Uri | ValueType::DnsName | ValueType::EmailAddress
        ) {
            let text = ValueRef::String(text.into());
            return self.bytes(|to| {
                // A text is a STRING.
                let _ = write::value(ValueType::String, &text, to);
            });
        }
        let error = format!("a text is no {name}, and would arrive as garbage");
        let text = format!("\"{text}\"");
        self.error(value.span(), error, function(ty, &text));
    }
}

/// A constant of a floating type in quotes, which has to be an integer.
fn float_key(scalar: Scalar, text: &str, to: &mut Vec<u8>) -> Option<()> {
    let mut bytes = Vec::new();
    literal::write_key(Scalar::Sfixed64, text, &mut bytes).ok()?;
    let number = i64::from_le_bytes(bytes.try_into().ok()?) as f64;
    match scalar {
        Scalar::Double => to.extend(number.to_le_bytes()),
        _ => to.extend((number as f32).to_le_bytes()),
    }
    Some(())
}

/// What stands for the params of an instance that has none.
fn no_params() -> Node {
    let mut problems = Problems::new();
    let documents = adapter_runtime::document::parse("instance", "{}", &mut problems);
    documents.into_iter().next().expect("`{}` is a document")
}
