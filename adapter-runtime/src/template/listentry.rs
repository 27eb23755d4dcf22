//! List entries: is a value in a list?
//!
//! Mixer asks before it lets a request through; whether being in the list is good or bad is the
//! adapter's to know. For the operator's side see Istio's [listentry template].
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
