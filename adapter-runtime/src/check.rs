//! Verdicts about requests.

use std::time::Duration;

use crate::code::Code;
use crate::proto;

/// The verdict of a check: `CheckResult` of Mixer's adapter model.
///
/// A denial is a result. An error ([`HandlerError`](crate::HandlerError)) means that there is no
/// verdict; Mixer answers its caller INTERNAL then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckResult {
    code: Code,
    message: String,
    cache: Cache,
}

/// How long a verdict may be used for equal requests before the adapter is asked again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cache {
    /// Mixer decides: one minute or 10,000 uses for a verdict that allows, no reuse of one that
    /// denies.
    #[default]
    Default,
    /// Never: every request is asked about.
    Never,
    /// For this long and for this many uses, whichever ends first. Zero of either is
    /// [`Never`](Cache::Never).
    For {
        /// How long.
        duration: Duration,
        /// How many uses, at most; more than `i32::MAX` are as many.
        uses: u32,
    },
}

/// A negative count is no limit of its own; the duration has run out on arrival. Both zero would
/// mean "no opinion", which Mixer replaces by a minute.
const NEVER: (Duration, i32) = (Duration::ZERO, -1);

impl CheckResult {
    /// Allows the request.
    #[must_use]
    pub fn allow() -> CheckResult {
        CheckResult {
            code: Code::Ok,
            message: String::new(),
            cache: Cache::Default,
        }
    }

    /// Denies the request; the caller gets the code, or its HTTP equivalent, and the message.
    ///
    /// [`Code::Ok`] is no denial: it becomes `PERMISSION_DENIED`.
    #[must_use]
    pub fn deny(code: Code, message: impl Into<String>) -> CheckResult {
        let code = if code == Code::Ok {
            Code::PermissionDenied
        } else {
            code
        };
        CheckResult {
            code,
            message: message.into(),
            cache: Cache::Default,
        }
    }

    /// The same verdict with this caching.
    #[must_use]
    pub fn cache(mut self, cache: Cache) -> CheckResult {
        self.cache = cache;
        self
    }

    /// How long the verdict may be used again.
    #[must_use]
    pub fn cache_policy(&self) -> Cache {
        self.cache
    }

    /// `OK` if the request is allowed, else why not.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// The message of a denial.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn to_proto(&self) -> proto::model::CheckResult {
        let (duration, uses) = match self.cache {
            Cache::Default => (Duration::ZERO, 0),
            Cache::Never => NEVER,
            Cache::For { duration, uses } if duration.is_zero() || uses == 0 => NEVER,
            Cache::For { duration, uses } => (duration, i32::try_from(uses).unwrap_or(i32::MAX)),
        };
        proto::model::CheckResult {
            status: to_proto_status(self.code, &self.message),
            valid_duration: Some(to_proto_duration(duration)),
            valid_use_count: uses,
        }
    }
}

pub(crate) fn to_proto_status(code: Code, message: &str) -> Option<proto::rpc::Status> {
    Some(proto::rpc::Status {
        code: code as i32,
        message: message.to_owned(),
        details: Vec::new(),
    })
}

pub(crate) fn to_proto_duration(duration: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        nanos: duration.subsec_nanos() as i32,
    }
}
