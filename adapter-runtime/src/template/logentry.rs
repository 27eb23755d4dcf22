//! Log entries: what is to be written to a log about a request.
//!
//! Mixer sends one call for many requests, each instance one entry. What a log of accesses has in its
//! columns is in [`variables`](Instance::variables), under names that the operator chose. For the
//! operator's side see Istio's [logentry template].
//!
//! # Example
//! ```
//! use adapter_runtime::prelude::*;
//! use adapter_runtime::template::logentry;
//!
//! /// Prints every entry.
//! #[mixer_adapter(templates = ["logentry"])]
//! pub struct Printer;
//!
//! impl Adapter for Printer {
//!     type Config = NoConfig;
//!
//!     async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> {
//!         Ok(Printer)
//!     }
//! }
//!
//! impl logentry::Handler for Printer {
//!     async fn handle_log_entry(
//!         &self,
//!         _: &Call,
//!         instances: Vec<logentry::Instance>,
//!     ) -> Result<(), HandlerError> {
//!         for entry in instances {
//!             print!("{} {} {}", entry.timestamp, entry.severity, entry.name);
//!             for (name, value) in entry.variables.sorted() {
//!                 print!(" {name}={value}");
//!             }
//!             println!();
//!         }
//!         Ok(())
//!     }
//! }
//! # fn main() {}
//! ```
//!
//! [logentry template]: https://archive.istio.io/v1.3/docs/reference/config/policy-and-telemetry/templates/logentry/

use crate::mixer_template;
use crate::value::{Map, Str, TimeStamp, Value};

/// One entry.
#[mixer_template(report, package = "logEntry", crate = crate)]
pub struct Instance {
    /// What the entry says.
    #[field(1)]
    pub variables: Map<Value>,
    /// The time of what the entry is about.
    #[field(2)]
    pub timestamp: TimeStamp,
    /// How serious it is: a word of the operator's, such as `info` or `Warning`.
    #[field(3)]
    pub severity: Str,
    /// The kind of resource that the entry is about, for logging systems that know such; empty
    /// where the operator gave none.
    #[field(4)]
    pub monitored_resource_type: Str,
    /// What identifies that resource; empty where the operator gave nothing.
    #[field(5)]
    pub monitored_resource_dimensions: Map<Value>,
}
