//! Fields that hold others: `Option`, lists, maps.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::{BuildHasher, Hash};

use serde_json::Value as Json;

use super::field::{ConfigElement, ConfigField, encode_bytes};
use super::place::{Arrived, At, Encoding, Path, Slot};
use super::rules::{Check, Presence};
use super::{Kind, Scalar};
use crate::error::ConfigErrors;
use crate::wire::{DecodeError, Rest, WireType, bytes, message, skip};

/// Absent on the wire is `None`. Zero is not: Mixer writes what the operator wrote.
impl<T: ConfigField> ConfigField for Option<T> {
    const REPLACES_DEFAULT: bool = T::REPLACES_DEFAULT;

    fn empty() -> Option<T> {
        None
    }

    fn kind(encoding: Encoding) -> Kind {
        Kind::Optional(Box::new(T::kind(encoding)))
    }

    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], at: At<'_>) -> Rest<'a> {
        self.get_or_insert_with(T::empty).merge(wire, input, at)
    }

    fn encode(&self, slot: Slot, out: &mut Vec<u8>) {
        if let Some(value) = self {
            value.encode(slot, out);
        }
    }

    fn show(&self) -> Json {
        self.as_ref().map_or(Json::Null, T::show)
    }

    fn check(&mut self, check: Check<'_>, path: &Path<'_>, errors: &mut ConfigErrors) {
        match self {
            Some(value) => value.check(check.within(Presence::Optional), path, errors),
            None => check.absent(path, errors),
        }
    }
}

impl<T: ConfigElement> ConfigField for Vec<T> {
    fn empty() -> Vec<T> {
        Vec::new()
    }

    fn kind(encoding: Encoding) -> Kind {
        Kind::Repeated(Box::new(T::kind(encoding)))
    }

    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], at: At<'_>) -> Rest<'a> {
        let mut element = |wire, input| {
            let mut value = T::empty();
            let at = At {
                arrived: &mut Arrived::default(),
                ..at
            };
            let rest = value
                .merge(wire, input, at)
                .map_err(|error: DecodeError| error.in_element(self.len()))?;
            self.push(value);
            Ok(rest)
        };
        match T::packed(at.encoding) {
            Some(packed) if wire == WireType::Len => {
                let (mut packed_values, rest) = bytes(wire, input)?;
                while !packed_values.is_empty() {
                    packed_values = element(packed, packed_values)?;
                }
                Ok(rest)
            }
            _ => element(wire, input),
        }
    }

    fn encode(&self, slot: Slot, out: &mut Vec<u8>) {
        // Not packed: every parser takes both forms, and Mixer's own encoder writes either.
        self.iter().for_each(|element| element.encode(slot, out));
    }

    fn show(&self) -> Json {
        self.iter().map(T::show).collect()
    }

    fn check(&mut self, check: Check<'_>, path: &Path<'_>, errors: &mut ConfigErrors) {
        check.container(self.is_empty(), path, errors);
        if check.unique() {
            let shown: Vec<_> = self.iter().map(T::show).collect();
            check.no_element_twice(&shown, path, errors);
        }
        for (index, element) in self.iter_mut().enumerate() {
            let path = Path::Index(path, index);
            element.check(check.within(Presence::Element), &path, errors);
        }
    }
}

/// A type that the keys of a map can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the key of a map in a configuration",
    label = "not a key that Mixer can encode",
    note = "use `String`, `i32` or `i64`"
)]
pub trait ConfigKey: ConfigField + Ord + Hash + fmt::Debug {
    /// The protobuf type.
    #[doc(hidden)]
    const SCALAR: Scalar;

    /// The key as JSON has it.
    #[doc(hidden)]
    fn text(&self) -> String;
}

impl ConfigKey for String {
    const SCALAR: Scalar = Scalar::String;

    fn text(&self) -> String {
        self.clone()
    }
}

impl ConfigKey for i32 {
    const SCALAR: Scalar = Scalar::Int32;

    fn text(&self) -> String {
        self.to_string()
    }
}

impl ConfigKey for i64 {
    const SCALAR: Scalar = Scalar::Int64;

    fn text(&self) -> String {
        self.to_string()
    }
}

