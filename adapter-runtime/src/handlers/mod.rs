//! The handlers of one adapter, keyed by configuration.
//!
//! Mixer sends the configuration with every request and never opens a session, so the first
//! request with a configuration builds its handler and the next ones find it by comparing bytes.
//! Bytes that are new are decoded once and compared by value, because Mixer writes maps in another
//! order after every reload.

mod handler;
mod session;
mod slot;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;
use tracing::instrument::WithSubscriber;

use crate::adapter::InstanceTypes;
use crate::code::Code;
use crate::config::SecretAccess;
use crate::definition::{BuildFailure, ErasedAdapter, ErasedConfig};
use crate::env::Env;
use crate::future::{BoxFuture, contain, contain_now};
use crate::metrics::{AdapterMetrics, Running};
use crate::status::{Status, one_line};
use slot::{Slot, State};

pub(crate) use handler::{Handler, Lease, Pace};
pub(crate) use session::adapter_of;

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
    /// For how long a handler may close.
    pub(crate) close: Duration,
}

/// The handlers of one adapter.
pub(crate) struct Handlers {
    adapter: &'static dyn ErasedAdapter,
    limits: HandlerLimits,
    metrics: Arc<AdapterMetrics>,
    /// What configurations may make it read; everything, if none.
    secrets: Option<Arc<SecretAccess>>,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    /// The bytes as they arrived → what equal configurations have in common.
    aliases: HashMap<Arc<[u8]>, Key>,
    slots: HashMap<Key, Slot>,
    /// The handlers that are being closed. Each sender goes when that has ended.
    closing: HashMap<Key, watch::Receiver<()>>,
    builders: JoinSet<()>,
    closers: JoinSet<()>,
    closed: bool,
}

/// What a handler is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// Every request with this configuration, in its canonical bytes.
    Config(Arc<[u8]>),
    /// The requests of one session.
    Session(Arc<str>),
}

enum Found {
    Ready(Lease),
    /// Something must end first: a build, or the closing of the handler's predecessor.
    Wait(Waiting),
}

/// A request that waits; a handler that it waits for is not idle while one exists.
struct Waiting {
    end: watch::Receiver<()>,
    _counted: Option<Arc<()>>,
}

impl Waiting {
    async fn ended(&mut self) {
        // An error is what we wait for: the sender has gone.
        while self.end.changed().await.is_ok() {}
    }
}

impl Handlers {
    pub(crate) fn new(
        adapter: &'static dyn ErasedAdapter,
        limits: HandlerLimits,
        metrics: Arc<AdapterMetrics>,
    ) -> Handlers {
        Handlers {
            adapter,
            limits,
            metrics,
            secrets: None,
            table: Mutex::default(),
        }
    }

    /// Limits what configurations may make it read.
    pub(crate) fn secrets(mut self, access: Arc<SecretAccess>) -> Handlers {
        self.secrets = Some(access);
        self
    }

