//! Why a call of an adapter failed.

use std::borrow::Cow;
use std::fmt;

use super::descriptor::DescriptorError;

/// Why a call of an adapter has no answer. Displayed as Mixer reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallError {
    /// The adapter answered with a status that isn't OK, or could not be reached.
    Status {
        /// The number of the code, which need not be one of gRPC's own.
        code: i32,
        /// What the adapter, or the connection to it, says.
        message: String,
    },
    /// The adapter answered, but not about the quota that it was asked for.
    NoQuota {
        /// The full name of the instance.
        instance: String,
        /// What it answered about.
        granted: Vec<String>,
    },
    /// There is no method to be called.
    Template(DescriptorError),
    /// A call needs an instance, and only a report may have several.
    Instances(usize),
}

/// Numbers of gRPC's codes.
pub(crate) mod code {
    pub(crate) const CANCELLED: i32 = 1;
    pub(crate) const UNKNOWN: i32 = 2;
    pub(crate) const DEADLINE_EXCEEDED: i32 = 4;
    pub(crate) const PERMISSION_DENIED: i32 = 7;
    pub(crate) const RESOURCE_EXHAUSTED: i32 = 8;
    pub(crate) const UNIMPLEMENTED: i32 = 12;
    pub(crate) const INTERNAL: i32 = 13;
    pub(crate) const UNAVAILABLE: i32 = 14;
    pub(crate) const UNAUTHENTICATED: i32 = 16;
}

/// As Go writes them.
const NAMES: [&str; 17] = [
    "OK",
    "Canceled",
    "Unknown",
    "InvalidArgument",
    "DeadlineExceeded",
    "NotFound",
    "AlreadyExists",
    "PermissionDenied",
    "ResourceExhausted",
    "FailedPrecondition",
    "Aborted",
    "OutOfRange",
    "Unimplemented",
    "Internal",
    "Unavailable",
    "DataLoss",
    "Unauthenticated",
];

/// The name of a code, e.g. `DeadlineExceeded`, or `Code(17)`.
pub(crate) fn code_name(code: i32) -> Cow<'static, str> {
    match usize::try_from(code).ok().and_then(|it| NAMES.get(it)) {
        Some(name) => (*name).into(),
        None => format!("Code({code})").into(),
    }
}

impl CallError {
    pub(super) fn new(code: i32, message: impl Into<String>) -> CallError {
        CallError::Status {
            code,
            message: message.into(),
        }
    }

    /// The number of the code; UNKNOWN where there is none.
    #[must_use]
    pub fn code(&self) -> i32 {
        match self {
            CallError::Status { code, .. } => *code,
            _ => code::UNKNOWN,
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Status { code, message } => {
                write!(f, "rpc error: code = {} desc = {message}", code_name(*code))
            }
            CallError::NoQuota { instance, granted } => write!(
                f,
                "remote server did not respond with the requested quota '{instance}'. quotas \
                 granted: [{}]",
                granted.join(" ")
            ),
            CallError::Template(error) => error.fmt(f),
            CallError::Instances(0) => f.write_str("internal: no instances sent"),
            CallError::Instances(count) => {
                write!(f, "internal: {count} instances sent where one belongs")
            }
        }
    }
}

impl std::error::Error for CallError {}
