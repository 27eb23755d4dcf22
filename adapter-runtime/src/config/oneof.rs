//! Oneofs: enums with data.

use std::fmt;

use serde_json::{Map, Value as Json};

use super::message::{Entry, Field};
use super::place::{Arrived, At, Path};
use super::rules::Check;
use super::spec::Spec;
use super::{ConfigField, ConfigMember, FieldInfo, Kind};
use crate::error::ConfigErrors;
use crate::wire::{Rest, WireType};

/// What the derive makes of an enum with data.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a oneof",
    label = "not an enum with data and `#[derive(AdapterConfig)]`",
    note = "a oneof is `#[derive(AdapterConfig)] enum Credentials {{ #[config(tag = 1)] Direct(Direct), … }}`"
)]
pub trait ConfigOneOf: Sized + 'static {
    /// The names and numbers of the members.
    const MEMBERS: &'static [(&'static str, u32)];

    /// The table of the members.
    fn members() -> &'static OneOf<Self>;

    /// A row of the table of the struct `M`, which holds the oneof: what the derive says of it, and
    /// the way to its value.
    #[must_use]
    fn entry<M: 'static>(
        spec: OneOfSpec,
        get: fn(&M) -> &Option<Self>,
        get_mut: fn(&mut M) -> &mut Option<Self>,
    ) -> Entry<M> {
        Box::new(OneOfAccess { spec, get, get_mut })
    }
}

/// The members of a oneof.
pub struct OneOf<E: 'static> {
    members: Vec<Member<E>>,
}

/// A variant of the enum `E`.
pub type Member<E> = Box<dyn Variant<E>>;

/// A variant whose type is erased.
pub trait Variant<E>: Send + Sync {
    /// The member as data.
    fn info(&self) -> FieldInfo;
    /// The number on the wire.
    fn tag(&self) -> u32;
    /// Takes one occurrence of the member. It replaces the default and another member; the same one
    /// is merged.
    fn merge<'a>(
        &self,
        value: &mut Option<E>,
        wire: WireType,
        input: &'a [u8],
        at: At<'_>,
    ) -> Rest<'a>;
    /// Appends the member if the value is this one.
    fn encode(&self, value: &E, out: &mut Vec<u8>);
    /// Adds the member as the operator would write it, if the value is this one.
    fn show(&self, value: &E, out: &mut Map<String, Json>);
    /// Collects what is wrong with the member if the value is this one.
    fn check(&self, value: &mut E, path: &Path<'_>, errors: &mut ConfigErrors);
}

impl<E> OneOf<E> {
    /// A table.
    pub fn new<const N: usize>(members: [Member<E>; N]) -> OneOf<E> {
        OneOf {
            members: members.into(),
        }
    }

    fn infos(&self) -> Vec<FieldInfo> {
        self.members.iter().map(|member| member.info()).collect()
    }
}

impl<E> fmt::Debug for OneOf<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OneOf({})", std::any::type_name::<E>())
    }
}

/// A row of the table: a member, and the way to its value.
#[must_use]
pub fn member<E: 'static, T: ConfigMember>(
    spec: Spec<T>,
    wrap: fn(T) -> E,
    get: fn(&E) -> Option<&T>,
    get_mut: fn(&mut E) -> Option<&mut T>,
) -> Member<E> {
    Box::new(Access {
        spec,
        wrap,
        get,
        get_mut,
    })
}

struct Access<E, T> {
    spec: Spec<T>,
    wrap: fn(T) -> E,
    get: fn(&E) -> Option<&T>,
    get_mut: fn(&mut E) -> Option<&mut T>,
}

impl<E, T: ConfigMember> Variant<E> for Access<E, T> {
    fn info(&self) -> FieldInfo {
        self.spec.info(None)
    }

    fn tag(&self) -> u32 {
        self.spec.tag
    }

