//! The keys that are remembered, of which there are so many at most.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use super::LookupOptions;
use super::entry::Entry;

/// The keys that are remembered: those that were used since the last change of generations, and those
/// that were used in the generation before. What was used in neither is forgotten.
pub(super) struct Store<K, V> {
    options: LookupOptions,
    recent: HashMap<K, Entry<V>>,
    old: HashMap<K, Entry<V>>,
    /// How many fetches are under way.
    pub(super) in_flight: usize,
}

impl<K: Eq + Hash, V: Clone> Store<K, V> {
    pub(super) fn new(options: LookupOptions) -> Store<K, V> {
        Store {
            options,
            recent: HashMap::new(),
            old: HashMap::new(),
            in_flight: 0,
        }
    }

    /// What is remembered of a key.
    pub(super) fn get<Q>(&mut self, key: &Q) -> Option<&mut Entry<V>>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        match self.recent.get_mut(key) {
            Some(entry) => Some(entry),
            None => self.old.get_mut(key),
        }
    }

    /// What is remembered of a key, from now on too.
    pub(super) fn touch<Q>(&mut self, key: &Q) -> &mut Entry<V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        if !self.recent.contains_key(key) {
            let (key, entry) = match self.old.remove_entry(key) {
                Some(found) => found,
                None => (key.to_owned(), Entry::new(self.options)),
            };
            if self.recent.len() >= self.options.capacity.div_ceil(2) {
                self.change_generations();
            }
            self.recent.insert(key, entry);
        }
        self.recent.get_mut(key).expect("it is there now")
    }

    /// Forgets what was not used lately, except what must not be: who waits for a fetch that is under
    /// way must be joined by those who ask meanwhile.
    fn change_generations(&mut self) {
        let recent = std::mem::take(&mut self.recent);
        let old = std::mem::replace(&mut self.old, recent);
        let needed = |entry: &Entry<V>| entry.kept || entry.landing.is_some();
        self.old
            .extend(old.into_iter().filter(|(_, entry)| needed(entry)));
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.recent.len() + self.old.len()
    }
}
