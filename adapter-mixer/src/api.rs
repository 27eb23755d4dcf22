//! The Mixer API: requests as they arrive, and what they are answered with. Istio's
//! `istio.mixer.v1.Mixer`, without the connection.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;

use adapter_runtime::Code;
use adapter_runtime::value::Duration;

use crate::Dispatch;
use crate::attribute::{
    Attributes, Bag, GlobalDictionary, Malformed, ReportBags, Tracked, WireBag,
};
use crate::proto::mixer::{CheckResponse, ReportResponse, check_response};
use crate::proto::{ReceivedCheck, ReceivedReport};
use crate::runtime::{Batches, CheckAnswer, DispatchErrors, QuotaAnswer, QuotaRequest};

/// What answers requests: a [`Dispatch`], or what stands in for it in a test.
pub trait Dispatcher: Sync {
    /// Why it fails.
    type Error: DispatcherError;
    /// A report that is being put together.
    type Batches<'d>: Send
    where
        Self: 'd;

    /// The attributes that are generated for a request.
    fn preprocess(
        &self,
        attributes: &dyn Attributes,
    ) -> impl Future<Output = Result<Bag<'static>, Self::Error>> + Send;

    /// Whether a request may go on.
    fn check(
        &self,
        attributes: &dyn Attributes,
    ) -> impl Future<Output = Result<CheckAnswer, Self::Error>> + Send;

    /// What is granted of a quota.
    fn quota(
        &self,
        attributes: &dyn Attributes,
        quota: &QuotaRequest,
    ) -> impl Future<Output = Result<QuotaAnswer, Self::Error>> + Send;

    /// A report without any request in it.
    fn report(&self) -> Self::Batches<'_>;

    /// Adds a request to a report.
    ///
    /// # Errors
    /// What can't be reported of it.
    fn buffer<'d>(
        &'d self,
        attributes: &dyn Attributes,
        batches: &mut Self::Batches<'d>,
    ) -> Result<(), Self::Error>;

    /// Delivers a report.
    fn flush<'d>(
        &'d self,
        batches: Self::Batches<'d>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// Why a dispatch failed: one error, or a list of them.
pub trait DispatcherError: fmt::Display + Send {
    /// The errors, each with its own text.
    fn each(&self) -> Vec<String> {
        vec![self.to_string()]
    }
}

impl DispatcherError for DispatchErrors {
    fn each(&self) -> Vec<String> {
        self.iter().map(ToString::to_string).collect()
    }
}

impl Dispatcher for Dispatch<'_> {
    type Error = DispatchErrors;
    type Batches<'d>
        = Batches<'d>
    where
        Self: 'd;

    async fn preprocess(
        &self,
        attributes: &dyn Attributes,
    ) -> Result<Bag<'static>, DispatchErrors> {
        Dispatch::preprocess(self, attributes).await
    }

    async fn check(&self, attributes: &dyn Attributes) -> Result<CheckAnswer, DispatchErrors> {
        self.check_only(attributes).await
    }

    async fn quota(
        &self,
        attributes: &dyn Attributes,
        quota: &QuotaRequest,
    ) -> Result<QuotaAnswer, DispatchErrors> {
        self.quota_only(attributes, quota).await
    }

    fn report(&self) -> Batches<'_> {
        Batches::default()
    }

    fn buffer<'d>(
        &'d self,
        attributes: &dyn Attributes,
        batches: &mut Batches<'d>,
    ) -> Result<(), DispatchErrors> {
        self.buffer_only(attributes, batches)
    }

    async fn flush<'d>(&'d self, batches: Batches<'d>) -> Result<(), DispatchErrors> {
        self.flush_only(batches).await
    }
}

/// Why a request has no answer: the status of the call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
#[non_exhaustive]
pub struct ApiError {
    /// The code.
    pub code: Code,
    /// What is wrong, as Mixer words it.
    pub message: String,
}

impl ApiError {
    fn new(code: Code, message: String) -> ApiError {
        ApiError { code, message }
    }
}

impl From<Malformed> for ApiError {
    fn from(error: Malformed) -> ApiError {
        let message = format!("request could not be processed due to invalid attributes: {error}");
        ApiError::new(Code::Internal, message)
    }
}

/// Whether the caller's words are known.
fn check_dictionary(theirs: u32, global: &GlobalDictionary) -> Result<(), ApiError> {
    let ours = global.len();
    if usize::try_from(theirs).is_ok_and(|theirs| theirs <= ours) {
        return Ok(());
    }
    let message = format!(
        "inconsistent global dictionary versions used: mixer knows {ours} words, caller knows \
         {theirs}"
    );
    Err(ApiError::new(Code::Internal, message))
}

