//! The gRPC server of a registry's adapters.

mod calls;
mod connection;
mod dispatch;
mod failures;
mod grpc;
mod listener;
mod sessions;

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::fail_policy::FailPolicy;
use crate::handlers::{HandlerLimits, Handlers};
use crate::metrics::Metrics;
use crate::registry::Registry;
use crate::suggest::unknown;
use dispatch::Dispatch;
use listener::Listener;

/// A gRPC server of adapters, before it listens.
///
/// One service for each template, shared by all adapters that handle it; a request is for the
/// adapter whose configuration it carries.
#[derive(Debug)]
#[must_use = "a server does nothing until it is bound and run"]
pub struct Server {
    registry: Registry,
    listeners: Vec<(String, Adapters)>,
    limits: Limits,
    metrics: Metrics,
    /// What the adapters' authors chose, if `None`.
    fail_policy: Option<FailPolicy>,
}

#[derive(Debug)]
enum Adapters {
    All,
    Named(Vec<String>),
}

/// How long each step of a shutdown takes at most.
pub(crate) const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// More than any process is given.
const LONGEST_DRAIN: Duration = Duration::from_secs(365 * 86_400);

/// What a server allows.
#[derive(Clone, Copy, Debug)]
struct Limits {
    request_bytes: usize,
    drain: Duration,
    handlers: HandlerLimits,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            request_bytes: 4 * 1024 * 1024,
            drain: DRAIN_TIMEOUT,
            handlers: HandlerLimits {
                max: 1024,
                idle_close: Duration::from_secs(600),
                close: DRAIN_TIMEOUT,
            },
        }
    }
}

/// Why a server can't run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// An address can't be listened on.
    #[error("can't listen on `{address}`")]
    Bind {
        /// The address.
        address: String,
        /// What the system says.
        source: io::Error,
    },
    /// A listener is for an adapter that is not registered.
    #[error("{}", unknown("adapter", .name, .known))]
    UnknownAdapter {
        /// The name.
        name: String,
        /// The names of those that are registered.
        known: Vec<String>,
    },
    /// A listener is for no adapter.
    #[error("nothing would be served on `{address}`: name an adapter, or call `listen`")]
    NoAdapter {
        /// The address.
        address: String,
    },
    /// There is no listener.
    #[error("there is no address to listen on: call `listen` before `bind`")]
    NoListener,
}

impl Server {
    /// A server of these adapters. It listens nowhere yet.
    pub fn new(registry: Registry) -> Server {
        Server {
            registry,
            listeners: Vec::new(),
            limits: Limits::default(),
            metrics: Metrics::new(),
            fail_policy: None,
        }
    }

