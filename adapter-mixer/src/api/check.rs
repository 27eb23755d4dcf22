//! `Check`: a verdict, and the quotas that the caller asks for.

use std::collections::BTreeMap;
use std::time::Instant;

use adapter_runtime::proto::rpc::Status;
use adapter_runtime::value::Duration;

use super::backend::{Backend, Steps};
use super::{Api, ApiError};
use crate::attribute::{Tracked, WireBag};
use crate::proto::ReceivedCheck;
use crate::proto::mixer::CheckResponse;
use crate::proto::mixer::check_response::{PreconditionResult, QuotaResult};
use crate::runtime::{QuotaRequest, Verdict};

impl<B: Backend> Api<B> {
    /// Answers a check.
    ///
    /// # Errors
    /// There is no verdict, or the request is not one.
    pub async fn check(
        &self,
        request: &ReceivedCheck<'_>,
        deadline: Option<Instant>,
    ) -> Result<CheckResponse, ApiError> {
        self.admit(1.0)?;
        let known = request.global_word_count;
        self.dictionary
            .agree(known)
            .map_err(|error| ApiError::internal(error.to_string()))?;
        let attributes = WireBag::decode(&request.attributes, self.dictionary);
        let attributes = Tracked::new(attributes.map_err(ApiError::malformed)?);
        let failed = |what: &str, error: &dyn std::fmt::Display| {
            ApiError::internal(format!("{what} failed: {error}"))
        };
        let steps = self.backend.begin(deadline);
        let steps = steps.map_err(|error| failed("performing check operation", &error))?;
        let generated = steps.preprocess(&attributes).await;
        let generated = generated.map_err(|error| failed("preprocessing attributes", &error))?;
        let generated = generated.on(&attributes);
        let read = attributes.references();
        let verdict = steps.check(&generated).await;
        let verdict = verdict.map_err(|error| failed("performing check operation", &error))?;
        let is_ok = verdict.is_ok();
        let precondition = PreconditionResult {
            referenced_attributes: Some(attributes.references().to_message(self.dictionary, known)),
            ..precondition(verdict)
        };
        let mut quotas = BTreeMap::new();
        // Who is denied uses nothing up.
        let asked = request.quotas.iter().filter(|_| is_ok);
        for (name, params) in asked {
            attributes.restore(read.clone());
            let request = QuotaRequest {
                name: name.clone(),
                amount: params.amount,
                best_effort: params.best_effort,
                deduplication_id: format!("{}{name}", request.deduplication_id),
            };
            let granted = steps.quota(&generated, &request).await;
            let granted = granted.unwrap_or_else(|error| {
                tracing::warn!(quota = name, "nothing is granted: {error}");
                Default::default()
            });
            let result = QuotaResult {
                valid_duration: Some(duration(granted.valid_duration)),
                granted_amount: granted.amount,
                referenced_attributes: Some(
                    attributes.references().to_message(self.dictionary, known),
                ),
                // The adapter's own stays here.
                status: Some(Status::default()),
            };
            quotas.insert(name.clone(), result);
        }
        Ok(CheckResponse {
            precondition: Some(precondition),
            quotas,
        })
    }
}

/// What the caller gets of a verdict. Details of the status have become the directive.
fn precondition(verdict: Verdict) -> PreconditionResult {
    PreconditionResult {
        status: Some(Status {
            details: Vec::new(),
            ..verdict.status
        }),
        valid_duration: Some(duration(verdict.valid_duration)),
        valid_use_count: verdict.valid_use_count,
        route_directive: verdict.directive,
        referenced_attributes: None,
    }
}

fn duration(duration: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: duration.seconds(),
        nanos: duration.nanos(),
    }
}
