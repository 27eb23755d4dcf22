//! What the instances of a template consist of: of one that is known, and of one of which there is
//! only the resource.

use prost::Message as _;
use prost_types::field_descriptor_proto::Type as ProtoType;
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet};

use crate::template::{FieldType, MessageInfo, TemplateInfo, Variety};
use crate::value::ValueType;

/// The number of an instance's `name`, which the operator doesn't write.
const NAME: i32 = 72_295_727;

/// The number of a generator's bindings, which are no field of the instance either.
const BINDINGS: i32 = 72_295_728;

/// What the instances of a template consist of.
pub(super) struct Shape {
    messages: Vec<Vec<Field>>,
    /// The fields of the output, if there is one.
    pub(super) outputs: Option<Vec<(String, ValueType)>>,
    /// Whether the output is for bindings of attributes.
    pub(super) is_generator: bool,
}

/// A field of a message.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) ty: Type,
}

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// An expression of this type, or of any.
    Expression(Option<ValueType>),
    /// Expressions of this type, or of any, by key.
    Map(Option<ValueType>),
    /// Expressions for the fields of this message.
    Message(usize),
    /// Messages by key.
    Messages(usize),
}

impl Shape {
    /// The fields of a message; those of the instance itself are the first.
    pub(super) fn fields(&self, message: usize) -> &[Field] {
        &self.messages[message]
    }

    pub(super) fn of_info(info: &TemplateInfo) -> Shape {
        let mut messages: Vec<Vec<Field>> = vec![Vec::new()];
        let mut known: Vec<*const MessageInfo> = vec![info.instance];
        let mut queue = vec![info.instance];
        let mut at = 0;
        while let Some(message) = queue.get(at).copied() {
            let fields = message.fields().iter().map(|field| {
                let mut index = |of: &'static MessageInfo| {
                    let found = known.iter().position(|known| std::ptr::eq(*known, of));
                    found.unwrap_or_else(|| {
                        known.push(of);
                        queue.push(of);
                        messages.push(Vec::new());
                        known.len() - 1
                    })
                };
                let ty = match field.ty {
                    FieldType::Map(FieldType::Message(of)) => Type::Messages(index(of)),
                    FieldType::Map(element) => Type::Map(element.value_type()),
                    FieldType::Message(of) => Type::Message(index(of)),
                    ty => Type::Expression(ty.value_type()),
                };
                Field {
                    name: field.name.to_owned(),
                    ty,
                }
            });
            messages[at] = fields.collect();
            at += 1;
        }
        let outputs = info.output.map(|output| {
            let fields = output.fields().iter();
            let typed = fields.filter_map(|it| Some((it.name.to_owned(), it.ty.value_type()?)));
            typed.collect()
        });
        Shape {
            messages,
            outputs,
            is_generator: info.variety == Variety::AttributeGenerator,
        }
    }

    /// That of a template's handler service; none if there is no service.
    pub(super) fn of_descriptor(set: &FileDescriptorSet) -> Option<Shape> {
        let is_handler = |file: &&FileDescriptorProto| {
            let mut services = file.service.iter();
            services.any(|it| it.name().starts_with("Handle") && it.name().ends_with("Service"))
        };
        let file = set.file.iter().find(is_handler)?;
        let message = |name: &str| file.message_type.iter().find(|it| it.name() == name);
        let instance = message("InstanceMsg")?;
        let mut reader = Reader {
            file,
            messages: vec![instance],
        };
        let mut messages = Vec::new();
        while let Some(message) = reader.messages.get(messages.len()).copied() {
            messages.push(reader.fields(message));
        }
        let outputs = message("OutputMsg").map(|output| {
            let fields = output.field.iter();
            let typed = fields.filter_map(|field| match reader.field(output, field) {
                Type::Expression(ty) => Some((field.name().to_owned(), ty?)),
                Type::Map(Some(ValueType::String)) => {
                    Some((field.name().to_owned(), ValueType::StringMap))
                }
                _ => None,
            });
            typed.collect()
        });
        let methods = file.service.iter().flat_map(|service| &service.method);
        let mut answers = methods.map(|method| method.output_type().rsplit('.').next());
        Some(Shape {
            messages,
            outputs,
            is_generator: answers.any(|answer| answer == Some("OutputMsg")),
        })
    }
}

struct Reader<'f> {
    file: &'f FileDescriptorProto,
    messages: Vec<&'f DescriptorProto>,
}

impl<'f> Reader<'f> {
    fn fields(&mut self, message: &'f DescriptorProto) -> Vec<Field> {
        let written = message.field.iter();
        let mut fields = Vec::new();
        for field in written.filter(|it| !matches!(it.number(), NAME | BINDINGS)) {
            let ty = self.field(message, field);
            fields.push(Field {
                name: field.name().to_owned(),
                ty,
            });
        }
        fields
    }

    fn field(&mut self, message: &'f DescriptorProto, field: &FieldDescriptorProto) -> Type {
        let name = field.type_name().rsplit('.').next().unwrap_or_default();
        let mut nested = message.nested_type.iter();
        let entry = nested.find(|it| it.name() == name && field.r#type() == ProtoType::Message);
        match entry.and_then(|entry| Some((entry, entry.field.iter().find(|it| it.number() == 2)?)))
        {
            Some((entry, value)) => match self.field(entry, value) {
                Type::Message(index) => Type::Messages(index),
                Type::Expression(ty) => Type::Map(ty),
                other => other,
            },
            None => self.single(field, name),
        }
    }

    fn single(&mut self, field: &FieldDescriptorProto, name: &str) -> Type {
        let policy = ".istio.policy.v1beta1.";
        let ty = match field.r#type() {
            ProtoType::Bool => ValueType::Bool,
            ProtoType::Double | ProtoType::Float => ValueType::Double,
            ProtoType::String => ValueType::String,
            ProtoType::Message if field.type_name().starts_with(policy) => match name {
                "IPAddress" => ValueType::IpAddress,
                "TimeStamp" => ValueType::Timestamp,
                "Duration" => ValueType::Duration,
                "DNSName" => ValueType::DnsName,
                "EmailAddress" => ValueType::EmailAddress,
                "Uri" => ValueType::Uri,
                _ => return Type::Expression(None),
            },
            ProtoType::Message => {
                let Some(message) = self.file.message_type.iter().find(|it| it.name() == name)
                else {
                    return Type::Expression(None);
                };
                let known = self.messages.iter().position(|it| it.name() == name);
                return Type::Message(known.unwrap_or_else(|| {
                    self.messages.push(message);
                    self.messages.len() - 1
                }));
            }
            _ => ValueType::Int64,
        };
        Type::Expression(Some(ty))
    }
}

/// Whether a file of an encoded descriptor set says what a template asks for. That is an extension,
/// which general descriptors don't keep.
pub(super) fn has_variety(set: &[u8]) -> bool {
    let set = Set::decode(set).unwrap_or_default();
    let mut options = set.file.into_iter().filter_map(|file| file.options);
    options.any(|options| options.variety.is_some())
}

#[derive(Clone, PartialEq, prost::Message)]
struct Set {
    #[prost(message, repeated, tag = 1)]
    file: Vec<File>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct File {
    #[prost(message, optional, tag = 8)]
    options: Option<Options>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Options {
    #[prost(int32, optional, tag = 72_295_727)]
    variety: Option<i32>,
}
