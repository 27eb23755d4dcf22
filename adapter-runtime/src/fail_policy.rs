//! What becomes of a check whose adapter fails.

use std::fmt;

use serde::Serialize;

/// What a check or a quota is answered with when there is no result: the handler returned an error
/// or panicked, could not be built, or has no room among
/// [as many as there may be](crate::Server::max_handlers).
///
/// The adapter's author writes it in `#[mixer_adapter(fail_policy = "open")]`; who runs the server
/// has the last word, with [`Server::fail_policy`](crate::Server::fail_policy) or
/// `serve --fail-policy`, which hold for all its adapters.
///
/// Not a failure of the adapter, and therefore refused under either policy: a request that is
/// malformed; a configuration that can't be read, that the adapter's validation refuses, or that
/// is for no adapter here; a session that doesn't exist. These don't pass by themselves, so an open policy would switch the
/// check off for ever, and nobody would notice.
///
/// Reports and generated attributes have no policy: an error of theirs stays an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum FailPolicy {
    /// The caller gets the error, and Mixer refuses the request: its caller gets INTERNAL.
    #[default]
    Closed,
    /// The request passes. A check is answered with
    /// [`CheckResult::allow`](crate::CheckResult::allow), without an output and not to be
    /// [cached](crate::Cache::Never); a quota grants what is asked for, for a second. The error is
    /// logged as "failed open", a line now and then if it goes on.
    ///
    /// A handler that hangs fails too, where the caller says how long it waits: after nine tenths
    /// of that time, so that the answer still arrives. Mixer says so if the operator's handler
    /// has a `connection.timeout`.
    Open,
}

impl FailPolicy {
    /// The name as it is written in `#[mixer_adapter]` and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            FailPolicy::Closed => "closed",
            FailPolicy::Open => "open",
        }
    }

    pub(crate) fn is_default(&self) -> bool {
        *self == FailPolicy::default()
    }
}

impl fmt::Display for FailPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
