use adapter_runtime::prelude::*;
use adapter_runtime::template::listentry;

/// Allows every request.
#[mixer_adapter(name = "noop-list", templates = ["listentry"])]
#[derive(Debug)]
pub struct NoopList;

impl Adapter for NoopList {
    type Config = NoConfig;

    async fn build(_config: NoConfig, _setup: Setup) -> Result<NoopList, BuildError> {
        Ok(NoopList)
    }
}

impl listentry::Handler for NoopList {
    async fn handle_list_entry(
        &self,
        _call: &Call,
        _instance: listentry::Instance,
    ) -> Result<CheckResult, HandlerError> {
        Ok(CheckResult::allow())
    }
}
