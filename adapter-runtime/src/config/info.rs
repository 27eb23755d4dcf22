//! A configuration as data: what descriptors, documentation and readers of YAML walk.

use std::time::Duration;

use serde_json::Value as Json;

use super::kind::hold_secret;
use super::{Bound, Constraint, Kind, Scalar};

/// A struct of a configuration.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MessageInfo {
    /// The name of the message in the `.proto` file. The configuration itself is always `Params`
    /// there, whatever its struct is called.
    pub name: &'static str,
    /// The struct's doc comment, without the comment signs.
    pub documentation: &'static str,
    /// The fields in the order in which they are declared.
    pub fields: Vec<FieldInfo>,
}

impl MessageInfo {
    /// The fields that there are on the wire, where a oneof is each of its members.
    pub fn wire_fields(&self) -> impl Iterator<Item = &FieldInfo> {
        self.fields.iter().flat_map(FieldInfo::written)
    }
}

impl MessageInfo {
    /// Whether a secret may be in it.
    pub(crate) fn holds_secret(&self) -> bool {
        hold_secret(&self.fields)
    }
}

/// A field of a struct, or a member of a oneof.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FieldInfo {
    /// The name in the `.proto` file and in the operator's YAML. Of a oneof, the name that only the
    /// `.proto` file has.
    pub name: &'static str,
    /// The number on the wire; 0 for a oneof, whose members have numbers.
    pub tag: u32,
    /// What it holds.
    pub kind: Kind,
    /// The doc comment, without the comment signs.
    pub documentation: &'static str,
    /// The declared default as the operator would write it; `None` where none is declared and an
    /// absent field is empty, zero or false.
    pub default: Option<Json>,
    /// What its value must be.
    pub constraints: Vec<Constraint>,
}

impl FieldInfo {
    /// What the operator writes: itself, or the members of a oneof.
    pub(super) fn written(&self) -> &[FieldInfo] {
        match &self.kind {
            Kind::OneOf(members) => members,
            _ => std::slice::from_ref(self),
        }
    }

    /// Whether what it holds where the operator wrote nothing is against its own rules.
    pub(crate) fn must_be_written(&self) -> bool {
        let empty = match &self.kind {
            _ if self.is_required() => return true,
            _ if self.default.is_some() => return false,
            Kind::Duration => Bound::Duration(Duration::ZERO),
            Kind::Scalar(Scalar::Float | Scalar::Double) => Bound::Float(0.0),
            _ => Bound::Integer(0),
        };
        self.constraints.iter().any(|rule| match &self.kind {
            Kind::Optional(_) | Kind::Message(_) | Kind::OneOf(_) => false,
            Kind::Repeated(_) | Kind::Map(..) => *rule == Constraint::NonEmpty,
            Kind::Scalar(Scalar::String) | Kind::Secret => *rule == Constraint::NonEmpty,
            _ => !rule.holds(&empty).unwrap_or(true),
        })
    }

    /// Whether the operator must write it.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.constraints.contains(&Constraint::Required)
    }
}

/// An enum without data.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EnumInfo {
    /// The name in the `.proto` file.
    pub name: &'static str,
    /// The enum's doc comment, without the comment signs.
    pub documentation: &'static str,
    /// The values in the order in which they are declared.
    pub values: &'static [EnumValue],
}

impl EnumInfo {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        name: &'static str,
        documentation: &'static str,
        values: &'static [EnumValue],
    ) -> EnumInfo {
        EnumInfo {
            name,
            documentation,
            values,
        }
    }

    /// The value with a number.
    #[must_use]
    pub fn value(&self, number: i32) -> Option<&'static EnumValue> {
        self.values.iter().find(|value| value.number == number)
    }
}

/// A value of an enum.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EnumValue {
    /// The name in the `.proto` file and in the operator's YAML.
    pub name: &'static str,
    /// The number on the wire.
    pub number: i32,
    /// The variant's doc comment, without the comment signs.
    pub documentation: &'static str,
}

impl EnumValue {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, number: i32, documentation: &'static str) -> EnumValue {
        EnumValue {
            name,
            number,
            documentation,
        }
    }
}
