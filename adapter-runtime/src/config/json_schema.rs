//! A configuration as a JSON Schema, for editors and for checks before anything is applied.

use serde_json::{Map, Value as Json, json};

use super::layout::{Layout, Scope};
use super::{Bound, Constraint, EnumInfo, FieldInfo, Format, Kind, Scalar};
use crate::descriptor::camel_case;

/// A duration as Go reads it, which is how Mixer does; not negative.
const DURATION: &str = r"^(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h))+)$";

pub(super) fn json_schema(package: &str, layout: &Layout) -> Json {
    let root = layout.root();
    let mut schema = Map::new();
    schema.insert(
        "$schema".into(),
        "https://json-schema.org/draft/2020-12/schema".into(),
    );
    schema.insert("title".into(), format!("{package}.{}", root.path()).into());
    schema.extend(message(root, layout));
    let mut definitions = Map::new();
    for scope in layout.messages() {
        define(scope, layout, &mut definitions);
    }
    if !definitions.is_empty() {
        schema.insert("$defs".into(), definitions.into());
    }
    schema.into()
}

/// Adds what is within a message, and the configuration itself where something refers to it.
fn define(scope: Scope<'_>, layout: &Layout, definitions: &mut Map<String, Json>) {
    let path = scope.path();
    for nested in scope.messages() {
        definitions.insert(nested.path(), message(nested, layout).into());
    }
    for info in scope.enums() {
        let definition = enumeration(info);
        definitions.insert(format!("{path}.{}", info.name), definition);
    }
}

fn message(scope: Scope<'_>, layout: &Layout) -> Map<String, Json> {
    let pointer = match scope.path().as_str() {
        super::layout::ROOT => "#".to_owned(),
        path => format!("#/$defs/{path}"),
    };
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut rules = Vec::new();
    for info in &scope.info.fields {
        for field in info.written() {
            let must = info.must_be_written() && std::ptr::eq(field, info);
            let schema = match (self::field(field, layout), must) {
                (schema, true) => schema,
                (schema, false) => or_null(schema),
            };
            properties.insert(field.name.into(), schema);
            // The name in protobuf's JSON means the same field.
            if let Some(json) = other_name(field) {
                let same = format!("{pointer}/properties/{}", field.name);
                properties.insert(json.clone(), json!({ "$ref": same }));
                rules.push(json!({ "not": { "required": [field.name, json] } }));
            }
        }
        match &info.kind {
            Kind::OneOf(members) => {
                let one: Vec<_> = members.iter().map(is_written).collect();
                let none = json!({ "not": { "anyOf": one.clone() } });
                let none = (!info.is_required()).then_some(none);
                let one_of: Vec<_> = one.into_iter().chain(none).collect();
                rules.push(json!({ "oneOf": one_of }));
            }
            _ if !info.must_be_written() => {}
            _ if other_name(info).is_some() => rules.push(is_written(info)),
            _ => required.push(info.name),
        }
    }
    let mut schema = Map::new();
    describe(scope.info.documentation, &mut schema);
    schema.insert("type".into(), "object".into());
    schema.insert("properties".into(), properties.into());
    if !required.is_empty() {
        schema.insert("required".into(), required.into());
    }
    if !rules.is_empty() {
        schema.insert("allOf".into(), rules.into());
    }
    schema.insert("additionalProperties".into(), false.into());
    schema
}

/// The name in protobuf's JSON, where it is another one.
fn other_name(field: &FieldInfo) -> Option<String> {
    Some(camel_case(field.name, false)).filter(|name| name != field.name)
}

/// A mapping in which the field is there, under either name, and not null.
fn is_written(field: &FieldInfo) -> Json {
    let names = [Some(field.name.to_owned()), other_name(field)];
    let under = |name: String| {
        let value = json!({ "not": { "type": "null" } });
        json!({ "required": [name.clone()], "properties": { name: value } })
    };
    let mut ways: Vec<_> = names.into_iter().flatten().map(under).collect();
    match ways.len() {
        1 => ways.remove(0),
        _ => json!({ "anyOf": ways }),
    }
}

/// Null stands for what is not written.
fn or_null(schema: Json) -> Json {
    let Json::Object(mut schema) = schema else {
        return schema;
    };
    match schema.get_mut("type") {
        Some(ty) => *ty = json!([ty.clone(), "null"]),
        None => {
            if let Some(reference) = schema.remove("$ref") {
                let any = json!([{ "$ref": reference }, { "type": "null" }]);
                schema.insert("anyOf".into(), any);
            }
        }
    }
    schema.into()
}

fn describe(documentation: &str, schema: &mut Map<String, Json>) {
    if !documentation.is_empty() {
        schema.insert("description".into(), documentation.into());
    }
}

fn enumeration(info: &EnumInfo) -> Json {
    let values = info.values.iter().map(|value| {
        let mut schema = Map::new();
        describe(value.documentation, &mut schema);
        schema.insert("const".into(), value.name.into());
        Json::from(schema)
    });
    let mut schema = Map::new();
    describe(info.documentation, &mut schema);
    schema.insert("oneOf".into(), values.collect());
    schema.into()
}

