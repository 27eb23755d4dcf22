//! What the descriptors of templates and of configurations have in common.

use std::collections::BTreeSet;

use prost::Message as _;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet, MessageOptions,
};

/// The files that descriptors import, and what these import, each before those that import it:
/// `proto/` without comments and options. A test keeps it up to date.
const IMPORTS: &[u8] = include_bytes!("imports.bin");

/// The files that a file imports, and those that these import, each before those that import it.
pub(crate) fn imports(of: &FileDescriptorProto) -> Vec<FileDescriptorProto> {
    let mut imports = FileDescriptorSet::decode(IMPORTS)
        .expect("a test keeps the checked-in imports decodable")
        .file;
    let mut needed: BTreeSet<String> = of.dependency.iter().cloned().collect();
    // A file comes before those that import it.
    for import in imports.iter().rev() {
        if needed.contains(import.name()) {
            needed.extend(import.dependency.iter().cloned());
        }
    }
    imports.retain(|import| needed.contains(import.name()));
    imports
}

/// A field of a scalar type.
pub(crate) fn field(name: &str, number: i32, ty: Type) -> FieldDescriptorProto {
    FieldDescriptorProto {
        name: Some(name.into()),
        number: Some(number),
        label: Some(Label::Optional.into()),
        r#type: Some(ty.into()),
        json_name: Some(camel_case(name, false)),
        ..Default::default()
    }
}

/// A field that holds a message, by its full name.
pub(crate) fn reference(name: &str, number: i32, type_name: String) -> FieldDescriptorProto {
    FieldDescriptorProto {
        type_name: Some(type_name),
        ..field(name, number, Type::Message)
    }
}

/// Adds a map to a message, whose full name is `within` and whose values are what `value` would be
/// alone.
pub(crate) fn add_map(
    message: &mut DescriptorProto,
    within: &str,
    key: Type,
    value: FieldDescriptorProto,
) {
    let entry = map_entry(value.name());
    message.field.push(FieldDescriptorProto {
        label: Some(Label::Repeated.into()),
        ..reference(value.name(), value.number(), format!("{within}.{entry}"))
    });
    message.nested_type.push(DescriptorProto {
        name: Some(entry),
        field: vec![
            field("key", 1, key),
            FieldDescriptorProto {
                name: Some("value".into()),
                number: Some(2),
                json_name: Some("value".into()),
                ..value
            },
        ],
        options: Some(MessageOptions {
            map_entry: Some(true),
            ..Default::default()
        }),
        ..Default::default()
    });
}

/// The name of the message that an entry of a map is.
pub(crate) fn map_entry(field: &str) -> String {
    format!("{}Entry", camel_case(field, true))
}

/// A name as the protobuf compiler makes names of entries and of JSON: every underscore is left
/// out, and the letter after it is a capital.
pub(crate) fn camel_case(name: &str, mut upper: bool) -> String {
    let mut camel = String::with_capacity(name.len());
    for c in name.chars() {
        if c == '_' {
            upper = true;
        } else if std::mem::take(&mut upper) {
            camel.push(c.to_ascii_uppercase());
        } else {
            camel.push(c);
        }
    }
    camel
}

/// A doc comment as a `.proto` file has it.
pub(crate) fn comment(
    documentation: &str,
    indent: &str,
    text: &mut impl std::fmt::Write,
) -> std::fmt::Result {
    for line in documentation.lines() {
        writeln!(text, "{}", format!("{indent}// {line}").trim_end())?;
    }
    Ok(())
}
