//! Quotas: what is asked for and what is granted.

use std::fmt;
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

impl QuotaArgs {
    /// How much to grant of what is available: all that is asked for, or as much as there is if
    /// the caller takes less, or nothing. What is given back is granted in full.
    #[must_use]
    pub fn within(&self, available: i64) -> i64 {
        let available = available.max(0);
        if self.amount <= available {
            self.amount
        } else if self.best_effort {
            available
        } else {
            0
        }
    }
}

/// What a quota grants: `QuotaResult.Result` of Mixer's adapter model.
///
/// ```
/// use std::time::Duration;
///
/// use adapter_runtime::{Code, QuotaArgs, QuotaResult};
///
/// fn allocate(args: &QuotaArgs, available: i64) -> QuotaResult {
///     match args.within(available) {
///         0 => QuotaResult::deny(Code::ResourceExhausted, "used up"),
///         amount => QuotaResult::grant(amount, Duration::from_secs(1)),
///     }
/// }
/// # let mut args = QuotaArgs { amount: 5, ..QuotaArgs::default() };
/// # assert_eq!(allocate(&args, 3).amount(), 0);
/// # args.best_effort = true;
/// # assert_eq!(allocate(&args, 3).amount(), 3);
/// # assert_eq!(allocate(&args, 0).code(), Code::ResourceExhausted);
/// ```
///
/// Mixer tells its caller the amount and the duration as they are, zero too. Envoy lets the
/// request pass if it was granted something; of an adapter that is called over gRPC, Mixer ignores
/// the status. A quota is not a check: its result is not kept for equal requests, but what was
/// granted may be used up within the duration.
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
            status: Some(crate::check::to_proto_status(*code, message)),
        }
    }
}

impl fmt::Display for QuotaResult {
    /// The status, the duration in nanoseconds, the amount; in the style of
    /// [`CheckResult`](crate::CheckResult)'s text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (code, message) = &self.status;
        write!(f, "QuotaResult: status:{code}")?;
        if !message.is_empty() {
            write!(f, " ({message})")?;
        }
        let duration = self.valid_duration.as_nanos();
        write!(f, ", duration:{duration}, amount:{}", self.amount)
    }
}
