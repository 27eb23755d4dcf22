//! The handler service of a template as a descriptor: what an operator's `template` resource holds,
//! made from the template's table.

use std::collections::BTreeSet;

use prost::Message as _;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet,
    MethodDescriptorProto, ServiceDescriptorProto,
};

use super::output::{bytes, message, varint};
use super::{FieldInfo, FieldType, MessageInfo, TemplateInfo, Variety};
use crate::descriptor::{add_map, field, imports, reference};

const ANY: &str = "google/protobuf/any.proto";
const TYPE: &str = "policy/v1beta1/type.proto";
const VALUE_TYPE: &str = "policy/v1beta1/value_type.proto";

/// The number of an instance's name.
const NAME: i32 = 72_295_727;
/// The number of an attribute generator's bindings.
const ATTRIBUTE_BINDINGS: i32 = 72_295_728;
/// The number of the file option `template_variety`.
const TEMPLATE_VARIETY: u32 = 72_295_727;
/// The number of the file option `template_name`.
const TEMPLATE_NAME: u32 = 72_295_888;

/// The handler service of a template as an encoded `FileDescriptorSet`, whose base64 is the
/// `spec.descriptor` of the operator's `template` resource.
///
/// It holds the template's own file, and of the files that this imports those whose messages it
/// uses, without comments.
#[must_use]
pub fn descriptor_set(template: &TemplateInfo) -> Vec<u8> {
    let own = file(template);
    let imports = imports(&own);
    let mut set = FileDescriptorSet { file: imports }.encode_to_vec();
    message(1, &mut set, |file| {
        file.extend(own.encode_to_vec());
        // By hand, because `prost_types` knows no extensions.
        message(8, file, |options| {
            varint(TEMPLATE_VARIETY, number(template.variety), options);
            bytes(TEMPLATE_NAME, template.name.as_bytes(), options);
        });
    });
    set
}

