//! An adapter that does nothing, or computes for a while.

use std::time::Duration;

use adapter_runtime::prelude::*;
use adapter_runtime::template::{listentry, metric, quota};

use super::work;

#[derive(AdapterConfig)]
pub(super) struct Params {
    pub heavy: bool,
}

/// Allows everything.
#[mixer_adapter(package = "bench.allow", templates = ["listentry", "metric", "quota"])]
pub(super) struct Allow(Params);

impl Adapter for Allow {
    type Config = Params;

    async fn build(params: Params, _: Setup) -> Result<Allow, BuildError> {
        Ok(Allow(params))
    }
}

impl listentry::Handler for Allow {
    async fn handle_list_entry(
        &self,
        _: &Call,
        _: listentry::Instance,
    ) -> Result<CheckResult, HandlerError> {
        if self.0.heavy {
            work();
        }
        Ok(CheckResult::allow())
    }
}

impl metric::Handler for Allow {
    async fn handle_metric(
        &self,
        _: &Call,
        instances: Vec<metric::Instance>,
    ) -> Result<(), HandlerError> {
        std::hint::black_box(instances);
        Ok(())
    }
}

impl quota::Handler for Allow {
    async fn handle_quota(
        &self,
        _: &Call,
        _: quota::Instance,
        args: QuotaArgs,
    ) -> Result<QuotaResult, HandlerError> {
        Ok(QuotaResult::grant(args.amount, Duration::from_secs(1)))
    }
}
