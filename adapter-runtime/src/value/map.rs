//! The map type of instances.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use super::Str;

/// Up to this many entries a linear search is as fast as a hash; larger maps are kept sorted.
const LINEAR: usize = 32;

/// A small map from strings, as `map<string, …>` fields of an instance hold it.
///
/// Entries stay in the order in which they came, except that a map of more than 32 entries is
/// sorted by key; Mixer's own order is random, so use [`sorted`](Map::sorted) where order matters.
/// Of equal keys the last wins. Two maps are equal if their entries are, in whatever order.
#[derive(Clone)]
pub struct Map<V> {
    entries: Vec<(Str, V)>,
}

impl<V> Map<V> {
    /// An empty map.
    #[must_use]
    pub const fn new() -> Map<V> {
        Map {
            entries: Vec::new(),
        }
    }

    /// The number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&V> {
        self.position(key).ok().map(|at| &self.entries[at].1)
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.position(key).ok().map(|at| &mut self.entries[at].1)
    }

    /// Whether there is an entry with this key.
    #[must_use]
    pub fn contains_key(&self, key: &str) -> bool {
        self.position(key).is_ok()
    }

    /// Sets the value of a key and returns the one that it had.
    pub fn insert(&mut self, key: impl Into<Str>, value: V) -> Option<V> {
        let key = key.into();
        match self.position(&key) {
            Ok(at) => Some(std::mem::replace(&mut self.entries[at].1, value)),
            Err(at) => {
                self.entries.insert(at, (key, value));
                if self.entries.len() == LINEAR + 1 {
                    self.entries.sort_by(|a, b| a.0.cmp(&b.0));
                }
                None
            }
        }
    }

    /// Removes an entry and returns its value.
    pub fn remove(&mut self, key: &str) -> Option<V> {
        let at = self.position(key).ok()?;
        // Keeps the order, which a large map's look-ups rely on.
        Some(self.entries.remove(at).1)
    }

    /// The values, to be changed, in the map's own order.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.iter_mut().map(|(_, value)| value)
    }

    /// The entries, in the map's own order.
    pub fn iter(&self) -> Iter<'_, V> {
        self.into_iter()
    }

    /// The keys, in the map's own order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(key, _)| key)
    }

    /// The values, in the map's own order.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// The entries, sorted by key.
    #[must_use]
    pub fn sorted(&self) -> Vec<(&str, &V)> {
        let mut entries: Vec<_> = self.iter().collect();
        entries.sort_unstable_by_key(|(key, _)| *key);
        entries
    }

    /// Where the key is, or where it belongs.
    fn position(&self, key: &str) -> Result<usize, usize> {
        if self.entries.len() <= LINEAR {
            let found = self.entries.iter().position(|(k, _)| k == key);
            return found.ok_or(self.entries.len());
        }
        self.entries.binary_search_by(|(k, _)| k.as_str().cmp(key))
    }

    /// Makes room for the entries that so many bytes may hold.
    #[inline]
    pub(crate) fn reserve_for(&mut self, bytes: usize) {
        // Few entries take less than 24 bytes, and there may be other fields behind them.
        self.entries.reserve((bytes / 24 + 1).min(LINEAR));
    }

    /// Adds an entry without looking for its key; [`settle`](Map::settle) must follow.
    #[inline]
    pub(crate) fn push_unsettled(&mut self, key: Str, value: V) -> (&mut Str, &mut V) {
        let (key, value) = self.entries.push_mut((key, value));
        (key, value)
    }

    /// Restores order and uniqueness after [`push_unsettled`](Map::push_unsettled), the last of
    /// equal keys winning, in O(n log n) whatever was sent.
    #[inline]
    pub(crate) fn settle(&mut self) {
        if self.entries.len() > 1 {
            self.settle_several();
        }
    }

    fn settle_several(&mut self) {
        if self.entries.len() > LINEAR {
            // Stable: equal keys stay in order, and each later one replaces the one before it.
            self.entries.sort_by(|a, b| a.0.cmp(&b.0));
            self.entries.dedup_by(|later, kept| {
                let equal = later.0 == kept.0;
                if equal {
                    std::mem::swap(&mut later.1, &mut kept.1);
                }
                equal
            });
        } else if !self.is_unique() {
            for (key, value) in std::mem::take(&mut self.entries) {
                self.insert(key, value);
            }
        }
    }

    /// Whether no key of a small map occurs twice.
    fn is_unique(&self) -> bool {
        // Keys whose fingerprints differ need not be compared, and they nearly always do.
        let mut seen = [false; 256];
        self.entries.iter().enumerate().all(|(at, (key, _))| {
            let seen = &mut seen[usize::from(fingerprint(key))];
            !std::mem::replace(seen, true) || !contains(&self.entries[..at], key)
        })
    }
}

#[inline(never)]
fn contains<V>(entries: &[(Str, V)], key: &str) -> bool {
    entries.iter().any(|(k, _)| k == key)
}

