//! An adapter that does what a test tells it, and remembers what it was asked.

use std::any::Any;
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use adapter_runtime::__private::{Lists, Row};
use adapter_runtime::prelude::*;
use adapter_runtime::template::{
    apikey, authorization, checknothing, edge, kubernetes, listentry, logentry, metric, quota,
    reportnothing, tracespan,
};
use adapter_runtime::{FailPolicy, Registered, Registration};

/// A spy: an adapter for all of Istio's templates that replies as a test has told it, and remembers
/// what it was asked.
///
/// Each spy is one of its own, so that tests run beside each other. Its handler's resource comes
/// from [`handler`](Spy::handler); instances and rules are the test's.
///
/// ```
/// use adapter_mixer::attributes;
/// use adapter_mixer::testing::TestMixer;
/// use adapter_mixer::testing::spy::{Reply, Spy};
/// use adapter_runtime::template::listentry;
/// use adapter_runtime::{CheckResult, Code};
///
/// const RULES: &str = r#"
/// kind: instance
/// metadata: {name: path, namespace: istio-system}
/// spec: {compiledTemplate: listentry, params: {value: request.path}}
/// ---
/// kind: rule
/// metadata: {name: paths, namespace: istio-system}
/// spec: {actions: [{handler: spy, instances: [path]}]}
/// "#;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let spy = Spy::new();
/// let mixer = TestMixer::builder().adapters([Spy::registration()]);
/// let mixer = mixer.yaml(spy.handler("spy")).yaml(RULES).start().await.unwrap();
///
/// spy.next("listentry", Reply::check(CheckResult::deny(Code::NotFound, "no")));
/// spy.next("listentry", Reply::error(Code::Unavailable, "come back later"));
/// spy.next("listentry", Reply::panic("on purpose"));
/// let request = || attributes! { "request.path" => "/shop" };
/// mixer.check(request()).await.assert_denied(Code::NotFound);
/// mixer.check(request()).await.assert_failed("come back later");
/// mixer.check(request()).await.assert_failed("on purpose");
/// mixer.check(request()).await.assert_allowed();
///
/// let asked = spy.instances::<listentry::Instance>();
/// assert_eq!(asked.len(), 4);
/// assert_eq!(asked[0].value.as_str(), Some("/shop"));
/// # }
/// ```
pub struct Spy(Arc<Shared>);

/// What a spy replies to a call.
#[derive(Debug)]
pub struct Reply {
    after: Duration,
    reaction: Reaction,
}

#[derive(Debug)]
enum Reaction {
    Default,
    Check(CheckResult),
    Quota(QuotaResult),
    Generated(Box<kubernetes::Output>),
    Error(Code, String),
    Panic(String),
}

impl Reply {
    /// What it replies if nothing is told: checks are allowed, quotas granted, reports taken, and
    /// no attributes generated.
    #[must_use]
    pub fn usual() -> Reply {
        Reply::of(Reaction::Default)
    }

    /// This verdict to a check.
    #[must_use]
    pub fn check(verdict: CheckResult) -> Reply {
        Reply::of(Reaction::Check(verdict))
    }

    /// This grant of a quota.
    #[must_use]
    pub fn quota(grant: QuotaResult) -> Reply {
        Reply::of(Reaction::Quota(grant))
    }

    /// These attributes of Kubernetes.
    #[must_use]
    pub fn generated(output: kubernetes::Output) -> Reply {
        Reply::of(Reaction::Generated(Box::new(output)))
    }

    /// An error.
    #[must_use]
    pub fn error(code: Code, message: impl Into<String>) -> Reply {
        Reply::of(Reaction::Error(code, message.into()))
    }

    /// A panic, as a mistake in an adapter brings it about.
    #[must_use]
    pub fn panic(message: impl Into<String>) -> Reply {
        Reply::of(Reaction::Panic(message.into()))
    }

    /// The same after a time.
    #[must_use]
    pub fn after(self, after: Duration) -> Reply {
        Reply { after, ..self }
    }

    fn of(reaction: Reaction) -> Reply {
        Reply {
            after: Duration::ZERO,
            reaction,
        }
    }
}

/// A call of a spy.
#[non_exhaustive]
pub struct SpyCall {
    /// The name of the template.
    pub template: &'static str,
    /// The name of the handler; on the wire a short hash of its configuration.
    pub handler: String,
    /// The instances, each as Rust's `Debug` shows it.
    pub instances: Vec<String>,
    /// What was asked of a quota.
    pub quota: Option<QuotaArgs>,
    typed: Vec<Box<dyn Any + Send>>,
}

