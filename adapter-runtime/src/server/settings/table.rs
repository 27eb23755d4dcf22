//! The table.

use std::path::PathBuf;
use std::time::Duration;

use http::HeaderName;
use tracing::level_filters::LevelFilter;

use super::kinds::*;
use super::{Group, PerAdapter, Setting};
use crate::fail_policy::FailPolicy;

/// How logs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogFormat {
    /// A line for people.
    #[default]
    Text,
    /// An object on each line, for programs.
    Json,
}

impl LogFormat {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            LogFormat::Text => "text",
            LogFormat::Json => "json",
        }
    }
}

macro_rules! settings {
    ($($group:ident {$(
        $(#[doc = $doc:literal])+
        $field:ident: $value:ty = $default:expr, as $kind:ty;
    )+})+) => {
        /// Everything that can be set about a [`Server`](crate::Server).
        ///
        /// [`Server::configure`](crate::Server::configure) sets it in a program. The command `serve` takes
        /// each as a flag, as an environment variable and from a file: `max_connections` is
        /// `--max-connections`, `ADAPTER_MAX_CONNECTIONS` and `max-connections:`. A flag comes before a
        /// variable, and that before the file.
        ///
        /// Durations are written with their unit: `10s`, `1m30s`, a year at most. Sizes are bytes, or have
        /// a unit: `64KiB`, `4MiB`, `1GiB`. What may be left out can be `none`. Several values are
        /// separated by commas, or given one by one; where adapters may differ, `VALUE` is for all and
        /// `NAME=VALUE` for one.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct Settings {
            $($($(#[doc = $doc])+ pub $field: $value,)+)+
        }

        impl Default for Settings {
            fn default() -> Settings {
                Settings { $($($field: $default,)+)+ }
            }
        }

        /// The settings in the order in which they are documented.
        pub(crate) const SETTINGS: &[Setting] = &[$($(
            Setting {
                group: Group::$group,
                field: stringify!($field),
                doc: &[$($doc),+],
                placeholder: <$kind as Kind>::PLACEHOLDER,
                list: <$kind as Kind>::LIST,
                set: |settings, texts| {
                    settings.$field = <$kind as Kind>::read_all(texts, $default)?;
                    Ok(())
                },
                get: |settings| <$kind as Kind>::show_all(&settings.$field),
            },
        )+)+];
    };
}

settings! {
    Listening {
        /// The address to serve on, with or without a port: `[::]:8000`, `127.0.0.1`, or
        /// `unix:/path` for a Unix socket.
        ///
        /// Of the command `serve`; a program calls [`Server::listen`](crate::Server::listen).
        address: Option<String> = None, as Maybe<Address>;
        /// Serve one adapter on an address of its own: `NAME=ADDRESS`.
        ///
        /// Of the command `serve`; a program calls
        /// [`Server::listen_only`](crate::Server::listen_only).
        listen: Vec<String> = Vec::new(), as Several<Address>;
        /// The address for operators, over plain HTTP: `/metrics`, `/healthz`, `/readyz`,
        /// `/version`, `/loglevel`.
        ///
        /// A port alone is one on every address of the machine, port 0 one that the system chooses. `serve`
        /// opens port 9464 where it serves, unless it is told otherwise; a program opens none.
        ops_address: Option<String> = None, as Maybe<Address>;
    }
    Adapters {
        /// What becomes of checks and quotas when their adapter fails: `closed`, `open`, or
        /// `adapter` for what its author chose.
        fail_policy: PerAdapter<Option<FailPolicy>> = PerAdapter::default(), as Each<Policy>;
        /// Shadow mode: checks and quotas are asked for, but pass whatever the adapter says. What
        /// it would have refused is logged and counted.
        shadow: PerAdapter<bool> = PerAdapter::default(), as Each<Switch>;
        /// The share of checks and quotas that are logged with their verdict, from 0 to 1.
        ///
        /// Logged are the names of adapter, handler and instance, the verdict and its duration, and no
        /// value of an instance or a configuration.
        decision_log: PerAdapter<f64> = PerAdapter::default(), as Each<Share>;
        /// How long a call may take, from its last byte to the answer; a caller that says that it waits
        /// for less is given less. Then the answer is DEADLINE_EXCEEDED.
        call_timeout: PerAdapter<Option<Duration>> =
            PerAdapter::new(Some(Duration::from_secs(30))), as Each<Maybe<Time>>;
        /// The most handlers, that is different configurations, of one adapter.
        ///
        /// A further one takes the place of the handler that was idle for longest; if none is idle the
        /// answer is RESOURCE_EXHAUSTED.
        max_handlers: usize = 1024, as Count;
        /// A handler that nobody has called for this long is closed, unless its adapter says
        /// `idle_close = "never"`.
        idle_close: Duration = Duration::from_secs(600), as Time;
    }
    Limits {
        /// The most connections at a time; a further one is closed at once.
        max_connections: usize = 4096, as Count;
        /// The most requests of one connection at a time. Clients are told and keep to it.
        max_streams: usize = 1024, as Count;
        /// The most requests at a time; a further one is answered RESOURCE_EXHAUSTED.
        max_requests_in_flight: usize = 4096, as Count;
        /// The largest request; a larger one is answered RESOURCE_EXHAUSTED before it is read.
        max_request_bytes: usize = 4 << 20, as Bytes;
        /// The largest answer; in place of a larger one is RESOURCE_EXHAUSTED. Mixer takes 4 MiB.
        max_response_bytes: usize = 4 << 20, as Bytes;
        /// The most memory for requests and answers at a time, by estimate; a request beyond is answered
        /// RESOURCE_EXHAUSTED.
        ///
        /// Counted are bytes that have arrived, what is decoded from them until the handler is done, and
        /// answers until they are sent.
        max_request_memory: usize = 256 << 20, as Bytes;
        /// The most bytes of a request's headers; with more it is answered RESOURCE_EXHAUSTED.
        max_header_bytes: usize = 16 << 10, as Bytes;
        /// The most requests that a connection may give up within a second of having sent them, in any
        /// second; with more it is closed. Those whose own deadline has passed don't count.
        max_resets: usize = 2000, as Count;
    }
    Time {
        /// How long a new connection has for its TLS handshake and its first words of HTTP/2.
        handshake_timeout: Duration = Duration::from_secs(10), as Time;
        /// How long a request may take to arrive, from its headers to its last byte; then the answer is
        /// DEADLINE_EXCEEDED.
        read_timeout: Duration = Duration::from_secs(10), as Time;
        /// How long a client may leave all its answers unread; then its connection is closed.
        write_timeout: Duration = Duration::from_secs(30), as Time;
        /// A client that was silent for this long is asked whether it is still there.
        keep_alive_interval: Option<Duration> = Some(Duration::from_secs(60)), as Maybe<Time>;
        /// How long the answer to that may take; then the connection is closed.
        keep_alive_timeout: Duration = Duration::from_secs(20), as Time;
        /// A connection without a request for this long is closed, with a GOAWAY first.
        connection_idle_timeout: Option<Duration> = Some(Duration::from_secs(1800)), as Maybe<Time>;
        /// The age at which a connection gets a GOAWAY, so that its client connects again, perhaps to
        /// another replica; each a tenth sooner or later by chance.
        ///
        /// Requests in flight are answered first, and none fails.
        max_connection_age: Option<Duration> = Some(Duration::from_secs(300)), as Maybe<Time>;
        /// How long the server goes on serving after SIGTERM while it says that it is not ready, so that
        /// others may notice.
        shutdown_delay: Duration = Duration::ZERO, as Time;
        /// How long a shutdown may take after that: two fifths for calls in flight, the rest for handlers
        /// to close and for what they scheduled. What isn't done then is aborted.
        ///
        /// Kubernetes gives 30 seconds (`terminationGracePeriodSeconds`) to all of it.
        drain_timeout: Duration = Duration::from_secs(25), as Time;
        /// How long a handler may take to close, and then as long for what it scheduled.
        close_timeout: Duration = Duration::from_secs(10), as Time;
    }
    Security {
        /// The server's certificate and those that it chains to, as PEM. With it, connections are TLS.
        ///
        /// A file that changes is read again, here and in the other settings, and connections go on.
        /// For `mutual` authentication the certificate needs a URI as alternative name, the same that
        /// Mixer's own certificate has: Mixer refuses it otherwise.
        tls_cert: Option<PathBuf> = None, as Maybe<File>;
        /// The private key of the certificate, as PEM: PKCS #8, PKCS #1 or SEC 1.
        tls_key: Option<PathBuf> = None, as Maybe<File>;
        /// The certificates of authorities, as PEM; with it clients need a certificate of one of these.
        tls_client_ca: Option<PathBuf> = None, as Maybe<File>;
        /// Whom the certificate of a client must name, one of these: a URI, a DNS name, or the
        /// beginning of either and `*`. Everybody with a certificate if there are none.
        ///
        /// `spiffe://cluster.local/ns/istio-system/sa/istio-mixer-service-account`, say, or
        /// `spiffe://cluster.local/ns/istio-system/*`. Others are answered PERMISSION_DENIED.
        tls_client_names: Vec<String> = Vec::new(), as Several<Text>;
        /// Files with the tokens of clients, one on each line; with it every call needs one of these,
        /// else the answer is UNAUTHENTICATED.
        ///
        /// Several are valid at a time, so that an old and a new one can be while they are exchanged.
        token_files: Vec<PathBuf> = Vec::new(), as Several<File>;
        /// The header with the token, alone or after `Bearer`: Mixer's `customHeader`, or `authorization`
        /// for `BEARER` and `PLAIN`.
        token_header: HeaderName = http::header::AUTHORIZATION, as Header;
        /// Take tokens without TLS, where everybody on the way can read them.
        token_without_tls: bool = false, as Switch;
        /// How often files of certificates, tokens and settings are looked at.
        reload_interval: Duration = Duration::from_secs(5), as Time;
        /// Folders that `${file:…}` in the configuration of a handler may name files in.
        ///
        /// Everybody who may call the server chooses the configuration, and so which files it reads:
        /// name folders that hold secrets for its handlers and nothing else.
        secret_folders: Vec<PathBuf> = vec![
            "/var/run/secrets/adapter".into(),
            "/run/secrets/adapter".into(),
        ], as Several<File>;
        /// What the variables that `${env:…}` in the configuration of a handler may name begin with.
        secret_env_prefix: String = "SECRET_".into(), as Text;
    }
    Operations {
        /// Answer gRPC reflection, with which `grpcurl` and others find out what is served.
        reflection: bool = true, as Switch;
        /// How logs are written: `text` or `json`.
        log_format: LogFormat = LogFormat::Text, as Format;
        /// What is logged: `off`, `error`, `warn`, `info`, `debug` or `trace`. A change in the file is
        /// followed while the server runs.
        log_level: PerAdapter<LevelFilter> = PerAdapter::new(LevelFilter::INFO), as Each<Level>;
    }
}
