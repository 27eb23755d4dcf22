//! The attributes of a message, read where they are.

use std::borrow::Cow;
use std::fmt;

use adapter_runtime::value::IpAddress;

use super::bag::Attributes;
use super::dictionary::GlobalDictionary;
use super::message::{Message, WireValue};
use super::name::Name;
use super::value::{MapRef, ValueRef};
use crate::wire::Malformed;

/// More words than these are found by their order.
const FEW: usize = 64;

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
/// - A word that is not UTF-8 is read with `U+FFFD` for what is wrong.
pub struct WireBag<'m> {
    message: Message<'m>,
    global: &'m GlobalDictionary,
    places: Places,
}

/// Where the words of a message are.
enum Places {
    /// The marks of all words: most names are not among them.
    Few(Marks),
    /// Sorted by word, and by place among equal ones.
    Sorted(Box<[u32]>),
}

impl<'m> WireBag<'m> {
    /// The attributes of a message: an encoded
    /// [`CompressedAttributes`](crate::proto::mixer::CompressedAttributes).
    ///
    /// # Errors
    /// If the bytes are not of that type.
    pub fn decode(
        message: &'m [u8],
        global: &'m GlobalDictionary,
    ) -> Result<WireBag<'m>, Malformed> {
        Ok(WireBag::new(Message::decode(message)?, global))
    }

    pub(super) fn new(message: Message<'m>, global: &'m GlobalDictionary) -> WireBag<'m> {
        let places = Places::of(&message.words);
        WireBag {
            message,
            global,
            places,
        }
    }

    /// Whether there is a value under this name, even one that can't be read.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        let index = self.index(name, || self.global.index(name));
        index.is_some_and(|index| self.message.value(index).is_some())
    }

    /// The names of all attributes that can be seen, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let values = self.message.values().iter();
        let mut names: Vec<&str> = values
            .filter_map(|(index, _)| self.word(*index))
            .filter(|name| self.get(name).is_some())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Where a word is: in the message, else in the global list.
    #[inline]
    fn index(&self, word: &str, global: impl FnOnce() -> Option<i32>) -> Option<i32> {
        let own = self.places.find(&self.message.words, word, Some);
        own.or_else(global)
    }

    fn word(&self, index: i32) -> Option<&str> {
        self.global.word_of(index, &self.message.words)
    }

    fn value(&self, index: i32) -> Option<ValueRef<'_>> {
        Some(match self.message.value(index)? {
            WireValue::String(text) => ValueRef::String(Cow::Borrowed(self.word(text)?)),
            WireValue::StringMap(span) => {
                let entries = self.message.entries(span);
                let map = WireMap { bag: self, entries };
                if !map.is_readable() {
                    return None;
                }
                ValueRef::StringMap(MapRef::of_wire(map))
            }
            WireValue::Int64(number) => ValueRef::Int64(number),
            WireValue::Double(number) => ValueRef::Double(number),
            WireValue::Bool(value) => ValueRef::Bool(value),
            WireValue::TimeStamp(time) => ValueRef::TimeStamp(time),
            WireValue::Duration(span) => ValueRef::Duration(span),
            WireValue::Bytes(bytes) => ValueRef::IpAddress(IpAddress::from(bytes)),
        })
    }
}

