//! List entries: is a value in a list?
//!
//! Mixer asks before it lets a request through; whether being in the list is good or bad is the
//! adapter's to know. For the operator's side see Istio's [listentry template].
//!
//! # Example
//! ```
//! use adapter_runtime::prelude::*;
//! use adapter_runtime::template::listentry;
//!
//! /// Denies what it knows.
//! #[mixer_adapter(templates = ["listentry"])]
//! pub struct Blacklist;
//!
//! impl Adapter for Blacklist {
//!     type Config = NoConfig;
//!
//!     async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> {
//!         Ok(Blacklist)
//!     }
//! }
//!
//! impl listentry::Handler for Blacklist {
//!     async fn handle_list_entry(
//!         &self,
//!         _: &Call,
//!         instance: listentry::Instance,
//!     ) -> Result<CheckResult, HandlerError> {
//!         if instance.value.to_string() == "10.1.2.3" {
//!             return Ok(CheckResult::deny(Code::PermissionDenied, "on the blacklist"));
//!         }
//!         Ok(CheckResult::allow())
//!     }
//! }
//! # fn main() {}
//! ```
//!
//! [listentry template]: https://archive.istio.io/v1.3/docs/reference/config/policy-and-telemetry/templates/listentry/

use crate::mixer_template;
use crate::value::Value;

/// The value to look up.
#[mixer_template(check, package = "listEntry", crate = crate)]
pub struct Instance {
    /// The value: a string or an IP address as a rule, but an operator may give any expression.
    #[field(1)]
    pub value: Value,
}