impl fmt::Debug for SpyCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpyCall")
            .field("template", &self.template)
            .field("handler", &self.handler)
            .field("instances", &self.instances)
            .field("quota", &self.quota)
            .finish_non_exhaustive()
    }
}

struct Shared {
    id: u64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By template.
    replies: HashMap<String, VecDeque<Reply>>,
    calls: Vec<SpyCall>,
    built: usize,
    closed: usize,
}

/// The spies that there are, for their handlers to find them.
static SPIES: LazyLock<Mutex<HashMap<u64, Weak<Shared>>>> = LazyLock::new(Mutex::default);
static LAST: AtomicU64 = AtomicU64::new(0);

impl Spy {
    /// A spy that nobody has asked anything.
    #[must_use]
    pub fn new() -> Spy {
        let id = LAST.fetch_add(1, Ordering::Relaxed) + 1;
        let state = Mutex::default();
        let shared = Arc::new(Shared { id, state });
        lock(&SPIES).insert(id, Arc::downgrade(&shared));
        Spy(shared)
    }

    /// The adapter of all spies, for [`adapters`](super::TestMixerBuilder::adapters). It is not
    /// among those that are linked into the test.
    #[must_use]
    pub fn registration() -> Registration {
        Registration::new::<SpyAdapter>()
    }

    /// The resource of a handler with this name in `istio-system`.
    #[must_use]
    pub fn handler(&self, name: &str) -> String {
        format!(
            "kind: handler\nmetadata: {{name: {name}, namespace: istio-system}}\n\
             spec: {{compiledAdapter: spy, params: {{spy: {}}}}}\n",
            self.0.id
        )
    }

    /// What it replies to the next call with this template for which nothing was told before.
    pub fn next(&self, template: &str, reply: Reply) {
        let mut state = lock(&self.0.state);
        let replies = state.replies.entry(template.to_owned()).or_default();
        replies.push_back(reply);
    }

    /// How many calls there were.
    #[must_use]
    pub fn call_count(&self) -> usize {
        lock(&self.0.state).calls.len()
    }

    /// The calls since this was asked last.
    #[must_use]
    pub fn take_calls(&self) -> Vec<SpyCall> {
        std::mem::take(&mut lock(&self.0.state).calls)
    }

    /// The instances of one template that came so far, such as
    /// [`listentry::Instance`].
    #[must_use]
    pub fn instances<I: Clone + 'static>(&self) -> Vec<I> {
        let state = lock(&self.0.state);
        let all = state.calls.iter().flat_map(|it| &it.typed);
        all.filter_map(|it| it.downcast_ref::<I>())
            .cloned()
            .collect()
    }

    /// How many handlers were built, and how many of them were closed.
    #[must_use]
    pub fn lives(&self) -> (usize, usize) {
        let state = lock(&self.0.state);
        (state.built, state.closed)
    }
}

impl Default for Spy {
    fn default() -> Spy {
        Spy::new()
    }
}

impl Drop for Spy {
    fn drop(&mut self) {
        lock(&SPIES).remove(&self.0.id);
    }
}

impl fmt::Debug for Spy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Spy({})", self.0.id)
    }
}

/// What is locked here is consistent after every statement, so a panic elsewhere doesn't spoil it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The handler of a spy.
struct SpyAdapter(Arc<Shared>);

/// Whose handler it is.
#[derive(AdapterConfig)]
struct Params {
    /// The number of the spy.
    #[config(tag = 1)]
    spy: i64,
}

// The attribute would register it in every program that has the Mixer.
impl Registered for SpyAdapter {
    const NAME: &'static str = "spy";
    const DESCRIPTION: &'static str = "Does what a test tells it.";
    const IMPLEMENTATION: &'static str = module_path!();
    const PACKAGE: &'static str = "spy.config";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const IDLE_CLOSE: bool = true;
    const FAIL_POLICY: FailPolicy = FailPolicy::Closed;
    const TEMPLATES: &'static [Row<SpyAdapter>] = &[
        Row::of::<apikey::Template>(),
        Row::of::<authorization::Template>(),
        Row::of::<checknothing::Template>(),
        Row::of::<edge::Template>(),
        Row::of::<kubernetes::Template>(),
        Row::of::<listentry::Template>(),
        Row::of::<logentry::Template>(),
        Row::of::<metric::Template>(),
        Row::of::<quota::Template>(),
        Row::of::<reportnothing::Template>(),
        Row::of::<tracespan::Template>(),
    ];
}

impl Adapter for SpyAdapter {
    type Config = Params;