/// A hash of a key that costs next to nothing.
#[inline]
fn fingerprint(key: &str) -> u8 {
    match key.as_bytes() {
        [.., last] => {
            let middle = key.as_bytes()[key.len() / 2];
            (key.len() as u8)
                .wrapping_mul(5)
                .wrapping_add(middle.wrapping_mul(2))
                .wrapping_add(last.wrapping_mul(9))
        }
        [] => 0,
    }
}

impl<V> Default for Map<V> {
    fn default() -> Map<V> {
        Map::new()
    }
}

impl<V: PartialEq> PartialEq for Map<V> {
    fn eq(&self, other: &Map<V>) -> bool {
        self.len() == other.len()
            && self
                .iter()
                .all(|(key, value)| other.get(key).is_some_and(|v| v == value))
    }
}

impl<V: Eq> Eq for Map<V> {}

impl<V: fmt::Debug> fmt::Debug for Map<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.sorted()).finish()
    }
}

impl<K: Into<Str>, V, T: Into<V>> FromIterator<(K, T)> for Map<V> {
    fn from_iter<I: IntoIterator<Item = (K, T)>>(iter: I) -> Map<V> {
        let mut map = Map::new();
        map.extend(iter);
        map
    }
}

impl<K: Into<Str>, V, T: Into<V>> Extend<(K, T)> for Map<V> {
    fn extend<I: IntoIterator<Item = (K, T)>>(&mut self, iter: I) {
        let iter = iter.into_iter();
        self.entries.reserve(iter.size_hint().0);
        for (key, value) in iter {
            self.push_unsettled(key.into(), value.into());
        }
        self.settle();
    }
}

impl<K: Into<Str>, T: Into<V>, V, const N: usize> From<[(K, T); N]> for Map<V> {
    fn from(entries: [(K, T); N]) -> Map<V> {
        entries.into_iter().collect()
    }
}

impl<V> From<Map<V>> for BTreeMap<String, V> {
    fn from(map: Map<V>) -> Self {
        map.into_iter()
            .map(|(key, value)| (key.into(), value))
            .collect()
    }
}

impl<V> From<Map<V>> for HashMap<String, V> {
    fn from(map: Map<V>) -> Self {
        map.into_iter()
            .map(|(key, value)| (key.into(), value))
            .collect()
    }
}

impl<V> std::ops::Index<&str> for Map<V> {
    type Output = V;

    /// Panics if there is no entry with this key; [`get`](Map::get) does not.
    fn index(&self, key: &str) -> &V {
        match self.get(key) {
            Some(value) => value,
            None => panic!("no entry `{key}` in the map"),
        }
    }
}

impl<V> IntoIterator for Map<V> {
    type Item = (Str, V);
    type IntoIter = std::vec::IntoIter<(Str, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<'a, V> IntoIterator for &'a Map<V> {
    type Item = (&'a str, &'a V);
    type IntoIter = Iter<'a, V>;

    fn into_iter(self) -> Iter<'a, V> {
        Iter(self.entries.iter())
    }
}

/// The entries of a [`Map`], in its own order.
#[derive(Clone, Debug)]
pub struct Iter<'a, V>(std::slice::Iter<'a, (Str, V)>);

impl<'a, V> Iterator for Iter<'a, V> {
    type Item = (&'a str, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(key, value)| (key.as_str(), value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<V> ExactSizeIterator for Iter<'_, V> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_equal_keys_wins_at_every_size() {
        for size in [1, 2, LINEAR - 1, LINEAR, LINEAR + 1, 5_000] {
            let keys = || (0..size).map(|n| n.to_string());
            let map: Map<usize> = keys()
                .map(|k| (k, 0))
                .chain(keys().enumerate().map(|(n, k)| (k, n)))
                .collect();
            assert_eq!(map.len(), size);
            assert!(keys().enumerate().all(|(n, k)| map.get(&k) == Some(&n)));
            assert_eq!(map.get("none"), None);
        }
    }

    #[test]
    fn insert_finds_keys_across_the_threshold() {
        let mut map = Map::new();
        for n in (0..200).rev() {
            assert_eq!(map.insert(format!("{n:03}"), n), None);
        }
        for n in 0..200 {
            assert_eq!(map.insert(format!("{n:03}"), n + 1), Some(n));
        }
        assert_eq!(map.len(), 200);
        map.values_mut().for_each(|value| *value += 1);
        for n in (0..200).step_by(2) {
            assert_eq!(map.remove(&format!("{n:03}")), Some(n + 2));
        }
        // Down across the threshold, too.
        for n in 0..200 {
            let expected = (n % 2 == 1).then_some(n + 2);
            assert_eq!(map.remove(&format!("{n:03}")), expected);
        }
        assert!(map.is_empty());
    }

    #[test]
    fn order_does_not_matter_to_equality() {
        let a: Map<i64> = Map::from([("x", 1_i64), ("y", 2)]);
        let b: Map<i64> = Map::from([("y", 2_i64), ("x", 1)]);
        assert_eq!(a, b);
        assert_ne!(a, Map::from([("x", 1_i64)]));
        assert_eq!(format!("{b:?}"), r#"{"x": 1, "y": 2}"#);
    }
}
