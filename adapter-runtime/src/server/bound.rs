//! A server that listens, until it is shut down.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout_at};

use super::core::{Core, Stage};
use super::listener::Listener;
use super::ops::Ops;
use crate::handlers::Handlers;

/// A server that listens.
#[must_use = "connections are accepted once `run` is called"]
pub struct BoundServer {
    listeners: Vec<Listener>,
    ops: Option<Ops>,
    handlers: Vec<Arc<Handlers>>,
    core: Arc<Core>,
}

impl BoundServer {
    pub(super) fn new(
        listeners: Vec<Listener>,
        ops: Option<Ops>,
        handlers: Vec<Arc<Handlers>>,
        core: Arc<Core>,
    ) -> BoundServer {
        BoundServer {
            listeners,
            ops,
            handlers,
            core,
        }
    }

    /// The addresses that the server listens on, in the order in which they were given; without
    /// Unix sockets.
    #[must_use]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        let all = self.listeners.iter();
        all.filter_map(|listener| listener.socket().address())
            .collect()
    }

    /// The addresses as texts, Unix sockets with them.
    pub fn listening(&self) -> impl Iterator<Item = String> {
        self.listeners
            .iter()
            .map(|listener| listener.socket().to_string())
    }

    /// The address for operators, if there is one.
    #[must_use]
    pub fn ops_address(&self) -> Option<SocketAddr> {
        self.ops.as_ref().map(Ops::address)
    }

    /// Serves until `shutdown` is ready. Then no new calls are taken, those in flight end, and the
    /// handlers are closed, all within [`Settings::drain_timeout`](crate::Settings::drain_timeout).
    /// Dropping the future instead closes nothing.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let core = self.core;
        let mut accepting = JoinSet::new();
        for listener in self.listeners {
            accepting.spawn(listener.run(core.clone()));
        }
        // Until the very end, and no longer.
        let mut ops = JoinSet::new();
        if let Some(port) = self.ops {
            ops.spawn(port.run(core.clone()));
        }
        core.enter(Stage::Ready);
        let shutdown = async {
            shutdown.await;
            core.enter(Stage::Leaving);
            sleep(core.settings.shutdown_delay).await;
        };
        tokio::select! {
            () = shutdown => {}
            () = close_idle(&self.handlers, core.settings.idle_close) => {}
            () = reload(&core) => {}
        }
        core.enter(Stage::Draining);
        let drain = core.settings.drain_timeout;
        let (begun, for_calls) = (Instant::now(), drain * 2 / 5);
        let drained = async { while accepting.join_next().await.is_some() {} };
        if timeout_at(begun + for_calls, drained).await.is_err() {
            let count = core.load.requests();
            tracing::warn!(
                "{count} requests still in flight after {for_calls:?} were aborted, see `drain-timeout`"
            );
            accepting.shutdown().await;
        }
        let handlers = self.handlers.iter();
        join_all(handlers.map(|handlers| handlers.close_all(begun + drain))).await;
    }
}

impl std::fmt::Debug for BoundServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BoundServer")
            .field("listening", &self.listening().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// Reads files again that have changed, for ever.
async fn reload(core: &Arc<Core>) {
    if !core.security.has_files() {
        return std::future::pending().await;
    }
    loop {
        sleep(core.settings.reload_interval.max(Duration::from_millis(10))).await;
        let core = core.clone();
        let reload = move || core.security.reload(&core.settings, core.metrics());
        // Files may be slow. Nothing in it panics.
        let _ = tokio::task::spawn_blocking(reload).await;
    }
}

/// Closes idle handlers, for ever.
async fn close_idle(handlers: &[Arc<Handlers>], after: Duration) {
    let mut ticks = tokio::time::interval((after / 4).max(Duration::from_millis(10)));
    loop {
        ticks.tick().await;
        handlers.iter().for_each(|handlers| handlers.close_idle());
    }
}
