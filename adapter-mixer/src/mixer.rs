//! A Mixer: configuration, handlers and dispatch as one.

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use adapter_runtime::in_process::Limits;
use adapter_runtime::{FailPolicy, Metrics, Registry};
use arc_swap::ArcSwap;
use tokio::sync::Mutex;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::attribute::{Attributes, Bag};
use crate::config::{
    Calls, ConfigProblem, Converted, Hosts, Loaded, SameTemplateName, Snapshot, Store,
};
use crate::runtime::{
    Batches, Building, CheckAnswer, Closer, DispatchError, DispatchErrors, QuotaAnswer,
    QuotaRequest, Request, Route, Session, State, Trace, Tracer,
};

/// So many problems of a configuration are logged.
const MOST_LOGGED: usize = 100;
/// Changes that come within this time of each other are one.
const SETTLE: Duration = Duration::from_millis(50);

/// A Mixer in this process: it calls the adapters of a registry as the operator's resources say.
///
/// When the resources change, it goes over to the new configuration as a whole. A request stays with
/// the one that it began with; a handler whose configuration is the same lives on, and another is
/// closed after the last request that may call it.
///
/// ```
/// use adapter_mixer::Mixer;
/// use adapter_mixer::attribute::Bag;
/// use adapter_mixer::config::MemoryStore;
/// use adapter_runtime::prelude::*;
/// use adapter_runtime::template::listentry;
/// use adapter_runtime::Registration;
///
/// /// Allows one word.
/// #[mixer_adapter(templates = ["listentry"])]
/// struct Guard;
///
/// impl Adapter for Guard {
///     type Config = NoConfig;
///
///     async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> {
///         Ok(Guard)
///     }
/// }
///
/// impl listentry::Handler for Guard {
///     async fn handle_list_entry(
///         &self,
///         _: &Call,
///         instance: listentry::Instance,
///     ) -> Result<CheckResult, HandlerError> {
///         Ok(match instance.value.as_str() {
///             Some("open") => CheckResult::allow(),
///             _ => CheckResult::deny(Code::NotFound, "another word"),
///         })
///     }
/// }
///
/// const RESOURCES: &str = r#"
/// kind: attributemanifest
/// metadata: {name: own, namespace: istio-system}
/// spec: {attributes: {request.word: {valueType: STRING}}}
/// ---
/// kind: handler
/// metadata: {name: guard, namespace: istio-system}
/// spec: {compiledAdapter: guard}
/// ---
/// kind: instance
/// metadata: {name: word, namespace: istio-system}
/// spec: {compiledTemplate: listentry, params: {value: request.word}}
/// ---
/// kind: rule
/// metadata: {name: words, namespace: istio-system}
/// spec: {actions: [{handler: guard, instances: [word]}]}
/// "#;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let registry = Registry::new([Registration::new::<Guard>()]).unwrap();
/// let mixer = Mixer::new(registry, MemoryStore::from(RESOURCES)).await.unwrap();
/// let verdict = mixer.check(&Bag::from([("request.word", "shut")])).await.unwrap();
/// assert_eq!(verdict.status.message, "guard.istio-system:another word");
/// mixer.shutdown().await;
/// # }
/// ```
pub struct Mixer {
    shared: Arc<Shared>,
    watching: JoinHandle<()>,
}

/// What a Mixer is made with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The namespace whose rules hold for all requests; `istio-system` by default.
    pub default_namespace: String,
    /// What becomes of a check or a quota whose adapter fails, whatever its author says; `None`, the
    /// default, leaves it to the author.
    pub fail_policy: Option<FailPolicy>,
    /// For how long handlers may be built and closed.
    pub limits: Limits,
    /// Where the adapters' metrics are counted.
    pub metrics: Metrics,
    /// Where the adapters of the registry are called; by default where their handlers say.
    pub calls: Calls,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            default_namespace: "istio-system".to_owned(),
            fail_policy: None,
            limits: Limits::default(),
            metrics: Metrics::new(),
            calls: Calls::default(),
        }
    }
}

struct Shared {
    hosts: Arc<Hosts>,
    store: Arc<dyn Store>,
    options: Options,
    state: ArcSwap<State>,
    /// Held while the configuration changes.
    changing: Mutex<Changing>,
}

struct Changing {
    converted: Arc<Converted>,
    /// `None` after the shutdown.
    closer: Option<Closer>,
}

