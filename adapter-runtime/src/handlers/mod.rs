//! The handlers of one adapter, keyed by configuration.
//!
//! Mixer sends the configuration with every request and never opens a session, so the first
//! request with a configuration builds its handler and the next ones find it by comparing bytes.
//! Bytes that are new are decoded once and compared by value, because Mixer writes maps in another
//! order after every reload.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::adapter::Env;
use crate::code::Code;
use crate::definition::{BuildFailure, ErasedAdapter, ErasedConfig, ErasedHandler};
use crate::future::{contain, contain_now};
use crate::status::{Status, one_line};

/// A failed build is remembered for this long, so that a storm of requests is not a storm of builds.
const RETRY_AFTER: Duration = Duration::from_secs(5);
/// How many forms of one configuration are remembered; more are decoded each time.
const MAX_ALIASES: usize = 16;
/// Larger configurations are decoded each time rather than remembered in many forms.
const MAX_ALIAS_BYTES: usize = 16 * 1024;

/// How many handlers an adapter may have, and for how long unused.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HandlerLimits {
    pub(crate) max: usize,
    pub(crate) idle_close: Duration,
}

/// The handlers of one adapter.
pub(crate) struct Handlers {
    adapter: &'static dyn ErasedAdapter,
    limits: HandlerLimits,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    /// The bytes as they arrived → the bytes that equal configurations have in common.
    aliases: HashMap<Arc<[u8]>, Arc<[u8]>>,
    slots: HashMap<Arc<[u8]>, Slot>,
    closing: JoinSet<()>,
    closed: bool,
}

/// The place of one configuration.
struct Slot {
    state: State,
    /// When it was built, or failed to be.
    built: Instant,
    /// One more than there are requests waiting for the build.
    waiting: Arc<()>,
    /// The oldest first.
    aliases: VecDeque<Arc<[u8]>>,
}

enum State {
    /// The sender goes when the build has ended.
    Building(watch::Receiver<()>),
    Ready(Arc<Handler>),
    Failed(Status, Instant),
}

/// An adapter with one configuration, and the calls that it is serving.
struct Handler {
    handler: Box<dyn ErasedHandler>,
    env: Env,
    calls: AtomicUsize,
    /// When the last call ended.
    ended: Mutex<Instant>,
    idle: Notify,
}

/// The right to call a handler; it is not closed while one exists.
pub(crate) struct Lease(Arc<Handler>);

enum Found {
    Ready(Lease),
    Building(Waiting),
}

/// A request that waits for a build; the handler is not idle while one exists.
struct Waiting {
    end: watch::Receiver<()>,
    _counted: Arc<()>,
}

impl Handlers {
    pub(crate) fn new(adapter: &'static dyn ErasedAdapter, limits: HandlerLimits) -> Handlers {
        Handlers {
            adapter,
            limits,
            table: Mutex::default(),
        }
    }

    /// The handler of a configuration, which is built if there is none yet.
    pub(crate) async fn lease(self: &Arc<Self>, config: &[u8]) -> Result<Lease, Status> {
        // Dropped when the lease is there, so that the handler isn't closed in between.
        let mut waiting: Option<Waiting> = None;
        loop {
            let waiting = match self.find_or_build(config)? {
                Found::Ready(lease) => return Ok(lease),
                Found::Building(next) => waiting.insert(next),
            };
            // An error is what we wait for: the sender has gone.
            while waiting.end.changed().await.is_ok() {}
        }
    }

    fn find_or_build(self: &Arc<Self>, config: &[u8]) -> Result<Found, Status> {
        {
            let table = self.lock();
            let key = table.aliases.get(config).cloned();
            if let Some(found) = key.and_then(|key| table.find(&key)) {
                return found;
            }
        }
        let decoded = self.decode(config)?;
        let key = Arc::<[u8]>::from(decoded.canonical_bytes());
        let mut table = self.lock();
        if table.closed {
            return Err(Status::new(
                Code::Unavailable,
                "the server is shutting down",
            ));
        }
        if let Some(found) = table.find(&key) {
            table.remember(config, &key);
            return found;
        }
        if !table.slots.contains_key(&key) {
            self.make_room(&mut table)?;
        }
        let found = self.start_build(&mut table, &key, decoded);
        table.remember(config, &key);
        Ok(found)
    }

    /// Decodes a configuration. Its defaults may be the author's code, which may panic.
    fn decode(&self, config: &[u8]) -> Result<Box<dyn ErasedConfig>, Status> {
        match contain_now(|| self.adapter.decode(config)) {
            Ok(Ok(decoded)) => Ok(decoded),
            Ok(Err(error)) => Err(Status::undecodable_config(self.adapter.name(), &error)),
            Err(panic) => Err(Status::panicked(
                self.adapter.name(),
                "while its configuration was decoded",
                &panic,
            )),
        }
    }

