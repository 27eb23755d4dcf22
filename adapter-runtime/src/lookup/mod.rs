//! What others know, asked once and remembered.

mod entry;
mod flight;
mod options;
mod store;
#[cfg(test)]
mod tests;

use std::borrow::Borrow;
use std::fmt;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::code::Code;
use crate::env::Env;
use crate::error::HandlerError;
use crate::future::BoxFuture;
use entry::Failure;
use flight::{Landing, landed};
pub use options::LookupOptions;
use store::Store;

/// What a backend knows, asked once and remembered: the user of a token, the services of a tenant, or
/// one list, for which the key is `()`.
///
/// - Many who ask for the same at the same time are one question.
/// - A value that is not fresh any more is still answered, and asked for anew meanwhile: nobody
///   waits for a refresh. Where that fails, the value stays until its time to live is over.
/// - A failure is remembered too, for a while that doubles with each further one. That something does
///   not exist is no failure: let the value be an `Option`.
/// - A question goes on when who asked gives up, and ends when the handler is closed; one that
///   panics or takes too long is a failure.
/// - What was not asked for lately is forgotten where there is more than the
///   [capacity](LookupOptions::capacity).
///
/// ```
/// use std::time::Duration;
///
/// use adapter_runtime::prelude::*;
/// use adapter_runtime::{Lookup, LookupOptions};
///
/// # #[derive(Clone)]
/// struct User { name: String }
///
/// async fn ask_the_backend(token: String) -> Result<Option<User>, std::io::Error> {
///     // …
/// #   Ok((token == "t1").then(|| User { name: "eve".into() }))
/// }
///
/// # struct Auth { users: Lookup<String, Option<User>> }
/// # impl Auth {
/// async fn build(setup: Setup) -> Result<Auth, BuildError> {
///     let options = LookupOptions::new()
///         .refresh_after(Duration::from_secs(30))
///         .ttl(Duration::from_secs(120));
///     let users = Lookup::new(&setup.env, options, ask_the_backend);
///     Ok(Auth { users })
/// }
///
/// async fn verdict(&self, token: &str) -> Result<CheckResult, HandlerError> {
///     Ok(match self.users.get(token).await? {
///         Some(user) if user.name != "mallory" => CheckResult::allow(),
///         Some(_) => CheckResult::deny(Code::PermissionDenied, "not you"),
///         None => CheckResult::deny(Code::Unauthenticated, "unknown token"),
///     })
/// }
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # let users = Lookup::new(&Env::new("auth", "test"), LookupOptions::new(), ask_the_backend);
/// # let auth = Auth { users };
/// # assert_eq!(auth.verdict("t1").await.unwrap().code(), Code::Ok);
/// # assert_eq!(auth.verdict("t2").await.unwrap().code(), Code::Unauthenticated);
/// # }
/// ```
///
/// What is large is best an `Arc`, since each answer is a clone. Times are those of tokio's clock, so
/// under a paused one they pass as a test says.
pub struct Lookup<K, V> {
    shared: Arc<Shared<K, V>>,
}

struct Shared<K, V> {
    env: Env,
    options: LookupOptions,
    fetch: Fetch<K, V>,
    store: Mutex<Store<K, V>>,
}

type Fetch<K, V> = Box<dyn Fn(K) -> BoxFuture<'static, Result<V, HandlerError>> + Send + Sync>;

