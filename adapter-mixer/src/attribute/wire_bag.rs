//! The attributes of a message, read where they are.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::iter;

use adapter_runtime::value::{Duration, IpAddress, TimeStamp};

use super::bag::Attributes;
use super::dictionary::{GlobalDictionary, word};
use super::value::{MapRef, ValueRef};
use crate::proto::mixer::{CompressedAttributes, StringMap};

/// The attributes that a client sent, read as Mixer reads those of a check: nothing is validated
/// in advance.
///
/// - An attribute whose value, or any entry of whose map, stands for a word that neither side
///   knows is absent.
/// - A name is looked up in the words of the message first, then in the global ones. An attribute
///   under the global index of a word that is also in the message can't be seen; of a word that
///   is twice in the message only the last place counts.
/// - If one name has values of several types, strings come first, then string maps, int64s,
///   doubles, bools, timestamps, durations, bytes.
pub struct WireBag<'d> {
    message: CompressedAttributes,
    global: &'d GlobalDictionary,
    /// The places of the message's words, sorted by word, and by place among equal ones.
    sorted: Box<[u32]>,
}

impl<'d> WireBag<'d> {
    /// The attributes of a message.
    #[must_use]
    pub fn new(message: CompressedAttributes, global: &'d GlobalDictionary) -> WireBag<'d> {
        let words = &message.words;
        let mut sorted: Box<[u32]> = (0..).take(words.len()).collect();
        sorted.sort_unstable_by_key(|&at| (words[at as usize].as_str(), at));
        WireBag {
            message,
            global,
            sorted,
        }
    }

    /// Whether there is a value under this name, even one that can't be read.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.index(name).is_some_and(|index| {
            let it = &self.message;
            it.strings.contains_key(&index)
                || it.string_maps.contains_key(&index)
                || it.int64s.contains_key(&index)
                || it.doubles.contains_key(&index)
                || it.bools.contains_key(&index)
                || it.timestamps.contains_key(&index)
                || it.durations.contains_key(&index)
                || it.bytes.contains_key(&index)
        })
    }

    /// The names of all attributes that can be seen, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let it = &self.message;
        let indices = (it.strings.keys())
            .chain(it.string_maps.keys())
            .chain(it.int64s.keys())
            .chain(it.doubles.keys())
            .chain(it.bools.keys())
            .chain(it.timestamps.keys())
            .chain(it.durations.keys())
            .chain(it.bytes.keys());
        let mut names: Vec<&str> = indices
            .filter_map(|index| self.word(*index))
            .filter(|name| self.get(name).is_some())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Where a word is: in the message, else in the global list.
    fn index(&self, name: &str) -> Option<i32> {
        self.indices(name).next()
    }

    /// All places of a word, the last one in the message first.
    fn indices<'n>(&'n self, name: &'n str) -> impl Iterator<Item = i32> + 'n {
        let words = &self.message.words;
        let after = self
            .sorted
            .partition_point(|&at| words[at as usize].as_str() <= name);
        let places = self.sorted[..after].iter().rev();
        places
            .take_while(move |at| words[**at as usize] == name)
            .map(|at| !(*at as i32))
            .chain(iter::once_with(|| self.global.index(name)).flatten())
    }

    fn word(&self, index: i32) -> Option<&str> {
        word(index, &self.message.words, self.global)
    }
}

impl Attributes for WireBag<'_> {
    fn get<'a>(&'a self, name: &'a str) -> Option<ValueRef<'a>> {
        let index = &self.index(name)?;
        let it = &self.message;
        if let Some(text) = it.strings.get(index) {
            return Some(ValueRef::String(Cow::Borrowed(self.word(*text)?)));
        }
        if let Some(StringMap { entries }) = it.string_maps.get(index) {
            let map = WireMap { bag: self, entries };
            return map
                .is_readable()
                .then(|| ValueRef::StringMap(MapRef::of_wire(map)));
        }
        if let Some(number) = it.int64s.get(index) {
            return Some(ValueRef::Int64(*number));
        }
        if let Some(number) = it.doubles.get(index) {
            return Some(ValueRef::Double(*number));
        }
        if let Some(value) = it.bools.get(index) {
            return Some(ValueRef::Bool(*value));
        }
        if let Some(time) = it.timestamps.get(index) {
            return Some(ValueRef::TimeStamp(TimeStamp::new(
                time.seconds,
                time.nanos,
            )));
        }
        if let Some(span) = it.durations.get(index) {
            return Some(ValueRef::Duration(Duration::new(span.seconds, span.nanos)));
        }
        let bytes = it.bytes.get(index)?;
        Some(ValueRef::IpAddress(IpAddress::from(bytes.as_slice())))
    }
}

impl fmt::Debug for WireBag<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = self.names().into_iter();
        f.debug_map()
            .entries(values.filter_map(|name| Some((name, self.get(name)?))))
            .finish()
    }
}

/// A string map of a message.
#[derive(Clone, Copy)]
pub(super) struct WireMap<'a> {
    bag: &'a WireBag<'a>,
    entries: &'a BTreeMap<i32, i32>,
}

impl<'a> WireMap<'a> {
    fn is_readable(&self) -> bool {
        self.entries
            .iter()
            .all(|(key, value)| self.bag.word(*key).and(self.bag.word(*value)).is_some())
    }

    /// Unlike an attribute, a key is found under any place of its word.
    pub(super) fn get(&self, key: &str) -> Option<&'a str> {
        let mut places = self.bag.indices(key);
        let value = places.find_map(|place| self.entries.get(&place))?;
        self.bag.word(*value)
    }

    pub(super) fn entries(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.entries
            .iter()
            .filter_map(move |(key, value)| Some((self.bag.word(*key)?, self.bag.word(*value)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_under_any_place_of_its_word() {
        let global = GlobalDictionary::new(&["g", "h"]);
        for key in [0, -1, -2] {
            let message = CompressedAttributes {
                words: ["g", "g", "map", "v"].map(str::to_owned).to_vec(),
                string_maps: [(-3, BTreeMap::from([(key, -4)]))]
                    .map(|(name, entries)| (name, StringMap { entries }))
                    .into(),
                ..Default::default()
            };
            let bag = WireBag::new(message, &global);
            let Some(ValueRef::StringMap(map)) = bag.get("map") else {
                panic!("no map");
            };
            assert_eq!(map.get("g"), Some("v"), "{key}");
            assert_eq!(map.get("h"), None);
        }
    }
}
