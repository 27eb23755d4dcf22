//! Quotas: amounts that requests use up, such as calls in a second.
//!
//! Mixer asks for an amount of the quota that an instance identifies, and what is granted lets
//! requests through. It may ask for more than one request needs and hand it out itself. For the
//! operator's side see Istio's [quota template].
//!
//! # Example
//! ```
//! use adapter_runtime::prelude::*;
//! use adapter_runtime::template::quota;
//! use std::time::Duration;
//!
//! /// Grants what it is asked for.
//! #[mixer_adapter(templates = ["quota"])]
//! pub struct Generous;
//!
//! impl Adapter for Generous {
//!     type Config = NoConfig;
//!
//!     async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> {
//!         Ok(Generous)
//!     }
//! }
//!
//! impl quota::Handler for Generous {
//!     async fn handle_quota(
//!         &self,
//!         _: &Call,
//!         _: quota::Instance,
//!         args: QuotaArgs,
//!     ) -> Result<QuotaResult, HandlerError> {
//!         Ok(QuotaResult::grant(args.amount, Duration::from_secs(1)))
//!     }
//! }
//! # fn main() {}
//! ```
//!
//! [quota template]: https://archive.istio.io/v1.3/docs/reference/config/policy-and-telemetry/templates/quota/

use crate::mixer_template;
use crate::value::{Map, Value};

/// The quota that is asked of.
#[mixer_template(quota, package = "quota", crate = crate)]
pub struct Instance {
    /// What the amounts are counted by, together with the instance's name: each combination of
    /// values has a count of its own.
    #[field(1)]
    pub dimensions: Map<Value>,
}
