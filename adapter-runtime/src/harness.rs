//! An adapter under test: built, called and closed as the server does it, without a port.

use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tracing::Dispatch as Subscriber;
use tracing::instrument::WithSubscriber;

use crate::adapter::{Adapter, Call, InstanceTypes};
use crate::builder::{self, Built};
use crate::code::Code;
use crate::config::AdapterConfig;
use crate::definition::{Registered, Registration};
use crate::document::Problems;
use crate::error::{ConfigErrors, HandlerError};
use crate::future::contain;
use crate::handlers::{HandlerLimits, Handlers};
use crate::metrics::Metrics;
use crate::template::{Dispatch, Lists, Template};

/// How long a handler may close, and what it scheduled.
const CLOSE: Duration = Duration::from_secs(10);

/// An adapter under test: one handler, validated and built from its encoded configuration, called
/// and closed by the machine that the server runs, without a port.
///
/// A panic becomes an error, as it does there; what the handler schedules runs, and is stopped and
/// awaited by [`close`](Harness::close); what is logged can be read. Under tokio's paused clock
/// (`#[tokio::test(start_paused = true)]`, with tokio's feature `test-util`) timers and daemons run
/// as fast as the test [advances](Harness::advance) it.
///
/// ```
/// use adapter_runtime::prelude::*;
/// use adapter_runtime::template::listentry;
/// use adapter_runtime::Harness;
///
/// /// Allows one word.
/// #[mixer_adapter(templates = ["listentry"])]
/// struct Guard(Params);
///
/// #[derive(AdapterConfig)]
/// struct Params {
///     #[config(required)]
///     word: String,
/// }
///
/// impl Adapter for Guard {
///     type Config = Params;
///
///     async fn build(params: Params, _: Setup) -> Result<Self, BuildError> {
///         tracing::info!("the word has {} letters", params.word.len());
///         Ok(Guard(params))
///     }
/// }
///
/// impl listentry::Handler for Guard {
///     async fn handle_list_entry(
///         &self,
///         _: &Call,
///         instance: listentry::Instance,
///     ) -> Result<CheckResult, HandlerError> {
///         Ok(match instance.value.as_str() == Some(&self.0.word) {
///             true => CheckResult::allow(),
///             false => CheckResult::deny(Code::NotFound, "another word"),
///         })
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let guard = Harness::<Guard>::new(Params { word: "open".into() }).build().await.unwrap();
/// let entry = |value: &str| listentry::Instance { value: value.into(), ..Default::default() };
/// let verdict = guard.call::<listentry::Template>(entry("open")).await.unwrap();
/// assert_eq!(verdict.code(), Code::Ok);
/// let verdict = guard.call::<listentry::Template>(entry("shut")).await.unwrap();
/// assert_eq!(verdict.code(), Code::NotFound);
/// assert!(guard.log().contains("the word has 4 letters"));
/// guard.close().await;
///
/// let errors = Harness::<Guard>::new(Params { word: "".into() }).validate().unwrap_err();
/// assert_eq!(errors.iter().next().unwrap().field, "word");
/// # }
/// ```
pub struct Harness<A: Adapter> {
    handlers: Arc<Handlers>,
    /// The handler is that of a session, since sessions are told the types.
    session: String,
    subscriber: Subscriber,
    log: Log,
    metrics: Metrics,
    adapter: PhantomData<fn() -> A>,
}

/// A configuration, and what else a [`Harness`] is to know.
#[must_use = "nothing is built until `build` is called"]
pub struct HarnessBuilder<A: Adapter> {
    config: Vec<u8>,
    types: InstanceTypes,
    adapter: PhantomData<fn() -> A>,
}

/// Why there is no handler to test.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HarnessError {
    /// The configuration is invalid.
    #[error(transparent)]
    Invalid(#[from] ConfigErrors),
    /// The adapter could not be built, or panicked.
    #[error("{code}: {message}")]
    NotBuilt {
        /// What a request is answered with.
        code: Code,
        /// Its message.
        message: String,
    },
}

