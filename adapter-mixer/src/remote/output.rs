//! The outputs of adapters: attributes, by the descriptor of their message.

use adapter_runtime::value::{Duration, IpAddress, Map, Str, TimeStamp, Value, ValueType};
use prost::Message as _;

use super::answer::UnreadableAnswer;
use super::kinds;
use super::read::{Field, Fields, WireValue};
use super::schema::{self, Kind, Message, Scalar, Schema};

/// The fields of an `OutputMsg`.
#[derive(Debug)]
pub(super) struct OutputLayout {
    fields: Vec<OutputField>,
}

#[derive(Debug)]
struct OutputField {
    name: Str,
    number: u32,
    kind: OutputKind,
}

/// What a field becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OutputKind {
    Scalar(Scalar),
    Enum,
    Bytes,
    /// `map<string, string>`.
    StringMap,
    /// `istio.policy.v1beta1.Value`, of any type.
    Value,
    /// Another message of `type.proto`.
    Named(ValueType),
    /// `google.protobuf.Duration`.
    Duration,
    /// `google.protobuf.Timestamp`.
    Timestamp,
    /// A map of something else.
    OtherMap,
    /// No expression has this type, so nothing could read it: a list, or any other message.
    Unreadable,
}

impl OutputLayout {
    pub(super) fn new(schema: &Schema, message: &Message) -> OutputLayout {
        let fields = message.fields.iter().map(|field| OutputField {
            name: field.name.as_str().into(),
            number: field.number,
            kind: kind(schema, field),
        });
        OutputLayout {
            fields: fields.collect(),
        }
    }

    /// The names with their types, as expressions have them.
    pub(super) fn types(&self) -> impl Iterator<Item = (&Str, ValueType)> {
        self.fields.iter().filter_map(|field| {
            let ty = match field.kind {
                OutputKind::Scalar(Scalar::String) => ValueType::String,
                OutputKind::Scalar(Scalar::Double | Scalar::Float) => ValueType::Double,
                OutputKind::Scalar(Scalar::Bool) => ValueType::Bool,
                OutputKind::Scalar(_) | OutputKind::Enum => ValueType::Int64,
                OutputKind::StringMap => ValueType::StringMap,
                OutputKind::Named(ty) => ty,
                OutputKind::Duration => ValueType::Duration,
                OutputKind::Timestamp => ValueType::Timestamp,
                OutputKind::Bytes
                | OutputKind::Value
                | OutputKind::OtherMap
                | OutputKind::Unreadable => return None,
            };
            Some((&field.name, ty))
        })
    }

    /// The fields that are in an output. One that is left out is an attribute that doesn't exist.
    pub(super) fn read(&self, bytes: &[u8]) -> Result<Output, UnreadableAnswer> {
        let mut output = Output::default();
        for field in Fields::of(bytes) {
            let Field { number, value } = field?;
            let Some(field) = self.fields.iter().find(|field| field.number == number) else {
                continue;
            };
            field.read(value, &mut output)?;
        }
        Ok(output)
    }
}

fn kind(schema: &Schema, field: &schema::Field) -> OutputKind {
    if let Some(entry) = schema.map_entry(field) {
        let is_string = |field: &schema::Field| field.kind == Kind::Scalar(Scalar::String);
        return match entry.fields.iter().all(is_string) {
            true => OutputKind::StringMap,
            false => OutputKind::OtherMap,
        };
    }
    if field.repeated {
        return OutputKind::Unreadable;
    }
    match &field.kind {
        Kind::Scalar(scalar) => OutputKind::Scalar(*scalar),
        Kind::Enum(_) => OutputKind::Enum,
        Kind::Bytes => OutputKind::Bytes,
        Kind::Message(name) => match name.as_str() {
            ".istio.policy.v1beta1.Value" => OutputKind::Value,
            ".google.protobuf.Duration" => OutputKind::Duration,
            ".google.protobuf.Timestamp" => OutputKind::Timestamp,
            name => kinds::named(name).map_or(OutputKind::Unreadable, OutputKind::Named),
        },
        Kind::Group => OutputKind::Unreadable,
    }
}

