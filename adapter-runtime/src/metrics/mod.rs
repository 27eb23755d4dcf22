//! What a server counts, and its adapters.

mod calls;
mod own;
mod server;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram as PlainHistogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

pub(crate) use calls::CallMetrics;
pub(crate) use server::{Farewell, Refusal, ServerMetrics};

pub use own::{Counter as OwnCounter, Gauge as OwnGauge, Histogram, MetricError};

use calls::AllCalls;
use own::Own;

/// What a server has counted. Clones are the same metrics.
///
/// | metric | type | labels | counts |
/// |---|---|---|---|
/// | `mixer_adapter_requests_total` | counter | `adapter`, `template`, `code` | requests that were answered, or given up: `CANCELLED`. One that is for no adapter has none |
/// | `mixer_adapter_request_duration_seconds` | histogram | `adapter`, `template` | how long they took, from the headers to the answer |
/// | `mixer_adapter_requests_in_flight` | gauge | `adapter`, `template` | requests that are being answered |
/// | `mixer_adapter_received_bytes_total`, `mixer_adapter_sent_bytes_total` | counter | `adapter`, `template` | messages of requests and of answers |
/// | `mixer_adapter_shadow_refusals_total` | counter | `adapter`, `template`, `code` | requests that passed since their adapter is in shadow mode |
/// | `mixer_adapter_refusals_total` | counter | `limit` | requests and connections that were refused, by the setting that limits them; `handshake` and `protocol` are those that were no TLS, HTTP/2 or gRPC |
/// | `mixer_adapter_connections` | gauge | | connections that are open |
/// | `mixer_adapter_connections_accepted_total` | counter | | connections that were accepted |
/// | `mixer_adapter_connections_ended_total` | counter | `reason` | connections that got a GOAWAY: `max-connection-age`, `connection-idle-timeout`, `shutdown` |
/// | `mixer_adapter_ready` | gauge | | whether requests are taken: 1 or 0 |
/// | `mixer_adapter_reloads_total` | counter | `files`, `result` | changed files that were read again: `tls`, `tokens`, `settings`; `ok` or `failed` |
/// | `mixer_adapter_certificate_expiry_timestamp_seconds` | gauge | `certificate` | when the `server` certificate and the `client authority` expire, in seconds since 1970 |
/// | `mixer_adapter_log_lines_dropped_total` | counter | | lines of the log that were dropped since nobody read it |
/// | `mixer_adapter_handlers` | gauge | `adapter` | handlers that can be called |
/// | `mixer_adapter_handlers_closing` | gauge | `adapter` | handlers that are being closed |
/// | `mixer_adapter_handlers_built_total` | counter | `adapter` | handlers that were built |
/// | `mixer_adapter_handlers_failed_total` | counter | `adapter` | builds that failed |
/// | `mixer_adapter_handlers_closed_total` | counter | `adapter` | handlers that were closed |
/// | `mixer_adapter_build_duration_seconds` | histogram | `adapter` | how long builds took, those that failed too |
/// | `mixer_adapter_panics_total` | counter | `adapter`, `place` | panics of the adapter's code, by where it was called: `decode`, `build`, `call`, `close`, `work`, `daemon`, `blocking work` |
/// | `mixer_adapter_tasks` | gauge | `adapter` | scheduled work that runs |
/// | `mixer_adapter_daemons` | gauge | `adapter` | daemons that run, or wait to start again |
/// | `mixer_adapter_daemon_restarts_total` | counter | `adapter` | daemons that were started again |
/// | `mixer_adapter_<adapter>__<name>` | any | `handler` | what the adapter itself counts, by [`Env::counter`](crate::Env::counter) and its like; as long as the handler lives |
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Mutex<Registry>>,
    families: Families,
    calls: AllCalls,
    server: ServerMetrics,
}