/// Answers a check: attributes are generated, the request is checked, and if it is allowed the quotas
/// are asked for. Which attributes each of the answers depends on is part of it.
///
/// # Errors
/// The caller knows more global words than there are, the attributes can't be read, or the
/// dispatcher failed. A quota that fails grants nothing.
pub async fn check(
    request: &ReceivedCheck<'_>,
    dispatcher: &impl Dispatcher,
    global: &GlobalDictionary,
) -> Result<CheckResponse, ApiError> {
    let word_count = request.global_word_count;
    check_dictionary(word_count, global)?;
    let attributes = Tracked::new(WireBag::decode(&request.attributes, global)?);
    let generated = match dispatcher.preprocess(&attributes).await {
        Ok(generated) => generated.on(&attributes),
        Err(error) => {
            let message = format!("preprocessing attributes failed: {error}");
            return Err(ApiError::new(Code::Internal, message));
        }
    };
    let preprocessed = attributes.references();
    let verdict = match dispatcher.check(&generated).await {
        Ok(verdict) => verdict,
        Err(error) => {
            let message = format!("performing check operation failed: {error}");
            return Err(ApiError::new(Code::Internal, message));
        }
    };
    let allowed = verdict.is_ok();
    let mut status = verdict.status;
    // What they say is in the directive.
    status.details = Vec::new();
    let precondition = check_response::PreconditionResult {
        status: Some(status),
        valid_duration: Some(duration(verdict.valid_duration)),
        valid_use_count: verdict.valid_use_count,
        referenced_attributes: Some(attributes.references().to_message(global, word_count)),
        route_directive: verdict.directive,
    };
    let mut quotas = BTreeMap::new();
    for (name, params) in request.quotas.iter().filter(|_| allowed) {
        attributes.restore(preprocessed.clone());
        let quota = QuotaRequest {
            name: name.clone(),
            amount: params.amount,
            best_effort: params.best_effort,
            deduplication_id: format!("{}{name}", request.deduplication_id),
        };
        let answer = dispatcher.quota(&generated, &quota).await;
        let answer = answer.unwrap_or_else(|error| {
            tracing::error!(quota = name, "the quota grants nothing: {error}");
            QuotaAnswer::default()
        });
        let result = check_response::QuotaResult {
            valid_duration: Some(duration(answer.valid_duration)),
            granted_amount: answer.amount,
            // Mixer tells its caller no reason.
            status: Some(Default::default()),
            referenced_attributes: Some(attributes.references().to_message(global, word_count)),
        };
        quotas.insert(name.clone(), result);
    }
    Ok(CheckResponse {
        precondition: Some(precondition),
        quotas,
    })
}

/// Answers a report: for each of its requests attributes are generated, then all is delivered at
/// once. What is wrong with one of them keeps no other from being delivered.
///
/// # Errors
/// The caller knows more global words than there are, or all that went wrong.
pub async fn report(
    request: &ReceivedReport<'_>,
    dispatcher: &impl Dispatcher,
    global: &GlobalDictionary,
) -> Result<ReportResponse, ApiError> {
    check_dictionary(request.global_word_count, global)?;
    if request.attributes.is_empty() {
        return Ok(ReportResponse {});
    }
    let mut bags = ReportBags::decode(request, global)?;
    let mut errors = Vec::new();
    let mut batches = dispatcher.report();
    while let Some(bag) = bags.next() {
        let bag = match bag {
            Ok(bag) => bag,
            Err(error) => {
                errors.push(format!(
                    "request could not be processed due to invalid attributes: {error}"
                ));
                continue;
            }
        };
        let generated = match dispatcher.preprocess(&bag).await {
            Ok(generated) => generated.on(&bag),
            Err(error) => {
                errors.push(format!("preprocessing attributes failed: {error}"));
                continue;
            }
        };
        if let Err(error) = dispatcher.buffer(&generated, &mut batches) {
            errors.extend(error.each());
        }
    }
    if let Err(error) = dispatcher.flush(batches).await {
        errors.extend(error.each());
    }
    match errors.as_slice() {
        [] => Ok(ReportResponse {}),
        errors => Err(ApiError::new(Code::Unknown, listed(errors))),
    }
}

/// Several errors as Mixer lists them.
fn listed(errors: &[String]) -> String {
    let mut list = match errors.len() {
        1 => "1 error occurred:\n".to_owned(),
        count => format!("{count} errors occurred:\n"),
    };
    for error in errors {
        list += &format!("\t* {error}\n");
    }
    list + "\n"
}

fn duration(duration: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: duration.seconds(),
        nanos: duration.nanos(),
    }
}