impl OutputField {
    fn read(&self, value: WireValue<'_>, output: &mut Output) -> Result<(), UnreadableAnswer> {
        let value = match (self.kind, value) {
            (OutputKind::Unreadable, _) => return Ok(()),
            (OutputKind::Scalar(scalar), value) => {
                scalar_value(scalar, value).ok_or_else(|| self.unexpected(value))?
            }
            (OutputKind::Enum, WireValue::Varint(number)) => Value::Int64(number.cast_signed()),
            (OutputKind::Bytes, WireValue::Bytes(bytes)) => Value::IpAddress(bytes.into()),
            (OutputKind::StringMap, WireValue::Bytes(entry)) => {
                return self.read_entry(entry, output);
            }
            (OutputKind::OtherMap, WireValue::Bytes(_)) => {
                let error = "only map<string, string> is supported in expressions";
                return Err(UnreadableAnswer::several(error));
            }
            (kind, WireValue::Bytes(bytes)) => match message(kind, bytes) {
                Ok(Some(value)) => value,
                // As if it were left out.
                Ok(None) => return Ok(()),
                Err(error) => {
                    let error = format!("failed to decode field \"{}\": {error}", self.name);
                    return Err(UnreadableAnswer::several(error));
                }
            },
            (_, value) => return Err(self.unexpected(value)),
        };
        output.set(&self.name, value);
        Ok(())
    }

    fn unexpected(&self, value: WireValue<'_>) -> UnreadableAnswer {
        let found = match value {
            WireValue::Varint(_) => "varint",
            WireValue::Fixed32(_) => "fixed32",
            WireValue::Fixed64(_) => "fixed64",
            WireValue::Bytes(_) => "bytes",
        };
        let kind = match self.kind {
            OutputKind::Scalar(scalar) => scalar.proto_name(),
            OutputKind::Enum => "TYPE_ENUM",
            OutputKind::Bytes => "TYPE_BYTES",
            _ => "TYPE_MESSAGE",
        };
        UnreadableAnswer::several(format!(
            "unexpected field type \"{kind}\" for {found} encoding"
        ))
    }

    fn read_entry(&self, entry: &[u8], output: &mut Output) -> Result<(), UnreadableAnswer> {
        let (mut key, mut value) = (&[][..], &[][..]);
        for field in Fields::of(entry) {
            match field.map_err(|error| {
                let error = format!("failed to parse map field \"{}\": {error}", self.name);
                UnreadableAnswer::several(error)
            })? {
                Field {
                    number: 1,
                    value: WireValue::Bytes(bytes),
                } => key = bytes,
                Field {
                    number: 2,
                    value: WireValue::Bytes(bytes),
                } => value = bytes,
                _ => {}
            }
        }
        let (key, value) = (text(key), text(value));
        match output.get_mut(&self.name) {
            Some(Value::StringMap(map)) => {
                map.insert(key, value);
            }
            _ => {
                let mut map = Map::new();
                map.insert(key, value);
                output.set(&self.name, Value::StringMap(map));
            }
        }
        Ok(())
    }
}

/// Go's texts are any bytes; what is no UTF-8 in them can't be compared with anything anyhow.
fn text(bytes: &[u8]) -> Str {
    String::from_utf8_lossy(bytes).as_ref().into()
}

