//! Authorization: may a subject do something?
//!
//! Mixer asks before it lets a request through: who wants to do what. Either half is absent where the
//! operator wrote nothing about it, and an adapter had better deny then. For the operator's side see
//! Istio's [authorization template].
//!
//! # Example
//! ```
//! use adapter_runtime::prelude::*;
//! use adapter_runtime::template::authorization;
//!
//! /// Lets those who are known read.
//! #[mixer_adapter(templates = ["authorization"])]
//! pub struct ReadOnly;
//!
//! impl Adapter for ReadOnly {
//!     type Config = NoConfig;
//!
//!     async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> {
//!         Ok(ReadOnly)
//!     }
//! }
//!
//! impl authorization::Handler for ReadOnly {
//!     async fn handle_authorization(
//!         &self,
//!         _: &Call,
//!         instance: authorization::Instance,
//!     ) -> Result<CheckResult, HandlerError> {
//!         let (Some(subject), Some(action)) = (instance.subject, instance.action) else {
//!             return Ok(CheckResult::deny(Code::PermissionDenied, "who does what is not known"));
//!         };
//!         if subject.user.is_empty() {
//!             return Ok(CheckResult::deny(Code::Unauthenticated, "there is no user"));
//!         }
//!         if action.method != "GET" {
//!             return Ok(CheckResult::deny(Code::PermissionDenied, "only reading is allowed"));
//!         }
//!         Ok(CheckResult::allow())
//!     }
//! }
//! # fn main() {}
//! ```
//!
//! [authorization template]: https://archive.istio.io/v1.3/docs/reference/config/policy-and-telemetry/templates/authorization/

use crate::mixer_template;
use crate::value::{Map, Str, Value};

/// Who wants to do what.
#[mixer_template(check, package = "authorization", crate = crate)]
pub struct Instance {
    /// Who.
    #[field(1)]
    pub subject: Option<Subject>,
    /// What.
    #[field(2)]
    pub action: Option<Action>,
}

/// Who wants to do something.
#[mixer_template(message, crate = crate)]
pub struct Subject {
    /// The user: a name or the identity of a service.
    #[field(1)]
    pub user: Str,
    /// The groups that the user belongs to, as the operator's expression joins them.
    #[field(2)]
    pub groups: Str,
    /// What else is known, such as claims of a token.
    #[field(3)]
    pub properties: Map<Value>,
}

/// What somebody wants to do.
#[mixer_template(message, crate = crate)]
pub struct Action {
    /// The namespace of the service.
    #[field(1)]
    pub namespace: Str,
    /// The service that is called.
    #[field(2)]
    pub service: Str,
    /// How: the method of HTTP, as a rule.
    #[field(3)]
    pub method: Str,
    /// The path of HTTP.
    #[field(4)]
    pub path: Str,
    /// What else is known, such as the version of the service.
    #[field(5)]
    pub properties: Map<Value>,
}
