//! The table of a configuration's fields, and what walks it.

use std::fmt;
use std::sync::OnceLock;

use serde_json::{Map, Value as Json};

use super::place::{Arrived, At, Path, Slot};
use super::rules::Check;
use super::spec::Spec;
use super::{ConfigField, FieldInfo, MessageInfo};
use crate::error::ConfigErrors;
use crate::wire::{DecodeError, Depth, Rest, WireType, message, skip};

/// What the derive makes of a struct: its names, its defaults and its fields.
pub struct ConfigMessage<M: 'static> {
    name: &'static str,
    documentation: &'static str,
    defaults: fn() -> M,
    fields: Vec<Entry<M>>,
    // Made later than the table, because showing the defaults may need the table itself.
    info: OnceLock<MessageInfo>,
}

/// A field of the struct `M`.
pub type Entry<M> = Box<dyn Field<M>>;

/// A field whose type is erased.
pub trait Field<M>: Send + Sync {
    /// The field as data; `defaults` has the declared ones.
    fn info(&self, defaults: &M) -> FieldInfo;
    /// Whether the number on the wire is this field's.
    fn has(&self, number: u32) -> bool;
    /// Takes one occurrence of the field.
    fn merge<'a>(
        &self,
        message: &mut M,
        number: u32,
        wire: WireType,
        input: &'a [u8],
        at: At<'_>,
    ) -> Rest<'a>;
    /// Appends the field.
    fn encode(&self, message: &M, out: &mut Vec<u8>);
    /// Adds the field as the operator would write it.
    fn show(&self, message: &M, out: &mut Map<String, Json>);
    /// Collects what is wrong with the field of the message at `path`.
    fn check(&self, message: &mut M, path: &Path<'_>, errors: &mut ConfigErrors);
}

/// Describes a field of the type `T`.
#[must_use]
pub fn field<T: ConfigField>(name: &'static str, tag: u32, documentation: &'static str) -> Spec<T> {
    Spec::new(name, tag, documentation)
}

/// A row of the table: a field, and the way to its value.
#[must_use]
pub fn entry<M: 'static, T: ConfigField>(
    spec: Spec<T>,
    get: fn(&M) -> &T,
    get_mut: fn(&mut M) -> &mut T,
) -> Entry<M> {
    Box::new(Access { spec, get, get_mut })
}

struct Access<M, T> {
    spec: Spec<T>,
    get: fn(&M) -> &T,
    get_mut: fn(&mut M) -> &mut T,
}

impl<T: ConfigField> Spec<T> {
    pub(super) fn info(&self, default: Option<Json>) -> FieldInfo {
        FieldInfo {
            name: self.name,
            tag: self.tag,
            kind: T::kind(self.encoding),
            documentation: self.documentation,
            default,
            constraints: self.rules.clone(),
        }
    }

    pub(super) fn merge<'a>(
        &self,
        value: &mut T,
        wire: WireType,
        input: &'a [u8],
        at: At<'_>,
    ) -> Rest<'a> {
        if !std::mem::replace(&mut at.arrived.any, true) && T::REPLACES_DEFAULT {
            *value = T::empty();
        }
        let encoding = self.encoding;
        value
            .merge(wire, input, At { encoding, ..at })
            .map_err(|error| error.in_field(self.name))
    }

    pub(super) fn slot(&self) -> Slot {
        Slot {
            tag: self.tag,
            encoding: self.encoding,
        }
    }

    pub(super) fn check(&self, value: &mut T, path: &Path<'_>, errors: &mut ConfigErrors) {
        let path = Path::Field(path, self.name);
        value.check(Check::new(&self.rules), &path, errors);
    }
}

impl<M, T: ConfigField> Field<M> for Access<M, T> {
    fn info(&self, defaults: &M) -> FieldInfo {
        let default = self.spec.has_default.then(|| (self.get)(defaults).show());
        self.spec.info(default)
    }

    fn has(&self, number: u32) -> bool {
        self.spec.tag == number
    }

    fn merge<'a>(
        &self,
        message: &mut M,
        _: u32,
        wire: WireType,
        input: &'a [u8],
        at: At<'_>,
    ) -> Rest<'a> {
        self.spec.merge((self.get_mut)(message), wire, input, at)
    }

    fn encode(&self, message: &M, out: &mut Vec<u8>) {
        (self.get)(message).encode(self.spec.slot(), out);
    }

    fn show(&self, message: &M, out: &mut Map<String, Json>) {
        out.insert(self.spec.name.to_owned(), (self.get)(message).show());
    }

    fn check(&self, message: &mut M, path: &Path<'_>, errors: &mut ConfigErrors) {
        self.spec.check((self.get_mut)(message), path, errors);
    }
}

impl<M> ConfigMessage<M> {
    /// A table; `defaults` makes the struct with every field at its default.
    pub fn new<const N: usize>(
        name: &'static str,
        documentation: &'static str,
        defaults: fn() -> M,
        fields: [Entry<M>; N],
    ) -> ConfigMessage<M> {
        ConfigMessage {
            name,
            documentation,
            defaults,
            fields: fields.into(),
            info: OnceLock::new(),
        }
    }

    pub(crate) fn info(&self) -> &MessageInfo {
        self.info.get_or_init(|| {
            let defaults = self.defaults();
            let fields = self.fields.iter().map(|field| field.info(&defaults));
            MessageInfo {
                name: self.name,
                documentation: self.documentation,
                fields: fields.collect(),
            }
        })
    }

    pub(crate) fn defaults(&self) -> M {
        (self.defaults)()
    }

    pub(crate) fn decode(&self, input: &[u8]) -> Result<M, DecodeError> {
        let mut value = self.defaults();
        self.merge(&mut value, input, Depth::ROOT, &mut Arrived::default())?;
        Ok(value)
    }

    /// Merges an encoded message, or a piece of one, into `value`, which begins with the defaults.
    pub(crate) fn merge(
        &self,
        value: &mut M,
        input: &[u8],
        depth: Depth,
        arrived: &mut Arrived,
    ) -> Result<(), DecodeError> {
        arrived
            .fields
            .resize_with(self.fields.len(), Arrived::default);
        message(input, |number, wire, input| {
            let Some(index) = self.fields.iter().position(|field| field.has(number)) else {
                return skip(number, wire, input);
            };
            let at = At {
                depth,
                encoding: Default::default(),
                arrived: &mut arrived.fields[index],
            };
            self.fields[index].merge(value, number, wire, input, at)
        })
    }

    pub(crate) fn encode(&self, value: &M, out: &mut Vec<u8>) {
        for field in &self.fields {
            field.encode(value, out);
        }
    }

    pub(crate) fn show(&self, value: &M) -> Json {
        let mut out = Map::new();
        for field in &self.fields {
            field.show(value, &mut out);
        }
        out.into()
    }

    pub(crate) fn check(&self, value: &mut M, path: &Path<'_>, errors: &mut ConfigErrors) {
        for field in &self.fields {
            field.check(value, path, errors);
        }
    }

    /// Collects which of the declared defaults are against the rules on their own fields. What a
    /// reference to a secret stands for is known only where the adapter runs.
    pub(crate) fn check_defaults(&self, errors: &mut ConfigErrors) {
        let mut defaults = self.defaults();
        for (field, info) in self.fields.iter().zip(&self.info().fields) {
            if info.default.is_some() && !info.kind.holds_secret() {
                field.check(&mut defaults, &Path::Root, errors);
            }
        }
    }
}

impl<M> fmt::Debug for ConfigMessage<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConfigMessage({})", self.name)
    }
}