    /// Builds in a task of its own: a caller who gives up doesn't take the build with him.
    fn start_build(
        self: &Arc<Self>,
        table: &mut Table,
        key: &Arc<[u8]>,
        config: Box<dyn ErasedConfig>,
    ) -> Found {
        let (end, building) = watch::channel(());
        let slot = table.slots.entry(key.clone()).or_insert_with(|| Slot {
            state: State::Building(building.clone()),
            built: Instant::now(),
            waiting: Arc::default(),
            aliases: VecDeque::new(),
        });
        slot.state = State::Building(building.clone());
        let waiting = slot.wait(&building);
        let handlers = self.clone();
        let key = key.clone();
        tokio::spawn(async move {
            let state = handlers.build(&key, config).await;
            handlers.finish_build(&key, state);
            drop(end);
        });
        Found::Building(waiting)
    }

    async fn build(&self, key: &[u8], config: Box<dyn ErasedConfig>) -> State {
        let adapter = self.adapter.name();
        let env = Env::new(adapter, &handler_name(adapter, key));
        let handler = env.handler();
        let config_env = env.clone();
        let built = contain(Box::pin(async move { config.build(config_env).await })).await;
        let status = match built {
            Ok(Ok(built)) => {
                tracing::info!(adapter, handler, "handler built");
                return State::Ready(Arc::new(Handler {
                    handler: built,
                    env,
                    calls: AtomicUsize::new(0),
                    ended: Mutex::new(Instant::now()),
                    idle: Notify::new(),
                }));
            }
            Ok(Err(BuildFailure::Invalid(errors))) => Status::invalid_config(adapter, &errors),
            Ok(Err(BuildFailure::Failed(error))) => Status::not_built(adapter, &error),
            Err(panic) => Status::panicked(adapter, "while it was built", &panic),
        };
        tracing::error!(adapter, handler, "{}", one_line(status.message()));
        State::Failed(status, Instant::now() + RETRY_AFTER)
    }

    fn finish_build(&self, key: &Arc<[u8]>, state: State) {
        // A slot is not removed while it is building.
        if let Some(slot) = self.lock().slots.get_mut(key) {
            slot.state = state;
            slot.built = Instant::now();
        }
    }

    /// Closes the handler that was idle for longest if there are too many.
    fn make_room(&self, table: &mut Table) -> Result<(), Status> {
        if table.slots.len() < self.limits.max {
            return Ok(());
        }
        let idle = table.slots.iter().filter(|(_, slot)| slot.is_idle());
        // What failed goes before what works.
        let Some(key) = idle
            .min_by_key(|(_, slot)| (slot.is_ready(), slot.last_use()))
            .map(|(key, _)| key.clone())
        else {
            return Err(Status::new(
                Code::ResourceExhausted,
                format!(
                    "the adapter `{}` has {} handlers, as many as it may, and all of them are in \
                     use: use fewer different configurations",
                    self.adapter.name(),
                    self.limits.max
                ),
            ));
        };
        table.remove(&key);
        Ok(())
    }

    /// Closes the handlers that nobody has called for a while, unless the adapter keeps them.
    pub(crate) fn close_idle(&self) {
        let mut table = self.lock();
        while table.closing.try_join_next().is_some() {}
        let idle = table.slots.iter().filter(|(_, slot)| {
            slot.is_idle()
                && slot.last_use().elapsed() >= self.limits.idle_close
                && (self.adapter.idle_close() || !slot.is_ready())
        });
        let keys: Vec<_> = idle.map(|(key, _)| key.clone()).collect();
        keys.iter().for_each(|key| table.remove(key));
    }

    /// Closes every handler, each after its calls in flight; those that are being built last, since
    /// a build may hang. What is not done at the deadline is aborted.
    pub(crate) async fn close_all(&self, deadline: Instant) {
        let building = {
            let mut table = self.lock();
            table.closed = true;
            table.building()
        };
        self.close_built(deadline).await;
        for mut end in building {
            let built = async { while end.changed().await.is_ok() {} };
            if timeout_at(deadline, built).await.is_err() {
                let adapter = self.adapter.name();
                tracing::error!(
                    adapter,
                    "a build did not end before the shutdown and was aborted"
                );
            }
        }
        self.close_built(deadline).await;
    }

