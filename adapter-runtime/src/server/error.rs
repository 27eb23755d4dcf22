//! Why a server can't run.

use std::io;

use super::security::Problem;
use crate::suggest::unknown;

/// Why a server can't run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// An address can't be listened on.
    #[error("can't listen on `{address}`")]
    Bind {
        /// The address.
        address: String,
        /// What the system says.
        source: io::Error,
    },
    /// A listener is for an adapter that is not registered.
    #[error("{}", unknown("adapter", .name, .known))]
    UnknownAdapter {
        /// The name.
        name: String,
        /// The names of those that are registered.
        known: Vec<String>,
    },
    /// A listener is for no adapter.
    #[error("nothing would be served on `{address}`: name an adapter, or call `listen`")]
    NoAdapter {
        /// The address.
        address: String,
    },
    /// There is no listener.
    #[error("there is no address to listen on: call `listen` before `bind`")]
    NoListener,
    /// Certificates or tokens can't be used, or are not enough.
    #[error("`{setting}`: {problem}")]
    Security {
        /// The setting, as it is written: `tls-cert`.
        setting: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}

impl From<Problem> for ServeError {
    fn from(Problem { setting, text }: Problem) -> ServeError {
        ServeError::Security {
            setting,
            problem: text,
        }
    }
}
