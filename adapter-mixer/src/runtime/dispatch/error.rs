//! Why a dispatch failed.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::super::callee::{CallError, InstanceError};
use crate::language::EvaluationError;

/// Why a part of a dispatch failed. Displayed as Mixer words it.
#[derive(Debug)]
#[non_exhaustive]
pub enum DispatchError {
    /// An instance can't be built for the request.
    Instance(InstanceError),
    /// A handler failed or panicked.
    Handler {
        /// The name of the handler.
        handler: Arc<str>,
        /// How.
        error: CallError,
    },
    /// An attribute generator that is called over the network failed.
    Generator {
        /// The name of the handler.
        handler: Arc<str>,
        /// How.
        error: CallError,
    },
    /// A handler did not answer while there was time.
    TooLate {
        /// The name of the handler.
        handler: Arc<str>,
        /// How long it had.
        limit: Duration,
    },
    /// An attribute can't be made of a handler's output.
    Binding {
        /// The attribute.
        attribute: String,
        /// Why not.
        error: EvaluationError,
        /// Whether the handler is called over the network.
        remote: bool,
    },
    /// There are no handlers any more.
    ShutDown,
}

impl fmt::Display for DispatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DispatchError::Instance(error) => error.fmt(f),
            DispatchError::Handler { error, .. } => error.fmt(f),
            DispatchError::TooLate { handler, limit } => write!(
                f,
                "context deadline exceeded: the handler '{handler}' did not answer within {limit:?}"
            ),
            DispatchError::Generator { error, .. } => {
                write!(f, "internal: failed to make an RPC to an APA: {error}")
            }
            DispatchError::Binding {
                error,
                remote: true,
                ..
            } => write!(
                f,
                "internal: failed to map attributes from the output: {error}"
            ),
            DispatchError::Binding { error, .. } => error.fmt(f),
            DispatchError::ShutDown => f.write_str("the Mixer is shutting down"),
        }
    }
}

impl std::error::Error for DispatchError {}

/// Why a dispatch failed: everything, not the first. Displayed as Mixer's list of errors.
#[derive(Debug, Default)]
pub struct DispatchErrors {
    errors: Vec<DispatchError>,
}

impl DispatchErrors {
    pub(crate) fn of(error: DispatchError) -> DispatchErrors {
        DispatchErrors {
            errors: vec![error],
        }
    }

    pub(crate) fn push(&mut self, error: DispatchError) {
        self.errors.push(error);
    }

    pub(crate) fn extend(&mut self, others: DispatchErrors) {
        self.errors.extend(others.errors);
    }

    /// `Ok` if there are none.
    pub(crate) fn or<T>(self, value: T) -> Result<T, DispatchErrors> {
        match self.errors.is_empty() {
            true => Ok(value),
            false => Err(self),
        }
    }

    /// The errors, in the order in which they occurred.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &DispatchError> {
        self.errors.iter()
    }
}

impl fmt::Display for DispatchErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.errors.len() {
            1 => writeln!(f, "1 error occurred:")?,
            count => writeln!(f, "{count} errors occurred:")?,
        }
        for error in &self.errors {
            writeln!(f, "\t* {error}")?;
        }
        writeln!(f)
    }
}

impl std::error::Error for DispatchErrors {}
