//! The reference of a configuration for operators, in Markdown.

use std::fmt::{self, Write};

use super::describe::{flat, rules_in_words};
use super::layout::Layout;
use super::{EnumInfo, FieldInfo, Kind, Scalar};

pub(super) fn markdown(layout: &Layout) -> String {
    let mut text = String::new();
    write(layout, &mut text).expect("a String takes everything");
    text
}

fn write(layout: &Layout, text: &mut String) -> fmt::Result {
    let info = layout.root().info;
    if !info.documentation.is_empty() {
        writeln!(text, "{}\n", info.documentation)?;
    }
    if info.fields.is_empty() {
        return writeln!(text, "There is nothing to configure.");
    }
    writeln!(text, "| field | type | default | must be | |")?;
    writeln!(text, "|---|---|---|---|---|")?;
    for (path, field, one_of) in flat(info) {
        let mut rules = rules_in_words(field);
        rules.extend(one_of);
        let default = match &field.default {
            Some(default) => format!("`{default}`"),
            None => String::new(),
        };
        let cells = [
            format!("`{path}`"),
            ty(field),
            default,
            rules.join("; "),
            field.documentation.to_owned(),
        ];
        let cells = cells.map(|cell| format!(" {} ", escape(&cell)));
        writeln!(text, "|{}|", cells.join("|"))?;
    }
    for info in layout.enums() {
        writeln!(text)?;
        enumeration(info, text)?;
    }
    Ok(())
}

fn enumeration(info: &EnumInfo, text: &mut String) -> fmt::Result {
    writeln!(text, "### {}\n", info.name)?;
    if !info.documentation.is_empty() {
        writeln!(text, "{}\n", info.documentation)?;
    }
    writeln!(text, "| value | |")?;
    writeln!(text, "|---|---|")?;
    for value in info.values {
        writeln!(
            text,
            "| `{}` | {} |",
            value.name,
            escape(value.documentation)
        )?;
    }
    Ok(())
}

/// The type as the operator writes it.
fn ty(field: &FieldInfo) -> String {
    let element = match field.kind.element() {
        Kind::Scalar(Scalar::Bool) => "true or false".to_owned(),
        Kind::Scalar(Scalar::String) => "text".to_owned(),
        Kind::Scalar(Scalar::Float | Scalar::Double) => "number".to_owned(),
        Kind::Scalar(_) => "whole number".to_owned(),
        Kind::Secret => "secret".to_owned(),
        Kind::Duration => "duration".to_owned(),
        Kind::Timestamp => "time".to_owned(),
        Kind::Enum(of) => {
            let name = of.info().name;
            format!("[{name}](#{})", name.to_lowercase())
        }
        _ => "fields".to_owned(),
    };
    match field.kind.present() {
        Kind::Repeated(_) => format!("list: {element}"),
        Kind::Map(..) => format!("map: {element}"),
        _ => element,
    }
}

/// One line, in which nothing ends the cell.
fn escape(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(|it| it.replace('\n', " "));
    let line = paragraphs.collect::<Vec<_>>().join("<br>");
    line.replace('|', "\\|")
}
