//! What a call is answered with when it fails, before it is written to the wire.

use std::fmt;

use crate::code::Code;
use crate::error::{ConfigErrors, HandlerError};
use crate::wire::DecodeError;

/// A gRPC status that is not OK.
#[derive(Clone, Debug)]
pub(crate) struct Status {
    code: Code,
    message: String,
}

impl Status {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Status {
        Status {
            code,
            message: message.into(),
        }
    }

    /// The request is not what its template says.
    pub(crate) fn malformed(error: DecodeError) -> Status {
        Status::new(
            Code::InvalidArgument,
            format!("the request can't be decoded: {error}"),
        )
    }

    /// The adapter's own validation refused the configuration.
    pub(crate) fn invalid_config(adapter: &str, errors: &ConfigErrors) -> Status {
        let list: Vec<_> = errors
            .iter()
            .map(|error| format!("{}: {}", error.field, error.message))
            .collect();
        let message = format!(
            "the configuration of the adapter `{adapter}` is invalid: {}",
            list.join("; ")
        );
        Status::new(Code::InvalidArgument, message)
    }

    /// `when` says what the adapter was doing, e.g. "while it was built".
    pub(crate) fn panicked(adapter: &str, when: &str, panic: &str) -> Status {
        Status::new(
            Code::Internal,
            format!("the adapter `{adapter}` panicked {when}: {panic}"),
        )
    }

    pub(crate) fn code(&self) -> Code {
        self.code
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }
}

impl From<HandlerError> for Status {
    fn from(error: HandlerError) -> Status {
        // An error is never OK, whatever its author wrote.
        let code = if error.code() == Code::Ok {
            Code::Unknown
        } else {
            error.code()
        };
        Status::new(code, error.message())
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}
