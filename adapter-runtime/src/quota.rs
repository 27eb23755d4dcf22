//! Quotas: what is asked for and what is granted.

use std::time::Duration;

use crate::code::Code;
use crate::proto;

/// What is asked of a quota: `QuotaRequest.QuotaParams` of Mixer's adapter model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuotaArgs {
    /// The id of the allocation: one that comes again under the same id must be granted once. The
    /// same as the call's.
    pub dedup_id: String,
    /// How much is asked for; negative to give back.
    pub amount: i64,
    /// Whether less than `amount` may be granted.
    pub best_effort: bool,
}

/// What a quota grants: `QuotaResult.Result` of Mixer's adapter model.
///
/// Mixer takes a result with amount and duration zero as it is: nothing is granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaResult {
    amount: i64,
    valid_duration: Duration,
    status: (Code, String),
}

impl QuotaResult {
    /// Grants an amount, which the caller may use for this long.
    #[must_use]
    pub fn grant(amount: i64, valid_duration: Duration) -> QuotaResult {
        QuotaResult {
            amount,
            valid_duration,
            status: (Code::Ok, String::new()),
        }
    }

    /// Grants nothing, for this reason. Mixer ignores the reason and reports an amount of zero.
    ///
    /// [`Code::Ok`] is no reason: it becomes `RESOURCE_EXHAUSTED`.
    #[must_use]
    pub fn deny(code: Code, message: impl Into<String>) -> QuotaResult {
        let code = if code == Code::Ok {
            Code::ResourceExhausted
        } else {
            code
        };
        let status = (code, message.into());
        QuotaResult {
            amount: 0,
            valid_duration: Duration::ZERO,
            status,
        }
    }

    /// The amount that is granted.
    #[must_use]
    pub fn amount(&self) -> i64 {
        self.amount
    }

    /// How long the grant may be used.
    #[must_use]
    pub fn valid_duration(&self) -> Duration {
        self.valid_duration
    }

    /// `OK`, or why nothing is granted.
    #[must_use]
    pub fn code(&self) -> Code {
        self.status.0
    }

    /// The message of a denial.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.status.1
    }

    pub(crate) fn to_proto(&self) -> proto::model::quota_result::Result {
        let (code, message) = &self.status;
        proto::model::quota_result::Result {
            valid_duration: Some(crate::check::to_proto_duration(self.valid_duration)),
            granted_amount: self.amount,
            status: crate::check::to_proto_status(*code, message),
        }
    }
}
