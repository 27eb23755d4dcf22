//! Configurations are decoded as prost decodes them, whatever may be on the wire.
//!
//! `DECODE_CASES=1000000 cargo test -p tests --test config` tries a million messages of each.

use adapter_runtime::AdapterConfig;
use adapter_runtime::config::{FieldInfo, Kind, MessageInfo, Scalar};
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, MapKey, Value};
use prost_reflect::{Kind as ProtoKind, MessageDescriptor};
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, FileDescriptorSet, OneofDescriptorProto};
use serde_json::{Map, Value as Json, json};
use tests::configs::{self, apigee, everything, threescale, wavefront};
use tests::random::{Random, bytes, damage, key, string, unknown, varint};

use super::schema::compile;

/// How many messages are tried: what `DECODE_CASES` says, or few enough for every run.
fn cases() -> u64 {
    match std::env::var("DECODE_CASES") {
        Ok(cases) => cases.parse().expect("DECODE_CASES is a number"),
        Err(_) => 100_000,
    }
}

#[test]
fn wavefront() {
    agrees_with_prost::<wavefront::Params>("wavefront", "wavefront.config.Params", cases());
}

#[test]
fn threescale() {
    let name = "adapter.threescale.config.Params";
    agrees_with_prost::<threescale::Params>("threescale", name, cases());
}

#[test]
fn apigee() {
    agrees_with_prost::<apigee::Params>("apigee", "adapter.apigee.config.Params", cases());
}

#[test]
fn everything() {
    // Each of its messages is as long as several of the others.
    let cases = cases() / 4;
    agrees_with_prost::<everything::Everything>("everything", "everything.Params", cases);
}

fn agrees_with_prost<C: AdapterConfig>(file: &str, name: &str, cases: u64) {
    let oracle = oracle(file, name);
    let (mut accepted, mut refused, mut stricter) = (0_u64, 0_u64, 0_u64);
    for seed in 0..cases {
        let mut random = Random::new(seed);
        let mut input = message(&mut random, &oracle, 0);
        // Every other one as it is, for most damage makes a message that both refuse.
        if seed % 2 == 0 {
            damage(&mut random, &mut input);
        }
        let ours = C::decode(&input);
        let theirs = DynamicMessage::decode(oracle.clone(), input.as_slice());
        match (ours, theirs) {
            (Ok(ours), Ok(theirs)) => {
                let expected = with_defaults(&theirs, C::info(), true);
                assert_eq!(in_calendar(ours.show()), expected, "seed {seed}");
                // What is not shown is encoded.
                let again = DynamicMessage::decode(oracle.clone(), ours.encode().as_slice());
                let again = with_defaults(&again.expect("it decodes"), C::info(), false);
                let expected = with_defaults(&theirs, C::info(), false);
                assert_eq!(again, expected, "seed {seed}, encoded");
                accepted += 1;
            }
            (Err(_), Err(_)) => refused += 1,
            (Err(error), Ok(_)) => {
                let problem = error.problem();
                let known = [
                    // prost doesn't look at the wire types within the entries of a map.
                    "expected ",
                    "a duration must not be negative",
                    "a time must be one that there is",
                ];
                assert!(
                    known.iter().any(|known| problem.starts_with(known))
                        || problem.contains("is no value of"),
                    "seed {seed}: only ours refuses it: {error}"
                );
                stricter += 1;
            }
            (Ok(_), Err(error)) => panic!("seed {seed}: only prost refuses it: {error}"),
        }
    }
    println!("{accepted} accepted, {refused} refused by both, {stricter} by ours alone");
    assert!(accepted > cases / 2, "too few messages are valid");
    assert!(refused > cases / 50, "the damage does too little");
    assert!(stricter < cases / 5, "ours refuses too much");
}

/// The message of a `.proto` file, changed so that it knows which scalars were on the wire.
fn oracle(file: &str, name: &str) -> MessageDescriptor {
    let pool = compile(&configs::proto(file));
    let mut set = FileDescriptorSet::decode(&*pool.encode_to_vec()).expect("descriptors");
    for file in &mut set.file {
        if !file.package().starts_with("google.") {
            file.message_type.iter_mut().for_each(track_presence);
        }
    }
    let pool = DescriptorPool::from_file_descriptor_set(set).expect("descriptors");
    pool.get_message_by_name(name).expect(name)
}

fn track_presence(message: &mut DescriptorProto) {
    message.nested_type.iter_mut().for_each(|nested| {
        if !nested.options.as_ref().is_some_and(|it| it.map_entry()) {
            track_presence(nested);
        }
    });
    for field in &mut message.field {
        let plain = field.label() == Label::Optional && field.oneof_index.is_none();
        if plain && field.r#type() != Type::Message {
            field.proto3_optional = Some(true);
            field.oneof_index = Some(message.oneof_decl.len() as i32);
            message.oneof_decl.push(OneofDescriptorProto {
                name: Some(format!("_{}", field.name())),
                ..Default::default()
            });
        }
    }
}

