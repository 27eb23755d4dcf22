//! Resources that a program holds.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::{Loaded, Store};

/// Texts with resources, by name, which a program changes as it likes.
///
/// ```
/// use adapter_mixer::config::{MemoryStore, Store};
///
/// let store = MemoryStore::new();
/// store.set("rules.yaml", "kind: rule\nmetadata: {name: all, namespace: shop}\nspec: {}\n");
/// let loaded = store.load();
/// assert_eq!(loaded.resources[0].key().to_string(), "all.rule.shop");
/// ```
#[derive(Debug)]
pub struct MemoryStore {
    texts: Mutex<BTreeMap<String, Loaded>>,
    /// Counts the changes, and how many of them were loaded.
    changes: watch::Sender<(u64, u64)>,
}

impl MemoryStore {
    /// A store without resources.
    #[must_use]
    pub fn new() -> MemoryStore {
        MemoryStore {
            texts: Mutex::default(),
            changes: watch::Sender::new((0, 0)),
        }
    }

    /// Sets the text of this name.
    pub fn set(&self, name: &str, text: impl AsRef<[u8]>) {
        let mut loaded = Loaded::default();
        loaded.read(name, text);
        self.texts().insert(name.to_owned(), loaded);
        self.note_change();
    }

    /// Removes the text of this name.
    pub fn remove(&self, name: &str) {
        self.texts().remove(name);
        self.note_change();
    }

    fn note_change(&self) {
        self.changes.send_modify(|(changes, _)| *changes += 1);
    }

    fn texts(&self) -> MutexGuard<'_, BTreeMap<String, Loaded>> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    fn default() -> MemoryStore {
        MemoryStore::new()
    }
}

/// One text.
impl<T: AsRef<[u8]>> From<T> for MemoryStore {
    fn from(text: T) -> MemoryStore {
        let store = MemoryStore::new();
        store.set("config.yaml", text);
        store
    }
}

impl Store for MemoryStore {
    fn load(&self) -> Loaded {
        self.changes.send_if_modified(|(changes, loaded)| {
            *loaded = *changes;
            false
        });
        let mut all = Loaded::default();
        for loaded in self.texts().values() {
            all.resources.extend(loaded.resources.iter().cloned());
            all.problems.extend(loaded.problems.iter().cloned());
        }
        all
    }

    fn changed(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async {
            let mut changes = self.changes.subscribe();
            // The sender is this store, so that it can't have gone.
            let _ = changes.wait_for(|(changes, loaded)| changes > loaded).await;
        })
    }
}
