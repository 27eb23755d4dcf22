//! Metrics: measurements that Mixer reports after requests, for monitoring systems.
//!
//! Mixer sends one call for many requests, each instance one measurement of one request. For the
//! operator's side see Istio's [metric template].
//!
//! # Example
//! ```
//! use adapter_runtime::prelude::*;
//! use adapter_runtime::template::metric;
//!
//! /// Prints every metric.
//! #[mixer_adapter(templates = ["metric"])]
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
//! impl metric::Handler for Printer {
//!     async fn handle_metric(
//!         &self,
//!         _: &Call,
//!         instances: Vec<metric::Instance>,
//!     ) -> Result<(), HandlerError> {
//!         for metric in instances {
//!             println!("{} = {}", metric.name, metric.value);
//!         }
//!         Ok(())
//!     }
//! }
//! # fn main() {}
//! ```
//!
//! [metric template]: https://archive.istio.io/v1.3/docs/reference/config/policy-and-telemetry/templates/metric/

use crate::mixer_template;
use crate::value::{Map, Str, Value};

/// One measurement.
#[mixer_template(report, package = "metric", crate = crate)]
pub struct Instance {
    /// What was measured: a count, a size, a latency. An int64, a double or a duration as a rule,
    /// but an operator may give any expression.
    #[field(1)]
    pub value: Value,
    /// What the measurement is broken down by, such as the source, the destination and the
    /// response code.
    #[field(2)]
    pub dimensions: Map<Value>,
    /// The kind of resource that was measured, for monitoring systems that know such; empty where
    /// the operator gave none.
    #[field(3)]
    pub monitored_resource_type: Str,
    /// What identifies that resource; empty where the operator gave nothing.
    #[field(4)]
    pub monitored_resource_dimensions: Map<Value>,
}
