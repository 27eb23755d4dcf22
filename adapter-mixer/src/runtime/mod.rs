//! Handlers that live, rules that route to them, and requests that are dispatched.

mod callee;
mod dispatch;
mod handlers;
mod namespace;
mod routing;
mod signature;
mod state;
mod trace;

pub use callee::{CallError, InstanceError};
pub use dispatch::{
    CheckAnswer, Combination, DispatchError, DispatchErrors, QuotaAnswer, QuotaRequest, Verdict,
    direct_response,
};
pub use namespace::{Chosen, namespace_of};

pub use routing::Route;
pub use trace::{CallTrace, DispatchTrace, InstanceTrace, RuleOutcome, RuleTrace, Trace};

pub(crate) use dispatch::{Batches, Request, Session};
pub(crate) use handlers::{Building, Closer};
pub(crate) use state::State;
pub(crate) use trace::Tracer;

use crate::attribute::{Attributes, ValueRef};
use crate::language::Expression;

/// Whether a condition holds. One that can't be evaluated doesn't: an attribute that it reads is
/// absent, as a rule.
#[inline]
fn is_true(condition: &Expression, attributes: &dyn Attributes) -> bool {
    match condition.evaluate_ref(attributes) {
        Ok(ValueRef::Bool(holds)) => holds,
        Ok(_) => false,
        Err(error) => {
            tracing::debug!(condition = condition.text(), "no match: {error}");
            false
        }
    }
}
