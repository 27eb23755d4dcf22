//! An SDK for Istio Mixer adapters: an annotated struct becomes an adapter that registers itself,
//! is configured by Mixer, and is served to it over gRPC.
//!
//! ```standalone_crate
//! use adapter_runtime::prelude::*;
//! use adapter_runtime::template::metric;
//!
//! /// Where the metrics go.
//! #[derive(AdapterConfig)]
//! pub struct Params {
//!     /// What stands before every line.
//!     #[config(tag = 1, default = "metric")]
//!     pub prefix: String,
//! }
//!
//! /// Prints every metric it receives.
//! #[mixer_adapter(name = "printer", templates = ["metric"])]
//! pub struct Printer(Params);
//!
//! impl Adapter for Printer {
//!     type Config = Params;
//!
//!     async fn build(params: Params, _: Setup) -> Result<Self, BuildError> {
//!         Ok(Printer(params))
//!     }
//! }
//!
//! impl metric::Handler for Printer {
//!     async fn handle_metric(
//!         &self,
//!         _: &Call,
//!         instances: Vec<metric::Instance>,
//!     ) -> Result<(), HandlerError> {
//!         for metric in instances {
//!             println!("{} {} = {}", self.0.prefix, metric.name, metric.value);
//!         }
//!         Ok(())
//!     }
//! }
//!
//! // fn main() -> std::process::ExitCode { adapter_runtime::main() }
//! # fn main() { assert_eq!(Registry::collect().unwrap().names().collect::<Vec<_>>(), ["printer"]); }
//! ```
//!
//! # Where to look
//! - [`mixer_adapter`](macro@mixer_adapter), [`AdapterConfig`](derive@AdapterConfig) and
//!   [`mixer_template`](macro@mixer_template): the macros, with every option.
//! - [`Adapter`]: how an adapter is validated, built and closed.
//! - [`config`]: what a configuration consists of, [secrets](config::Secret), and the forms of a
//!   configuration that others read.
//! - [`template`]: the built-in templates, each with its instance and its `Handler`.
//! - [`value`]: what instances are made of.
//! - [`document`]: what operators write, with the place of everything.
//! - [`manifest`]: what operators apply, made from the code.
//! - [`validate`]: what operators write for Mixer, checked before a cluster sees it.
//! - [`Lookup`], a cache that refreshes itself, and [`Window`], a limit in time.
//! - [`Registry`] and [`Server`]: what `main` is made of, for programs with a `main` of their own.
//!
//! # Features
//! - `cli` (default): [`main`], the commands `info`, `serve`, `manifest` and `validate`.
//! - `tls` (default): TLS for the server's connections, with rustls.
//! - `testing`: `Harness`, which puts an adapter under test; for `[dev-dependencies]`.
//! - `import`: the structs for an existing `config.proto`, as a function and as a command.

mod adapter;
mod builder;
mod check;
#[cfg(feature = "cli")]
mod cli;
mod code;
pub mod config;
mod definition;
mod descriptor;
pub mod document;
mod env;
mod error;
mod fail_policy;
mod future;
mod handlers;
#[cfg(feature = "testing")]
mod harness;
mod http_response;
#[cfg(feature = "import")]
pub mod import;
pub mod in_process;
mod log;
mod lookup;
pub mod manifest;
mod metrics;
pub mod proto;
mod quota;
mod registry;
mod report_errors;
mod server;
mod status;
mod suggest;
pub mod template;
pub mod validate;
pub mod value;
mod window;
mod wire;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use adapter::{Adapter, Call, InstanceTypes, Setup};
pub use adapter_macros::{AdapterConfig, mixer_adapter, mixer_template};
pub use builder::{Builder, Built, Configured, Created, Validated};
pub use check::{Cache, CheckResult};
#[cfg(feature = "cli")]
pub use cli::{info_table, main};
pub use code::Code;
pub use config::{AdapterConfig, NoConfig};
pub use definition::{ConfigInfo, Info, Registered, Registration, SupportedTemplate};
pub use env::{BlockingError, Env, Restart, Stop};
pub use error::{BuildError, ConfigError, ConfigErrors, HandlerError};
pub use fail_policy::FailPolicy;
#[cfg(feature = "testing")]
pub use harness::{Harness, HarnessBuilder, HarnessError};
pub use http_response::{HttpResponse, HttpResponseError};
pub use lookup::{Lookup, LookupOptions};
pub use metrics::{Histogram, MetricError, Metrics, OwnCounter as Counter, OwnGauge as Gauge};
pub use quota::{QuotaArgs, QuotaResult};
pub use registry::{Registry, RegistryError};
pub use report_errors::ReportErrors;
pub use server::{
    BoundServer, LogFormat, PerAdapter, ServeError, Server, Settings, SettingsError, UnaryMethod,
};
pub use window::Window;
pub use wire::DecodeError;

/// What an adapter's source usually needs.
pub mod prelude {
    pub use crate::{
        Adapter, AdapterConfig, BuildError, Cache, Call, CheckResult, Code, ConfigErrors, Env,
        HandlerError, HttpResponse, InstanceTypes, NoConfig, QuotaArgs, QuotaResult, Registered,
        Registry, Server, Setup, Stop, config::Secret, mixer_adapter, mixer_template, value::Value,
    };
}