    async fn close_built(&self, deadline: Instant) {
        let mut closing = {
            let mut table = self.lock();
            let built = table.slots.iter().filter(|(_, slot)| !slot.is_building());
            let keys: Vec<_> = built.map(|(key, _)| key.clone()).collect();
            keys.iter().for_each(|key| table.remove(key));
            std::mem::take(&mut table.closing)
        };
        let closed = async { while closing.join_next().await.is_some() {} };
        if timeout_at(deadline, closed).await.is_err() {
            let (adapter, count) = (self.adapter.name(), closing.len());
            tracing::error!(
                adapter,
                "{count} handlers did not close before the shutdown and were aborted"
            );
            closing.shutdown().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        lock(&self.table)
    }
}

impl Table {
    fn find(&self, key: &[u8]) -> Option<Result<Found, Status>> {
        let slot = self.slots.get(key)?;
        match &slot.state {
            State::Ready(handler) => Some(Ok(Found::Ready(Lease::new(handler)))),
            // A build whose task is gone will not end: there is another.
            State::Building(end) if end.has_changed().is_err() => None,
            State::Building(end) => Some(Ok(Found::Building(slot.wait(end)))),
            State::Failed(_, retry_at) if *retry_at <= Instant::now() => None,
            State::Failed(status, _) => Some(Err(status.clone())),
        }
    }

    fn remember(&mut self, config: &[u8], key: &Arc<[u8]>) {
        let Some(slot) = self.slots.get_mut(key) else {
            return;
        };
        if config.len() > MAX_ALIAS_BYTES || self.aliases.contains_key(config) {
            return;
        }
        if slot.aliases.len() == MAX_ALIASES
            && let Some(oldest) = slot.aliases.pop_front()
        {
            self.aliases.remove(&oldest);
        }
        let config = Arc::<[u8]>::from(config);
        slot.aliases.push_back(config.clone());
        self.aliases.insert(config, key.clone());
    }

    fn building(&self) -> Vec<watch::Receiver<()>> {
        let end = |slot: &Slot| match &slot.state {
            State::Building(end) => Some(end.clone()),
            State::Ready(_) | State::Failed(..) => None,
        };
        self.slots.values().filter_map(end).collect()
    }

    fn remove(&mut self, key: &[u8]) {
        let Some(slot) = self.slots.remove(key) else {
            return;
        };
        for alias in slot.aliases {
            self.aliases.remove(&alias);
        }
        if let State::Ready(handler) = slot.state {
            self.closing.spawn(async move { handler.close().await });
        }
    }
}

impl Slot {
    fn is_building(&self) -> bool {
        matches!(self.state, State::Building(_))
    }

    fn is_ready(&self) -> bool {
        matches!(self.state, State::Ready(_))
    }

    /// When a call ended last, or the build.
    fn last_use(&self) -> Instant {
        match &self.state {
            State::Ready(handler) => *lock(&handler.ended),
            State::Building(_) | State::Failed(..) => self.built,
        }
    }

    /// Whether nobody needs it now.
    fn is_idle(&self) -> bool {
        let in_use = match &self.state {
            State::Building(_) => true,
            State::Ready(handler) => handler.calls.load(Ordering::Acquire) > 0,
            State::Failed(..) => false,
        };
        !in_use && Arc::strong_count(&self.waiting) == 1
    }

    fn wait(&self, end: &watch::Receiver<()>) -> Waiting {
        Waiting {
            end: end.clone(),
            _counted: self.waiting.clone(),
        }
    }
}

impl Handler {
    async fn close(&self) {
        loop {
            // Created before the check, so that the last call's end isn't missed.
            let idle = self.idle.notified();
            if self.calls.load(Ordering::Acquire) == 0 {
                break;
            }
            idle.await;
        }
        let (adapter, handler) = (self.env.adapter(), self.env.handler());
        match contain(Box::pin(async { self.handler.close().await })).await {
            Ok(()) => tracing::info!(adapter, handler, "handler closed"),
            Err(panic) => {
                tracing::error!(adapter, handler, "panic in `close`: {}", one_line(&panic))
            }
        }
    }
}

impl Lease {
    /// Called under the table's lock, which `close` takes the handler out of first.
    fn new(handler: &Arc<Handler>) -> Lease {
        handler.calls.fetch_add(1, Ordering::AcqRel);
        Lease(handler.clone())
    }

    pub(crate) fn handler(&self) -> &dyn ErasedHandler {
        &*self.0.handler
    }

    pub(crate) fn env(&self) -> &Env {
        &self.0.env
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        *lock(&self.0.ended) = Instant::now();
        if self.0.calls.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.idle.notify_waiters();
        }
    }
}

/// What is locked here is consistent after every statement, so a panic elsewhere doesn't spoil it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The adapter's name and a short hash (FNV-1a) of the configuration: the same in every replica.
fn handler_name(adapter: &str, key: &[u8]) -> String {
    let hash = key.iter().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    });
    format!("{adapter}-{hash:08x}")
}

#[cfg(test)]
mod tests;
