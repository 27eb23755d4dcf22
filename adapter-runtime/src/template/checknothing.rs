//! Checks without data.
//!
//! Mixer asks before it lets a request through, and says nothing about it but the instance's name: for
//! adapters that answer all requests alike, and for measuring what a check costs. For the operator's
//! side see Istio's [checknothing template].
//!
//! # Example
//! ```
//! use adapter_runtime::prelude::*;
//! use adapter_runtime::template::checknothing;
//!
//! /// Lets nothing through.
//! #[mixer_adapter(templates = ["checknothing"])]
//! pub struct Closed;
//!
//! impl Adapter for Closed {
//!     type Config = NoConfig;
//!
//!     async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> {
//!         Ok(Closed)
//!     }
//! }
//!
//! impl checknothing::Handler for Closed {
//!     async fn handle_check_nothing(
//!         &self,
//!         _: &Call,
//!         instance: checknothing::Instance,
//!     ) -> Result<CheckResult, HandlerError> {
//!         let name = instance.name;
//!         Ok(CheckResult::deny(Code::Unavailable, format!("{name} is closed")))
//!     }
//! }
//! # fn main() {}
//! ```
//!
//! [checknothing template]: https://archive.istio.io/v1.3/docs/reference/config/policy-and-telemetry/templates/checknothing/

use crate::mixer_template;

/// Nothing but its name.
#[mixer_template(check, package = "checkNothing", crate = crate)]
pub struct Instance;