impl Mixer {
    /// A Mixer with the adapters of a registry and the resources of a store.
    ///
    /// What is wrong with the resources is no error: it is [left out](Mixer::problems).
    ///
    /// # Errors
    /// Two templates of the adapters have one name.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn new(registry: Registry, store: impl Store) -> Result<Mixer, SameTemplateName> {
        Mixer::with_options(registry, store, Options::default()).await
    }

    /// The same with options.
    ///
    /// # Errors
    /// As those of [`new`](Mixer::new).
    ///
    /// # Panics
    /// As [`new`](Mixer::new).
    pub async fn with_options(
        registry: Registry,
        store: impl Store,
        options: Options,
    ) -> Result<Mixer, SameTemplateName> {
        let hosts = Hosts::of(&registry)?.called(options.calls.clone());
        Ok(Mixer::start(hosts, Arc::new(store), options).await)
    }

    /// A Mixer whose adapters are all called over the network.
    ///
    /// # Panics
    /// As [`new`](Mixer::new).
    pub async fn without_adapters(store: impl Store, options: Options) -> Mixer {
        Mixer::start(Hosts::none(), Arc::new(store), options).await
    }

    async fn start(hosts: Hosts, store: Arc<dyn Store>, options: Options) -> Mixer {
        let shared = Arc::new(Shared {
            hosts: Arc::new(hosts),
            store,
            options,
            state: ArcSwap::from_pointee(State::default()),
            changing: Mutex::new(Changing {
                converted: Arc::default(),
                closer: Some(Closer::start()),
            }),
        });
        shared.reload().await;
        let watching = tokio::spawn(watch(Arc::downgrade(&shared)));
        Mixer { shared, watching }
    }

    /// Goes over to what the store holds now. It does so by itself when the store changes; this waits
    /// for it.
    pub async fn reload(&self) {
        self.shared.reload().await;
    }

    /// The configuration in force.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.shared.state.load().snapshot.clone()
    }

    /// What is wrong with the configuration in force, and was left out.
    #[must_use]
    pub fn problems(&self) -> Vec<ConfigProblem> {
        self.snapshot().problems.clone()
    }

    /// What requests send to handlers, by the namespaces of the rules.
    #[must_use]
    pub fn routes(&self) -> Vec<Route> {
        self.shared.state.load().table.routes()
    }

    /// Whether a request may go on: attributes are generated, then every handler is asked that rules
    /// send it to.
    ///
    /// # Errors
    /// An instance can't be built, or a handler failed.
    pub async fn check(&self, attributes: &dyn Attributes) -> Result<CheckAnswer, DispatchErrors> {
        self.dispatch()?.check(attributes).await
    }

    /// The same, and how it came about.
    pub async fn trace_check(
        &self,
        attributes: &dyn Attributes,
    ) -> (Result<CheckAnswer, DispatchErrors>, Trace) {
        let tracer = Tracer::default();
        let answer = match self.dispatch() {
            Ok(dispatch) => dispatch.traced(&tracer).check(attributes).await,
            Err(errors) => Err(errors),
        };
        (answer, tracer.into_trace())
    }

    /// As [`quota`](Mixer::quota), and how it came about.
    pub async fn trace_quota(
        &self,
        attributes: &dyn Attributes,
        request: &QuotaRequest,
    ) -> (Result<QuotaAnswer, DispatchErrors>, Trace) {
        let tracer = Tracer::default();
        let answer = match self.dispatch() {
            Ok(dispatch) => dispatch.traced(&tracer).quota(attributes, request).await,
            Err(errors) => Err(errors),
        };
        (answer, tracer.into_trace())
    }

    /// As [`report`](Mixer::report) of one request, and how it came about.
    pub async fn trace_report(
        &self,
        attributes: &dyn Attributes,
    ) -> (Result<(), DispatchErrors>, Trace) {
        let tracer = Tracer::default();
        let answer = match self.dispatch() {
            Ok(dispatch) => dispatch.traced(&tracer).report_one(attributes).await,
            Err(errors) => Err(errors),
        };
        (answer, tracer.into_trace())
    }

    /// What is granted of a quota. Attributes are generated before.
    ///
    /// # Errors
    /// An instance can't be built, or a handler failed.
    pub async fn quota(
        &self,
        attributes: &dyn Attributes,
        request: &QuotaRequest,
    ) -> Result<QuotaAnswer, DispatchErrors> {
        self.dispatch()?.quota(attributes, request).await
    }

    /// Tells handlers what happened: each gets the instances of all requests in one call.
    ///
    /// # Errors
    /// Everything that went wrong; what did not was delivered.
    pub async fn report<'a>(
        &self,
        requests: impl IntoIterator<Item = &'a dyn Attributes>,
    ) -> Result<(), DispatchErrors> {
        let dispatch = self.dispatch()?;
        let mut report = dispatch.report();
        let mut errors = DispatchErrors::default();
        for attributes in requests {
            if let Err(more) = report.add(attributes).await {
                errors.extend(more);
            }
        }
        if let Err(more) = report.flush().await {
            errors.extend(more);
        }
        errors.or(())
    }

    /// The dispatch of one request, step by step and under one configuration.
    ///
    /// # Errors
    /// The Mixer is shutting down.
    pub fn dispatch(&self) -> Result<Dispatch<'static>, DispatchErrors> {
        let state = self.shared.state.load_full();
        match state.closed {
            false => Ok(Dispatch {
                session: Session::new(state, None),
                deadline: None,
            }),
            true => Err(DispatchErrors::of(DispatchError::ShutDown)),
        }
    }

    /// Ends: requests that have begun go on to their end, then handlers are closed. Returns when
    /// that is done.
    pub async fn shutdown(self) {
        self.watching.abort();
        let closer = {
            let mut changing = self.shared.changing.lock().await;
            let snapshot = self.shared.state.load().snapshot.clone();
            self.shared.state.store(Arc::new(State::closed(snapshot)));
            changing.closer.take()
        };
        if let Some(closer) = closer {
            closer.finish().await;
        }
    }
}

