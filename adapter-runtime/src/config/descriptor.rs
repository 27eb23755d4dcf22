//! A configuration as a descriptor: what the operator's `adapter` resource holds.

use prost::Message as _;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto,
    FileDescriptorProto, FileDescriptorSet, OneofDescriptorProto,
};

use super::layout::{Layout, Scope};
use super::{EnumInfo, FieldInfo, Kind, Scalar};
use crate::descriptor::{add_map, field, imports, reference};

pub(super) fn descriptor_set(package: &str, layout: &Layout) -> Vec<u8> {
    let own = FileDescriptorProto {
        name: Some(format!("{}/config.proto", package.replace('.', "/"))),
        package: Some(package.into()),
        dependency: dependencies(layout).into_iter().map(Into::into).collect(),
        message_type: vec![message(layout.root(), package, layout)],
        syntax: Some("proto3".into()),
        ..Default::default()
    };
    let mut file = imports(&own);
    file.push(own);
    FileDescriptorSet { file }.encode_to_vec()
}

/// The files of protobuf's own that the fields use.
pub(super) fn dependencies(layout: &Layout) -> Vec<&'static str> {
    let uses = |kind: Kind| {
        let fields = |scope: Scope<'_>| scope.info.wire_fields();
        let mut all = layout.messages().flat_map(fields);
        all.any(|field| *field.kind.element() == kind)
    };
    let mut files = Vec::new();
    if uses(Kind::Duration) {
        files.push("google/protobuf/duration.proto");
    }
    if uses(Kind::Timestamp) {
        files.push("google/protobuf/timestamp.proto");
    }
    files
}

fn message(scope: Scope<'_>, package: &str, layout: &Layout) -> DescriptorProto {
    let mut message = DescriptorProto {
        name: Some(scope.name().into()),
        enum_type: scope.enums().map(enumeration).collect(),
        ..Default::default()
    };
    let nested = scope.messages();
    message.nested_type = nested
        .map(|it| self::message(it, package, layout))
        .collect();
    let path = format!(".{package}.{}", scope.path());
    let single = |info: &FieldInfo| single(info, package, layout);
    for info in &scope.info.fields {
        match info.kind.present() {
            Kind::OneOf(members) => {
                let index = message.oneof_decl.len() as i32;
                message.oneof_decl.push(OneofDescriptorProto {
                    name: Some(info.name.into()),
                    ..Default::default()
                });
                let member = |member| FieldDescriptorProto {
                    oneof_index: Some(index),
                    ..single(member)
                };
                message.field.extend(members.iter().map(member));
            }
            Kind::Map(key, _) => add_map(&mut message, &path, scalar(*key), single(info)),
            Kind::Repeated(_) => message.field.push(FieldDescriptorProto {
                label: Some(Label::Repeated.into()),
                ..single(info)
            }),
            _ => message.field.push(single(info)),
        }
    }
    message
}

/// The field without regard to lists and maps.
fn single(info: &FieldInfo, package: &str, layout: &Layout) -> FieldDescriptorProto {
    let number = info.tag as i32;
    let own = |path: String| format!(".{package}.{path}");
    match info.kind.element() {
        Kind::Scalar(of) => field(info.name, number, scalar(*of)),
        Kind::Enum(of) => FieldDescriptorProto {
            type_name: Some(own(layout.enum_path(*of))),
            ..field(info.name, number, Type::Enum)
        },
        Kind::Message(of) => reference(info.name, number, own(layout.message_path(*of))),
        kind @ (Kind::Duration | Kind::Timestamp) => {
            reference(info.name, number, format!(".{kind}"))
        }
        // What can hold others is not in a list or a map.
        Kind::Secret | Kind::OneOf(_) | Kind::Optional(_) | Kind::Repeated(_) | Kind::Map(..) => {
            field(info.name, number, Type::String)
        }
    }
}

fn enumeration(info: &'static EnumInfo) -> EnumDescriptorProto {
    let value = |value: &super::EnumValue| EnumValueDescriptorProto {
        name: Some(value.name.into()),
        number: Some(value.number),
        ..Default::default()
    };
    EnumDescriptorProto {
        name: Some(info.name.into()),
        value: info.values.iter().map(value).collect(),
        ..Default::default()
    }
}

fn scalar(scalar: Scalar) -> Type {
    match scalar {
        Scalar::Bool => Type::Bool,
        Scalar::Int32 => Type::Int32,
        Scalar::Int64 => Type::Int64,
        Scalar::Uint32 => Type::Uint32,
        Scalar::Uint64 => Type::Uint64,
        Scalar::Sint32 => Type::Sint32,
        Scalar::Sint64 => Type::Sint64,
        Scalar::Fixed32 => Type::Fixed32,
        Scalar::Fixed64 => Type::Fixed64,
        Scalar::Sfixed32 => Type::Sfixed32,
        Scalar::Sfixed64 => Type::Sfixed64,
        Scalar::Float => Type::Float,
        Scalar::Double => Type::Double,
        Scalar::String => Type::String,
    }
}
