//! What an adapter's own code returns when something is wrong.

use std::error::Error;
use std::fmt;

use crate::code::Code;

/// Errors of a configuration, collected so that the operator sees all of them at once.
///
/// Its text is what Mixer prints for an adapter's `ConfigErrors`: a count, then one line each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigErrors {
    entries: Vec<ConfigError>,
}

/// One error of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigError {
    /// The path of the field as the operator writes it, e.g. `metrics[2].name`.
    pub field: String,
    /// What is wrong and what to write instead.
    pub message: String,
    pub(crate) cause: Cause,
}

/// What kind of error it is, for who adds a remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The operator must write the field.
    Missing,
    /// The secret is not where this program runs.
    Absent,
    Other,
}

impl ConfigErrors {
    /// No errors yet.
    #[must_use]
    pub fn new() -> ConfigErrors {
        ConfigErrors::default()
    }

    /// Adds an error: the path of the field as the operator writes it, what is wrong and what to
    /// write instead.
    pub fn push(&mut self, field: impl Into<String>, message: impl fmt::Display) {
        self.entries.push(ConfigError {
            field: field.into(),
            message: message.to_string(),
            cause: Cause::Other,
        });
    }

    /// Adds that the operator must write a field.
    pub(crate) fn push_missing(&mut self, field: String) {
        self.entries.push(ConfigError {
            field,
            message: "is required".to_owned(),
            cause: Cause::Missing,
        });
    }

    /// Adds that a secret is not where this program runs.
    pub(crate) fn push_absent(&mut self, field: String, message: String) {
        self.entries.push(ConfigError {
            field,
            message,
            cause: Cause::Absent,
        });
    }

    /// Adds the errors of another list after these, e.g. those of a function that checks a part of
    /// the configuration.
    pub fn append(&mut self, other: ConfigErrors) {
        self.entries.extend(other.entries);
    }

    /// How many errors there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no errors.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The errors, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &ConfigError> {
        self.entries.iter()
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.entries.len() {
            1 => writeln!(f, "1 error occurred:")?,
            count => writeln!(f, "{count} errors occurred:")?,
        }
        for entry in &self.entries {
            writeln!(f, "\t* {entry}")?;
        }
        writeln!(f)
    }
}

impl Error for ConfigErrors {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

impl Extend<ConfigError> for ConfigErrors {
    fn extend<I: IntoIterator<Item = ConfigError>>(&mut self, errors: I) {
        self.entries.extend(errors);
    }
}

impl IntoIterator for ConfigErrors {
    type Item = ConfigError;
    type IntoIter = std::vec::IntoIter<ConfigError>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

/// An error's text, followed by those of the errors behind it.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

macro_rules! opaque_error {
    ($(#[$doc:meta])* $name:ident, default: $default:ident) => {
        $(#[$doc])*
        // Not an `Error` itself: then `?` could not make it from every error.
        pub struct $name {
            code: Code,
            message: String,
            source: Option<Box<dyn Error + Send + Sync>>,
        }

        impl $name {
            /// An error with a code and a message.
            #[must_use]
            pub fn new(code: Code, message: impl Into<String>) -> Self {
                Self { code, message: message.into(), source: None }
            }

            /// The same error with another code.
            #[must_use]
            pub fn with_code(mut self, code: Code) -> Self {
                self.code = code;
                self
            }

            /// The same error with a text before its own: what was being done, and to what.
            #[must_use]
            pub fn context(mut self, context: impl fmt::Display) -> Self {
                self.message = format!("{context}: {}", self.message);
                self
            }

            /// The code that the caller gets.
            #[must_use]
            pub fn code(&self) -> Code {
                self.code
            }

            /// The message; of an error that it was made from, followed by those behind it.
            #[must_use]
            pub fn message(&self) -> &str {
                &self.message
            }

            /// The error that it was made from, if it was.
            #[must_use]
            pub fn source(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
                self.source.as_deref()
            }
        }

        impl<E: Error + Send + Sync + 'static> From<E> for $name {
            fn from(error: E) -> Self {
                let message = with_causes(&error);
                let source = Some(Box::new(error) as Box<dyn Error + Send + Sync>);
                Self { code: Code::$default, message, source }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}: {}", self.code, self.message)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
    };
}

opaque_error! {
    /// Why an adapter could not be built: made from any error by `?`, which gives the code
    /// `UNAVAILABLE`, or by [`new`](BuildError::new).
    ///
    /// Requests that need the handler are answered with it.
    BuildError, default: Unavailable
}

opaque_error! {
    /// Why a call failed: made from any error by `?`, which gives the code `UNKNOWN`, or by
    /// [`new`](HandlerError::new).
    ///
    /// This is for what went wrong in the adapter. A denied check is a result, not an error:
    /// Mixer turns every gRPC error of a check into INTERNAL, unless the
    /// [`FailPolicy`](crate::FailPolicy) is open. A report that fails for some of its instances says
    /// which by [`ReportErrors`](crate::ReportErrors).
    HandlerError, default: Unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn config_errors_read_as_mixers() {
        let mut errors = ConfigErrors::new();
        errors.push("a.b", "must not be empty");
        assert_eq!(
            errors.to_string(),
            "1 error occurred:\n\t* a.b: must not be empty\n\n"
        );
        let mut more = ConfigErrors::new();
        more.push("c", 5);
        errors.append(more);
        assert_eq!(
            errors.to_string(),
            "2 errors occurred:\n\t* a.b: must not be empty\n\t* c: 5\n\n"
        );
        let mut all = ConfigErrors::new();
        all.extend(errors.clone());
        assert_eq!((all.len(), &all), (2, &errors));
    }

    #[test]
    fn every_error_becomes_a_handler_error_with_its_causes() {
        #[derive(Debug, thiserror::Error)]
        #[error("can't read the list")]
        struct Outer(#[source] std::num::ParseIntError);

        fn fails() -> Result<(), HandlerError> {
            Err(Outer("x".parse::<i32>().expect_err("not a number")))?;
            Ok(())
        }
        let error = fails().expect_err("it fails");
        assert_eq!(error.code(), Code::Unknown);
        assert_eq!(
            error.message(),
            "can't read the list: invalid digit found in string"
        );
        let error = error.context("request 5").with_code(Code::Unavailable);
        assert_eq!(error.code(), Code::Unavailable);
        assert_eq!(
            error.message(),
            "request 5: can't read the list: invalid digit found in string"
        );
    }
}