impl Drop for Mixer {
    fn drop(&mut self) {
        self.watching.abort();
    }
}

impl fmt::Debug for Mixer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mixer")
            .field("snapshot", &self.shared.state.load().snapshot.id)
            .finish_non_exhaustive()
    }
}

impl Shared {
    async fn reload(&self) {
        let mut changing = self.changing.lock().await;
        let Changing { converted, closer } = &mut *changing;
        let Some(closer) = closer else {
            return;
        };
        let before = self.state.load_full();
        let read = {
            let (store, hosts) = (self.store.clone(), self.hosts.clone());
            let (converted, id) = (converted.clone(), before.snapshot.id + 1);
            // Thousands of resources take their time, which requests don't wait for.
            spawn_blocking(move || {
                let Loaded {
                    resources,
                    mut problems,
                } = store.load();
                let converted = converted.update(&resources, &hosts, &mut problems);
                let snapshot = Snapshot::resolve(id, &converted, &hosts, problems);
                (Arc::new(converted), snapshot)
            })
        };
        let snapshot = match read.await {
            Ok((now, snapshot)) => {
                *converted = now;
                snapshot
            }
            Err(error) => {
                tracing::error!("the configuration can't be read, and the last one stays: {error}");
                return;
            }
        };
        let building = Building {
            metrics: &self.options.metrics,
            limits: self.options.limits,
            fail_policy: self.options.fail_policy,
            closer: closer.sender(),
        };
        let default_namespace = &self.options.default_namespace;
        let state = State::build(snapshot, &before, &building, default_namespace).await;
        log(&state);
        self.state.store(Arc::new(state));
    }
}

/// Tells operators what became of their resources.
fn log(state: &State) {
    let snapshot = &state.snapshot;
    for problem in snapshot.problems.iter().take(MOST_LOGGED) {
        match problem.is_error() {
            true => tracing::error!("{problem}"),
            false => tracing::warn!("{problem}"),
        }
    }
    if let Some(more @ 1..) = snapshot.problems.len().checked_sub(MOST_LOGGED) {
        tracing::error!("and {more} more problems");
    }
    tracing::info!(
        snapshot = snapshot.id,
        rules = snapshot.rules.len(),
        handlers_built = state.handlers.built,
        handlers_kept = state.handlers.kept,
        errors = snapshot.errors().count(),
        "a configuration is in force"
    );
}

/// Reloads whenever the store changes, as long as there is the Mixer.
async fn watch(shared: Weak<Shared>) {
    loop {
        let Some(store) = shared.upgrade().map(|shared| shared.store.clone()) else {
            return;
        };
        store.changed().await;
        // What is written together is read together.
        tokio::time::sleep(SETTLE).await;
        match shared.upgrade() {
            Some(shared) => shared.reload().await,
            None => return,
        }
    }
}

/// The dispatch of one request under one configuration: its steps, for who wants more than
/// [`Mixer::check`].
pub struct Dispatch<'t> {
    session: Session<'t>,
    deadline: Option<Instant>,
}

