//! `Report`: what happened, in any number of bags.

use std::time::Instant;

use super::backend::{Backend, Batch, Failure, Steps};
use super::{Api, ApiError};
use crate::attribute::ReportBags;
use crate::proto::ReceivedReport;
use adapter_runtime::Code;

impl<B: Backend> Api<B> {
    /// Takes a report. What is wrong with a bag or an adapter keeps the others from nothing.
    ///
    /// # Errors
    /// Everything that went wrong, or the request is not one.
    pub async fn report(
        &self,
        request: &ReceivedReport<'_>,
        deadline: Option<Instant>,
    ) -> Result<(), ApiError> {
        self.admit(request.attributes.len() as f64)?;
        self.dictionary
            .agree(request.global_word_count)
            .map_err(|error| ApiError::internal(error.to_string()))?;
        if request.attributes.is_empty() {
            return Ok(());
        }
        let bags = ReportBags::decode(request, self.dictionary);
        let mut bags = bags.map_err(ApiError::malformed)?;
        let steps = self.backend.begin(deadline);
        let steps = steps.map_err(|error| unknown(error.into_all()))?;
        let mut errors = Vec::new();
        let mut report = steps.report();
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
            let generated = match steps.preprocess(&bag).await {
                Ok(generated) => generated.on(&bag),
                Err(error) => {
                    errors.push(format!("preprocessing attributes failed: {error}"));
                    continue;
                }
            };
            if let Err(error) = report.add(&generated) {
                errors.extend(error.into_all());
            }
        }
        if let Err(error) = report.flush().await {
            errors.extend(error.into_all());
        }
        match errors.is_empty() {
            true => Ok(()),
            false => Err(unknown(errors)),
        }
    }
}

fn unknown(errors: Vec<String>) -> ApiError {
    ApiError {
        code: Code::Unknown,
        message: Failure::Several(errors).to_string(),
    }
}
