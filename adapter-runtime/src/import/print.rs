//! Types as Rust, with the attributes of `#[derive(AdapterConfig)]`.

use std::fmt::Write;

use super::load::Loaded;
use super::model::{Content, Field, Item, Model, Variant};
use super::names;

/// The module, as rustfmt would write it.
pub(super) fn rust(loaded: &Loaded, model: &Model) -> String {
    let mut out = String::new();
    let file = loaded.file.name();
    let package = loaded.file.package_name();
    push(
        &mut out,
        &format!("//! The configuration of `{file}`: the adapter has"),
    );
    push(
        &mut out,
        &format!("//! `#[mixer_adapter(package = \"{package}\", …)]`."),
    );
    push(&mut out, "");
    for (needed, import) in [
        ("BTreeMap", "use std::collections::BTreeMap;"),
        ("Duration", "use std::time::Duration;"),
    ] {
        if uses(model, needed) {
            push(&mut out, import);
        }
    }
    if out.ends_with(";\n") {
        push(&mut out, "");
    }
    push(&mut out, "use adapter_runtime::AdapterConfig;");
    if uses(model, "TimeStamp") {
        push(&mut out, "use adapter_runtime::value::TimeStamp;");
    }
    for item in model {
        push(&mut out, "");
        print(&mut out, item, model);
    }
    out
}

/// Whether a field has a type of this name.
fn uses(model: &Model, name: &str) -> bool {
    model.iter().any(|item| match &item.content {
        Content::Struct(fields) | Content::OneOf(fields) => fields.iter().any(|field| {
            let separates = |c: char| c != '_' && !c.is_alphanumeric();
            field.ty.split(separates).any(|part| part == name)
        }),
        Content::Enum(_) => false,
    })
}

fn print(out: &mut String, item: &Item, model: &Model) {
    documentation(out, "", &item.documentation);
    let copy = match &item.content {
        Content::Enum(_) => "Clone, Copy, Debug, PartialEq, Eq",
        Content::Struct(_) | Content::OneOf(_) => "Clone, Debug, PartialEq",
    };
    push(out, &format!("#[derive(AdapterConfig, {copy})]"));
    // The configuration's own message is always `Params`. Types of one name may be in one message
    // here, and what they are called makes no difference on the wire.
    let others = || model.iter().filter(|other| other.name != item.name);
    let free = |proto: &String| {
        others().all(|other| other.name != *proto && other.proto.as_ref() != Some(proto))
    };
    let proto = item.proto.as_ref().filter(|proto| **proto != item.name);
    if let Some(proto) = proto.filter(|proto| free(proto)) {
        attribute(out, "", &[format!("name = \"{proto}\"")]);
    }
    match &item.content {
        Content::Struct(fields) if fields.is_empty() => {
            push(out, &format!("pub struct {} {{}}", item.name));
        }
        Content::Struct(fields) => {
            push(out, &format!("pub struct {} {{", item.name));
            let mut next = Some(1);
            for field in fields {
                self::field(out, field, next);
                next = field.tag.map(|tag| tag + 1);
            }
            push(out, "}");
        }
        Content::OneOf(members) => {
            push(out, &format!("pub enum {} {{", item.name));
            for field in members {
                member(out, field);
            }
            push(out, "}");
        }
        Content::Enum(variants) => {
            push(out, &format!("pub enum {} {{", item.name));
            let mut next = 0;
            for variant in variants {
                self::variant(out, variant, next);
                next = variant.number.saturating_add(1);
            }
            push(out, "}");
        }
    }
}

/// A field of a struct; `next` is the tag that it has without being told, if it is known.
fn field(out: &mut String, field: &Field, next: Option<u32>) {
    documentation(out, INDENT, &field.documentation);
    let plain = field.name.strip_prefix("r#").unwrap_or(&field.name);
    let tag = field.tag.filter(|tag| Some(*tag) != next);
    let proto = Some(&field.proto).filter(|proto| *proto != plain);
    let mut keys = keys(tag, proto, field.encoding);
    if field.tag.is_none() {
        keys.insert(0, "oneof".to_owned());
    }
    attribute(out, INDENT, &keys);
    push(out, &format!("{INDENT}pub {}: {},", field.name, field.ty));
}

/// A variant of a oneof.
fn member(out: &mut String, member: &Field) {
    documentation(out, INDENT, &member.documentation);
    let implied = names::snake_case(&member.name);
    let proto = Some(&member.proto).filter(|proto| **proto != implied);
    attribute(out, INDENT, &keys(member.tag, proto, member.encoding));
    push(out, &format!("{INDENT}{}({}),", member.name, member.ty));
}

/// A variant of an enum; `next` is the number that it has without being told.
fn variant(out: &mut String, variant: &Variant, next: i32) {
    documentation(out, INDENT, &variant.documentation);
    let implied = names::screaming_snake_case(&variant.name);
    let proto = Some(&variant.proto).filter(|proto| **proto != implied);
    let number = Some(variant.number).filter(|number| *number != next);
    attribute(out, INDENT, &keys(number, proto, None));
    push(out, &format!("{INDENT}{},", variant.name));
}

const INDENT: &str = "    ";

/// The keys of `#[config(…)]`, as far as they are needed.
fn keys(tag: Option<impl ToString>, name: Option<&String>, encoding: Option<&str>) -> Vec<String> {
    let tag = tag.map(|tag| format!("tag = {}", tag.to_string()));
    let name = name.map(|name| format!("name = \"{name}\""));
    let encoding = encoding.map(|encoding| format!("encoding = \"{encoding}\""));
    [tag, name, encoding].into_iter().flatten().collect()
}

fn attribute(out: &mut String, indent: &str, keys: &[String]) {
    if !keys.is_empty() {
        push(out, &format!("{indent}#[config({})]", keys.join(", ")));
    }
}

fn documentation(out: &mut String, indent: &str, lines: &[String]) {
    for line in lines {
        match line.is_empty() {
            true => push(out, &format!("{indent}///")),
            false => push(out, &format!("{indent}/// {line}")),
        }
    }
}

fn push(out: &mut String, line: &str) {
    // A string takes all.
    let _ = writeln!(out, "{line}");
}
