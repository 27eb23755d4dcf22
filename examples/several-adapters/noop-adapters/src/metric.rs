use adapter_runtime::prelude::*;
use adapter_runtime::template::metric;

/// Takes every metric and forgets it.
#[mixer_adapter(name = "noop-metric", templates = ["metric"])]
#[derive(Debug)]
pub struct NoopMetric;

impl Adapter for NoopMetric {
    type Config = NoConfig;

    async fn build(_config: NoConfig, _setup: Setup) -> Result<NoopMetric, BuildError> {
        Ok(NoopMetric)
    }
}

impl metric::Handler for NoopMetric {
    async fn handle_metric(
        &self,
        _call: &Call,
        _instances: Vec<metric::Instance>,
    ) -> Result<(), HandlerError> {
        Ok(())
    }
}