fn scalar_value(scalar: Scalar, value: WireValue<'_>) -> Option<Value> {
    let number = |number: i64| Some(Value::Int64(number));
    match (scalar, value) {
        (Scalar::String, WireValue::Bytes(bytes)) => Some(Value::String(text(bytes))),
        (Scalar::Bool, WireValue::Varint(value)) => Some(Value::Bool(value != 0)),
        (
            Scalar::Int64 | Scalar::Int32 | Scalar::Uint64 | Scalar::Uint32,
            WireValue::Varint(value),
        ) => number(value.cast_signed()),
        (Scalar::Sint32 | Scalar::Sint64, WireValue::Varint(value)) => {
            number((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
        }
        (Scalar::Fixed32, WireValue::Fixed32(value)) => number(value.into()),
        (Scalar::Sfixed32, WireValue::Fixed32(value)) => number(value.cast_signed().into()),
        (Scalar::Float, WireValue::Fixed32(value)) => {
            Some(Value::Double(f32::from_bits(value).into()))
        }
        (Scalar::Fixed64 | Scalar::Sfixed64, WireValue::Fixed64(value)) => {
            number(value.cast_signed())
        }
        (Scalar::Double, WireValue::Fixed64(value)) => Some(Value::Double(f64::from_bits(value))),
        _ => None,
    }
}

/// The value of a message; `None` for one with nothing in it.
fn message(kind: OutputKind, bytes: &[u8]) -> Result<Option<Value>, UnreadableAnswer> {
    match kind {
        OutputKind::Duration | OutputKind::Timestamp => times(kind, bytes),
        OutputKind::Value => {
            let mut found = None;
            for field in Fields::of(bytes) {
                let Field { number, value } = field?;
                let of = |kind, bytes| message(OutputKind::Named(kind), bytes);
                let read = match (number, value) {
                    (1, value) => scalar_value(Scalar::String, value),
                    (2, value) => scalar_value(Scalar::Int64, value),
                    (3, value) => scalar_value(Scalar::Double, value),
                    (4, value) => scalar_value(Scalar::Bool, value),
                    (5, WireValue::Bytes(bytes)) => of(ValueType::IpAddress, bytes)?,
                    (6, WireValue::Bytes(bytes)) => of(ValueType::Timestamp, bytes)?,
                    (7, WireValue::Bytes(bytes)) => of(ValueType::Duration, bytes)?,
                    (8, WireValue::Bytes(bytes)) => of(ValueType::EmailAddress, bytes)?,
                    (9, WireValue::Bytes(bytes)) => of(ValueType::DnsName, bytes)?,
                    (10, WireValue::Bytes(bytes)) => of(ValueType::Uri, bytes)?,
                    (11, WireValue::Bytes(bytes)) => {
                        let map = adapter_runtime::proto::policy::StringMap::decode(bytes)
                            .map_err(|error| UnreadableAnswer::once(error.to_string()))?;
                        let map = map.value.into_iter();
                        Some(Value::StringMap(
                            map.map(|(key, value)| (key, Str::from(value))).collect(),
                        ))
                    }
                    _ => continue,
                };
                found = read;
            }
            Ok(found)
        }
        OutputKind::Named(ty) => {
            let mut found = None;
            for field in Fields::of(bytes) {
                if let Field {
                    number: 1,
                    value: WireValue::Bytes(bytes),
                } = field?
                {
                    found = match ty {
                        ValueType::IpAddress => Some(Value::IpAddress(IpAddress::from(bytes))),
                        ValueType::DnsName => Some(Value::DnsName(text(bytes).into())),
                        ValueType::EmailAddress => Some(Value::EmailAddress(text(bytes).into())),
                        ValueType::Uri => Some(Value::Uri(text(bytes).into())),
                        ValueType::Duration => times(OutputKind::Duration, bytes)?,
                        _ => times(OutputKind::Timestamp, bytes)?,
                    };
                }
            }
            Ok(found)
        }
        _ => Ok(None),
    }
}

/// `google.protobuf.Duration` or `Timestamp`.
fn times(kind: OutputKind, bytes: &[u8]) -> Result<Option<Value>, UnreadableAnswer> {
    let (mut seconds, mut nanos) = (None, None);
    for field in Fields::of(bytes) {
        match field? {
            Field {
                number: 1,
                value: WireValue::Varint(value),
            } => seconds = Some(value.cast_signed()),
            Field {
                number: 2,
                value: WireValue::Varint(value),
            } => nanos = Some(value.cast_signed() as i32),
            _ => {}
        }
    }
    if seconds.is_none() && nanos.is_none() {
        return Ok(None);
    }
    let (seconds, nanos) = (seconds.unwrap_or_default(), nanos.unwrap_or_default());
    Ok(Some(match kind {
        OutputKind::Duration => Value::Duration(Duration::new(seconds, nanos)),
        _ => Value::TimeStamp(TimeStamp::new(seconds, nanos)),
    }))
}

/// What an adapter answered beside a verdict: the fields that are in it, in the order in which they
/// came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Output {
    fields: Vec<(Str, Value)>,
}

impl Output {
    /// The fields by their names in the `.proto` file.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Str, &Value)> {
        self.fields.iter().map(|(name, value)| (name, value))
    }

    /// The value of a field; `None` if it was left out.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        let found = self.fields.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value)
    }

    fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        let found = self.fields.iter_mut().find(|(field, _)| field == name);
        found.map(|(_, value)| value)
    }

    fn set(&mut self, name: &Str, value: Value) {
        match self.get_mut(name) {
            Some(field) => *field = value,
            None => self.fields.push((name.clone(), value)),
        }
    }
}
