//! Which attributes are read.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use adapter_runtime::value::Str;

use super::bag::Attributes;
use super::dictionary::{GlobalDictionary, WordWriter};
use super::name::{ByName, Name};
use super::value::ValueRef;
use crate::proto::mixer::ReferencedAttributes;
use crate::proto::mixer::referenced_attributes::{self as wire, AttributeMatch};

/// What was found where an attribute was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// Nothing.
    Absence,
    /// A value.
    Exact,
}

/// An attribute that was read, or a key of a string map.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Reference {
    /// The attribute.
    pub name: Str,
    /// The key, where a string map was looked into.
    pub key: Option<Str>,
    /// What was found.
    pub condition: Condition,
}

impl fmt::Display for Reference {
    /// `source.labels[app] EXACT`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(key) = &self.key {
            write!(f, "[{key}]")?;
        }
        f.write_str(match self.condition {
            Condition::Absence => " ABSENCE",
            Condition::Exact => " EXACT",
        })
    }
}

/// The attributes that were read: what an answer depends on.
///
/// A string map that is present is not itself listed, only the keys that were looked up in it.
#[derive(Clone, Default)]
pub struct References {
    attributes: ByName<Found>,
}

#[derive(Clone, Default)]
struct Found {
    itself: Option<Condition>,
    keys: ByName<Option<Condition>>,
}

impl References {
    /// All references, sorted.
    #[must_use]
    pub fn sorted(&self) -> Vec<Reference> {
        let mut all: Vec<_> = self
            .attributes
            .iter()
            .flat_map(|(name, found)| {
                let itself = found.itself.map(|condition| (None, condition));
                let keys = (found.keys.iter())
                    .filter_map(|(key, condition)| Some((Some(key.clone()), (*condition)?)));
                itself
                    .into_iter()
                    .chain(keys)
                    .map(|(key, condition)| Reference {
                        name: name.clone(),
                        key,
                        condition,
                    })
            })
            .collect();
        all.sort_unstable();
        all
    }

    /// The references as a check is answered with, sorted; for a caller that knows the first
    /// `global_word_count` words of `global`.
    ///
    /// The format has no way to tell the first global word from no key at all, so a key that is
    /// that word is sent as none, as Mixer sends it.
    #[must_use]
    pub fn to_message(
        &self,
        global: &GlobalDictionary,
        global_word_count: u32,
    ) -> ReferencedAttributes {
        let mut words = WordWriter::new(global, global_word_count);
        let attribute_matches = self
            .sorted()
            .iter()
            .map(|reference| AttributeMatch {
                name: words.index(&reference.name),
                condition: match reference.condition {
                    Condition::Absence => wire::Condition::Absence,
                    Condition::Exact => wire::Condition::Exact,
                }
                .into(),
                regex: String::new(),
                map_key: match &reference.key {
                    Some(key) => words.index(key),
                    None => 0,
                },
            })
            .collect();
        ReferencedAttributes {
            words: words.into_words(),
            attribute_matches,
        }
    }

    fn record(&mut self, name: ReadName<'_>, key: Option<&str>, present: bool) {
        let condition = Some(match present {
            true => Condition::Exact,
            false => Condition::Absence,
        });
        let found = match name {
            ReadName::Named(name) => self.attributes.entry_named(name),
            ReadName::Text(name) => self.attributes.entry(name),
        };
        match key {
            None => found.itself = condition,
            Some(key) => *found.keys.entry(key) = condition,
        }
    }
}

impl fmt::Debug for References {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.sorted()).finish()
    }
}

/// The name of an attribute, as it is read.
#[derive(Clone, Copy)]
enum ReadName<'a> {
    Named(&'a Name),
    Text(&'a str),
}

/// A bag that notes what is read from it: the attributes of a request.
///
/// ```
/// use adapter_mixer::attribute::{Attributes, Bag, Tracked};
///
/// let bag = Bag::from([("source.name", "client")]);
/// let tracked = Tracked::new(&bag);
/// tracked.get("source.name");
/// tracked.get("source.ip");
/// let read: Vec<_> = tracked.references().sorted().iter().map(|it| it.to_string()).collect();
/// assert_eq!(read, ["source.ip ABSENCE", "source.name EXACT"]);
/// ```
#[derive(Debug)]
pub struct Tracked<A> {
    attributes: A,
    references: Mutex<References>,
}

impl<A: Attributes> Tracked<A> {
    /// Tracks a bag.
    #[must_use]
    pub fn new(attributes: A) -> Tracked<A> {
        Tracked {
            attributes,
            references: Mutex::default(),
        }
    }

    /// What was read so far.
    #[must_use]
    pub fn references(&self) -> References {
        lock(&self.references).clone()
    }

    /// Forgets what was read since [`references`](Tracked::references) gave this.
    pub fn restore(&self, references: References) {
        *lock(&self.references) = references;
    }
}

impl<A: Attributes> Attributes for Tracked<A> {
    fn get<'a>(&'a self, name: &'a str) -> Option<ValueRef<'a>> {
        self.note(ReadName::Text(name), self.attributes.get(name))
    }

    fn get_named<'a>(&'a self, name: &'a Name) -> Option<ValueRef<'a>> {
        self.note(ReadName::Named(name), self.attributes.get_named(name))
    }

    fn contains(&self, name: &str) -> bool {
        self.attributes.contains(name)
    }
}

impl<A> Tracked<A> {
    /// Notes that an attribute was read; what is read in a map is noted later.
    fn note<'a>(&'a self, name: ReadName<'a>, value: Option<ValueRef<'a>>) -> Option<ValueRef<'a>> {
        if let Some(ValueRef::StringMap(map)) = value {
            let references = &self.references;
            return Some(ValueRef::StringMap(
                map.tracked(Tracking { references, name }),
            ));
        }
        lock(&self.references).record(name, None, value.is_some());
        value
    }
}

/// Where look-ups in a map are noted.
#[derive(Clone, Copy)]
pub(super) struct Tracking<'a> {
    references: &'a Mutex<References>,
    name: ReadName<'a>,
}

impl Tracking<'_> {
    pub(super) fn record(&self, key: &str, present: bool) {
        lock(self.references).record(self.name, Some(key), present);
    }
}

/// Nothing that holds the lock panics halfway.
fn lock(references: &Mutex<References>) -> MutexGuard<'_, References> {
    references.lock().unwrap_or_else(PoisonError::into_inner)
}
