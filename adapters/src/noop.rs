//! Allows everything, grants everything, takes every report, knows nothing: Mixer's `noop`.
//!
//! It shows what Mixer and the way to an adapter cost without the adapter's own work, and which
//! requests a rule sends: with the log level `debug` it logs the name of each instance.
//!
//! | template | its answer |
//! |---|---|
//! | `apikey`, `authorization`, `checknothing`, `listentry` | allowed; good for 10⁹ seconds and 10⁹ uses |
//! | `quota` | all that was asked for, for 10⁹ seconds |
//! | `edge`, `logentry`, `metric`, `reportnothing`, `tracespan` | taken |
//! | `kubernetes` | no attributes |
//!
//! Mixer's own handles six of these templates.
//!
//! # Params
//! There are none.
//!
//! # An operator's configuration
//! ```yaml
#![doc = include_str!("../yaml/noop.yaml")]
//! ```

use std::time::Duration;

use adapter_runtime::prelude::*;
use adapter_runtime::template::{
    apikey, authorization, checknothing, edge, kubernetes, listentry, logentry, metric, quota,
    reportnothing, tracespan,
};

/// For practical purposes for ever: Mixer's number.
const VALID: Duration = Duration::from_secs(1_000_000_000);
const USES: u32 = 1_000_000_000;

/// Does nothing: allows every request, grants every quota, takes every report.
#[mixer_adapter(
    package = "adapter.noop.config",
    templates = [
        "apikey",
        "authorization",
        "checknothing",
        "edge",
        "kubernetes",
        "listentry",
        "logentry",
        "metric",
        "quota",
        "reportnothing",
        "tracespan",
    ]
)]
#[derive(Debug)]
pub struct Noop;

impl Adapter for Noop {
    type Config = NoConfig;

    async fn build(_: NoConfig, _: Setup) -> Result<Noop, BuildError> {
        Ok(Noop)
    }
}

macro_rules! allows {
    ($($template:ident: $handle:ident),+ $(,)?) => {$(
        impl $template::Handler for Noop {
            async fn $handle(
                &self,
                _: &Call,
                instance: $template::Instance,
            ) -> Result<CheckResult, HandlerError> {
                tracing::debug!(instance = %instance.name, "checked");
                let (duration, uses) = (VALID, USES);
                Ok(CheckResult::allow().cache(Cache::For { duration, uses }))
            }
        }
    )+};
}

macro_rules! takes {
    ($($template:ident: $handle:ident),+ $(,)?) => {$(
        impl $template::Handler for Noop {
            async fn $handle(
                &self,
                _: &Call,
                instances: Vec<$template::Instance>,
            ) -> Result<(), HandlerError> {
                for instance in &instances {
                    tracing::debug!(instance = %instance.name, "reported");
                }
                Ok(())
            }
        }
    )+};
}

allows! {
    apikey: handle_api_key,
    authorization: handle_authorization,
    checknothing: handle_check_nothing,
    listentry: handle_list_entry,
}

takes! {
    edge: handle_edge,
    logentry: handle_log_entry,
    metric: handle_metric,
    reportnothing: handle_report_nothing,
    tracespan: handle_trace_span,
}

impl quota::Handler for Noop {
    async fn handle_quota(
        &self,
        _: &Call,
        instance: quota::Instance,
        args: QuotaArgs,
    ) -> Result<QuotaResult, HandlerError> {
        tracing::debug!(instance = %instance.name, amount = args.amount, "granted");
        Ok(QuotaResult::grant(args.amount, VALID))
    }
}

impl kubernetes::Handler for Noop {
    async fn generate_kubernetes_attributes(
        &self,
        _: &Call,
        instance: kubernetes::Instance,
    ) -> Result<kubernetes::Output, HandlerError> {
        tracing::debug!(instance = %instance.name, "generated nothing");
        Ok(kubernetes::Output::default())
    }
}
