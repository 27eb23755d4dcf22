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
///
/// # The life of a handler
/// | step | when |
/// |---|---|
/// | the configuration is decoded, its fields' rules are checked, then [`validate`](Adapter::validate) | a request brings a configuration that no handler has |
/// | [`build`](Adapter::build) | there were no errors; once, however many requests wait |
/// | the templates' handlers, many at a time | each request |
/// | [`close`](Adapter::close) | nobody called for ten minutes, the server has too many handlers, it shuts down, or a session ends; after the last call |
/// | what the handler scheduled is told to stop, and awaited | after `close` |
///
/// A panic in any of them is logged, counted, and answered as INTERNAL.
///
/// ```
/// use adapter_runtime::prelude::*;
/// use adapter_runtime::template::metric;
/// use std::collections::HashSet;
/// use std::sync::Mutex;
///
/// #[derive(AdapterConfig)]
/// struct Params {
///     /// The metrics that are counted, by the full names of their instances.
///     #[config(non_empty, unique)]
///     metrics: Vec<String>,
/// }
///
/// /// Counts metrics.
/// #[mixer_adapter(templates = ["metric"])]
/// struct Tally {
///     counted: Mutex<u64>,
///     metrics: HashSet<String>,
/// }
///
/// impl Adapter for Tally {
///     type Config = Params;
///
///     // What no rule on a field can say.
///     fn validate(params: &Params, types: &InstanceTypes, errors: &mut ConfigErrors) {
///         let Some(known) = types.of::<metric::Template>() else { return };
///         for (at, name) in params.metrics.iter().enumerate() {
///             if !known.contains_key(name) {
///                 errors.push(format!("metrics[{at}]"), format!("no rule sends `{name}` here"));
///             }
///         }
///     }
///
///     // `?` makes a `BuildError` of any error.
///     async fn build(params: Params, _: Setup) -> Result<Self, BuildError> {
///         let metrics = params.metrics.into_iter().collect();
///         Ok(Tally { counted: Mutex::new(0), metrics })
///     }
///
///     async fn close(&self) {
///         tracing::info!("counted {}", self.counted.lock().unwrap());
///     }
/// }
///
/// impl metric::Handler for Tally {
///     async fn handle_metric(
///         &self,
///         _: &Call,
///         instances: Vec<metric::Instance>,
///     ) -> Result<(), HandlerError> {
///         let counted = instances.iter().filter(|metric| self.metrics.contains(&*metric.name));
///         *self.counted.lock().unwrap() += counted.count() as u64;
///         Ok(())
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is an adapter but does not implement `Adapter`",
    label = "`impl Adapter` is missing",
    note = "write `impl Adapter for {Self} {{ type Config = NoConfig; async fn build(config: NoConfig, setup: Setup) -> Result<Self, BuildError> {{ … }} }}`"
)]
pub trait Adapter: Sized + Send + Sync + 'static {
    /// The configuration, a struct with `#[derive(AdapterConfig)]`;
    /// [`NoConfig`](crate::NoConfig) where there is none.
    type Config: AdapterConfig + Send + Sync;

    /// Checks what the types of the configuration and the rules on its fields can't: every error is
    /// pushed, not only the first. Called even if there are errors already, so that the operator sees
    /// all of them. A configuration with errors is never built.
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
///
/// An adapter that schedules work in its calls, or counts there, keeps the `env`:
///
/// ```
/// # use adapter_runtime::prelude::*;
/// # struct Sender { env: Env }
/// # impl Sender {
/// async fn build(setup: Setup) -> Result<Sender, BuildError> {
///     tracing::info!("types are {}", if setup.types.known() { "known" } else { "not told" });
///     setup.env.schedule_daemon(|stop| async move { stop.stopped().await });
///     Ok(Sender { env: setup.env })
/// }
/// # }
/// ```
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
///
/// The calls of one connection share a task as long as the handler is quick: one whose calls compute
/// for more than about 20 µs gets a task for each. Work that *blocks* belongs into
/// [`Env::run_blocking`] or [`Env::schedule_blocking`], since it would hold up a thread that others'
/// calls need.
///
/// ```
/// # use adapter_runtime::prelude::*;
/// # use std::time::{Duration, Instant};
/// # async fn ask(_: Duration) -> Result<bool, std::io::Error> { Ok(true) }
/// async fn verdict(call: &Call) -> Result<CheckResult, HandlerError> {
///     // The backend gets no more time than the caller has.
///     let left = call.deadline.map(|at| at.saturating_duration_since(Instant::now()));
///     Ok(match ask(left.unwrap_or(Duration::from_secs(1))).await? {
///         true => CheckResult::allow(),
///         false => CheckResult::deny(Code::PermissionDenied, "not on the list"),
///     })
/// }
/// ```
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
