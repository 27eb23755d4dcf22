//! What a call is answered with when it fails, before it is written to the wire.

use std::sync::Arc;

use crate::code::Code;
use crate::error::{BuildError, ConfigErrors, HandlerError};
use crate::wire::DecodeError;

/// A gRPC status that is not OK.
#[derive(Clone, Debug)]
pub(crate) struct Status {
    code: Code,
    message: String,
    handler: Option<Arc<str>>,
    /// Whether the request is at fault, or its configuration.
    refusal: bool,
    /// What is wrong with the configuration.
    config: Option<Arc<ConfigErrors>>,
}

impl Status {
    /// An error is never OK, whatever its author wrote.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Status {
        let code = if code == Code::Ok {
            Code::Unknown
        } else {
            code
        };
        let message = message.into();
        Status {
            code,
            message,
            handler: None,
            refusal: false,
            config: None,
        }
    }

    /// The request or its configuration is at fault: nothing that a fail policy is about.
    pub(crate) fn refusal(code: Code, message: String) -> Status {
        let mut status = Status::new(code, message);
        status.refusal = true;
        status
    }

    /// The request is not what its template says.
    pub(crate) fn malformed(error: &DecodeError) -> Status {
        Status::refusal(
            Code::InvalidArgument,
            format!("the request is malformed: {error}"),
        )
    }

    /// The configuration is not what the adapter's struct says.
    pub(crate) fn undecodable_config(adapter: &str, error: &DecodeError) -> Status {
        let mut problem =
            format!("the configuration of the adapter `{adapter}` is invalid: {error}");
        if error.is_malformed() {
            problem.push_str(
                ". The `config` of the operator's adapter resource may describe another version \
                 of it than this program has",
            );
        }
        let mut errors = ConfigErrors::new();
        errors.push(error.path(), error.problem());
        Status::of_config(problem, errors)
    }

    /// The adapter's own validation refused the configuration.
    pub(crate) fn invalid_config(adapter: &str, errors: ConfigErrors) -> Status {
        let list: Vec<_> = errors.iter().map(ToString::to_string).collect();
        let problem = format!(
            "the configuration of the adapter `{adapter}` is invalid: {}",
            list.join("; ")
        );
        Status::of_config(problem, errors)
    }

    fn of_config(message: String, errors: ConfigErrors) -> Status {
        let mut status = Status::refusal(Code::InvalidArgument, message);
        status.config = Some(Arc::new(errors));
        status
    }

    /// The adapter could not be built.
    pub(crate) fn not_built(adapter: &str, error: &BuildError) -> Status {
        let message = format!(
            "the adapter `{adapter}` could not be built: {}",
            error.message()
        );
        Status::new(error.code(), message)
    }

    /// `when` says what the adapter was doing, e.g. "while it was built".
    pub(crate) fn panicked(adapter: &str, when: &str, panic: &str) -> Status {
        Status::new(
            Code::Internal,
            format!("the adapter `{adapter}` panicked {when}: {panic}"),
        )
    }

    /// Says whose answer it is, for the log.
    pub(crate) fn of_handler(mut self, handler: &Arc<str>) -> Status {
        self.handler = Some(handler.clone());
        self
    }

    pub(crate) fn code(&self) -> Code {
        self.code
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Whether the adapter has failed, rather than refused what is wrong.
    pub(crate) fn is_failure(&self) -> bool {
        !self.refusal
    }

    /// What is wrong with the configuration, if that is it.
    #[cfg(feature = "testing")]
    pub(crate) fn config_errors(&self) -> Option<&ConfigErrors> {
        self.config.as_deref()
    }

    pub(crate) fn handler(&self) -> Option<&str> {
        self.handler.as_deref()
    }
}

/// How much of a text is logged, in bytes.
const MAX_LOGGED: usize = 4096;

/// A text for the log: one line, whatever a client or an adapter put into it, and not a long one.
pub(crate) fn one_line(text: &str) -> String {
    let cut = text.floor_char_boundary(MAX_LOGGED);
    let mut line: String = text[..cut]
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if cut < text.len() {
        line.push('…');
    }
    line
}

/// A text of the client's in a message: its beginning, if it is long.
pub(crate) fn shortened(text: &str) -> String {
    const MAX: usize = 200;
    match text.floor_char_boundary(MAX) {
        cut if cut < text.len() => format!("{}…", &text[..cut]),
        _ => text.to_owned(),
    }
}

impl From<HandlerError> for Status {
    fn from(error: HandlerError) -> Status {
        Status::new(error.code(), error.message())
    }
}
