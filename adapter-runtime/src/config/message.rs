//! The table of a configuration's fields, and what walks it.

use std::any::TypeId;
use std::fmt;

use super::field::encode_bytes;
use super::{ConfigField, FieldDescription, Kind};
use crate::wire::{DecodeError, Depth, Rest, WireType, bytes, message, skip};

/// What the derive makes of a struct: its defaults and its fields.
pub struct ConfigMessage<M: 'static> {
    defaults: fn() -> M,
    entries: Vec<Entry<M>>,
}

/// A field of the struct `M`.
pub struct Entry<M: 'static> {
    name: &'static str,
    tag: u32,
    documentation: &'static str,
    has_default: bool,
    field: Box<dyn Field<M>>,
}

/// Describes a field; `has_default` says whether the author declared a default.
pub fn entry<M: 'static, T: ConfigField>(
    name: &'static str,
    tag: u32,
    documentation: &'static str,
    has_default: bool,
    get: fn(&M) -> &T,
    get_mut: fn(&mut M) -> &mut T,
) -> Entry<M> {
    Entry {
        name,
        tag,
        documentation,
        has_default,
        field: Box::new(Access { get, get_mut }),
    }
}

/// A field whose type is erased.
trait Field<M>: Send + Sync {
    fn kind(&self) -> Kind;
    fn replaces_default(&self) -> bool;
    fn clear(&self, message: &mut M);
    fn merge<'a>(&self, message: &mut M, wire: WireType, input: &'a [u8], depth: Depth)
    -> Rest<'a>;
    fn settle(&self, message: &mut M);
    fn encode(&self, message: &M, tag: u32, out: &mut Vec<u8>);
    fn show(&self, message: &M) -> serde_json::Value;
    fn fields(&self, within: &[TypeId]) -> Vec<FieldDescription>;
}

struct Access<M, T> {
    get: fn(&M) -> &T,
    get_mut: fn(&mut M) -> &mut T,
}

impl<M, T: ConfigField> Field<M> for Access<M, T> {
    fn kind(&self) -> Kind {
        T::kind()
    }

    fn replaces_default(&self) -> bool {
        T::REPLACES_DEFAULT
    }

    fn clear(&self, message: &mut M) {
        *(self.get_mut)(message) = T::empty();
    }

    fn merge<'a>(
        &self,
        message: &mut M,
        wire: WireType,
        input: &'a [u8],
        depth: Depth,
    ) -> Rest<'a> {
        (self.get_mut)(message).merge(wire, input, depth)
    }

    fn settle(&self, message: &mut M) {
        (self.get_mut)(message).settle();
    }

    fn encode(&self, message: &M, tag: u32, out: &mut Vec<u8>) {
        (self.get)(message).encode(tag, out);
    }

    fn show(&self, message: &M) -> serde_json::Value {
        (self.get)(message).show()
    }

    fn fields(&self, within: &[TypeId]) -> Vec<FieldDescription> {
        T::fields(within)
    }
}

impl<M> ConfigMessage<M> {
    /// A table; `defaults` makes the struct with every field at its default.
    pub fn new<const N: usize>(defaults: fn() -> M, entries: [Entry<M>; N]) -> ConfigMessage<M> {
        ConfigMessage {
            defaults,
            entries: entries.into(),
        }
    }

    pub(crate) fn defaults(&self) -> M {
        (self.defaults)()
    }

    pub(crate) fn decode(&self, input: &[u8]) -> Result<M, DecodeError> {
        let mut value = self.defaults();
        self.merge(&mut value, input, Depth::ROOT)?;
        Ok(value)
    }

    /// Merges an encoded message into `value`, which has the defaults.
    pub(crate) fn merge(
        &self,
        value: &mut M,
        input: &[u8],
        depth: Depth,
    ) -> Result<(), DecodeError> {
        let mut arrived = vec![false; self.entries.len()];
        // A message may come in pieces. They are one message when they are put together, and must
        // be, for a piece doesn't know what the ones before it have replaced.
        let mut pieces = vec![Vec::new(); self.entries.len()];
        message(input, |number, wire, input| {
            let Some(at) = self.entries.iter().position(|entry| entry.tag == number) else {
                return skip(number, wire, input);
            };
            let entry = &self.entries[at];
            let named = |error: DecodeError| error.in_field(entry.name);
            let first = !std::mem::replace(&mut arrived[at], true);
            if entry.field.replaces_default() {
                if first {
                    entry.field.clear(value);
                }
                return entry.field.merge(value, wire, input, depth).map_err(named);
            }
            let (piece, rest) = bytes(wire, input).map_err(named)?;
            pieces[at].push(piece);
            Ok(rest)
        })?;
        for ((entry, pieces), arrived) in self.entries.iter().zip(pieces).zip(arrived) {
            if arrived && !entry.field.replaces_default() {
                if pieces.len() > 1 {
                    // Two halves of a field, put together, would be one.
                    for piece in &pieces {
                        message(piece, skip).map_err(|error| error.in_field(entry.name))?;
                    }
                }
                let mut whole = Vec::new();
                encode_bytes(entry.tag, &pieces.concat(), &mut whole);
                message(&whole, |_, wire, input| {
                    entry.field.merge(value, wire, input, depth)
                })
                .map_err(|error| error.in_field(entry.name))?;
            }
            entry.field.settle(value);
        }
        Ok(())
    }

    pub(crate) fn encode(&self, value: &M, out: &mut Vec<u8>) {
        for entry in &self.entries {
            entry.field.encode(value, entry.tag, out);
        }
    }

    pub(crate) fn show(&self, value: &M) -> serde_json::Value {
        let show = |entry: &Entry<M>| (entry.name.to_owned(), entry.field.show(value));
        self.entries.iter().map(show).collect()
    }

    pub(crate) fn describe(&self, within: &[TypeId]) -> Vec<FieldDescription> {
        let defaults = self.defaults();
        let mut descriptions = Vec::new();
        for entry in &self.entries {
            descriptions.push(FieldDescription {
                name: entry.name.to_owned(),
                kind: entry.field.kind().to_string(),
                default: entry.has_default.then(|| entry.field.show(&defaults)),
                description: entry.documentation.to_owned(),
            });
            for field in entry.field.fields(within) {
                let separator = if field.name.starts_with('[') { "" } else { "." };
                let name = format!("{}{separator}{}", entry.name, field.name);
                descriptions.push(FieldDescription { name, ..field });
            }
        }
        descriptions
    }
}

impl<M> fmt::Debug for ConfigMessage<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.entries).finish()
    }
}

impl<M> fmt::Debug for Entry<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} = {}", self.field.kind(), self.name, self.tag)
    }
}
