//! What a field of a configuration holds.

use std::any::TypeId;
use std::fmt;

use super::{AdapterConfig, ConfigEnum, EnumInfo, FieldInfo, MessageInfo};
use crate::error::ConfigErrors;

/// What a field of a configuration holds. Displayed as a `.proto` file has it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// A number, a text or a truth.
    Scalar(Scalar),
    /// A text that is never shown: a [`Secret`](super::Secret), a `string` on the wire.
    Secret,
    /// `google.protobuf.Duration`.
    Duration,
    /// `google.protobuf.Timestamp`.
    Timestamp,
    /// One of some names: a Rust enum without data.
    Enum(EnumRef),
    /// Another struct.
    Message(MessageRef),
    /// One of some fields of the message that holds it: a Rust enum with data. The operator
    /// doesn't write its name, only that of the field.
    OneOf(Vec<FieldInfo>),
    /// A field that may be absent. On the wire it is what is in it.
    Optional(Box<Kind>),
    /// A list.
    Repeated(Box<Kind>),
    /// A map, with the type of its keys.
    Map(Scalar, Box<Kind>),
}

impl Kind {
    /// The kind without the [`Optional`](Kind::Optional) around it.
    #[must_use]
    pub fn present(&self) -> &Kind {
        match self {
            Kind::Optional(kind) => kind.present(),
            kind => kind,
        }
    }

    /// The kind of a list's elements or a map's values; of anything else its own.
    #[must_use]
    pub fn element(&self) -> &Kind {
        match self.present() {
            Kind::Repeated(element) | Kind::Map(_, element) => element.present(),
            kind => kind,
        }
    }
}

/// Whether a secret may be in what these fields hold.
pub(super) fn hold_secret<'a>(fields: impl IntoIterator<Item = &'a FieldInfo>) -> bool {
    let mut seen = Vec::new();
    (fields.into_iter()).any(|field| field.kind.search_secret(&mut seen))
}

impl Kind {
    /// Whether a secret may be in it.
    pub(crate) fn holds_secret(&self) -> bool {
        self.search_secret(&mut Vec::new())
    }

    fn search_secret(&self, seen: &mut Vec<TypeId>) -> bool {
        match self {
            Kind::Secret => true,
            Kind::Optional(inner) | Kind::Repeated(inner) | Kind::Map(_, inner) => {
                inner.search_secret(seen)
            }
            Kind::OneOf(members) => members.iter().any(|it| it.kind.search_secret(seen)),
            Kind::Message(of) if !seen.contains(&of.id()) => {
                seen.push(of.id());
                (of.info().fields.iter()).any(|field| field.kind.search_secret(seen))
            }
            _ => false,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Scalar(scalar) => write!(f, "{scalar}"),
            Kind::Secret => f.write_str("string"),
            Kind::Duration => f.write_str("google.protobuf.Duration"),
            Kind::Timestamp => f.write_str("google.protobuf.Timestamp"),
            Kind::Enum(of) => f.write_str(of.info().name),
            Kind::Message(of) => f.write_str(of.info().name),
            Kind::OneOf(_) => f.write_str("oneof"),
            Kind::Optional(kind) => write!(f, "{kind}"),
            Kind::Repeated(element) => write!(f, "repeated {element}"),
            Kind::Map(key, value) => write!(f, "map<{key}, {value}>"),
        }
    }
}

/// A scalar type of protobuf. Displayed as its name there, e.g. `sint32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
#[non_exhaustive]
pub enum Scalar {
    Bool,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Sint32,
    Sint64,
    Fixed32,
    Fixed64,
    Sfixed32,
    Sfixed64,
    Float,
    Double,
    String,
}

impl Scalar {
    /// The name in a `.proto` file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Scalar::Bool => "bool",
            Scalar::Int32 => "int32",
            Scalar::Int64 => "int64",
            Scalar::Uint32 => "uint32",
            Scalar::Uint64 => "uint64",
            Scalar::Sint32 => "sint32",
            Scalar::Sint64 => "sint64",
            Scalar::Fixed32 => "fixed32",
            Scalar::Fixed64 => "fixed64",
            Scalar::Sfixed32 => "sfixed32",
            Scalar::Sfixed64 => "sfixed64",
            Scalar::Float => "float",
            Scalar::Double => "double",
            Scalar::String => "string",
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A struct that derives [`AdapterConfig`]; equal where the struct is the same.
#[derive(Clone, Copy)]
pub struct MessageRef {
    id: TypeId,
    info: fn() -> &'static MessageInfo,
    wrong_defaults: fn(&mut ConfigErrors),
}

impl MessageRef {
    /// The struct `M`.
    #[must_use]
    pub fn of<M: AdapterConfig>() -> MessageRef {
        MessageRef {
            id: TypeId::of::<M>(),
            info: M::info,
            wrong_defaults: |errors| M::message().check_defaults(errors),
        }
    }

    /// What it consists of. Not a field, since a struct may hold itself in a list.
    #[must_use]
    pub fn info(self) -> &'static MessageInfo {
        (self.info)()
    }

    /// Collects which of the declared defaults are against the rules on their own fields.
    pub(super) fn wrong_defaults(self, errors: &mut ConfigErrors) {
        (self.wrong_defaults)(errors);
    }

    pub(crate) fn id(self) -> TypeId {
        self.id
    }
}

/// An enum without data that derives `AdapterConfig`; equal where the enum is the same.
#[derive(Clone, Copy)]
pub struct EnumRef {
    id: TypeId,
    info: &'static EnumInfo,
}

impl EnumRef {
    pub(super) fn of<E: ConfigEnum>() -> EnumRef {
        EnumRef {
            id: TypeId::of::<E>(),
            info: E::INFO,
        }
    }

    /// What it consists of.
    #[must_use]
    pub fn info(self) -> &'static EnumInfo {
        self.info
    }

    pub(super) fn id(self) -> TypeId {
        self.id
    }
}

macro_rules! same_type {
    ($($reference:ident)+) => {$(
        impl PartialEq for $reference {
            fn eq(&self, other: &$reference) -> bool {
                self.id == other.id
            }
        }

        impl fmt::Debug for $reference {
            // Without the fields: a struct may hold itself.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($reference), self.info().name)
            }
        }
    )+};
}

same_type!(MessageRef EnumRef);