/// Times beyond the calendar are all the same.
fn in_calendar(shown: Json) -> Json {
    match shown {
        Json::String(text) if text.ends_with(" since 1970") => BEYOND.into(),
        Json::Array(values) => values.into_iter().map(in_calendar).collect(),
        Json::Object(fields) => {
            let fields = fields.into_iter();
            fields
                .map(|(name, value)| (name, in_calendar(value)))
                .collect()
        }
        shown => shown,
    }
}

const BEYOND: &str = "beyond the calendar";

/// What prost decoded, with the defaults beneath it, in the form in which configurations are shown.
fn with_defaults(message: &DynamicMessage, info: &MessageInfo, redacted: bool) -> Json {
    let mut shown = Map::new();
    for field in &info.fields {
        if let Kind::OneOf(members) = &field.kind {
            let arrived = |member: &&FieldInfo| message.has_field_by_number(member.tag);
            match members.iter().find(arrived) {
                Some(member) => {
                    let value = value_of(message, member);
                    let value = show(&value, member.kind.present(), None, redacted);
                    shown.insert(member.name.into(), value);
                }
                None => shown.extend(default_of(field)),
            }
            continue;
        }
        let default = field.default.clone().unwrap_or_else(|| zero(&field.kind));
        let value = match message.has_field_by_number(field.tag) {
            true => {
                let value = value_of(message, field);
                show(&value, field.kind.present(), Some(&default), redacted)
            }
            false => default,
        };
        shown.insert(field.name.into(), value);
    }
    shown.into()
}

fn value_of(message: &DynamicMessage, field: &FieldInfo) -> Value {
    let value = message.get_field_by_number(field.tag);
    value.expect(field.name).into_owned()
}

/// The defaults of a struct.
fn defaults(info: &MessageInfo) -> Json {
    let mut shown = Map::new();
    for field in &info.fields {
        match &field.kind {
            Kind::OneOf(_) => shown.extend(default_of(field)),
            kind => {
                let default = field.default.clone().unwrap_or_else(|| zero(kind));
                shown.insert(field.name.into(), default);
            }
        }
    }
    shown.into()
}

/// The member that is the default of a oneof.
fn default_of(field: &FieldInfo) -> Map<String, Json> {
    let default = field.default.as_ref().and_then(Json::as_object);
    default.cloned().unwrap_or_default()
}

fn zero(kind: &Kind) -> Json {
    match kind {
        Kind::Scalar(Scalar::Bool) => false.into(),
        Kind::Scalar(Scalar::String) | Kind::Secret => "".into(),
        Kind::Scalar(Scalar::Float | Scalar::Double) => 0.0.into(),
        Kind::Scalar(_) => 0.into(),
        Kind::Duration => "0s".into(),
        Kind::Timestamp => "1970-01-01T00:00:00Z".into(),
        Kind::Enum(of) => of.info().values[0].name.into(),
        Kind::Message(of) => defaults(of.info()),
        Kind::Repeated(_) => json!([]),
        Kind::Map(..) => json!({}),
        _ => Json::Null,
    }
}

/// `default` is what a message is merged into.
fn show(value: &Value, kind: &Kind, default: Option<&Json>, redacted: bool) -> Json {
    match (value, kind) {
        (Value::Bool(value), _) => (*value).into(),
        (Value::EnumNumber(number), Kind::Enum(of)) => of
            .info()
            .value(*number)
            .map_or(Json::Null, |value| value.name.into()),
        (Value::I32(number), _) => (*number).into(),
        (Value::I64(number), _) => (*number).into(),
        (Value::U32(number), _) => (*number).into(),
        (Value::U64(number), _) => (*number).into(),
        (Value::F32(number), _) => float(&number.to_string()),
        (Value::F64(number), _) => float(&number.to_string()),
        (Value::String(text), Kind::Secret) if redacted && !text.is_empty() => "[redacted]".into(),
        (Value::String(text), _) => text.as_str().into(),
        (Value::Message(message), Kind::Duration) => {
            let total = parts(message);
            let duration = adapter_runtime::value::Duration::new(
                (total / 1_000_000_000) as i64,
                (total % 1_000_000_000) as i32,
            );
            duration.to_string().into()
        }
        (Value::Message(message), Kind::Timestamp) => {
            match jiff::Timestamp::from_nanosecond(parts(message)) {
                Ok(time) => time.to_string().into(),
                Err(_) => BEYOND.into(),
            }
        }
        (Value::Message(message), Kind::Message(of)) => {
            let shown = with_defaults(message, of.info(), redacted);
            match default {
                Some(Json::Object(default)) => merged(message, of.info(), shown, default),
                _ => shown,
            }
        }
        (Value::List(values), Kind::Repeated(element)) => {
            let show = |value| show(value, element, None, redacted);
            values.iter().map(show).collect()
        }
        (Value::Map(values), Kind::Map(_, element)) => {
            let show = |(key, value)| (map_key(key), show(value, element, None, redacted));
            values.iter().map(show).collect()
        }
        other => panic!("not expected: {other:?}"),
    }
}

