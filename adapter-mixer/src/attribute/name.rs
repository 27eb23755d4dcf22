//! Names, and what is found under them.

use std::fmt;
use std::hash::BuildHasher;
use std::sync::LazyLock;

use adapter_runtime::value::Str;
use foldhash::fast::RandomState;
use hashbrown::{HashTable, hash_table};

/// The name of an attribute that is looked up again and again, as an expression does for each
/// request: its hash is computed once.
#[derive(Clone)]
pub struct Name {
    text: Box<str>,
    hash: u64,
}

impl Name {
    /// A name that is going to be looked up.
    #[must_use]
    pub fn new(name: &str) -> Name {
        Name {
            text: name.into(),
            hash: hash(name),
        }
    }

    /// The name.
    #[inline]
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

/// The hash of a name, the same in all bags. Another run of the program has others, so that no
/// client can choose names that collide.
fn hash(name: &str) -> u64 {
    static STATE: LazyLock<RandomState> = LazyLock::new(RandomState::default);
    STATE.hash_one(name)
}

/// Values by name, which are found by a [`Name`] without hashing it again.
#[derive(Clone)]
pub(super) struct ByName<T> {
    entries: HashTable<Entry<T>>,
}

#[derive(Clone)]
struct Entry<T> {
    hash: u64,
    name: Str,
    value: T,
}

impl<T> ByName<T> {
    pub(super) const fn new() -> ByName<T> {
        ByName {
            entries: HashTable::new(),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&T> {
        self.find(hash(name), name)
    }

    #[inline]
    pub(super) fn get_named(&self, name: &Name) -> Option<&T> {
        self.find(name.hash, &name.text)
    }

    #[inline]
    fn find(&self, hash: u64, name: &str) -> Option<&T> {
        // Two names of one hash are hardly ever met, and comparing texts in the loop is dear.
        let entry = self.entries.find(hash, |entry| entry.hash == hash)?;
        if entry.name == *name {
            return Some(&entry.value);
        }
        self.find_among_equal_hashes(hash, name)
    }

    #[cold]
    fn find_among_equal_hashes(&self, hash: u64, name: &str) -> Option<&T> {
        let entry = self.entries.find(hash, |entry| entry.name == *name)?;
        Some(&entry.value)
    }

    pub(super) fn insert(&mut self, name: Str, value: T) {
        let hash = hash(&name);
        let same = |entry: &Entry<T>| entry.name == name;
        match self.entries.find_mut(hash, same) {
            Some(entry) => entry.value = value,
            None => {
                let entry = Entry { hash, name, value };
                self.entries.insert_unique(hash, entry, |entry| entry.hash);
            }
        }
    }

    /// The value of a name, which is the default one if there was none.
    pub(super) fn entry(&mut self, name: &str) -> &mut T
    where
        T: Default,
    {
        self.entry_of(hash(name), name)
    }

    /// The same for a name that was prepared.
    pub(super) fn entry_named(&mut self, name: &Name) -> &mut T
    where
        T: Default,
    {
        self.entry_of(name.hash, &name.text)
    }

    fn entry_of(&mut self, hash: u64, name: &str) -> &mut T
    where
        T: Default,
    {
        if self.entries.is_empty() {
            // Growing from one size to the next costs more.
            self.entries.reserve(14, |entry| entry.hash);
        }
        let same = |entry: &Entry<T>| entry.hash == hash && entry.name == *name;
        let entry = match self.entries.entry(hash, same, |entry| entry.hash) {
            hash_table::Entry::Occupied(entry) => entry.into_mut(),
            hash_table::Entry::Vacant(vacant) => {
                let (name, value) = (name.into(), T::default());
                vacant.insert(Entry { hash, name, value }).into_mut()
            }
        };
        &mut entry.value
    }

    pub(super) fn remove(&mut self, name: &str) {
        let same = |entry: &Entry<T>| entry.name == *name;
        if let Ok(entry) = self.entries.find_entry(hash(name), same) {
            entry.remove();
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Str, &T)> {
        let entries = self.entries.iter();
        entries.map(|entry| (&entry.name, &entry.value))
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }
}

impl<T> Default for ByName<T> {
    fn default() -> ByName<T> {
        ByName::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_hash_are_told_apart() {
        let mut values = ByName::new();
        for (text, value) in [("a", 1), ("b", 2)] {
            let (hash, name) = (7, text.into());
            let entry = Entry { hash, name, value };
            values
                .entries
                .insert_unique(hash, entry, |entry| entry.hash);
        }
        let found = |text: &str| {
            let (hash, text) = (7, text.into());
            values.get_named(&Name { text, hash }).copied()
        };
        assert_eq!(
            [found("a"), found("b"), found("c")],
            [Some(1), Some(2), None]
        );
    }

    #[test]
    fn a_second_value_replaces_the_first() {
        let mut values = ByName::new();
        values.insert("a".into(), 1);
        values.insert("a".into(), 2);
        let name = Name::new("a");
        assert_eq!(
            (values.get("a"), values.get_named(&name)),
            (Some(&2), Some(&2))
        );
        assert_eq!(values.iter().count(), 1);
        values.remove("a");
        assert_eq!((values.get("a"), values.get_named(&name)), (None, None));
    }
}