impl<K, V> Lookup<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Remembers what `fetch` finds. It runs beside the calls, as work of this environment.
    #[must_use]
    pub fn new<F, R, E>(env: &Env, options: LookupOptions, fetch: F) -> Lookup<K, V>
    where
        F: Fn(K) -> R + Send + Sync + 'static,
        R: Future<Output = Result<V, E>> + Send + 'static,
        E: Into<HandlerError>,
    {
        let fetch = move |key| -> BoxFuture<'static, _> {
            let fetched = fetch(key);
            Box::pin(async move { fetched.await.map_err(Into::into) })
        };
        Lookup {
            shared: Arc::new(Shared {
                env: env.clone(),
                options,
                fetch: Box::new(fetch),
                store: Mutex::new(Store::new(options)),
            }),
        }
    }

    /// The value of a key: at once if there is one that is not too old, else when it is fetched.
    ///
    /// # Errors
    /// What the latest fetch failed with, and there is no value that lives; `RESOURCE_EXHAUSTED` if
    /// as many fetches are under way as there is capacity.
    pub async fn get<Q>(&self, key: &Q) -> Result<V, HandlerError>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        match self.next(key)? {
            Next::Known(known) => known.map_err(HandlerError::from),
            Next::Wait(landing) => landed(landing).await.map_err(HandlerError::from),
        }
    }

    /// What is known of a key, without waiting and without asking: a value that lives, else what the
    /// latest fetch failed with; `None` if there is neither.
    #[must_use]
    pub fn known<Q>(&self, key: &Q) -> Option<Result<V, HandlerError>>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        let mut store = self.shared.lock();
        let known = store.get(key)?.known(Instant::now())?;
        Some(known.map_err(HandlerError::from))
    }

    /// Fetches the value of a key now, and whenever it is to be refreshed, whether somebody asks for
    /// it or not, until the handler is closed or the lookup is gone. It is never forgotten for
    /// others.
    #[track_caller]
    pub fn keep_fresh(&self, key: K) {
        self.shared.lock().touch(&key).kept = true;
        // It must not keep alive what owns it, by way of the environment.
        let shared = Arc::downgrade(&self.shared);
        self.shared.env.schedule_daemon(move |stop| {
            let (shared, key) = (shared.clone(), key.clone());
            async move {
                while let Some(shared) = shared.upgrade() {
                    let lookup = Lookup { shared };
                    let now = Instant::now();
                    let wake = lookup.shared.lock().touch(&key).wake(now);
                    let goes_on = if wake > now {
                        drop(lookup);
                        stop.sleep(wake - now).await
                    } else {
                        let landing = lookup.fetch(&key);
                        drop(lookup);
                        stop.unless(landed(landing)).await.is_some()
                    };
                    if !goes_on {
                        return;
                    }
                }
            }
        });
    }

    /// What to do for who asks; a fetch that is due is started.
    fn next<Q>(&self, key: &Q) -> Result<Next<V>, HandlerError>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        let now = Instant::now();
        let mut store = self.shared.lock();
        let in_flight = store.in_flight;
        let has_room = in_flight < self.shared.options.capacity;
        let entry = store.touch(key);
        let known = entry.known(now);
        match (known, &entry.landing) {
            (Some(Ok(value)), Some(_)) => Ok(Next::Known(Ok(value))),
            (_, Some(landing)) => Ok(Next::Wait(landing.clone())),
            (Some(known), None) if entry.due(now) > now => Ok(Next::Known(known)),
            (Some(Ok(value)), None) => {
                drop(store);
                if has_room {
                    self.fetch(key);
                }
                Ok(Next::Known(Ok(value)))
            }
            (_, None) if has_room => {
                drop(store);
                Ok(Next::Wait(self.fetch(key)))
            }
            (_, None) => Err(HandlerError::new(
                Code::ResourceExhausted,
                format!("{in_flight} lookups are under way already"),
            )),
        }
    }

    /// Fetches, unless somebody does.
    fn fetch<Q>(&self, key: &Q) -> Landing<V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        let (flight, landing) = self.shared.depart(key);
        if let Some(flight) = flight {
            // Not under the lock: what can't be scheduled any more is dropped, which is a landing.
            self.shared.env.schedule_work(flight.fly());
        }
        landing
    }
}

/// What happens to who asks.
enum Next<V> {
    /// He gets what is known.
    Known(Result<V, Failure>),
    /// He waits.
    Wait(Landing<V>),
}

impl<K, V> Shared<K, V> {
    fn lock(&self) -> MutexGuard<'_, Store<K, V>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, V> Clone for Lookup<K, V> {
    fn clone(&self) -> Lookup<K, V> {
        let shared = self.shared.clone();
        Lookup { shared }
    }
}

impl<K, V> fmt::Debug for Lookup<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Keys and values may be secrets.
        f.debug_struct("Lookup")
            .field("options", &self.shared.options)
            .finish_non_exhaustive()
    }
}