/// What did not arrive is that of the default of the field that holds the message.
fn merged(
    message: &DynamicMessage,
    info: &MessageInfo,
    shown: Json,
    default: &Map<String, Json>,
) -> Json {
    let Json::Object(mut shown) = shown else {
        return shown;
    };
    for field in info.wire_fields() {
        let default = default.get(field.name);
        if let (false, Some(default)) = (message.has_field_by_number(field.tag), default) {
            shown.insert(field.name.into(), default.clone());
        }
    }
    shown.into()
}

fn map_key(key: &MapKey) -> String {
    match key {
        MapKey::String(key) => key.clone(),
        MapKey::I32(key) => key.to_string(),
        MapKey::I64(key) => key.to_string(),
        other => panic!("not expected: {other:?}"),
    }
}

fn float(text: &str) -> Json {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => number.into(),
        _ => text.into(),
    }
}

/// The nanoseconds of a `Duration` or `Timestamp`.
fn parts(message: &DynamicMessage) -> i128 {
    let number = |tag| match message.get_field_by_number(tag).as_deref() {
        Some(Value::I64(number)) => i128::from(*number),
        Some(Value::I32(number)) => i128::from(*number),
        other => panic!("not expected: {other:?}"),
    };
    number(1) * 1_000_000_000 + number(2)
}

/// A message of any fields, which may come again, and of some that it doesn't have.
pub(super) fn message(random: &mut Random, descriptor: &MessageDescriptor, depth: u32) -> Vec<u8> {
    let mut out = Vec::new();
    if matches!(
        descriptor.full_name(),
        "google.protobuf.Duration" | "google.protobuf.Timestamp"
    ) {
        return time(random);
    }
    let fields: Vec<_> = descriptor.fields().collect();
    for _ in 0..random.below(if depth > 2 { 2 } else { 8 }) {
        let Some(descriptor) = fields.get(random.below(fields.len() as u64 + 1) as usize) else {
            unknown(random, &mut out);
            continue;
        };
        field(random, descriptor, depth, &mut out);
    }
    out
}

/// Mostly such as there are; with parts that come again.
fn time(random: &mut Random) -> Vec<u8> {
    let mut out = Vec::new();
    for _ in 0..random.below(4) {
        match random.below(4) {
            0 => unknown(random, &mut out),
            1 => {
                key(random, 2, 0, &mut out);
                let nanos = random.below(3_000_000_000) / (1 + random.below(1000));
                varint(random, nanos.min(999_999_999), &mut out);
            }
            _ => {
                key(random, 1, 0, &mut out);
                let seconds = random.below(1 << 37) >> random.below(37);
                varint(random, seconds, &mut out);
            }
        }
    }
    out
}

fn field(random: &mut Random, descriptor: &FieldDescriptor, depth: u32, out: &mut Vec<u8>) {
    let number = descriptor.number();
    let kind = descriptor.kind();
    let packable =
        descriptor.is_list() && !matches!(kind, ProtoKind::String | ProtoKind::Message(_));
    if packable && random.one_in(2) {
        let mut values = Vec::new();
        for _ in 0..random.below(4) {
            scalar(random, &kind, &mut values);
        }
        return bytes(random, number, &values, out);
    }
    match &kind {
        ProtoKind::String => string(random, number, out),
        ProtoKind::Message(of) => {
            let content = message(random, of, depth + 1);
            bytes(random, number, &content, out);
        }
        ProtoKind::Double | ProtoKind::Fixed64 | ProtoKind::Sfixed64 => {
            key(random, number, 1, out);
            scalar(random, &kind, out);
        }
        ProtoKind::Float | ProtoKind::Fixed32 | ProtoKind::Sfixed32 => {
            key(random, number, 5, out);
            scalar(random, &kind, out);
        }
        _ => {
            key(random, number, 0, out);
            scalar(random, &kind, out);
        }
    }
}

fn scalar(random: &mut Random, kind: &ProtoKind, out: &mut Vec<u8>) {
    match kind {
        ProtoKind::Double | ProtoKind::Fixed64 | ProtoKind::Sfixed64 => {
            out.extend(random.any().to_le_bytes());
        }
        ProtoKind::Float | ProtoKind::Fixed32 | ProtoKind::Sfixed32 => {
            out.extend((random.any() as u32).to_le_bytes());
        }
        ProtoKind::Enum(of) if !random.one_in(50) => {
            let values: Vec<_> = of.values().collect();
            let value = &values[random.below(values.len() as u64) as usize];
            varint(random, value.number() as u64, out);
        }
        _ => {
            let number = random.number();
            varint(random, number, out);
        }
    }
}
