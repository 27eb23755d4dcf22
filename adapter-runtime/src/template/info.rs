//! What a template consists of: its names, and the tables of its fields.

use std::fmt;

use serde::Serialize;

use super::{Message, Output, Template};
use crate::value::ValueType;

/// What a template asks of an adapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Variety {
    /// A verdict about a request.
    Check,
    /// Taking notice of what happened; many instances in one call.
    Report,
    /// An amount of a quota.
    Quota,
    /// Attributes that rules and instances can use.
    AttributeGenerator,
    /// A verdict about a request, and attributes.
    CheckWithOutput,
}

impl Variety {
    /// The name as `info` shows it, e.g. `check_with_output`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Variety::Check => "check",
            Variety::Report => "report",
            Variety::Quota => "quota",
            Variety::AttributeGenerator => "attribute_generator",
            Variety::CheckWithOutput => "check_with_output",
        }
    }
}

impl fmt::Display for Variety {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A template as data: its names, all derived from its proto package, and its messages.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct TemplateInfo {
    /// The name that operators and `#[mixer_adapter]` use, e.g. `listentry`.
    pub name: &'static str,
    /// The proto package as the template's author writes it, e.g. `listEntry`.
    pub package: &'static str,
    /// The name that is part of the names of the service and its messages, e.g. `ListEntry`.
    pub interface: &'static str,
    /// What it asks of an adapter.
    pub variety: Variety,
    /// The path of the gRPC method, e.g. `/listentry.HandleListEntryService/HandleListEntry`.
    pub path: &'static str,
    /// What Mixer sends: the template's own fields, without the instance's `name`.
    pub instance: &'static MessageInfo,
    /// What adapters answer; `None` for a variety that has no output.
    pub output: Option<&'static MessageInfo>,
}

impl TemplateInfo {
    #[doc(hidden)]
    #[must_use]
    pub const fn new<T: Template>(
        name: &'static str,
        package: &'static str,
        interface: &'static str,
        variety: Variety,
        path: &'static str,
    ) -> TemplateInfo {
        TemplateInfo {
            name,
            package,
            interface,
            variety,
            path,
            instance: <T::Instance as Message>::INFO,
            output: <T::Output as Output>::INFO,
        }
    }
}

/// A message of a template, or a template's output, as data.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct MessageInfo {
    /// The name of the Rust struct, e.g. `Subject`.
    pub name: &'static str,
    /// The struct's documentation as its author wrote it, without the comment signs.
    pub documentation: &'static str,
    // A function, so that a message can hold messages of its own type in a map.
    fields: fn() -> &'static [FieldInfo],
}

impl MessageInfo {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        name: &'static str,
        documentation: &'static str,
        fields: fn() -> &'static [FieldInfo],
    ) -> MessageInfo {
        MessageInfo {
            name,
            documentation,
            fields,
        }
    }

    /// The fields in the order in which the author wrote them.
    #[must_use]
    pub fn fields(&self) -> &'static [FieldInfo] {
        (self.fields)()
    }

    /// The field with a number.
    #[must_use]
    pub fn field(&self, number: u32) -> Option<&'static FieldInfo> {
        self.fields().iter().find(|field| field.number == number)
    }
}

impl fmt::Debug for MessageInfo {
    // Without the fields: a message may hold itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageInfo({})", self.name)
    }
}

/// A field of a message, as data.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FieldInfo {
    /// The name in the `.proto` file, and for operators.
    pub name: &'static str,
    /// The number on the wire.
    pub number: u32,
    /// What it holds.
    pub ty: FieldType,
    /// The field's documentation as its author wrote it, without the comment signs.
    pub documentation: &'static str,
}

impl FieldInfo {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        name: &'static str,
        number: u32,
        ty: FieldType,
        documentation: &'static str,
    ) -> FieldInfo {
        FieldInfo {
            name,
            number,
            ty,
            documentation,
        }
    }
}

/// What a field of a template holds.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum FieldType {
    /// `string`.
    String,
    /// `int64`.
    Int64,
    /// `double`.
    Double,
    /// `bool`.
    Bool,
    /// `istio.policy.v1beta1.Value`: the operator's expression decides the type.
    Value,
    /// `istio.policy.v1beta1.IPAddress`.
    IpAddress,
    /// `istio.policy.v1beta1.TimeStamp`.
    TimeStamp,
    /// `istio.policy.v1beta1.Duration`.
    Duration,
    /// `istio.policy.v1beta1.DNSName`.
    DnsName,
    /// `istio.policy.v1beta1.EmailAddress`.
    EmailAddress,
    /// `istio.policy.v1beta1.Uri`.
    Uri,
    /// `map<string, …>` of another type, which is no map.
    Map(&'static FieldType),
    /// A message of the template.
    Message(&'static MessageInfo),
}

impl FieldType {
    /// The message that a field holds, alone or as the values of a map.
    #[must_use]
    pub fn message(&self) -> Option<&'static MessageInfo> {
        match self {
            FieldType::Map(value) => value.message(),
            FieldType::Message(message) => Some(message),
            _ => None,
        }
    }

    /// The type that an expression for the field must have; `None` where it may have any, and for a
    /// map of anything but strings and a message, which no expression gives.
    #[must_use]
    pub fn value_type(&self) -> Option<ValueType> {
        Some(match self {
            FieldType::String => ValueType::String,
            FieldType::Int64 => ValueType::Int64,
            FieldType::Double => ValueType::Double,
            FieldType::Bool => ValueType::Bool,
            FieldType::IpAddress => ValueType::IpAddress,
            FieldType::TimeStamp => ValueType::Timestamp,
            FieldType::Duration => ValueType::Duration,
            FieldType::DnsName => ValueType::DnsName,
            FieldType::EmailAddress => ValueType::EmailAddress,
            FieldType::Uri => ValueType::Uri,
            FieldType::Map(FieldType::String) => ValueType::StringMap,
            FieldType::Value | FieldType::Map(_) | FieldType::Message(_) => return None,
        })
    }

    /// The type without the map around it.
    #[must_use]
    pub fn element(&self) -> FieldType {
        match self {
            FieldType::Map(value) => **value,
            other => *other,
        }
    }
}