    pub(crate) fn adapter(&self) -> &'static dyn ErasedAdapter {
        self.adapter
    }

    /// The handler of a configuration, which is built if there is none yet.
    pub(crate) async fn lease(self: &Arc<Self>, config: &[u8]) -> Result<Lease, Status> {
        // Dropped when the lease is there, so that the handler isn't closed in between.
        let mut waiting: Option<Waiting> = None;
        loop {
            match self.find_or_build(config)? {
                Found::Ready(lease) => return Ok(lease),
                Found::Wait(next) => waiting.insert(next).ended().await,
            }
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
        let key = Key::Config(decoded.canonical_bytes().into());
        let mut table = self.lock();
        if let Some(found) = table.find(&key) {
            table.remember(config, &key);
            return found;
        }
        if let Some(end) = table.closing(&key) {
            return Ok(Found::Wait(Waiting {
                end,
                _counted: None,
            }));
        }
        self.make_room(&mut table, &key)?;
        let types = InstanceTypes::default();
        let found = self.start_build(&mut table, &key, decoded, types);
        table.remember(config, &key);
        Ok(found)
    }

    /// Decodes a configuration. Its defaults may be the author's code, which may panic.
    fn decode(&self, config: &[u8]) -> Result<Box<dyn ErasedConfig>, Status> {
        match contain_now(|| self.adapter.decode(config)) {
            Ok(Ok(decoded)) => Ok(decoded),
            Ok(Err(error)) => Err(Status::undecodable_config(self.adapter.name(), &error)),
            Err(panic) => {
                self.metrics.panicked("decode");
                Err(Status::panicked(
                    self.adapter.name(),
                    "while its configuration was decoded",
                    &panic,
                ))
            }
        }
    }

    /// Builds in a task of its own: a caller who gives up doesn't take the build with him.
    fn start_build(
        self: &Arc<Self>,
        table: &mut Table,
        key: &Key,
        config: Box<dyn ErasedConfig>,
        types: InstanceTypes,
    ) -> Found {
        let (end, building) = watch::channel(());
        let waiting = table.start(key, building);
        let handlers = self.clone();
        let key = key.clone();
        let build = async move {
            let state = handlers.build(&key, config, types).await;
            handlers.finish_build(&key, state);
            drop(end);
        };
        while table.builders.try_join_next().is_some() {}
        table.builders.spawn(build.with_current_subscriber());
        Found::Wait(waiting)
    }

    async fn build(&self, key: &Key, config: Box<dyn ErasedConfig>, types: InstanceTypes) -> State {
        let adapter = self.adapter.name();
        let env = Env::with_metrics(adapter, &key.handler_name(adapter), self.metrics.clone());
        let span = env.span().clone();
        let build_env = env.clone();
        let started = Instant::now();
        let building = async move { config.build(build_env, types).await };
        let building = building.instrument(span.clone());
        let building: BoxFuture<'_, _> = match self.secrets.clone() {
            Some(access) => Box::pin(access.hold_in(building)),
            None => Box::pin(building),
        };
        let built = contain(building).await;
        self.metrics.builds.observe(started.elapsed().as_secs_f64());
        let _entered = span.enter();
        let status = match built {
            Ok(Ok(built)) => {
                tracing::info!("handler built");
                self.metrics.built.inc();
                return State::Ready(Arc::new(Handler::new(built, env)));
            }
            Ok(Err(BuildFailure::Invalid(errors))) => Status::invalid_config(adapter, errors),
            Ok(Err(BuildFailure::Failed(error))) => Status::not_built(adapter, &error),
            Ok(Err(BuildFailure::ValidationPanicked(panic))) | Err(panic) => {
                self.metrics.panicked("build");
                Status::panicked(adapter, "while it was built", &panic)
            }
        };
        // What it may have scheduled has no handler to work for.
        env.abort_tasks();
        self.metrics.failed.inc();
        tracing::error!("{}", one_line(status.message()));
        State::Failed(status, Instant::now() + RETRY_AFTER)
    }

    fn finish_build(self: &Arc<Self>, key: &Key, state: State) {
        // A slot is not removed while it is building.
        let mut table = self.lock();
        let Some(slot) = table.slots.get_mut(key) else {
            return;
        };
        slot.finish(state);
        // A session whose creator gave up has an id that nobody knows.
        if matches!(key, Key::Session(_)) && slot.is_idle() {
            self.remove(&mut table, key);
        }
    }

    /// Makes room for one more handler: closes the one that was idle for longest if there are as many
    /// as there may be.
    fn make_room(self: &Arc<Self>, table: &mut Table, key: &Key) -> Result<(), Status> {
        if table.closed {
            return Err(Status::new(
                Code::Unavailable,
                "the server is shutting down",
            ));
        }
        let (adapter, max) = (self.adapter.name(), self.limits.max);
        // Nobody else can take the place of a session, so the rest is for those who open none.
        let sessions = max - max / 4;
        if matches!(key, Key::Session(_)) && table.sessions() >= sessions {
            return Err(Status::new(
                Code::ResourceExhausted,
                format!(
                    "the adapter `{adapter}` has {sessions} sessions, as many as it may: close some \
                     of them"
                ),
            ));
        }
        if table.slots.contains_key(key) || table.slots.len() < max {
            return Ok(());
        }
        // A session belongs to the one who opened it, until he closes it.
        let evictable = table
            .slots
            .iter()
            .filter(|(key, slot)| matches!(key, Key::Config(_)) && slot.is_idle());
        // What failed goes before what works.
        let Some(key) = evictable
            .min_by_key(|(_, slot)| (slot.is_ready(), slot.last_use()))
            .map(|(key, _)| key.clone())
        else {
            return Err(Status::new(
                Code::ResourceExhausted,
                format!(
                    "the adapter `{adapter}` has {max} handlers, as many as it may, and all of them \
                     are in use: use fewer different configurations"
                ),
            ));
        };
        let closes = table.slots.get(&key).is_some_and(Slot::is_ready);
        if closes && table.closing.len() >= max {
            return Err(Status::new(
                Code::ResourceExhausted,
                format!(
                    "{max} handlers of the adapter `{adapter}` are still being closed, and more \
                     configurations arrive: use fewer different ones"
                ),
            ));
        }
        self.remove(table, &key);
        Ok(())
    }

    /// Takes a handler out of the table and closes it.
    fn remove(self: &Arc<Self>, table: &mut Table, key: &Key) {
        let Some(handler) = table.take(key) else {
            return;
        };
        let (end, closing) = watch::channel(());
        table.closing.insert(key.clone(), closing);
        while table.closers.try_join_next().is_some() {}
        let handlers = self.clone();
        let key = key.clone();
        let close = async move {
            let _counted = Running::start(&handlers.metrics.closing);
            handler.close(handlers.limits.close).await;
            drop(handler);
            handlers.lock().closing.remove(&key);
            drop(end);
        };
        table.closers.spawn(close.with_current_subscriber());
    }

    /// Closes the handlers that nobody has called for a while, unless the adapter keeps them.
    pub(crate) fn close_idle(self: &Arc<Self>) {
        let mut table = self.lock();
        let idle = table.slots.iter().filter(|(_, slot)| {
            slot.is_idle()
                && slot.last_use().elapsed() >= self.limits.idle_close
                && (self.adapter.idle_close() || !slot.is_ready())
        });
        let keys: Vec<_> = idle.map(|(key, _)| key.clone()).collect();
        keys.iter().for_each(|key| self.remove(&mut table, key));
    }

    /// Closes every handler, each after its calls in flight; those that are being built last, since
    /// a build may hang. What is not done at the deadline is aborted.
    pub(crate) async fn close_all(self: &Arc<Self>, deadline: Instant) {
        let mut builders = {
            let mut table = self.lock();
            table.closed = true;
            std::mem::take(&mut table.builders)
        };
        self.close_built(deadline).await;
        let built = async { while builders.join_next().await.is_some() {} };
        if timeout_at(deadline, built).await.is_err() {
            let (adapter, count) = (self.adapter.name(), builders.len());
            tracing::error!(
                adapter,
                "{count} builds did not end before the shutdown and were aborted"
            );
            builders.shutdown().await;
        }
        self.close_built(deadline).await;
    }

    async fn close_built(self: &Arc<Self>, deadline: Instant) {
        let mut closing = {
            let mut table = self.lock();
            let built = table.slots.iter().filter(|(_, slot)| !slot.is_building());
            let keys: Vec<_> = built.map(|(key, _)| key.clone()).collect();
            keys.iter().for_each(|key| self.remove(&mut table, key));
            std::mem::take(&mut table.closers)
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
    fn find(&self, key: &Key) -> Option<Result<Found, Status>> {
        self.slots.get(key)?.find()
    }

    /// The end of the handler's predecessor, if that is being closed.
    fn closing(&self, key: &Key) -> Option<watch::Receiver<()>> {
        // One whose closing was aborted has ended too.
        let closing = self.closing.get(key)?;
        closing.has_changed().is_ok().then(|| closing.clone())
    }

    fn sessions(&self) -> usize {
        let keys = self.slots.keys();
        keys.filter(|key| matches!(key, Key::Session(_))).count()
    }

    /// The slot of a build that begins.
    fn start(&mut self, key: &Key, building: watch::Receiver<()>) -> Waiting {
        let new = || Slot::new(building.clone());
        let slot = self.slots.entry(key.clone()).or_insert_with(new);
        slot.start(building)
    }

    fn remember(&mut self, config: &[u8], key: &Key) {
        let Some(slot) = self.slots.get_mut(key) else {
            return;
        };
        if config.len() > MAX_ALIAS_BYTES || self.aliases.contains_key(config) {
            return;
        }
        let config = Arc::<[u8]>::from(config);
        if let Some(oldest) = slot.add_alias(config.clone(), MAX_ALIASES) {
            self.aliases.remove(&oldest);
        }
        self.aliases.insert(config, key.clone());
    }

    /// Removes a slot; its handler, if it has one.
    fn take(&mut self, key: &Key) -> Option<Arc<Handler>> {
        let (aliases, handler) = self.slots.remove(key)?.into_parts();
        for alias in aliases {
            self.aliases.remove(&alias);
        }
        handler
    }
}

impl Key {
    /// The adapter's name and a short hash (FNV-1a) of the configuration, the same in every replica;
    /// or the name of the session.
    fn handler_name(&self, adapter: &str) -> String {
        let config = match self {
            Key::Config(config) => config,
            Key::Session(id) => return id.to_string(),
        };
        let hash = config.iter().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
        });
        format!("{adapter}-{hash:08x}")
    }
}

/// What is locked here is consistent after every statement, so a panic elsewhere doesn't spoil it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
