//! A template as the `.proto` file that its author would write for Istio's tools.

use std::fmt::{self, Write};

use super::descriptor::{parts, proto_name};
use super::{FieldType, MessageInfo, TemplateInfo, Variety};
use crate::descriptor::comment;

/// The template as a `.proto` file, with the documentation of its fields: what Istio's own tools
/// take, and what to show to somebody who doesn't read Rust. The same template in Rust and in this
/// form gives the same handler service.
#[must_use]
pub fn proto_text(template: &TemplateInfo) -> String {
    let mut text = String::new();
    write(template, &mut text).expect("a String takes everything");
    text
}

fn write(template: &TemplateInfo, text: &mut String) -> fmt::Result {
    let package = template.package;
    // A package of the author's that contains `istio` would hide Istio's.
    let inside = package.split('.').any(|segment| segment == "istio");
    let root = if inside { "." } else { "" };
    let mut messages = vec![("Template", template.instance)];
    messages.extend(template.output.map(|output| ("OutputTemplate", output)));
    let roots: Vec<_> = messages.iter().map(|(_, message)| *message).collect();
    messages.extend(parts(&roots).into_iter().map(|part| (part.name, part)));

    writeln!(text, "syntax = \"proto3\";\n\npackage {package};\n")?;
    writeln!(
        text,
        "import \"mixer/adapter/model/v1beta1/extensions.proto\";"
    )?;
    let uses_policy = |(_, message): &(&str, &MessageInfo)| {
        let mut types = message.fields().iter().map(|field| field.ty.element());
        types.any(|ty| proto_name(&ty).starts_with("istio."))
    };
    if messages.iter().any(uses_policy) {
        writeln!(text, "import \"policy/v1beta1/type.proto\";")?;
    }
    let option = format!("option ({root}istio.mixer.adapter.model.v1beta1");
    let variety = match template.variety {
        Variety::Check => "CHECK",
        Variety::Report => "REPORT",
        Variety::Quota => "QUOTA",
        Variety::AttributeGenerator => "ATTRIBUTE_GENERATOR",
        Variety::CheckWithOutput => "CHECK_WITH_OUTPUT",
    };
    writeln!(
        text,
        "\n{option}.template_variety) = TEMPLATE_VARIETY_{variety};"
    )?;
    let last = package.rsplit('.').next().unwrap_or_default();
    let name = lower_first(template.interface);
    if lower_first(last) != name {
        writeln!(text, "{option}.template_name) = \"{name}\";")?;
    }
    for (name, message) in messages {
        writeln!(text)?;
        comment(message.documentation, "", text)?;
        writeln!(text, "message {name} {{")?;
        for (index, field) in message.fields().iter().enumerate() {
            if index > 0 {
                writeln!(text)?;
            }
            comment(field.documentation, "  ", text)?;
            let element = field.ty.element();
            let ty = proto_name(&element);
            let root = if ty.starts_with("istio.") { root } else { "" };
            match field.ty {
                FieldType::Map(_) => write!(text, "  map<string, {root}{ty}>")?,
                _ => write!(text, "  {root}{ty}")?,
            }
            writeln!(text, " {} = {};", field.name, field.number)?;
        }
        writeln!(text, "}}")?;
    }
    Ok(())
}

/// Mixer makes the first letter a capital where it needs one.
fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(chars).collect()
}