    /// What the server counts. They can be read as long as somebody holds them.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.metrics.clone()
    }

    /// Serves every adapter on an address: an IP address or a host name, and a port; port 0 is
    /// one that the system chooses.
    pub fn listen(mut self, address: impl ToString) -> Server {
        self.listeners.push((address.to_string(), Adapters::All));
        self
    }

    /// Serves only the adapters with these names on an address.
    pub fn listen_only<N: Into<String>>(
        mut self,
        address: impl ToString,
        adapters: impl IntoIterator<Item = N>,
    ) -> Server {
        let adapters = adapters.into_iter().map(Into::into).collect();
        self.listeners
            .push((address.to_string(), Adapters::Named(adapters)));
        self
    }

    /// The size of the largest request that is accepted, in bytes; 4 MiB unless set. A larger one
    /// is answered RESOURCE_EXHAUSTED.
    pub fn max_request_bytes(mut self, bytes: usize) -> Server {
        self.limits.request_bytes = bytes;
        self
    }

    /// How long a shutdown waits for calls in flight, then for handlers to close, then for what they
    /// scheduled; and how long these two may take at any other time. 10 seconds each unless set, a year
    /// at most.
    pub fn drain_timeout(mut self, timeout: Duration) -> Server {
        // The clock ends before the longest duration does.
        let timeout = timeout.min(LONGEST_DRAIN);
        self.limits.drain = timeout;
        self.limits.handlers.close = timeout;
        self
    }

    /// How many handlers, that is different configurations, an adapter may have; 1024 unless set.
    /// A further one takes the place of the handler that was idle for longest; if none is idle
    /// the answer is RESOURCE_EXHAUSTED.
    pub fn max_handlers(mut self, handlers: usize) -> Server {
        self.limits.handlers.max = handlers.max(1);
        self
    }

    /// After how long without a call a handler is closed; 10 minutes unless set. An adapter with
    /// `idle_close = "never"` keeps its handlers.
    pub fn idle_close(mut self, after: Duration) -> Server {
        self.limits.handlers.idle_close = after;
        self
    }

    /// What becomes of checks and quotas when their adapter fails, for all adapters of the server,
    /// whatever their authors wrote. Each author's choice unless set.
    pub fn fail_policy(mut self, policy: FailPolicy) -> Server {
        self.fail_policy = Some(policy);
        self
    }

    /// Listens on the addresses; connections are accepted once [`run`](BoundServer::run) is
    /// called.
    ///
    /// # Errors
    /// If an address can't be listened on, or a listener is for an unknown adapter.
    pub async fn bind(self) -> Result<BoundServer, ServeError> {
        if self.listeners.is_empty() {
            return Err(ServeError::NoListener);
        }
        let mut handlers = BTreeMap::new();
        let mut listeners = Vec::new();
        for (address, adapters) in &self.listeners {
            if matches!(adapters, Adapters::Named(names) if names.is_empty()) {
                return Err(ServeError::NoAdapter {
                    address: address.clone(),
                });
            }
            let dispatch = self.dispatch(adapters, &mut handlers)?;
            let listener = bind(address)
                .await
                .and_then(|socket| Listener::new(socket, dispatch, self.limits.request_bytes))
                .map_err(|source| ServeError::Bind {
                    address: address.clone(),
                    source,
                })?;
            listeners.push(listener);
        }
        Ok(BoundServer {
            listeners,
            handlers: handlers.into_values().collect(),
            limits: self.limits,
        })
    }

    /// The services of a listener. An adapter that has several listeners has one set of handlers.
    fn dispatch(
        &self,
        adapters: &Adapters,
        handlers: &mut BTreeMap<&'static str, Arc<Handlers>>,
    ) -> Result<Dispatch, ServeError> {
        let registered = self.registry.registrations();
        if let Adapters::Named(names) = adapters {
            let unknown = names
                .iter()
                .find(|name| !self.registry.names().any(|n| n == *name));
            if let Some(name) = unknown {
                let known = self.registry.names().map(str::to_owned).collect();
                return Err(ServeError::UnknownAdapter {
                    name: name.clone(),
                    known,
                });
            }
        }
        let mut dispatch = Dispatch::default();
        for registration in registered {
            let name = registration.adapter.name();
            let wanted = match adapters {
                Adapters::All => true,
                Adapters::Named(names) => names.iter().any(|wanted| wanted == name),
            };
            if wanted {
                let (adapter, limits) = (registration.adapter, self.limits.handlers);
                let new = || Arc::new(Handlers::new(adapter, limits, self.metrics.of(name)));
                let handlers = handlers.entry(name).or_insert_with(new);
                let fail_policy = self.fail_policy.unwrap_or(adapter.fail_policy());
                dispatch.add(registration, handlers, fail_policy);
            }
        }
        Ok(dispatch)
    }
}

/// A server that listens.
#[must_use = "connections are accepted once `run` is called"]
pub struct BoundServer {
    listeners: Vec<Listener>,
    handlers: Vec<Arc<Handlers>>,
    limits: Limits,
}

impl BoundServer {
    /// The addresses that the server listens on, in the order in which they were given.
    #[must_use]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.listeners.iter().map(Listener::address).collect()
    }

    /// Serves until `shutdown` is ready. Then no new calls are taken, those in flight end, and the
    /// handlers are closed. Dropping the future instead closes nothing.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let (stop, stopped) = watch::channel(false);
        let mut accepting = JoinSet::new();
        for listener in self.listeners {
            accepting.spawn(listener.run(stopped.clone()));
        }
        drop(stopped);
        tokio::select! {
            () = shutdown => {}
            () = close_idle(&self.handlers, self.limits.handlers.idle_close) => {}
        }
        // Every listener and connection watches this.
        let _ = stop.send(true);
        let drained = async { while accepting.join_next().await.is_some() {} };
        if timeout(self.limits.drain, drained).await.is_err() {
            tracing::warn!(
                "connections with calls still in flight after {:?} were aborted",
                self.limits.drain
            );
            accepting.shutdown().await;
        }
        // For `close`, and then for what was scheduled.
        let deadline = Instant::now() + 2 * self.limits.drain;
        join_all(
            self.handlers
                .iter()
                .map(|handlers| handlers.close_all(deadline)),
        )
        .await;
    }
}

impl std::fmt::Debug for BoundServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BoundServer")
            .field("addresses", &self.addresses())
            .finish_non_exhaustive()
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

async fn bind(address: &str) -> io::Result<TcpListener> {
    let bound = TcpListener::bind(address).await;
    match (&bound, address.strip_prefix("[::]")) {
        // A machine without IPv6 has no `[::]`; the port is what was asked for.
        (Err(error), Some(port))
            if !matches!(
                error.kind(),
                io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied
            ) =>
        {
            TcpListener::bind(format!("0.0.0.0{port}")).await
        }
        _ => bound,
    }
}
