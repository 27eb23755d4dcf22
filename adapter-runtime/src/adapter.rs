//! What an adapter is: the trait that its author implements.

use std::any::{Any, TypeId};
use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use crate::config::AdapterConfig;
use crate::env::Env;
use crate::error::{BuildError, ConfigErrors};
use crate::template::Template;

/// An adapter: how it is configured, validated, built and closed.
///
/// The struct is annotated with [`#[mixer_adapter]`](crate::mixer_adapter), which registers it,
/// and implements the `Handler` trait of each template that it lists. One value of the struct is a
/// *handler*: the adapter with one configuration.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is an adapter but does not implement `Adapter`",
    label = "`impl Adapter` is missing",
    note = "write `impl Adapter for {Self} {{ type Config = NoConfig; async fn build(config: NoConfig, setup: Setup) -> Result<Self, BuildError> {{ … }} }}`"
)]
pub trait Adapter: Sized + Send + Sync + 'static {
    /// The configuration, a struct with `#[derive(AdapterConfig)]`;
    /// [`NoConfig`](crate::NoConfig) where there is none.
    type Config: AdapterConfig + Send + Sync;

    /// Checks what the types of the configuration can't: every error is pushed, not only the
    /// first. A configuration with errors is never built.
    fn validate(config: &Self::Config, types: &InstanceTypes, errors: &mut ConfigErrors) {
        let _ = (config, types, errors);
    }

    /// Makes a handler: connects, opens, warms up. Runs once for a configuration, while the
    /// requests that need it wait.
    ///
    /// # Errors
    /// What prevents the handler from working. The requests are answered with it, and the next
    /// attempt is made a few seconds later at the earliest.
    fn build(
        config: Self::Config,
        setup: Setup,
    ) -> impl Future<Output = Result<Self, BuildError>> + Send;

    /// Flushes and releases. Called once, after the last call to the handler has ended and before
    /// what it scheduled is told to stop; aborted if it takes longer than the server's drain timeout.
    /// A handler of the same configuration is not built before this has ended.
    fn close(&self) -> impl Future<Output = ()> + Send {
        async {}
    }
}

/// What a handler is built with, besides its configuration.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Setup {
    /// The types of the instances that the operator's rules send, where they are known.
    pub types: InstanceTypes,
    /// Where the handler runs.
    pub env: Env,
}

impl Setup {
    pub(crate) fn new(types: InstanceTypes, env: Env) -> Setup {
        Setup { types, env }
    }
}

/// One call to a handler, beside the instances.
///
/// The handler's future is dropped at an `.await` if the caller gives up, its deadline passes or
/// the connection is lost: what must not stop half-way belongs into a task of its own.
/// The calls of one connection share a task, and Mixer has one connection for each handler: work
/// that blocks or computes for long belongs into [`spawn_blocking`](tokio::task::spawn_blocking),
/// or the calls beside it wait.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Call {
    /// Mixer's id of the call; for a quota, the id under which a repeated request must be counted
    /// once. Not strictly unique otherwise.
    pub dedup_id: String,
    /// When the caller stops waiting, if it said so.
    pub deadline: Option<Instant>,
    /// The address of the caller, where there is a connection.
    pub peer: Option<std::net::SocketAddr>,
    /// The name of the adapter.
    pub adapter: Arc<str>,
    /// The name of the handler, see [`Env::handler`].
    pub handler: Arc<str>,
}

impl Call {
    /// A call to a handler, without dedup id, deadline and peer; for tests.
    #[must_use]
    pub fn new(env: &Env) -> Call {
        let (adapter, handler) = env.names();
        Call {
            dedup_id: String::new(),
            deadline: None,
            peer: None,
            adapter,
            handler,
        }
    }
}

/// The types of the instances that the operator's rules send to a handler, by template and by the
/// instance's full name (`requestcount.instance.istio-system`).
///
/// Mixer tells them only to adapters that run in its own process. Over gRPC they are not
/// [known](InstanceTypes::known).
#[derive(Clone, Debug, Default)]
pub struct InstanceTypes {
    known: bool,
    by_template: HashMap<TypeId, Arc<dyn Any + Send + Sync>>,
}

impl InstanceTypes {
    /// Whether the types were told at all: false over gRPC, where an empty map says nothing.
    #[must_use]
    pub fn known(&self) -> bool {
        self.known
    }

    /// The types of a template's instances by full name, e.g. `types.of::<metric::Template>()`;
    /// `None` if no rule sends such instances, or if types are not known.
    #[must_use]
    pub fn of<T: Template>(&self) -> Option<&BTreeMap<String, T::Type>> {
        self.by_template.get(&TypeId::of::<T>())?.downcast_ref()
    }

    /// Adds to the types that are set already.
    pub(crate) fn add<T: Template>(&mut self, types: BTreeMap<String, T::Type>) {
        let mut all = self.of::<T>().cloned().unwrap_or_default();
        all.extend(types);
        self.known = true;
        self.by_template.insert(TypeId::of::<T>(), Arc::new(all));
    }
}