/// The messages that the fields of others hold, each once, in the order of their first use.
pub(super) fn parts(roots: &[&'static MessageInfo]) -> Vec<&'static MessageInfo> {
    fn add(message: &MessageInfo, parts: &mut Vec<&'static MessageInfo>) {
        for part in message.fields().iter().filter_map(|it| it.ty.message()) {
            if !parts.iter().any(|known| known.name == part.name) {
                parts.push(part);
                add(part, parts);
            }
        }
    }
    let mut parts = Vec::new();
    roots.iter().for_each(|root| add(root, &mut parts));
    parts
}

/// The number in Mixer's `TemplateVariety`.
fn number(variety: Variety) -> u64 {
    match variety {
        Variety::Check => 0,
        Variety::Report => 1,
        Variety::Quota => 2,
        Variety::AttributeGenerator => 3,
        Variety::CheckWithOutput => 4,
    }
}

/// The template's own file, without its options.
fn file(template: &TemplateInfo) -> FileDescriptorProto {
    let package = template.package.to_lowercase();
    let writer = Writer {
        package: &package,
        template,
    };
    let parts = parts(&[template.instance]);
    let mut messages = vec![writer.request()];
    messages.extend(writer.response());
    if let Some(output) = template.output {
        messages.push(writer.plain("OutputMsg", output));
    }
    let mut instance = writer.plain("InstanceMsg", template.instance);
    instance.field.insert(0, field("name", NAME, Type::String));
    messages.push(instance);
    let of_part = |suffix: &str, part: &MessageInfo| format!("{}{suffix}", part.name);
    messages.extend(
        parts
            .iter()
            .map(|part| writer.plain(&of_part("Msg", part), part)),
    );
    messages.push(writer.types("Type", template.instance));
    messages.extend(
        parts
            .iter()
            .map(|part| writer.types(&of_part("Type", part), part)),
    );
    let mut params = writer.params("InstanceParam", template.instance);
    if template.variety == Variety::AttributeGenerator {
        writer.map(
            &mut params,
            field("attribute_bindings", ATTRIBUTE_BINDINGS, Type::String),
        );
    }
    messages.push(params);
    messages.extend(
        parts
            .iter()
            .map(|part| writer.params(&of_part("InstanceParam", part), part)),
    );
    FileDescriptorProto {
        name: Some(format!(
            "{}/template_handler_service.proto",
            package.replace('.', "/")
        )),
        dependency: dependencies(template, &messages),
        message_type: messages,
        service: vec![writer.service()],
        syntax: Some("proto3".into()),
        package: Some(package),
        ..Default::default()
    }
}

/// The files that define what the messages use.
fn dependencies(template: &TemplateInfo, messages: &[DescriptorProto]) -> Vec<String> {
    let mut imports = vec![ANY];
    // `QuotaRequest` is in the same file as the result.
    imports.extend(result(template.variety).map(|(_, file)| file));
    let entries = messages.iter().flat_map(|message| &message.nested_type);
    let names: BTreeSet<&str> = messages
        .iter()
        .chain(entries)
        .flat_map(|message| &message.field)
        .map(FieldDescriptorProto::type_name)
        .collect();
    let is_policy = |name: &&&str| name.starts_with(".istio.policy.v1beta1.");
    if names
        .iter()
        .filter(is_policy)
        .any(|name| *name != VALUE_TYPE_NAME)
    {
        imports.push(TYPE);
    }
    if names.contains(VALUE_TYPE_NAME) {
        imports.push(VALUE_TYPE);
    }
    imports.into_iter().map(Into::into).collect()
}

const VALUE_TYPE_NAME: &str = ".istio.policy.v1beta1.ValueType";

/// The verdict, receipt or grant that handlers answer with, and the file that defines it.
fn result(variety: Variety) -> Option<(&'static str, &'static str)> {
    match variety {
        Variety::Check | Variety::CheckWithOutput => {
            Some(("CheckResult", "mixer/adapter/model/v1beta1/check.proto"))
        }
        Variety::Report => Some(("ReportResult", "mixer/adapter/model/v1beta1/report.proto")),
        Variety::Quota => Some(("QuotaResult", "mixer/adapter/model/v1beta1/quota.proto")),
        Variety::AttributeGenerator => None,
    }
}

fn model(name: &str) -> String {
    format!(".istio.mixer.adapter.model.v1beta1.{name}")
}

/// Writes the messages of one template.
struct Writer<'a> {
    package: &'a str,
    template: &'a TemplateInfo,
}

impl Writer<'_> {
    fn own(&self, name: &str) -> String {
        format!(".{}.{name}", self.package)
    }

    fn service(&self) -> ServiceDescriptorProto {
        let interface = self.template.interface;
        let output = match self.template.variety {
            Variety::AttributeGenerator => self.own("OutputMsg"),
            Variety::CheckWithOutput => self.own(&format!("Handle{interface}Response")),
            variety => model(result(variety).map_or("", |(name, _)| name)),
        };
        ServiceDescriptorProto {
            name: Some(format!("Handle{interface}Service")),
            method: vec![MethodDescriptorProto {
                name: Some(format!("Handle{interface}")),
                input_type: Some(self.own(&format!("Handle{interface}Request"))),
                output_type: Some(output),
                ..Default::default()
            }],
            ..Default::default()
        }
    }

    fn request(&self) -> DescriptorProto {
        let instance = self.own("InstanceMsg");
        let mut fields = vec![
            match self.template.variety {
                Variety::Report => FieldDescriptorProto {
                    label: Some(Label::Repeated.into()),
                    ..reference("instances", 1, instance)
                },
                _ => reference("instance", 1, instance),
            },
            reference("adapter_config", 2, ".google.protobuf.Any".into()),
            field("dedup_id", 3, Type::String),
        ];
        if self.template.variety == Variety::Quota {
            fields.push(reference("quota_request", 4, model("QuotaRequest")));
        }
        DescriptorProto {
            name: Some(format!("Handle{}Request", self.template.interface)),
            field: fields,
            ..Default::default()
        }
    }

    /// Where the answer is a message of the template's own that isn't the output alone.
    fn response(&self) -> Option<DescriptorProto> {
        let fields = vec![
            reference("result", 1, model("CheckResult")),
            reference("output", 2, self.own("OutputMsg")),
        ];
        (self.template.variety == Variety::CheckWithOutput).then(|| DescriptorProto {
            name: Some(format!("Handle{}Response", self.template.interface)),
            field: fields,
            ..Default::default()
        })
    }

    /// A message as it is sent.
    fn plain(&self, name: &str, info: &MessageInfo) -> DescriptorProto {
        self.message(name, info, |info| {
            let name = match info.ty.element() {
                FieldType::String => return Some(scalar(info, Type::String)),
                FieldType::Int64 => return Some(scalar(info, Type::Int64)),
                FieldType::Double => return Some(scalar(info, Type::Double)),
                FieldType::Bool => return Some(scalar(info, Type::Bool)),
                FieldType::Message(part) => self.own(&format!("{}Msg", part.name)),
                other => format!(".{}", proto_name(&other)),
            };
            Some(reference(info.name, info.number as i32, name))
        })
    }

    /// The types of what expressions decide.
    fn types(&self, name: &str, info: &MessageInfo) -> DescriptorProto {
        self.message(name, info, |info| match info.ty.element() {
            FieldType::Value => Some(FieldDescriptorProto {
                r#type: Some(Type::Enum.into()),
                ..reference(info.name, info.number as i32, VALUE_TYPE_NAME.into())
            }),
            FieldType::Message(part) => {
                let name = self.own(&format!("{}Type", part.name));
                Some(reference(info.name, info.number as i32, name))
            }
            _ => None,
        })
    }

    /// What the operator writes: expressions.
    fn params(&self, name: &str, info: &MessageInfo) -> DescriptorProto {
        self.message(name, info, |info| match info.ty {
            FieldType::Message(part) => {
                let name = self.own(&format!("{}InstanceParam", part.name));
                Some(reference(info.name, info.number as i32, name))
            }
            FieldType::Map(FieldType::Message(part)) => {
                let name = self.own(&format!("{}InstanceParam", part.name));
                Some(reference(info.name, info.number as i32, name))
            }
            _ => Some(scalar(info, Type::String)),
        })
    }

    /// A message with those fields that `write` makes one of, without regard to maps.
    fn message(
        &self,
        name: &str,
        info: &MessageInfo,
        write: impl Fn(&FieldInfo) -> Option<FieldDescriptorProto>,
    ) -> DescriptorProto {
        let mut message = DescriptorProto {
            name: Some(name.into()),
            ..Default::default()
        };
        for info in info.fields() {
            let Some(field) = write(info) else { continue };
            match info.ty {
                FieldType::Map(_) => self.map(&mut message, field),
                _ => message.field.push(field),
            }
        }
        message
    }

    /// A map, whose values are what `value` would be alone.
    fn map(&self, message: &mut DescriptorProto, value: FieldDescriptorProto) {
        let within = self.own(message.name());
        add_map(message, &within, Type::String, value);
    }
}

/// The full name of the message of `type.proto`; those that protobuf itself has are their own.
pub(super) fn proto_name(ty: &FieldType) -> &'static str {
    match ty {
        FieldType::String => "string",
        FieldType::Int64 => "int64",
        FieldType::Double => "double",
        FieldType::Bool => "bool",
        FieldType::Value => "istio.policy.v1beta1.Value",
        FieldType::IpAddress => "istio.policy.v1beta1.IPAddress",
        FieldType::TimeStamp => "istio.policy.v1beta1.TimeStamp",
        FieldType::Duration => "istio.policy.v1beta1.Duration",
        FieldType::DnsName => "istio.policy.v1beta1.DNSName",
        FieldType::EmailAddress => "istio.policy.v1beta1.EmailAddress",
        FieldType::Uri => "istio.policy.v1beta1.Uri",
        FieldType::Map(value) => proto_name(value),
        FieldType::Message(message) => message.name,
    }
}

fn scalar(info: &FieldInfo, ty: Type) -> FieldDescriptorProto {
    field(info.name, info.number as i32, ty)
}
