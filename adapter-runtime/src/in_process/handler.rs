//! Handlers that are called in this process.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tracing::Instrument;

use super::outcome::{Asked, Outcome};
use crate::adapter::{Call, InstanceTypes};
use crate::definition::{BuildFailure, ErasedAdapter, ErasedConfig};
use crate::env::Env;
use crate::error::{BuildError, ConfigErrors, HandlerError};
use crate::future::{contain, contain_now};
use crate::handlers::Handler;
use crate::metrics::Metrics;
use crate::status::one_line;

/// For how long a handler may be built and closed.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// A build that takes longer is given up. One minute by default.
    pub build: Duration,
    /// [`close`](crate::Adapter::close) may take so long, and then what the handler scheduled, until
    /// they are aborted. Ten seconds by default.
    pub close: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            build: Duration::from_secs(60),
            close: Duration::from_secs(10),
        }
    }
}

/// Why there is no handler. Displayed as Mixer logs it.
#[derive(Debug)]
#[non_exhaustive]
pub enum BuildProblem {
    /// The settings are invalid.
    Invalid(ConfigErrors),
    /// The adapter could not be built.
    Failed(BuildError),
    /// The adapter's validation panicked, with this message.
    ValidationPanicked(String),
    /// The adapter's build panicked, with this message.
    Panicked(String),
    /// The build did not end within this time.
    TooSlow(Duration),
}

impl fmt::Display for BuildProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let validation = "adapter builder validation failed";
        match self {
            BuildProblem::Invalid(errors) => write!(
                f,
                "{validation}: adapter validation failed : builder validation failed: '{errors}'"
            ),
            BuildProblem::Failed(error) => {
                write!(f, "adapter instantiation error: {}", error.message())
            }
            BuildProblem::ValidationPanicked(panic) => {
                write!(f, "{validation}: panic during factory.build: '{panic}' ")
            }
            BuildProblem::Panicked(panic) => write!(f, "panic during factory.build: '{panic}' "),
            BuildProblem::TooSlow(limit) => {
                write!(
                    f,
                    "adapter instantiation error: it did not end within {limit:?}"
                )
            }
        }
    }
}

impl std::error::Error for BuildProblem {}

pub(super) async fn build(
    adapter: &'static dyn ErasedAdapter,
    name: &str,
    config: Box<dyn ErasedConfig>,
    types: InstanceTypes,
    metrics: &Metrics,
    limits: Limits,
) -> Result<HostedHandler, BuildProblem> {
    let env = Env::with_metrics(adapter.name(), name, metrics.of(adapter.name()));
    let span = env.span().clone();
    let build_env = env.clone();
    let building = async move { config.build(build_env, types).await };
    let building = contain(Box::pin(building.instrument(span.clone())));
    let problem = match timeout(limits.build, building).await {
        Ok(Ok(Ok(built))) => {
            span.in_scope(|| tracing::info!("handler built"));
            env.metrics().built.inc();
            return Ok(HostedHandler {
                handler: Some(Arc::new(Handler::new(built, env))),
                close: limits.close,
            });
        }
        Ok(Ok(Err(failure))) => match failure {
            BuildFailure::Invalid(errors) => BuildProblem::Invalid(errors),
            BuildFailure::Failed(error) => BuildProblem::Failed(error),
            BuildFailure::ValidationPanicked(panic) => {
                env.metrics().panicked("build");
                BuildProblem::ValidationPanicked(panic)
            }
        },
        Ok(Err(panic)) => {
            env.metrics().panicked("build");
            BuildProblem::Panicked(panic)
        }
        Err(_) => BuildProblem::TooSlow(limits.build),
    };
    // What it may have scheduled has no handler to work for.
    env.abort_tasks();
    env.metrics().failed.inc();
    span.in_scope(|| tracing::error!("{}", one_line(&problem.to_string())));
    Err(problem)
}

/// A handler that can be called. It lives until it is [closed](HostedHandler::close); if it is
/// dropped instead, what it scheduled is aborted.
pub struct HostedHandler {
    /// Taken by `close`.
    handler: Option<Arc<Handler>>,
    close: Duration,
}

/// Why a call has no outcome.
#[derive(Debug)]
#[non_exhaustive]
pub enum CallError {
    /// What the handler returned.
    Failed(HandlerError),
    /// The handler panicked, with this message.
    Panicked(String),
}

impl fmt::Display for CallError {
    /// As Mixer words it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Failed(error) => f.write_str(error.message()),
            CallError::Panicked(panic) => write!(f, "panic during handler dispatch: {panic}"),
        }
    }
}

impl std::error::Error for CallError {}

impl HostedHandler {
    /// The name of the handler.
    #[must_use]
    pub fn name(&self) -> &str {
        self.handler().env().handler()
    }

    /// Calls the handler of the template with this place in
    /// [`HostedAdapter::templates`](super::HostedAdapter::templates). `edit` completes the
    /// [`Call`]: the dedup id, the deadline.
    ///
    /// # Errors
    /// What the handler returned, or that it panicked.
    pub async fn call(
        &self,
        template: usize,
        asked: Asked,
        edit: impl FnOnce(&mut Call),
    ) -> Result<Outcome, CallError> {
        let handler = self.handler();
        let env = handler.env();
        let mut call = Call::new(env);
        edit(&mut call);
        let span = env.span();
        let called = {
            let _entered = span.enter();
            contain_now(|| handler.adapter().host(template, &call, asked))
        };
        let answer = match called {
            Ok(answer) => contain(answer).instrument(span.clone()).await,
            Err(panic) => Err(panic),
        };
        match answer {
            Ok(answer) => answer.map_err(CallError::Failed),
            Err(panic) => {
                env.metrics().panicked("call");
                Err(CallError::Panicked(panic))
            }
        }
    }

    /// Closes the handler: [`Adapter::close`](crate::Adapter::close) runs, then what it scheduled is
    /// told to stop and awaited.
    pub async fn close(mut self) {
        if let Some(handler) = self.handler.take() {
            handler.close(self.close).await;
        }
    }

    fn handler(&self) -> &Arc<Handler> {
        let handler = self.handler.as_ref();
        handler.expect("it is there until `close`, which takes the whole")
    }
}

impl fmt::Debug for HostedHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HostedHandler({})", self.name())
    }
}
