//! A server before it listens.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::bound::BoundServer;
use super::core::Core;
use super::dispatch::Dispatch;
use super::error::ServeError;
use super::listener::Listener;
use super::method::{OwnMethod, UnaryMethod};
use super::ops::Ops;
use super::security::Security;
use super::service::Rules;
use super::settings::Settings;
use super::socket::Socket;
use super::verdict::Sampler;
use crate::config::SecretAccess;
use crate::fail_policy::FailPolicy;
use crate::handlers::{HandlerLimits, Handlers};
use crate::log::Levels;
use crate::metrics::Metrics;
use crate::registry::Registry;

/// A gRPC server of adapters, before it listens.
///
/// One service for each template, shared by all adapters that handle it; a request is for the
/// adapter whose configuration it carries.
#[derive(Debug)]
#[must_use = "a server does nothing until it is bound and run"]
pub struct Server {
    registry: Registry,
    listeners: Vec<(String, Adapters)>,
    methods: Vec<OwnMethod>,
    settings: Settings,
    metrics: Metrics,
    levels: Option<Arc<Levels>>,
    /// Whether to go on if the port for operators is taken.
    ops_optional: bool,
}

#[derive(Debug)]
enum Adapters {
    All,
    Named(Vec<String>),
}

impl Server {
    /// A server of these adapters. It listens nowhere yet.
    pub fn new(registry: Registry) -> Server {
        Server {
            registry,
            listeners: Vec::new(),
            methods: Vec::new(),
            settings: Settings::default(),
            metrics: Metrics::new(),
            levels: None,
            ops_optional: false,
        }
    }

    /// A server without adapters, for [methods](Server::method) of the program's own.
    pub fn without_adapters() -> Server {
        Server::new(Registry::none())
    }

    /// Serves a method of the program's own on every address, under its gRPC path, e.g.
    /// `/istio.mixer.v1.Mixer/Check`.
    pub fn method(mut self, path: &'static str, method: impl UnaryMethod) -> Server {
        self.methods.push(OwnMethod::new(path, method));
        self
    }

    /// Lets operators change what is logged.
    #[cfg(feature = "cli")]
    pub(crate) fn levels(mut self, levels: Arc<Levels>) -> Server {
        self.levels = Some(levels);
        self
    }

    /// Goes on, with a warning, if the port for operators is taken.
    #[cfg(feature = "cli")]
    pub(crate) fn ops_optional(mut self) -> Server {
        self.ops_optional = true;
        self
    }

