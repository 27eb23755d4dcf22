//! An adapter that is asked, told and counts.

use std::time::Duration;

use adapter_runtime::prelude::*;
use adapter_runtime::template::{kubernetes, listentry, metric, quota};

/// Denies a word.
#[mixer_adapter(templates = ["listentry", "metric", "quota", "kubernetes"])]
pub(crate) struct Guard(Params);

/// What is denied.
#[derive(AdapterConfig)]
pub(crate) struct Params {
    /// The word; `crash` and `fail` do so.
    #[config(tag = 1, required)]
    pub(crate) word: String,
}

impl Adapter for Guard {
    type Config = Params;

    async fn build(params: Params, _: Setup) -> Result<Guard, BuildError> {
        if params.word == "unbuildable" {
            return Err(BuildError::new(
                Code::Unavailable,
                "no connection to the backend",
            ));
        }
        Ok(Guard(params))
    }
}

impl listentry::Handler for Guard {
    async fn handle_list_entry(
        &self,
        _: &Call,
        instance: listentry::Instance,
    ) -> Result<CheckResult, HandlerError> {
        match instance.value.as_str() {
            Some("crash") => panic!("index out of bounds"),
            Some("fail") => Err(HandlerError::new(Code::Unavailable, "the backend is away")),
            Some(word) if word == self.0.word => {
                Ok(CheckResult::deny(Code::PermissionDenied, "not this word"))
            }
            _ => Ok(CheckResult::allow()),
        }
    }
}

impl metric::Handler for Guard {
    async fn handle_metric(&self, _: &Call, _: Vec<metric::Instance>) -> Result<(), HandlerError> {
        Ok(())
    }
}

impl quota::Handler for Guard {
    async fn handle_quota(
        &self,
        _: &Call,
        _: quota::Instance,
        _: QuotaArgs,
    ) -> Result<QuotaResult, HandlerError> {
        Ok(QuotaResult::grant(0, Duration::from_secs(1)))
    }
}

impl kubernetes::Handler for Guard {
    async fn generate_kubernetes_attributes(
        &self,
        _: &Call,
        _: kubernetes::Instance,
    ) -> Result<kubernetes::Output, HandlerError> {
        Ok(kubernetes::Output::default())
    }
}
