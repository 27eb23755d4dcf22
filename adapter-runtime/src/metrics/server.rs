//! What a server counts about its connections and itself.

#[cfg(feature = "tls")]
use std::time::{SystemTime, UNIX_EPOCH};

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::Running;

type ByName<M> = Family<[(&'static str, &'static str); 1], M>;

/// What a server counts about its connections and itself. Clones are the same metrics.
#[derive(Clone, Default)]
pub(crate) struct ServerMetrics {
    connections: Gauge,
    accepted: Counter,
    closed: ByName<Counter>,
    refused: ByName<Counter>,
    reloads: Family<[(&'static str, &'static str); 2], Counter>,
    expiry: ByName<Gauge>,
    lines_dropped: Counter,
    ready: Gauge,
}

/// Why a request or a connection was refused: the setting that says so, or the check that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Connections,
    Handshake,
    HandshakeTimeout,
    InFlight,
    Memory,
    RequestBytes,
    ResponseBytes,
    HeaderBytes,
    Resets,
    ReadTimeout,
    WriteTimeout,
    CallTimeout,
    ClientName,
    Token,
    Protocol,
}

impl Refusal {
    fn as_str(self) -> &'static str {
        match self {
            Refusal::Connections => "max-connections",
            Refusal::Handshake => "handshake",
            Refusal::HandshakeTimeout => "handshake-timeout",
            Refusal::InFlight => "max-requests-in-flight",
            Refusal::Memory => "max-request-memory",
            Refusal::RequestBytes => "max-request-bytes",
            Refusal::ResponseBytes => "max-response-bytes",
            Refusal::HeaderBytes => "max-header-bytes",
            Refusal::Resets => "max-resets",
            Refusal::ReadTimeout => "read-timeout",
            Refusal::WriteTimeout => "write-timeout",
            Refusal::CallTimeout => "call-timeout",
            Refusal::ClientName => "tls-client-names",
            Refusal::Token => "token-files",
            Refusal::Protocol => "protocol",
        }
    }
}

/// Why the server ended a connection that was none of its client's refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Farewell {
    Age,
    Idle,
    Shutdown,
}

impl Farewell {
    fn as_str(self) -> &'static str {
        match self {
            Farewell::Age => "max-connection-age",
            Farewell::Idle => "connection-idle-timeout",
            Farewell::Shutdown => "shutdown",
        }
    }
}

impl ServerMetrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "connections",
            "Connections that are open",
            self.connections.clone(),
        );
        registry.register(
            "connections_accepted",
            "Connections that were accepted",
            self.accepted.clone(),
        );
        registry.register(
            "connections_ended",
            "Connections that the server ended, with a GOAWAY",
            self.closed.clone(),
        );
        registry.register(
            "refusals",
            "Requests and connections that were refused",
            self.refused.clone(),
        );
        registry.register(
            "reloads",
            "Changed files that were read again",
            self.reloads.clone(),
        );
        registry.register(
            "certificate_expiry_timestamp_seconds",
            "When certificates expire, in seconds since 1970",
            self.expiry.clone(),
        );
        registry.register(
            "log_lines_dropped",
            "Lines of the log that were dropped since nobody read it",
            self.lines_dropped.clone(),
        );
        registry.register(
            "ready",
            "Whether requests are taken: 1 or 0",
            self.ready.clone(),
        );
    }

    pub(crate) fn refused(&self, why: Refusal) {
        self.refused.get_or_create(&[("limit", why.as_str())]).inc();
    }

    pub(crate) fn connected(&self) -> Running {
        self.accepted.inc();
        Running::start(&self.connections)
    }

    pub(crate) fn ended(&self, why: Farewell) {
        self.closed.get_or_create(&[("reason", why.as_str())]).inc();
    }

    pub(crate) fn reloaded(&self, what: &'static str, well: bool) {
        let result = if well { "ok" } else { "failed" };
        let labels = [("files", what), ("result", result)];
        self.reloads.get_or_create(&labels).inc();
    }

    /// When a certificate expires.
    #[cfg(feature = "tls")]
    pub(crate) fn expires(&self, certificate: &'static str, at: SystemTime) {
        let seconds = at.duration_since(UNIX_EPOCH).map_or(0, |it| it.as_secs());
        let labels = [("certificate", certificate)];
        self.expiry.get_or_create(&labels).set(seconds as i64);
    }

    /// Counts the lines of the log that nobody gets.
    #[cfg(feature = "cli")]
    pub(crate) fn lines_dropped(&self) -> Counter {
        self.lines_dropped.clone()
    }

    pub(crate) fn ready(&self, ready: bool) {
        self.ready.set(ready.into());
    }
}
