//! API keys: may a caller with this key use an API?
//!
//! Mixer asks before it lets a request through. Which attribute the key is taken from, a header or a
//! query parameter, is the operator's to write, and so is what counts as one API. For the operator's
//! side see Istio's [apikey template].
//!
//! # Example
//! ```
//! use adapter_runtime::prelude::*;
//! use adapter_runtime::template::apikey;
//!
//! /// Knows one key, and what it is good for.
//! #[mixer_adapter(templates = ["apikey"])]
//! pub struct OneKey;
//!
//! impl Adapter for OneKey {
//!     type Config = NoConfig;
//!
//!     async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> {
//!         Ok(OneKey)
//!     }
//! }
//!
//! impl apikey::Handler for OneKey {
//!     async fn handle_api_key(
//!         &self,
//!         _: &Call,
//!         instance: apikey::Instance,
//!     ) -> Result<CheckResult, HandlerError> {
//!         Ok(match (instance.api_key.as_str(), instance.api.as_str()) {
//!             ("", _) => CheckResult::deny(Code::Unauthenticated, "an API key is missing"),
//!             ("key1", "petstore") => CheckResult::allow(),
//!             _ => CheckResult::deny(Code::PermissionDenied, "not with this API key"),
//!         })
//!     }
//! }
//! # fn main() {}
//! ```
//!
//! [apikey template]: https://archive.istio.io/v1.3/docs/reference/config/policy-and-telemetry/templates/apikey/

use crate::mixer_template;
use crate::value::{Str, TimeStamp};

/// A use of an API.
#[mixer_template(check, package = "apiKey", crate = crate)]
pub struct Instance {
    /// The API that is called.
    #[field(1)]
    pub api: Str,
    /// Its version.
    #[field(2)]
    pub api_version: Str,
    /// The operation that is called.
    #[field(3)]
    pub api_operation: Str,
    /// The key that came with the request; empty if there was none and the operator's expression
    /// allows that.
    #[field(4)]
    pub api_key: Str,
    /// When the API was called.
    #[field(5)]
    pub timestamp: TimeStamp,
}
