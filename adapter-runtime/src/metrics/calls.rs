//! What is counted about calls, by adapter and template.

use std::sync::OnceLock;
use std::time::Instant;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::code::Code;
use crate::status::Status;

/// The upper bounds of the durations, in seconds.
const BOUNDS: [f64; 16] = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
    5.0, 10.0,
];

type Labels = [(&'static str, &'static str); 2];
type WithCode = [(&'static str, &'static str); 3];

/// The calls of all adapters. Clones are the same metrics.
#[derive(Clone)]
pub(super) struct AllCalls {
    requests: Family<WithCode, Counter>,
    durations: Family<Labels, Histogram, fn() -> Histogram>,
    in_flight: Family<Labels, Gauge>,
    received: Family<Labels, Counter>,
    sent: Family<Labels, Counter>,
    shadowed: Family<WithCode, Counter>,
}

impl Default for AllCalls {
    fn default() -> AllCalls {
        AllCalls {
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(BOUNDS)),
            in_flight: Family::default(),
            received: Family::default(),
            sent: Family::default(),
            shadowed: Family::default(),
        }
    }
}

impl AllCalls {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "requests",
            "Requests that were answered or given up",
            self.requests.clone(),
        );
        registry.register_with_unit(
            "request_duration",
            "From the headers of a request to its answer",
            Unit::Seconds,
            self.durations.clone(),
        );
        registry.register(
            "requests_in_flight",
            "Requests that are being answered",
            self.in_flight.clone(),
        );
        registry.register_with_unit(
            "received",
            "Messages of requests",
            Unit::Bytes,
            self.received.clone(),
        );
        registry.register_with_unit(
            "sent",
            "Messages of answers",
            Unit::Bytes,
            self.sent.clone(),
        );
        registry.register(
            "shadow_refusals",
            "Requests that passed since their adapter is in shadow mode",
            self.shadowed.clone(),
        );
    }

    /// The calls of one adapter and template; of none, both are empty.
    pub(super) fn of(&self, adapter: &'static str, template: &'static str) -> CallMetrics {
        let labels = [("adapter", adapter), ("template", template)];
        CallMetrics {
            durations: self.durations.get_or_create_owned(&labels),
            in_flight: self.in_flight.get_or_create_owned(&labels),
            received: self.received.get_or_create_owned(&labels),
            sent: self.sent.get_or_create_owned(&labels),
            by_code: Default::default(),
            all: self.clone(),
            labels,
        }
    }
}

/// The calls of one adapter and template.
pub(crate) struct CallMetrics {
    durations: Histogram,
    in_flight: Gauge,
    received: Counter,
    sent: Counter,
    /// Looked up once each, since a family is locked and hashed into.
    by_code: [OnceLock<Counter>; 17],
    all: AllCalls,
    labels: Labels,
}

impl CallMetrics {
    /// A call begins, with a message of so many bytes.
    pub(crate) fn begin(&self, started: Instant, bytes: usize) -> Counting<'_> {
        self.in_flight.inc();
        self.received.inc_by(bytes as u64);
        Counting {
            metrics: self,
            started,
            code: Code::Cancelled,
        }
    }

    /// Counts what passed but would have been refused with this code.
    pub(crate) fn shadowed(&self, code: Code) {
        let labels = self.with(code);
        self.all.shadowed.get_or_create(&labels).inc();
    }

    fn requests(&self, code: Code) -> &Counter {
        let counter = || self.all.requests.get_or_create_owned(&self.with(code));
        self.by_code[code as usize].get_or_init(counter)
    }

    fn with(&self, code: Code) -> WithCode {
        let [adapter, template] = self.labels;
        [adapter, template, ("code", code.as_str())]
    }
}

/// A call that is being answered; given up, if it is dropped before its end.
pub(crate) struct Counting<'a> {
    metrics: &'a CallMetrics,
    started: Instant,
    code: Code,
}

impl Counting<'_> {
    /// The call is answered.
    pub(crate) fn record(mut self, answer: &Result<Vec<u8>, Status>) {
        match answer {
            Ok(message) => {
                self.code = Code::Ok;
                self.metrics.sent.inc_by(message.len() as u64);
            }
            Err(status) => self.refuse(status),
        }
    }

    /// The call is answered with an error.
    pub(crate) fn refuse(mut self, status: &Status) {
        self.code = status.code();
    }
}

impl Drop for Counting<'_> {
    fn drop(&mut self) {
        let CallMetrics {
            durations,
            in_flight,
            ..
        } = self.metrics;
        in_flight.dec();
        durations.observe(self.started.elapsed().as_secs_f64());
        self.metrics.requests(self.code).inc();
    }
}