    /// What the server counts. They can be read as long as somebody holds them.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.metrics.clone()
    }

    /// Serves every adapter on an address: an IP address or a host name, and a port; port 0 is
    /// one that the system chooses. `unix:/path` is a Unix socket.
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

    /// Changes settings: `server.configure(|settings| settings.max_connections = 100)`.
    pub fn configure(mut self, change: impl FnOnce(&mut Settings)) -> Server {
        change(&mut self.settings);
        self
    }

    /// Sets [`Settings::max_request_bytes`].
    pub fn max_request_bytes(self, bytes: usize) -> Server {
        self.configure(|settings| settings.max_request_bytes = bytes)
    }

    /// Sets [`Settings::drain_timeout`], and [`Settings::close_timeout`] to as long.
    pub fn drain_timeout(self, timeout: Duration) -> Server {
        self.configure(|settings| {
            settings.drain_timeout = timeout;
            settings.close_timeout = timeout;
        })
    }

    /// Sets [`Settings::max_handlers`].
    pub fn max_handlers(self, handlers: usize) -> Server {
        self.configure(|settings| settings.max_handlers = handlers)
    }

    /// Sets [`Settings::idle_close`].
    pub fn idle_close(self, after: Duration) -> Server {
        self.configure(|settings| settings.idle_close = after)
    }

    /// What becomes of checks and quotas when their adapter fails, for all adapters of the server,
    /// whatever their authors wrote: sets [`Settings::fail_policy`].
    pub fn fail_policy(self, policy: FailPolicy) -> Server {
        self.configure(|settings| settings.fail_policy.all = Some(policy))
    }

    /// Listens on the addresses; connections are accepted once [`run`](BoundServer::run) is
    /// called.
    ///
    /// # Errors
    /// If an address can't be listened on, or a listener or a setting is for an unknown adapter.
    pub async fn bind(mut self) -> Result<BoundServer, ServeError> {
        self.settings = self.settings.bounded();
        if self.listeners.is_empty() {
            return Err(ServeError::NoListener);
        }
        self.check_names()?;
        let security = Security::of(&self.settings, self.metrics.server())?;
        let mut handlers = BTreeMap::new();
        let mut listeners = Vec::new();
        for (address, adapters) in &self.listeners {
            if matches!(adapters, Adapters::Named(names) if names.is_empty()) {
                return Err(ServeError::NoAdapter {
                    address: address.clone(),
                });
            }
            let dispatch = self.dispatch(adapters, &mut handlers)?;
            let socket = Socket::bind(address)
                .await
                .map_err(|source| ServeError::Bind {
                    address: address.clone(),
                    source,
                })?;
            listeners.push(Listener::new(socket, dispatch));
        }
        let handlers = handlers.into_values().collect();
        let ops = self.bind_ops().await?;
        let mut core = Core::new(self.settings, self.metrics, security);
        core.levels = self.levels;
        Ok(BoundServer::new(listeners, ops, handlers, Arc::new(core)))
    }

    async fn bind_ops(&self) -> Result<Option<Ops>, ServeError> {
        let Some(address) = &self.settings.ops_address else {
            return Ok(None);
        };
        let adapters = self.registry.registrations().iter();
        let adapters = adapters.map(|it| (it.adapter.name().into(), it.adapter.version().into()));
        match Ops::bind(address, adapters.collect()).await {
            Ok(ops) => Ok(Some(ops)),
            Err(error) if self.ops_optional => {
                tracing::warn!(
                    "no metrics and no health over HTTP, since {address} can't be listened on: {error}; \
                     see `ops-address`"
                );
                Ok(None)
            }
            Err(source) => Err(ServeError::Bind {
                address: address.clone(),
                source,
            }),
        }
    }

    /// Whether the settings for single adapters are for adapters that there are.
    fn check_names(&self) -> Result<(), ServeError> {
        let Settings {
            fail_policy,
            shadow,
            decision_log,
            call_timeout,
            log_level,
            ..
        } = &self.settings;
        let named = (fail_policy.of.keys())
            .chain(shadow.of.keys())
            .chain(decision_log.of.keys())
            .chain(call_timeout.of.keys())
            .chain(log_level.of.keys());
        let listened = self
            .listeners
            .iter()
            .flat_map(|(_, adapters)| match adapters {
                Adapters::All => &[],
                Adapters::Named(names) => names.as_slice(),
            });
        let known = || self.registry.names();
        match named
            .chain(listened)
            .find(|name| !known().any(|known| known == *name))
        {
            None => Ok(()),
            Some(name) => Err(ServeError::UnknownAdapter {
                name: name.clone(),
                known: known().map(str::to_owned).collect(),
            }),
        }
    }

    /// The services of a listener. An adapter that has several listeners has one set of handlers.
    fn dispatch(
        &self,
        adapters: &Adapters,
        handlers: &mut BTreeMap<&'static str, Arc<Handlers>>,
    ) -> Result<Dispatch, ServeError> {
        let settings = &self.settings;
        let access = Arc::new(SecretAccess::new(
            settings.secret_folders.clone(),
            settings.secret_env_prefix.clone(),
        ));
        let mut dispatch = Dispatch::new(settings.reflection);
        for method in &self.methods {
            dispatch.add_method(method.clone());
        }
        for registration in self.registry.registrations() {
            let name = registration.adapter.name();
            let wanted = match adapters {
                Adapters::All => true,
                Adapters::Named(names) => names.iter().any(|wanted| wanted == name),
            };
            if wanted {
                let adapter = registration.adapter;
                let limits = HandlerLimits {
                    max: settings.max_handlers.max(1),
                    idle_close: settings.idle_close,
                    close: settings.close_timeout,
                };
                let new = || {
                    let handlers = Handlers::new(adapter, limits, self.metrics.of(name));
                    Arc::new(handlers.secrets(access.clone()))
                };
                let handlers = handlers.entry(name).or_insert_with(new);
                let fail_policy = settings.fail_policy.get(name);
                dispatch.add(registration, handlers, |template| Rules {
                    fail_policy: fail_policy.unwrap_or(adapter.fail_policy()),
                    shadow: *settings.shadow.get(name),
                    decisions: Sampler::new(*settings.decision_log.get(name)),
                    timeout: *settings.call_timeout.get(name),
                    metrics: self.metrics.calls(name, template),
                });
            }
        }
        Ok(dispatch)
    }
}