    async fn build(params: Params, _: Setup) -> Result<SpyAdapter, BuildError> {
        let spies = lock(&SPIES);
        let spy = u64::try_from(params.spy)
            .ok()
            .and_then(|id| spies.get(&id)?.upgrade());
        let Some(spy) = spy else {
            let message = "there is no such spy: take the handler that `Spy::handler` gives";
            return Err(BuildError::new(Code::NotFound, message));
        };
        lock(&spy.state).built += 1;
        Ok(SpyAdapter(spy))
    }

    async fn close(&self) {
        lock(&self.0.state).closed += 1;
    }
}

impl SpyAdapter {
    async fn called<I: fmt::Debug + Send + 'static>(
        &self,
        template: &'static str,
        call: &Call,
        instances: Vec<I>,
        quota: Option<QuotaArgs>,
    ) -> Result<Reaction, HandlerError> {
        let reply = {
            let mut state = lock(&self.0.state);
            state.calls.push(SpyCall {
                template,
                handler: call.handler.to_string(),
                instances: instances.iter().map(|it| format!("{it:?}")).collect(),
                quota,
                typed: instances
                    .into_iter()
                    .map(|it| Box::new(it) as Box<dyn Any + Send>)
                    .collect(),
            });
            let replies = state.replies.get_mut(template);
            replies.and_then(VecDeque::pop_front)
        };
        let Some(Reply { after, reaction }) = reply else {
            return Ok(Reaction::Default);
        };
        if !after.is_zero() {
            tokio::time::sleep(after).await;
        }
        match reaction {
            Reaction::Error(code, message) => Err(HandlerError::new(code, message)),
            Reaction::Panic(message) => panic!("{message}"),
            reaction => Ok(reaction),
        }
    }
}

/// A reply that doesn't answer what was asked.
fn wrong(template: &str, reaction: &Reaction) -> HandlerError {
    let message = format!("the test's reply {reaction:?} is none to an instance of {template}");
    HandlerError::new(Code::Internal, message)
}

macro_rules! checks {
    ($($template:ident: $handle:ident),+ $(,)?) => {$(
        impl Lists<$template::Template> for SpyAdapter {}

        impl $template::Handler for SpyAdapter {
            async fn $handle(
                &self,
                call: &Call,
                instance: $template::Instance,
            ) -> Result<CheckResult, HandlerError> {
                let template = stringify!($template);
                match self.called(template, call, vec![instance], None).await? {
                    Reaction::Default => Ok(CheckResult::allow()),
                    Reaction::Check(verdict) => Ok(verdict),
                    other => Err(wrong(template, &other)),
                }
            }
        }
    )+};
}

macro_rules! reports {
    ($($template:ident: $handle:ident),+ $(,)?) => {$(
        impl Lists<$template::Template> for SpyAdapter {}

        impl $template::Handler for SpyAdapter {
            async fn $handle(
                &self,
                call: &Call,
                instances: Vec<$template::Instance>,
            ) -> Result<(), HandlerError> {
                let template = stringify!($template);
                match self.called(template, call, instances, None).await? {
                    Reaction::Default => Ok(()),
                    other => Err(wrong(template, &other)),
                }
            }
        }
    )+};
}

checks! {
    apikey: handle_api_key,
    authorization: handle_authorization,
    checknothing: handle_check_nothing,
    listentry: handle_list_entry,
}

reports! {
    edge: handle_edge,
    logentry: handle_log_entry,
    metric: handle_metric,
    reportnothing: handle_report_nothing,
    tracespan: handle_trace_span,
}

impl Lists<quota::Template> for SpyAdapter {}
impl Lists<kubernetes::Template> for SpyAdapter {}

impl quota::Handler for SpyAdapter {
    async fn handle_quota(
        &self,
        call: &Call,
        instance: quota::Instance,
        args: QuotaArgs,
    ) -> Result<QuotaResult, HandlerError> {
        let amount = args.amount;
        match self
            .called("quota", call, vec![instance], Some(args))
            .await?
        {
            Reaction::Default => Ok(QuotaResult::grant(amount, Duration::from_secs(60))),
            Reaction::Quota(grant) => Ok(grant),
            other => Err(wrong("quota", &other)),
        }
    }
}

impl kubernetes::Handler for SpyAdapter {
    async fn generate_kubernetes_attributes(
        &self,
        call: &Call,
        instance: kubernetes::Instance,
    ) -> Result<kubernetes::Output, HandlerError> {
        match self
            .called("kubernetes", call, vec![instance], None)
            .await?
        {
            Reaction::Default => Ok(kubernetes::Output::default()),
            Reaction::Generated(output) => Ok(*output),
            other => Err(wrong("kubernetes", &other)),
        }
    }
}