type OfAdapter = [(&'static str, String); 1];
type ByAdapter<M> = Family<OfAdapter, M>;

#[derive(Clone)]
struct Families {
    handlers: ByAdapter<Gauge>,
    closing: ByAdapter<Gauge>,
    built: ByAdapter<Counter>,
    failed: ByAdapter<Counter>,
    closed: ByAdapter<Counter>,
    panics: Family<[(&'static str, String); 2], Counter>,
    tasks: ByAdapter<Gauge>,
    daemons: ByAdapter<Gauge>,
    restarts: ByAdapter<Counter>,
    builds: Family<OfAdapter, PlainHistogram, fn() -> PlainHistogram>,
}

impl Default for Families {
    fn default() -> Families {
        Families {
            handlers: Family::default(),
            closing: Family::default(),
            built: Family::default(),
            failed: Family::default(),
            closed: Family::default(),
            panics: Family::default(),
            tasks: Family::default(),
            daemons: Family::default(),
            restarts: Family::default(),
            builds: Family::new_with_constructor(builds),
        }
    }
}

/// Durations of builds, from 1 ms to about a minute.
fn builds() -> PlainHistogram {
    PlainHistogram::new(exponential_buckets(0.001, 4.0, 9))
}

impl Metrics {
    /// Metrics that count nothing yet, for a host of adapters; a server has its own.
    #[must_use]
    pub fn new() -> Metrics {
        let families = Families::default();
        let mut registry = Registry::with_prefix("mixer_adapter");
        let f = &families;
        registry.register(
            "handlers",
            "Handlers that can be called",
            f.handlers.clone(),
        );
        registry.register(
            "handlers_closing",
            "Handlers that are being closed",
            f.closing.clone(),
        );
        registry.register(
            "handlers_built",
            "Handlers that were built",
            f.built.clone(),
        );
        registry.register("handlers_failed", "Builds that failed", f.failed.clone());
        registry.register(
            "handlers_closed",
            "Handlers that were closed",
            f.closed.clone(),
        );
        registry.register("panics", "Panics of the adapter's code", f.panics.clone());
        registry.register("tasks", "Scheduled work that runs", f.tasks.clone());
        registry.register("daemons", "Daemons that run", f.daemons.clone());
        registry.register(
            "daemon_restarts",
            "Daemons that were started again",
            f.restarts.clone(),
        );
        registry.register_with_unit(
            "build_duration",
            "How long builds took",
            Unit::Seconds,
            f.builds.clone(),
        );
        let (calls, server) = (AllCalls::default(), ServerMetrics::default());
        calls.register(&mut registry);
        server.register(&mut registry);
        Metrics {
            registry: Arc::new(Mutex::new(registry)),
            families,
            calls,
            server,
        }
    }

    /// The metrics as [OpenMetrics](https://prometheus.io/docs/specs/om/open_metrics_spec/) text.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        encode(&mut text, &registry).expect("a string takes everything");
        text
    }

    /// The metrics of the server itself.
    pub(crate) fn server(&self) -> &ServerMetrics {
        &self.server
    }

    /// The metrics of the calls of an adapter and a template; of none, both are empty.
    pub(crate) fn calls(&self, adapter: &'static str, template: &'static str) -> CallMetrics {
        self.calls.of(adapter, template)
    }

    /// The metrics of an adapter.
    pub(crate) fn of(&self, adapter: &'static str) -> Arc<AdapterMetrics> {
        let labels = [("adapter", adapter.to_owned())];
        let f = &self.families;
        Arc::new(AdapterMetrics {
            handlers: f.handlers.get_or_create_owned(&labels),
            closing: f.closing.get_or_create_owned(&labels),
            built: f.built.get_or_create_owned(&labels),
            failed: f.failed.get_or_create_owned(&labels),
            closed: f.closed.get_or_create_owned(&labels),
            panics: f.panics.clone(),
            adapter,
            tasks: f.tasks.get_or_create_owned(&labels),
            daemons: f.daemons.get_or_create_owned(&labels),
            restarts: f.restarts.get_or_create_owned(&labels),
            builds: f.builds.get_or_create_owned(&labels),
            own: Own::new(self.registry.clone(), adapter),
        })
    }
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics::new()
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

/// The metrics of one adapter. Those of no server count for nobody.
pub(crate) struct AdapterMetrics {
    pub(crate) handlers: Gauge,
    pub(crate) closing: Gauge,
    pub(crate) built: Counter,
    pub(crate) failed: Counter,
    pub(crate) closed: Counter,
    panics: Family<[(&'static str, String); 2], Counter>,
    adapter: &'static str,
    tasks: Gauge,
    daemons: Gauge,
    restarts: Counter,
    pub(crate) builds: PlainHistogram,
    own: Own,
}

impl Default for AdapterMetrics {
    fn default() -> AdapterMetrics {
        AdapterMetrics {
            handlers: Gauge::default(),
            closing: Gauge::default(),
            built: Counter::default(),
            failed: Counter::default(),
            closed: Counter::default(),
            panics: Family::default(),
            adapter: "",
            tasks: Gauge::default(),
            daemons: Gauge::default(),
            restarts: Counter::default(),
            builds: builds(),
            own: Own::default(),
        }
    }
}

impl AdapterMetrics {
    /// What the adapter counts itself.
    pub(crate) fn own(&self) -> &Own {
        &self.own
    }

    /// Counts a panic of the adapter's code.
    pub(crate) fn panicked(&self, place: &'static str) {
        let labels = [
            ("adapter", self.adapter.to_owned()),
            ("place", place.to_owned()),
        ];
        self.panics.get_or_create(&labels).inc();
    }

    pub(crate) fn task_started(&self) -> Running {
        Running::start(&self.tasks)
    }

    pub(crate) fn daemon_started(&self) -> Running {
        Running::start(&self.daemons)
    }

    pub(crate) fn daemon_restarted(&self) {
        self.restarts.inc();
    }
}

/// Something that is counted as long as it exists.
pub(crate) struct Running(Gauge);

impl Running {
    pub(crate) fn start(gauge: &Gauge) -> Running {
        gauge.inc();
        Running(gauge.clone())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.dec();
    }
}
