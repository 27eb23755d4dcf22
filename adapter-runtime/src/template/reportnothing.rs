//! Reports without data.
//!
//! Mixer tells that requests happened, and says nothing about them but the instance's name: for
//! adapters that count, and for measuring what a report costs. For the operator's side see Istio's
//! [reportnothing template].
//!
//! # Example
//! ```
//! use adapter_runtime::prelude::*;
//! use adapter_runtime::template::reportnothing;
//!
//! /// Counts requests.
//! #[mixer_adapter(templates = ["reportnothing"])]
//! pub struct Counter;
//!
//! impl Adapter for Counter {
//!     type Config = NoConfig;
//!
//!     async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> {
//!         Ok(Counter)
//!     }
//! }
//!
//! impl reportnothing::Handler for Counter {
//!     async fn handle_report_nothing(
//!         &self,
//!         _: &Call,
//!         instances: Vec<reportnothing::Instance>,
//!     ) -> Result<(), HandlerError> {
//!         println!("{} more", instances.len());
//!         Ok(())
//!     }
//! }
//! # fn main() {}
//! ```
//!
//! [reportnothing template]: https://archive.istio.io/v1.3/docs/reference/config/policy-and-telemetry/templates/reportnothing/

use crate::mixer_template;

/// Nothing but its name.
#[mixer_template(report, package = "reportNothing", crate = crate)]
pub struct Instance;
