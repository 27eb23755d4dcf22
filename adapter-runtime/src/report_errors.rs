//! A report that fails for some of its instances.

use std::fmt::{self, Write};

use crate::code::Code;
use crate::error::HandlerError;

/// So many failures are told in full: a report can have thousands of instances, and the text
/// travels in a header.
const MAX_TOLD: usize = 10;

/// What became of the instances of a report, one by one.
///
/// An instance that fails need not stop those after it:
/// ```
/// use adapter_runtime::template::metric;
/// use adapter_runtime::{HandlerError, ReportErrors};
///
/// # struct Exporter;
/// # impl Exporter {
/// #     async fn export(&self, _: &metric::Instance) -> std::io::Result<()> { Ok(()) }
/// async fn handle(&self, instances: Vec<metric::Instance>) -> Result<(), HandlerError> {
///     let mut errors = ReportErrors::new();
///     for instance in &instances {
///         errors.note(&instance.name, self.export(instance).await);
///     }
///     errors.into_result()
/// }
/// # }
/// ```
/// On the wire a report succeeds or fails as one. Mixer doesn't send it again, so what did succeed
/// is not done twice; it tells its own caller that the report failed, and the text, such as
/// "2 of 9 instances failed: `requestsize.instance.istio-system`: the disk is full; …".
#[derive(Debug, Default)]
pub struct ReportErrors {
    instances: usize,
    failed: usize,
    /// The code of all failures, if it is one.
    code: Option<Code>,
    /// The first failures, each with the instance's name.
    told: String,
}

impl ReportErrors {
    /// No instances yet.
    #[must_use]
    pub fn new() -> ReportErrors {
        ReportErrors::default()
    }

    /// Takes down what became of the instance with this name.
    pub fn note<E: Into<HandlerError>>(&mut self, instance: &str, result: Result<(), E>) {
        self.instances += 1;
        let Err(error) = result else {
            return;
        };
        let error = error.into();
        self.code = match self.code {
            None if self.failed == 0 => Some(error.code()),
            code => code.filter(|code| *code == error.code()),
        };
        self.failed += 1;
        if self.failed <= MAX_TOLD {
            let separator = if self.failed == 1 { "" } else { "; " };
            // Writing to a string can't fail.
            let _ = write!(self.told, "{separator}`{instance}`: {}", error.message());
        }
    }

    /// How many instances failed.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.failed
    }

    /// The answer to the report.
    ///
    /// # Errors
    /// If an instance failed: which ones and why, the first ten in full; with their code if all
    /// failed with the same, else `UNKNOWN`.
    pub fn into_result(self) -> Result<(), HandlerError> {
        if self.failed == 0 {
            return Ok(());
        }
        let code = self.code.unwrap_or(Code::Unknown);
        Err(HandlerError::new(code, self.to_string()))
    }
}

impl fmt::Display for ReportErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instances = if self.instances == 1 {
            "instance"
        } else {
            "instances"
        };
        write!(
            f,
            "{} of {} {instances} failed",
            self.failed, self.instances
        )?;
        if self.failed > 0 {
            write!(f, ": {}", self.told)?;
        }
        match self.failed.saturating_sub(MAX_TOLD) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(code: Code, message: &str) -> Result<(), HandlerError> {
        Err(HandlerError::new(code, message))
    }

    #[test]
    fn what_failed_is_named() {
        let mut errors = ReportErrors::new();
        errors.note::<HandlerError>("a", Ok(()));
        assert_eq!(errors.to_string(), "0 of 1 instance failed");
        errors.note("b", fail(Code::Unavailable, "the backend is away"));
        errors.note("c", fail(Code::Unavailable, "still away"));
        let error = errors.into_result().expect_err("two failed");
        assert_eq!(error.code(), Code::Unavailable);
        assert_eq!(
            error.message(),
            "2 of 3 instances failed: `b`: the backend is away; `c`: still away"
        );
    }

    #[test]
    fn codes_that_differ_are_unknown() {
        let mut errors = ReportErrors::new();
        for code in [Code::Unavailable, Code::Internal, Code::Unavailable] {
            errors.note("a", fail(code, ""));
        }
        let error = errors.into_result().expect_err("all failed");
        assert_eq!(error.code(), Code::Unknown);
    }

    #[test]
    fn a_long_list_is_cut() {
        let mut errors = ReportErrors::new();
        assert!(ReportErrors::new().into_result().is_ok());
        for _ in 0..1000 {
            errors.note("a", Err(std::io::Error::other("no")));
        }
        let text = errors.to_string();
        assert!(
            text.starts_with("1000 of 1000 instances failed: `a`: no; `a`"),
            "{text}"
        );
        assert!(text.ends_with("`a`: no; and 990 more"), "{text}");
        assert_eq!(text.matches("`a`").count(), 10);
    }
}
