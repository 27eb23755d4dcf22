//! From a captured instance back to what an operator may have written for it.

use adapter_mixer::attribute::ValueRef;
use adapter_runtime::document::{self, Node, Problems};
use adapter_runtime::value::{Duration, IpAddress, TimeStamp, ValueType};
use prost::encoding::{WireType, decode_key, decode_varint};
use prost_reflect::{DescriptorPool, DynamicMessage, Kind, MessageDescriptor};

/// An instance in the order of its bytes, in which each value is an expression `e0`, `e1`, …
pub(crate) struct Rebuilt {
    pub(crate) name: String,
    pub(crate) params: Node,
    pub(crate) values: Vec<(ValueType, ValueRef<'static>)>,
}

impl Rebuilt {
    pub(crate) fn of(message: &MessageDescriptor, bytes: &[u8]) -> Rebuilt {
        let decoded = DynamicMessage::decode(message.clone(), bytes).expect("an instance");
        let name = decoded.get_field_by_name("name").expect("a name");
        let mut values = Vec::new();
        let json = fields(message, bytes, &mut values);
        let mut problems = Problems::new();
        let documents = document::parse("instance.yaml", &json, &mut problems);
        assert!(problems.is_empty(), "{json}: {problems}");
        Rebuilt {
            name: name.as_str().expect("a text").to_owned(),
            params: documents.into_iter().next().expect("a document"),
            values,
        }
    }

    /// The value of an expression.
    pub(crate) fn value(&self, expression: &str) -> &(ValueType, ValueRef<'static>) {
        let number = expression.strip_prefix('e').expect("an expression");
        &self.values[number.parse::<usize>().expect("a number")]
    }
}

type Values = Vec<(ValueType, ValueRef<'static>)>;

/// The fields as JSON. Entries of a map stay in their order.
fn fields(message: &MessageDescriptor, mut bytes: &[u8], values: &mut Values) -> String {
    let mut written: Vec<(String, Vec<String>)> = Vec::new();
    while !bytes.is_empty() {
        let (number, wire) = decode_key(&mut bytes).expect("a key");
        let field = message.get_field(number).expect("a known field");
        let content = content(wire, &mut bytes);
        if field.name() == "name" {
            continue;
        }
        let text = match field.kind() {
            Kind::Message(entry) if field.is_map() => {
                let value = entry.map_entry_value_field();
                let decoded = DynamicMessage::decode(entry.clone(), content.bytes.as_slice());
                let decoded = decoded.expect("an entry");
                let key = decoded.get_field_by_name("key").expect("a key");
                let key = serde_json::to_string(key.as_str().expect("a text")).expect("JSON");
                let mut inner = content.bytes.as_slice();
                let mut value_text = String::new();
                while !inner.is_empty() {
                    let (number, wire) = decode_key(&mut inner).expect("a key");
                    let content = self::content(wire, &mut inner);
                    if number == 2 {
                        value_text = value_of(&value.kind(), &content, values);
                    }
                }
                format!("{key}: {value_text}")
            }
            kind => value_of(&kind, &content, values),
        };
        let name = field.name().to_owned();
        match written.iter_mut().find(|(other, _)| *other == name) {
            Some((_, texts)) => texts.push(text),
            None => written.push((name, vec![text])),
        }
    }
    let fields = written.into_iter().map(|(name, texts)| {
        let field = message.get_field_by_name(&name).expect("a field");
        match field.is_map() {
            true => format!("{name:?}: {{{}}}", texts.join(", ")),
            false => format!("{name:?}: {}", texts.concat()),
        }
    });
    format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
}

struct Content {
    number: u64,
    bytes: Vec<u8>,
}

fn content(wire: WireType, from: &mut &[u8]) -> Content {
    let (number, len) = match wire {
        WireType::Varint => (decode_varint(from).expect("a number"), 0),
        WireType::SixtyFourBit => (0, 8),
        WireType::LengthDelimited => (0, decode_varint(from).expect("a length")),
        other => panic!("{other:?} is not in instances"),
    };
    let (bytes, rest) = from.split_at(usize::try_from(len).expect("a length"));
    *from = rest;
    let bytes = bytes.to_vec();
    Content { number, bytes }
}

fn value_of(kind: &Kind, content: &Content, values: &mut Values) -> String {
    let text = || String::from_utf8(content.bytes.clone()).expect("UTF-8");
    let value = match kind {
        Kind::String => (ValueType::String, ValueRef::String(text().into())),
        Kind::Int64 => (ValueType::Int64, ValueRef::Int64(content.number as i64)),
        Kind::Bool => (ValueType::Bool, ValueRef::Bool(content.number != 0)),
        Kind::Double => (ValueType::Double, ValueRef::Double(double(&content.bytes))),
        Kind::Message(message) => match message.full_name() {
            "istio.policy.v1beta1.Value" => {
                let mut bytes = content.bytes.as_slice();
                let (number, wire) = decode_key(&mut bytes).expect("a key");
                let member = message.get_field(number).expect("a member of `Value`");
                let content = self::content(wire, &mut bytes);
                return value_of(&member.kind(), &content, values);
            }
            name if name.starts_with("istio.policy.v1beta1.") => named(
                name.rsplit('.').next().expect("a name"),
                message,
                &content.bytes,
            ),
            _ => return fields(message, &content.bytes, values),
        },
        other => panic!("{other:?} is not in instances"),
    };
    values.push(value);
    format!("\"e{}\"", values.len() - 1)
}

fn double(bytes: &[u8]) -> f64 {
    f64::from_le_bytes(bytes.try_into().expect("eight bytes"))
}

/// A message of `type.proto`.
fn named(name: &str, message: &MessageDescriptor, bytes: &[u8]) -> (ValueType, ValueRef<'static>) {
    let decoded = DynamicMessage::decode(message.clone(), bytes).expect("a message");
    let value = decoded
        .get_field_by_name("value")
        .expect("a value")
        .into_owned();
    let text = || ValueRef::String(value.as_str().expect("a text").to_owned().into());
    let parts = || {
        let value = value.as_message().expect("a message");
        let part = |name: &str| value.get_field_by_name(name).expect("a part").into_owned();
        let seconds = part("seconds").as_i64().expect("a number");
        (seconds, part("nanos").as_i32().expect("a number"))
    };
    match name {
        "IPAddress" => {
            let bytes = value.as_bytes().expect("bytes");
            let address = IpAddress::from(&bytes[..]);
            (ValueType::IpAddress, ValueRef::IpAddress(address))
        }
        "TimeStamp" => {
            let (seconds, nanos) = parts();
            let time = TimeStamp::new(seconds, nanos);
            (ValueType::Timestamp, ValueRef::TimeStamp(time))
        }
        "Duration" => {
            let (seconds, nanos) = parts();
            let duration = Duration::new(seconds, nanos);
            (ValueType::Duration, ValueRef::Duration(duration))
        }
        "DNSName" => (ValueType::DnsName, text()),
        "EmailAddress" => (ValueType::EmailAddress, text()),
        "Uri" => (ValueType::Uri, text()),
        other => panic!("{other} is not in instances"),
    }
}

/// The message of a pool by its full name.
pub(crate) fn message(pool: &DescriptorPool, name: &str) -> MessageDescriptor {
    let found = pool.get_message_by_name(name);
    found.unwrap_or_else(|| panic!("no message {name}"))
}