impl<'t> Dispatch<'t> {
    /// The same for a caller who waits until then. Handlers know; one that has not answered by then
    /// has failed.
    #[must_use]
    pub fn deadline(mut self, deadline: Instant) -> Dispatch<'t> {
        self.deadline = Some(deadline);
        self
    }

    fn traced(self, tracer: &Tracer) -> Dispatch<'_> {
        Dispatch {
            session: Session::new(self.session.into_state(), Some(tracer)),
            deadline: self.deadline,
        }
    }

    /// A report of one request: what can be delivered is.
    async fn report_one(&self, attributes: &dyn Attributes) -> Result<(), DispatchErrors> {
        let mut report = self.report();
        let mut errors = DispatchErrors::default();
        if let Err(more) = report.add(attributes).await {
            errors.extend(more);
        }
        if let Err(more) = report.flush().await {
            errors.extend(more);
        }
        errors.or(())
    }

    fn request<'r>(&self, attributes: &'r dyn Attributes) -> Request<'r> {
        Request {
            attributes,
            deadline: self.deadline,
        }
    }

    /// The attributes that handlers generate for a request; none of them is one that it has.
    ///
    /// # Errors
    /// An instance can't be built, a handler failed, or an attribute can't be made of its answer.
    pub async fn preprocess(
        &self,
        attributes: &dyn Attributes,
    ) -> Result<Bag<'static>, DispatchErrors> {
        self.session.preprocess(self.request(attributes)).await
    }

    /// Checks a request, without attributes that are generated.
    ///
    /// # Errors
    /// An instance can't be built, or a handler failed.
    pub async fn check_only(
        &self,
        attributes: &dyn Attributes,
    ) -> Result<CheckAnswer, DispatchErrors> {
        self.session.check(self.request(attributes)).await
    }

    /// Asks for a quota, without attributes that are generated.
    ///
    /// # Errors
    /// An instance can't be built, or a handler failed.
    pub async fn quota_only(
        &self,
        attributes: &dyn Attributes,
        request: &QuotaRequest,
    ) -> Result<QuotaAnswer, DispatchErrors> {
        self.session.quota(self.request(attributes), request).await
    }

    /// As [`Mixer::check`].
    ///
    /// # Errors
    /// As those of [`Mixer::check`].
    pub async fn check(&self, attributes: &dyn Attributes) -> Result<CheckAnswer, DispatchErrors> {
        let generated = self.preprocess(attributes).await?.on(attributes);
        self.check_only(&generated).await
    }

    /// As [`Mixer::quota`].
    ///
    /// # Errors
    /// As those of [`Mixer::quota`].
    pub async fn quota(
        &self,
        attributes: &dyn Attributes,
        request: &QuotaRequest,
    ) -> Result<QuotaAnswer, DispatchErrors> {
        let generated = self.preprocess(attributes).await?.on(attributes);
        self.quota_only(&generated, request).await
    }

    /// A report, to which requests are added one after the other.
    pub fn report(&self) -> Report<'_, 't> {
        Report {
            dispatch: self,
            batches: Batches::default(),
        }
    }
}

impl fmt::Debug for Dispatch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatch")
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// A report that is being put together.
#[must_use = "handlers are called by `flush`"]
pub struct Report<'d, 't> {
    dispatch: &'d Dispatch<'t>,
    batches: Batches<'d>,
}

impl Report<'_, '_> {
    /// Adds a request: attributes are generated, and instances built.
    ///
    /// # Errors
    /// Everything that went wrong; instances that could be built are part of the report.
    pub async fn add(&mut self, attributes: &dyn Attributes) -> Result<(), DispatchErrors> {
        let generated = self.dispatch.preprocess(attributes).await?.on(attributes);
        self.add_only(&generated)
    }

    /// Adds a request, without attributes that are generated.
    ///
    /// # Errors
    /// Every instance that can't be built; the others are part of the report.
    pub fn add_only(&mut self, attributes: &dyn Attributes) -> Result<(), DispatchErrors> {
        let request = self.dispatch.request(attributes);
        self.dispatch.session.buffer(request, &mut self.batches)
    }

    /// Calls the handlers, each once.
    ///
    /// # Errors
    /// Those of all handlers that failed.
    pub async fn flush(self) -> Result<(), DispatchErrors> {
        let Dispatch { session, deadline } = self.dispatch;
        session.flush(self.batches, *deadline).await
    }
}

impl fmt::Debug for Report<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report").finish_non_exhaustive()
    }
}