impl Attributes for WireBag<'_> {
    fn get<'a>(&'a self, name: &'a str) -> Option<ValueRef<'a>> {
        self.value(self.index(name, || self.global.index(name))?)
    }

    fn get_named<'a>(&'a self, name: &'a Name) -> Option<ValueRef<'a>> {
        self.value(self.index(name.as_str(), || self.global.index_of(name))?)
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

impl Places {
    fn of(words: &[Cow<'_, str>]) -> Places {
        if words.len() <= FEW {
            let mut marks = Marks::default();
            words.iter().for_each(|word| marks.set(word));
            return Places::Few(marks);
        }
        let mut sorted: Box<[u32]> = (0..).take(words.len()).collect();
        sorted.sort_unstable_by_key(|&at| (&*words[at as usize], at));
        Places::Sorted(sorted)
    }

    /// The first that `take` takes of the indices of a word, from the last place to the first.
    #[inline]
    fn find<T>(
        &self,
        words: &[Cow<'_, str>],
        word: &str,
        take: impl Fn(i32) -> Option<T>,
    ) -> Option<T> {
        // A message of 2^31 words can't be sent.
        let take = |at: usize| take(!(at as i32));
        match self {
            Places::Few(marks) if !marks.may_have(word) => None,
            Places::Few(_) => {
                let own = words.iter().enumerate().rev();
                own.filter(|(_, own)| *own == word)
                    .find_map(|(at, _)| take(at))
            }
            Places::Sorted(sorted) => {
                let after = sorted.partition_point(|&at| *words[at as usize] <= *word);
                let own = sorted[..after].iter().rev().map(|at| *at as usize);
                own.take_while(|at| words[*at] == word).find_map(take)
            }
        }
    }
}

/// A set of words that may say yes where no is true.
#[derive(Clone, Copy, Debug, Default)]
struct Marks([u64; 4]);

impl Marks {
    fn set(&mut self, word: &str) {
        let (at, bit) = Marks::place(word);
        self.0[at] |= bit;
    }

    #[inline]
    fn may_have(&self, word: &str) -> bool {
        let (at, bit) = Marks::place(word);
        self.0[at] & bit != 0
    }

    /// By the length and the last letter.
    #[inline]
    fn place(word: &str) -> (usize, u64) {
        let last = word.as_bytes().last().copied().unwrap_or_default();
        let mark = word.len().wrapping_mul(31) ^ usize::from(last).wrapping_mul(7);
        (mark >> 6 & 3, 1 << (mark & 63))
    }
}

/// A string map of a message.
#[derive(Clone, Copy)]
pub(super) struct WireMap<'a> {
    bag: &'a WireBag<'a>,
    /// Sorted by key.
    entries: &'a [(i32, i32)],
}

impl<'a> WireMap<'a> {
    fn is_readable(&self) -> bool {
        self.entries
            .iter()
            .all(|(key, value)| self.bag.word(*key).and(self.bag.word(*value)).is_some())
    }

    /// Unlike an attribute, a key is found under any place of its word.
    pub(super) fn get(&self, key: &str) -> Option<&'a str> {
        let WireBag {
            message,
            global,
            places,
        } = self.bag;
        let entry = |key: i32| {
            let at = self.entries.binary_search_by_key(&key, |(key, _)| *key);
            Some(self.entries[at.ok()?].1)
        };
        let own = places.find(&message.words, key, entry);
        self.bag.word(own.or_else(|| entry(global.index(key)?))?)
    }

    pub(super) fn entries(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.entries
            .iter()
            .filter_map(move |(key, value)| Some((self.bag.word(*key)?, self.bag.word(*value)?)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use prost::Message as _;

    use super::*;
    use crate::proto::mixer::{CompressedAttributes, StringMap};

    #[test]
    fn a_key_is_found_under_any_place_of_its_word() {
        let global = GlobalDictionary::new(&["g", "h"]);
        for (key, many) in [0, -1, -2]
            .into_iter()
            .flat_map(|key| [(key, 0), (key, FEW)])
        {
            let mut words = ["g", "g", "map", "v"].map(str::to_owned).to_vec();
            words.extend((0..many).map(|number| format!("word{number}")));
            let message = CompressedAttributes {
                words,
                string_maps: [(-3, BTreeMap::from([(key, -4)]))]
                    .map(|(name, entries)| (name, StringMap { entries }))
                    .into(),
                ..Default::default()
            };
            let message = message.encode_to_vec();
            let bag = WireBag::decode(&message, &global).expect("it was encoded");
            let Some(ValueRef::StringMap(map)) = bag.get("map") else {
                panic!("no map");
            };
            assert_eq!(map.get("g"), Some("v"), "{key}");
            assert_eq!(map.get("h"), None);
        }
    }

    #[test]
    fn a_word_that_is_no_text_is_read() {
        // words: "x", "\xff"; strings: { -1: -2 }
        let message = b"\x0a\x01x\x0a\x01\xff\x12\x04\x08\x01\x10\x03";
        let bag = WireBag::decode(message, GlobalDictionary::istio()).expect("a message");
        let value = bag.get("x").expect("it is there");
        assert_eq!(value.as_str(), Some("\u{fffd}"));
    }

    #[test]
    fn the_last_of_equal_entries_counts() {
        // words: "x"; int64s: { -1: 1 }, { -1: 2 }, { 5: 3 }, { -1: 4 }
        let entries = [(1, 1), (1, 2), (10, 3), (1, 4)];
        let mut message = b"\x0a\x01x".to_vec();
        for (key, value) in entries {
            message.extend([0x1a, 4, 0x08, key, 0x10, value]);
        }
        let bag = WireBag::decode(&message, GlobalDictionary::istio()).expect("a message");
        assert!(matches!(bag.get("x"), Some(ValueRef::Int64(4))));
        assert_eq!(bag.names().len(), 2);
    }
}