impl<K: ConfigKey, T: ConfigElement> ConfigField for BTreeMap<K, T> {
    fn empty() -> BTreeMap<K, T> {
        BTreeMap::new()
    }

    fn kind(encoding: Encoding) -> Kind {
        Kind::Map(K::SCALAR, Box::new(T::kind(encoding)))
    }

    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], at: At<'_>) -> Rest<'a> {
        let (key, value, rest) = entry(wire, input, at)?;
        self.insert(key, value);
        Ok(rest)
    }

    fn encode(&self, slot: Slot, out: &mut Vec<u8>) {
        encode_map(self.iter(), slot, out);
    }

    fn show(&self) -> Json {
        show_map(self.iter())
    }

    fn check(&mut self, check: Check<'_>, path: &Path<'_>, errors: &mut ConfigErrors) {
        check.container(self.is_empty(), path, errors);
        check_values(self.iter_mut(), check, path, errors);
    }
}

impl<K, T, S> ConfigField for HashMap<K, T, S>
where
    K: ConfigKey,
    T: ConfigElement,
    S: BuildHasher + Default + 'static,
{
    fn empty() -> HashMap<K, T, S> {
        HashMap::default()
    }

    fn kind(encoding: Encoding) -> Kind {
        Kind::Map(K::SCALAR, Box::new(T::kind(encoding)))
    }

    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], at: At<'_>) -> Rest<'a> {
        let (key, value, rest) = entry(wire, input, at)?;
        self.insert(key, value);
        Ok(rest)
    }

    fn encode(&self, slot: Slot, out: &mut Vec<u8>) {
        encode_map(self.iter().collect::<BTreeMap<_, _>>(), slot, out);
    }

    fn show(&self) -> Json {
        show_map(self.iter().collect::<BTreeMap<_, _>>())
    }

    fn check(&mut self, check: Check<'_>, path: &Path<'_>, errors: &mut ConfigErrors) {
        check.container(self.is_empty(), path, errors);
        let sorted: BTreeMap<_, _> = self.iter_mut().collect();
        check_values(sorted, check, path, errors);
    }
}

/// An entry of a map: a message whose field 1 is the key and field 2 the value; either may be left
/// out where it is empty.
fn entry<'a, K: ConfigKey, T: ConfigElement>(
    wire: WireType,
    input: &'a [u8],
    at: At<'_>,
) -> Result<(K, T, &'a [u8]), DecodeError> {
    let (body, rest) = bytes(wire, input)?;
    let depth = at.depth.deeper()?;
    let (mut key, mut value) = (K::empty(), T::empty());
    let mut arrived = Arrived::default();
    let decoded = message(body, |number, wire, input| {
        let at = At {
            depth,
            encoding: at.encoding,
            arrived: &mut arrived,
        };
        match number {
            1 => {
                let at = At {
                    encoding: Encoding::Plain,
                    ..at
                };
                key.merge(wire, input, at)
                    .map_err(|error| error.in_field("key"))
            }
            2 => value.merge(wire, input, at),
            _ => skip(number, wire, input),
        }
    });
    decoded.map_err(|error| error.in_entry(&key))?;
    Ok((key, value, rest))
}

fn encode_map<'a, K: ConfigKey, T: ConfigElement>(
    entries: impl IntoIterator<Item = (&'a K, &'a T)>,
    slot: Slot,
    out: &mut Vec<u8>,
) {
    for (key, value) in entries {
        let mut entry = Vec::new();
        key.encode(Slot::plain(1), &mut entry);
        value.encode(Slot { tag: 2, ..slot }, &mut entry);
        encode_bytes(slot.tag, &entry, out);
    }
}

fn show_map<'a, K: ConfigKey, T: ConfigElement>(
    entries: impl IntoIterator<Item = (&'a K, &'a T)>,
) -> Json {
    let entries = entries.into_iter();
    entries
        .map(|(key, value)| (key.text(), value.show()))
        .collect()
}

fn check_values<'a, K: ConfigKey, T: ConfigElement>(
    entries: impl IntoIterator<Item = (&'a K, &'a mut T)>,
    check: Check<'_>,
    path: &Path<'_>,
    errors: &mut ConfigErrors,
) {
    for (key, value) in entries {
        let path = Path::Key(path, key);
        value.check(check.within(Presence::Element), &path, errors);
    }
}