impl<A: Adapter + Registered> Harness<A> {
    /// The adapter with a configuration.
    #[expect(
        clippy::new_ret_no_self,
        reason = "a harness exists once its handler is built"
    )]
    pub fn new(config: A::Config) -> HarnessBuilder<A> {
        HarnessBuilder {
            config: config.encode(),
            types: InstanceTypes::default(),
            adapter: PhantomData,
        }
    }

    /// The adapter with the configuration that an operator writes below `params`, as YAML.
    ///
    /// # Errors
    /// Everything that is wrong with the text, each with its place.
    pub fn from_yaml(params: &str) -> Result<HarnessBuilder<A>, Problems> {
        Ok(Harness::new(A::Config::from_yaml("params.yaml", params)?))
    }

    /// Calls the handler of a template, with no dedup id and no deadline.
    ///
    /// # Errors
    /// What the handler returned; of the code `INTERNAL` if it panicked.
    pub async fn call<T: Dispatch<A>>(&self, request: T::Request) -> Result<T::Answer, HandlerError>
    where
        A: Lists<T>,
    {
        self.call_with::<T>(|_| {}, request).await
    }

    /// Calls the handler of a template with a [`Call`] that `edit` changes: its dedup id, say.
    ///
    /// # Errors
    /// As [`call`](Harness::call).
    pub async fn call_with<T: Dispatch<A>>(
        &self,
        edit: impl FnOnce(&mut Call),
        request: T::Request,
    ) -> Result<T::Answer, HandlerError>
    where
        A: Lists<T>,
    {
        let lease = self
            .handlers
            .lease_session(&self.session)
            .map_err(|status| HandlerError::new(status.code(), status.message()))?;
        let mut call = Call::new(lease.env());
        edit(&mut call);
        let built = lease.handler().as_any().downcast_ref::<Built<A>>();
        let adapter = built.expect("the handler is of the adapter's type");
        let answer = async { T::call(adapter, &call, request).await };
        let span = lease.env().span().clone();
        let answer = tracing::Instrument::instrument(answer, span);
        let answer = answer.with_subscriber(self.subscriber.clone());
        contain(Box::pin(answer)).await.unwrap_or_else(|panic| {
            let status = lease.panicked(&panic);
            Err(HandlerError::new(status.code(), status.message()))
        })
    }

    /// What was logged so far, a line each, with level and the names of adapter and handler.
    #[must_use]
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&self.log.bytes()).into_owned()
    }

    /// What was counted so far.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Lets time pass, in which what is due runs: no time at all under a paused clock.
    pub async fn advance(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    /// Closes the handler: its calls in flight end, [`Adapter::close`] runs, and what it scheduled
    /// is stopped and awaited. Gives what was logged.
    pub async fn close(self) -> String {
        let closing = self.handlers.close_all(Instant::now() + 3 * CLOSE);
        closing.with_subscriber(self.subscriber.clone()).await;
        self.log()
    }
}

impl<A: Adapter + Registered> HarnessBuilder<A> {
    /// Sets the types of a template's instances, by their full names, as a Mixer in the same process
    /// tells them.
    pub fn set_types<T: Template>(
        mut self,
        types: impl IntoIterator<Item = (String, T::Type)>,
    ) -> HarnessBuilder<A>
    where
        A: Lists<T>,
    {
        self.types.add::<T>(types.into_iter().collect());
        self
    }

    /// Validates the configuration, and builds nothing.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        let mut config = match A::Config::decode(&self.config) {
            Ok(config) => config,
            Err(error) => {
                let mut errors = ConfigErrors::new();
                errors.push(error.path(), error.problem());
                return Err(errors);
            }
        };
        builder::validate::<A>(&mut config, &self.types)
    }

    /// Builds the handler.
    ///
    /// # Errors
    /// If the configuration is invalid, or [`Adapter::build`] fails or panics.
    pub async fn build(self) -> Result<Harness<A>, HarnessError> {
        let log = Log::default();
        let subscriber = log.subscriber();
        let metrics = Metrics::new();
        let adapter = Registration::new::<A>().adapter;
        let limits = HandlerLimits {
            max: 1,
            idle_close: Duration::MAX,
            close: CLOSE,
        };
        let handlers = Arc::new(Handlers::new(adapter, limits, metrics.of(A::NAME)));
        let session = handlers.open_session(&self.config, self.types.clone());
        let session = session.with_subscriber(subscriber.clone()).await;
        let session = session.map_err(|status| match status.config_errors() {
            Some(errors) => HarnessError::Invalid(errors.clone()),
            None => HarnessError::NotBuilt {
                code: status.code(),
                message: status.message().to_owned(),
            },
        })?;
        Ok(Harness {
            handlers,
            session,
            subscriber,
            log,
            metrics,
            adapter: PhantomData,
        })
    }
}

impl<A: Adapter> fmt::Debug for Harness<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Harness({})", self.session)
    }
}

impl<A: Adapter> fmt::Debug for HarnessBuilder<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The configuration may hold secrets.
        f.debug_struct("HarnessBuilder")
            .field("types", &self.types)
            .finish_non_exhaustive()
    }
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn subscriber(&self) -> Subscriber {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .without_time()
            .with_ansi(false)
            .with_writer(move || log.clone())
            .finish();
        Subscriber::new(subscriber)
    }

    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
