//! One fetch, which many may wait for.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::Shared;
use super::entry::Failure;
use crate::code::Code;

/// Where the result of a fetch arrives.
pub(super) type Landing<V> = watch::Receiver<Option<Result<V, Failure>>>;

/// The result of a fetch, once it has arrived.
pub(super) async fn landed<V: Clone>(mut landing: Landing<V>) -> Result<V, Failure> {
    match landing.wait_for(Option::is_some).await.as_deref() {
        Ok(Some(result)) => result.clone(),
        // A flight always lands: it would have to be forgotten, destructor and all.
        Ok(None) | Err(_) => Err(Failure {
            code: Code::Unavailable,
            message: "the lookup was given up".into(),
        }),
    }
}

/// A fetch that is under way. One that is dropped has failed.
pub(super) struct Flight<K: Eq + Hash + Clone, V: Clone> {
    shared: Arc<Shared<K, V>>,
    key: K,
    landing: watch::Sender<Option<Result<V, Failure>>>,
    in_flight: bool,
}

impl<K: Eq + Hash + Clone, V: Clone> Shared<K, V> {
    /// Where the fetch of a key lands; and the fetch, unless it is under way already.
    pub(super) fn depart<Q>(self: &Arc<Self>, key: &Q) -> (Option<Flight<K, V>>, Landing<V>)
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        let mut store = self.lock();
        let entry = store.touch(key);
        if let Some(landing) = &entry.landing {
            return (None, landing.clone());
        }
        let (sender, landing) = watch::channel(None);
        entry.landing = Some(landing.clone());
        store.in_flight += 1;
        let flight = Flight {
            shared: self.clone(),
            key: key.to_owned(),
            landing: sender,
            in_flight: true,
        };
        (Some(flight), landing)
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Flight<K, V> {
    pub(super) async fn fly(mut self) {
        let limit = self.shared.options.timeout;
        let fetched = (self.shared.fetch)(self.key.clone());
        let result = match timeout(limit, fetched).await {
            Ok(result) => result.map_err(Failure::from),
            Err(_) => Err(Failure {
                code: Code::DeadlineExceeded,
                message: format!("there was no answer within {limit:?}").into(),
            }),
        };
        self.land(result);
    }

    fn land(&mut self, result: Result<V, Failure>) {
        self.in_flight = false;
        let mut store = self.shared.lock();
        store.in_flight -= 1;
        store.touch(&self.key).land(&result, Instant::now());
        drop(store);
        self.landing.send_replace(Some(result));
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Drop for Flight<K, V> {
    fn drop(&mut self) {
        if !self.in_flight {
            return;
        }
        let (code, message) = match std::thread::panicking() {
            true => (Code::Internal, "the lookup panicked"),
            false => (Code::Unavailable, "the lookup was given up"),
        };
        let message = message.into();
        self.land(Err(Failure { code, message }));
    }
}
