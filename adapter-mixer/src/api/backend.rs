//! What answers checks and reports.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use crate::attribute::{Attributes, Bag};
use crate::runtime::{DispatchErrors, QuotaAnswer, QuotaRequest, Verdict};
use crate::{Dispatch, Mixer, Report};

/// What an [`Api`](super::Api) asks: a [`Mixer`], or what a test of a client puts in its place.
pub trait Backend: Send + Sync + 'static {
    /// A request.
    type Request: Steps;

    /// Begins with a request, which is under one configuration from its beginning to its end.
    ///
    /// # Errors
    /// Nothing is answered any more.
    fn begin(&self, deadline: Option<Instant>) -> Result<Self::Request, Failure>;
}

/// The steps of a request.
pub trait Steps: Send + Sync {
    /// A report.
    type Report<'s>: Batch
    where
        Self: 's;

    /// The attributes that are generated for a request.
    ///
    /// # Errors
    /// They can't be.
    fn preprocess(
        &self,
        attributes: &dyn Attributes,
    ) -> impl Future<Output = Result<Bag<'static>, Failure>> + Send;

    /// Whether a request may go on.
    ///
    /// # Errors
    /// There is no verdict.
    fn check(
        &self,
        attributes: &dyn Attributes,
    ) -> impl Future<Output = Result<Verdict, Failure>> + Send;

    /// What is granted of a quota.
    ///
    /// # Errors
    /// Nobody can tell.
    fn quota(
        &self,
        attributes: &dyn Attributes,
        request: &QuotaRequest,
    ) -> impl Future<Output = Result<QuotaAnswer, Failure>> + Send;

    /// A report without requests.
    fn report(&self) -> Self::Report<'_>;
}

/// A report that is being put together.
pub trait Batch: Send {
    /// Adds a request, with the attributes that were generated for it.
    ///
    /// # Errors
    /// What can't be reported of it.
    fn add(&mut self, attributes: &dyn Attributes) -> Result<(), Failure>;

    /// Tells whoever is to be told.
    ///
    /// # Errors
    /// Those that failed.
    fn flush(self) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Why a step of a request failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// For this reason.
    One(String),
    /// For all of these. Displayed as Mixer's list of errors.
    Several(Vec<String>),
}

impl Failure {
    /// Every reason.
    pub(super) fn into_all(self) -> Vec<String> {
        match self {
            Failure::One(error) => vec![error],
            Failure::Several(errors) => errors,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors = match self {
            Failure::One(error) => return f.write_str(error),
            Failure::Several(errors) => errors,
        };
        match errors.len() {
            1 => f.write_str("1 error occurred:\n")?,
            count => writeln!(f, "{count} errors occurred:")?,
        }
        for error in errors {
            writeln!(f, "\t* {error}")?;
        }
        f.write_str("\n")
    }
}

impl std::error::Error for Failure {}

impl From<DispatchErrors> for Failure {
    fn from(errors: DispatchErrors) -> Failure {
        Failure::Several(errors.iter().map(ToString::to_string).collect())
    }
}

impl<B: Backend> Backend for Arc<B> {
    type Request = B::Request;

    fn begin(&self, deadline: Option<Instant>) -> Result<B::Request, Failure> {
        (**self).begin(deadline)
    }
}

impl Backend for Mixer {
    type Request = Dispatch<'static>;

    fn begin(&self, deadline: Option<Instant>) -> Result<Dispatch<'static>, Failure> {
        let dispatch = self.dispatch()?;
        Ok(match deadline {
            Some(deadline) => dispatch.deadline(deadline),
            None => dispatch,
        })
    }
}

impl Steps for Dispatch<'static> {
    type Report<'s> = Report<'s, 'static>;

    async fn preprocess(&self, attributes: &dyn Attributes) -> Result<Bag<'static>, Failure> {
        Ok(Dispatch::preprocess(self, attributes).await?)
    }

    async fn check(&self, attributes: &dyn Attributes) -> Result<Verdict, Failure> {
        Ok(self.check_only(attributes).await?)
    }

    async fn quota(
        &self,
        attributes: &dyn Attributes,
        request: &QuotaRequest,
    ) -> Result<QuotaAnswer, Failure> {
        Ok(self.quota_only(attributes, request).await?)
    }

    fn report(&self) -> Report<'_, 'static> {
        Dispatch::report(self)
    }
}

impl Batch for Report<'_, 'static> {
    fn add(&mut self, attributes: &dyn Attributes) -> Result<(), Failure> {
        Ok(self.add_only(attributes)?)
    }

    async fn flush(self) -> Result<(), Failure> {
        Ok(Report::flush(self).await?)
    }
}
