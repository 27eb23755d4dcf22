//! Where a handler runs: its names, its log, and its work beside the calls.

mod blocking;
mod stop;
mod tasks;

use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::sync::Arc;

use tokio::time::Instant;
use tracing::Span;

use crate::metrics::{AdapterMetrics, Histogram, MetricError, OwnCounter, OwnGauge};
use tasks::Tasks;

pub use blocking::BlockingError;
pub use stop::Stop;
pub use tasks::Restart;

/// Where a handler runs: its names, its log, and its work beside the calls. Mixer's `adapter.Env`.
///
/// What is logged with [`tracing`](https://docs.rs/tracing) while the handler is built, called and
/// closed, and by what is scheduled here, carries the names of adapter and handler.
///
/// What is scheduled belongs to the handler: a panic in it is logged and counted and harms nothing
/// else; when the handler is closed it is told to [`Stop`], waited for, and aborted if it doesn't end
/// within the server's drain timeout. An adapter that keeps its `Env` can schedule from any call.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
/// use adapter_runtime::Env;
///
/// struct Exporter { queue: std::sync::Mutex<Vec<String>> }
///
/// impl Exporter {
///     fn flush(&self) {
///         let lines = std::mem::take(&mut *self.queue.lock().unwrap());
///         tracing::info!("sending {} lines", lines.len());
///     }
///
///     /// What `build` does: sends what has gathered, every second.
///     fn start(env: &Env) -> Arc<Exporter> {
///         let exporter = Arc::new(Exporter { queue: Default::default() });
///         let daemon = exporter.clone();
///         env.schedule_daemon(move |stop| {
///             let exporter = daemon.clone();
///             async move {
///                 while stop.sleep(Duration::from_secs(1)).await {
///                     exporter.flush();
///                 }
///                 exporter.flush();
///             }
///         });
///         exporter
///     }
/// }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() { Exporter::start(&Env::new("exporter", "test")); }
/// ```
#[derive(Clone)]
pub struct Env {
    shared: Arc<Shared>,
}

struct Shared {
    adapter: Arc<str>,
    handler: Arc<str>,
    span: Span,
    tasks: Tasks,
    metrics: Arc<AdapterMetrics>,
}

impl Env {
    /// The environment of a handler of this name, of the adapter of this name; for tests.
    #[must_use]
    pub fn new(adapter: &str, handler: &str) -> Env {
        Env::with_metrics(adapter, handler, Arc::default())
    }

    pub(crate) fn with_metrics(adapter: &str, handler: &str, metrics: Arc<AdapterMetrics>) -> Env {
        metrics.own().enter(handler);
        Env {
            shared: Arc::new(Shared {
                adapter: adapter.into(),
                handler: handler.into(),
                // Of the highest level, so that no filter of levels leaves the names out.
                span: tracing::error_span!("handler", adapter, handler),
                tasks: Tasks::new(),
                metrics,
            }),
        }
    }

    /// The name of the adapter.
    #[must_use]
    pub fn adapter(&self) -> &str {
        &self.shared.adapter
    }

    /// The name of the handler. On the wire Mixer doesn't send the operator's name for it, so it
    /// is the adapter's name and a short hash of the configuration.
    #[must_use]
    pub fn handler(&self) -> &str {
        &self.shared.handler
    }

    /// The names as they are shared with calls.
    pub(crate) fn names(&self) -> (Arc<str>, Arc<str>) {
        (self.shared.adapter.clone(), self.shared.handler.clone())
    }

    /// The span in which the handler's code runs; to be entered by threads of the adapter's own.
    #[must_use]
    pub fn span(&self) -> &Span {
        &self.shared.span
    }

    /// Runs a future beside the calls, in a task of its own. It is not started if the handler is
    /// closed already, which is logged.
    ///
    /// # Panics
    /// Outside of a tokio runtime, as everything here that is scheduled.
    #[track_caller]
    pub fn schedule_work(&self, work: impl Future<Output = ()> + Send + 'static) {
        let Shared {
            tasks,
            span,
            metrics,
            ..
        } = &*self.shared;
        tasks.work(work, Location::caller(), span, metrics);
    }

    /// Runs a daemon: a future that works until it is told to stop. One that panics is started again
    /// after a pause, as [`Restart::AfterPanic`] says.
    #[track_caller]
    pub fn schedule_daemon<F, R>(&self, daemon: F)
    where
        F: Fn(Stop) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        self.schedule_daemon_with(Restart::default(), daemon);
    }

    /// Runs a daemon, which is started again when `restart` says so.
    #[track_caller]
    pub fn schedule_daemon_with<F, R>(&self, restart: Restart, daemon: F)
    where
        F: Fn(Stop) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        let Shared {
            tasks,
            span,
            metrics,
            ..
        } = &*self.shared;
        tasks.daemon(restart, daemon, Location::caller(), span, metrics);
    }

    /// Runs work that blocks, on a thread for such work. It can't be aborted: let it look at
    /// [`Stop::is_stopped`] now and then. [`run_blocking`](Env::run_blocking) waits for a result.
    #[track_caller]
    pub fn schedule_blocking(&self, work: impl FnOnce(Stop) + Send + 'static) {
        let Shared {
            tasks,
            span,
            metrics,
            ..
        } = &*self.shared;
        tasks.blocking(work, Location::caller(), span, metrics);
    }

    /// The signal that the handler is closed.
    #[must_use]
    pub fn stop(&self) -> Stop {
        self.shared.tasks.stop()
    }

    /// A counter of the adapter's own, for the handler: `mixer_adapter_<adapter>__<name>_total`. The
    /// same name gives the same counter.
    ///
    /// # Errors
    /// If the name is none that Prometheus takes, or that of a metric of another type.
    pub fn counter(&self, name: &str, help: &str) -> Result<OwnCounter, MetricError> {
        let own = self.shared.metrics.own();
        own.counter(self.handler(), name, help)
    }

    /// A gauge of the adapter's own, as [`counter`](Env::counter).
    ///
    /// # Errors
    /// As those of [`counter`](Env::counter).
    pub fn gauge(&self, name: &str, help: &str) -> Result<OwnGauge, MetricError> {
        let own = self.shared.metrics.own();
        own.gauge(self.handler(), name, help)
    }

    /// A histogram of the adapter's own, as [`counter`](Env::counter); `bounds` are the upper ends of
    /// its buckets, beside which there is one for all that is larger. Those of the first handler hold.
    ///
    /// # Errors
    /// As those of [`counter`](Env::counter), and if the bounds don't grow.
    pub fn histogram(
        &self,
        name: &str,
        help: &str,
        bounds: &[f64],
    ) -> Result<Histogram, MetricError> {
        let own = self.shared.metrics.own();
        own.histogram(self.handler(), name, help, bounds)
    }

    pub(crate) fn metrics(&self) -> &Arc<AdapterMetrics> {
        &self.shared.metrics
    }

    /// Stops what is scheduled, and says how much of it had to be aborted.
    pub(crate) async fn end_tasks(&self, deadline: Instant) -> usize {
        self.shared.tasks.end(deadline).await
    }

    /// Aborts what is scheduled.
    pub(crate) fn abort_tasks(&self) {
        self.shared.tasks.abort();
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.metrics.own().leave(&self.handler);
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Env")
            .field("adapter", &self.adapter())
            .field("handler", &self.handler())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