    fn merge<'a>(
        &self,
        value: &mut Option<E>,
        wire: WireType,
        input: &'a [u8],
        at: At<'_>,
    ) -> Rest<'a> {
        if at.arrived.member != self.spec.tag {
            // The default, or what arrived of another member.
            *value = None;
            *at.arrived = Arrived {
                member: self.spec.tag,
                ..Arrived::default()
            };
        }
        let value = value.get_or_insert_with(|| (self.wrap)(T::empty()));
        match (self.get_mut)(value) {
            Some(content) => self.spec.merge(content, wire, input, at),
            None => unreachable!("the variant was just set"),
        }
    }

    fn encode(&self, value: &E, out: &mut Vec<u8>) {
        if let Some(content) = (self.get)(value) {
            content.encode(self.spec.slot(), out);
        }
    }

    fn show(&self, value: &E, out: &mut Map<String, Json>) {
        if let Some(content) = (self.get)(value) {
            out.insert(self.spec.name.to_owned(), content.show());
        }
    }

    fn check(&self, value: &mut E, path: &Path<'_>, errors: &mut ConfigErrors) {
        if let Some(content) = (self.get_mut)(value) {
            self.spec.check_written(content, path, errors);
        }
    }
}

impl<T: ConfigField> Spec<T> {
    /// As of a field that the operator wrote: a text is empty because he wrote it so.
    fn check_written(&self, value: &mut T, path: &Path<'_>, errors: &mut ConfigErrors) {
        let check = Check::new(&self.rules).within(super::rules::Presence::Optional);
        value.check(check, &Path::Field(path, self.name), errors);
    }
}

/// What the derive says of a field that holds a oneof.
#[derive(Clone, Copy, Debug)]
pub struct OneOfSpec {
    name: &'static str,
    documentation: &'static str,
    has_default: bool,
    required: bool,
}

impl OneOfSpec {
    /// Describes a field that holds a oneof.
    #[must_use]
    pub fn new(name: &'static str, documentation: &'static str) -> OneOfSpec {
        OneOfSpec {
            name,
            documentation,
            has_default: false,
            required: false,
        }
    }

    /// The author declared a default.
    #[must_use]
    pub fn with_default(self) -> OneOfSpec {
        OneOfSpec {
            has_default: true,
            ..self
        }
    }

    /// The operator must write one of them.
    #[must_use]
    pub fn required(self) -> OneOfSpec {
        OneOfSpec {
            required: true,
            ..self
        }
    }
}

struct OneOfAccess<M, E> {
    spec: OneOfSpec,
    get: fn(&M) -> &Option<E>,
    get_mut: fn(&mut M) -> &mut Option<E>,
}

impl<M, E: ConfigOneOf> Field<M> for OneOfAccess<M, E> {
    fn info(&self, defaults: &M) -> FieldInfo {
        let default = self.spec.has_default.then(|| {
            let mut shown = Map::new();
            self.show(defaults, &mut shown);
            shown.into()
        });
        let required = self.spec.required.then_some(super::Constraint::Required);
        FieldInfo {
            name: self.spec.name,
            tag: 0,
            kind: Kind::OneOf(E::members().infos()),
            documentation: self.spec.documentation,
            default,
            constraints: required.into_iter().collect(),
        }
    }

    fn has(&self, number: u32) -> bool {
        E::MEMBERS.iter().any(|(_, tag)| *tag == number)
    }

    fn merge<'a>(
        &self,
        message: &mut M,
        number: u32,
        wire: WireType,
        input: &'a [u8],
        at: At<'_>,
    ) -> Rest<'a> {
        let mut members = E::members().members.iter();
        match members.find(|member| member.tag() == number) {
            Some(member) => member.merge((self.get_mut)(message), wire, input, at),
            None => crate::wire::skip(number, wire, input),
        }
    }

    fn encode(&self, message: &M, out: &mut Vec<u8>) {
        if let Some(value) = (self.get)(message) {
            let members = &E::members().members;
            members.iter().for_each(|member| member.encode(value, out));
        }
    }

    fn show(&self, message: &M, out: &mut Map<String, Json>) {
        if let Some(value) = (self.get)(message) {
            let members = &E::members().members;
            members.iter().for_each(|member| member.show(value, out));
        }
    }

    fn check(&self, message: &mut M, path: &Path<'_>, errors: &mut ConfigErrors) {
        match (self.get_mut)(message) {
            Some(value) => {
                for member in &E::members().members {
                    member.check(value, path, errors);
                }
            }
            None if self.spec.required => {
                let names: Vec<_> = E::MEMBERS
                    .iter()
                    .map(|(name, _)| format!("`{name}`"))
                    .collect();
                errors.push(
                    Path::Field(path, self.spec.name).to_string(),
                    format!("is required: write one of {}", names.join(", ")),
                );
            }
            None => {}
        }
    }
}