fn field(info: &FieldInfo, layout: &Layout) -> Json {
    let mut schema = Map::new();
    let mut description = info.documentation.to_owned();
    // Durations have no bounds in JSON Schema.
    for rule in &info.constraints {
        if let (Constraint::Positive | Constraint::Min(_) | Constraint::Max(_), Kind::Duration) =
            (rule, info.kind.element())
        {
            let separator = if description.is_empty() { "" } else { "\n\n" };
            description.push_str(&format!("{separator}Must be {rule}."));
        }
    }
    describe(&description, &mut schema);
    let mut element = value(info.kind.element(), layout);
    for rule in &info.constraints {
        bound(rule, info.kind.element(), &mut element);
    }
    match info.kind.present() {
        Kind::Repeated(_) => {
            schema.insert("type".into(), "array".into());
            schema.insert("items".into(), element.into());
        }
        Kind::Map(key, _) => {
            schema.insert("type".into(), "object".into());
            if *key != Scalar::String {
                schema.insert(
                    "propertyNames".into(),
                    json!({ "pattern": "^(0|-?[1-9][0-9]*)$" }),
                );
            }
            schema.insert("additionalProperties".into(), or_null(element.into()));
        }
        _ => schema.extend(element),
    }
    let smallest = match info.kind.present() {
        Kind::Repeated(_) => Some("minItems"),
        Kind::Map(..) => Some("minProperties"),
        Kind::Scalar(Scalar::String) | Kind::Secret => Some("minLength"),
        _ => None,
    };
    let optional = matches!(info.kind, Kind::Optional(_));
    let has = |rule| info.constraints.contains(&rule);
    if has(Constraint::NonEmpty) || has(Constraint::Required) && !optional {
        schema.extend(smallest.map(|smallest| (smallest.to_owned(), 1.into())));
    }
    if has(Constraint::Unique) {
        schema.insert("uniqueItems".into(), true.into());
    }
    if let Some(default) = &info.default {
        schema.insert("default".into(), default.clone());
    }
    schema.into()
}

/// A value that holds no others.
fn value(kind: &Kind, layout: &Layout) -> Map<String, Json> {
    let schema = match kind {
        Kind::Scalar(scalar) => number(*scalar),
        Kind::Secret => json!({ "type": "string", "writeOnly": true }),
        Kind::Duration => json!({ "type": "string", "pattern": DURATION }),
        Kind::Timestamp => json!({ "type": "string", "format": "date-time" }),
        Kind::Enum(of) => refer(&layout.enum_path(*of)),
        Kind::Message(of) => refer(&layout.message_path(*of)),
        // What can hold others is not in a list or a map.
        Kind::OneOf(_) | Kind::Optional(_) | Kind::Repeated(_) | Kind::Map(..) => json!({}),
    };
    match schema {
        Json::Object(schema) => schema,
        _ => Map::new(),
    }
}

fn refer(path: &str) -> Json {
    match path {
        super::layout::ROOT => json!({ "$ref": "#" }),
        path => json!({ "$ref": format!("#/$defs/{path}") }),
    }
}

fn number(scalar: Scalar) -> Json {
    let integer =
        |min: Json, max: Json| json!({ "type": "integer", "minimum": min, "maximum": max });
    match scalar {
        Scalar::Bool => json!({ "type": "boolean" }),
        Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => {
            integer(i32::MIN.into(), i32::MAX.into())
        }
        Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => {
            integer(i64::MIN.into(), i64::MAX.into())
        }
        Scalar::Uint32 | Scalar::Fixed32 => integer(0.into(), u32::MAX.into()),
        Scalar::Uint64 | Scalar::Fixed64 => integer(0.into(), u64::MAX.into()),
        Scalar::Float | Scalar::Double => json!({ "type": "number" }),
        Scalar::String => json!({ "type": "string" }),
    }
}

fn bound(rule: &Constraint, kind: &Kind, schema: &mut Map<String, Json>) {
    if *kind == Kind::Duration {
        return;
    }
    let limit = |bound: &Bound| match bound {
        Bound::Integer(number) => i64::try_from(*number)
            .map(Json::from)
            .or_else(|_| u64::try_from(*number).map(Json::from))
            .unwrap_or(Json::Null),
        Bound::Float(number) => (*number).into(),
        Bound::Duration(_) => Json::Null,
    };
    let (key, value) = match rule {
        Constraint::Positive => {
            schema.remove("minimum");
            ("exclusiveMinimum", 0.into())
        }
        Constraint::Min(min) => ("minimum", limit(min)),
        Constraint::Max(max) => ("maximum", limit(max)),
        Constraint::Format(_) if *kind == Kind::Secret => return,
        Constraint::Format(Format::Url) => ("format", "uri".into()),
        Constraint::Format(Format::Regex) => ("format", "regex".into()),
        Constraint::Format(Format::HostPort) => ("pattern", r"^[^/@]+:[0-9]{1,5}$".into()),
        _ => return,
    };
    schema.insert(key.into(), value);
}
