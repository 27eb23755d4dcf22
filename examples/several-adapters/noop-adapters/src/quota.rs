use std::time::Duration;

use adapter_runtime::prelude::*;
use adapter_runtime::template::quota;

const VALID: Duration = Duration::from_secs(60);

/// Grants whatever is asked for, for a minute.
#[mixer_adapter(name = "noop-quota", templates = ["quota"])]
#[derive(Debug)]
pub struct NoopQuota;

impl Adapter for NoopQuota {
    type Config = NoConfig;

    async fn build(_config: NoConfig, _setup: Setup) -> Result<NoopQuota, BuildError> {
        Ok(NoopQuota)
    }
}

impl quota::Handler for NoopQuota {
    async fn handle_quota(
        &self,
        _call: &Call,
        _instance: quota::Instance,
        args: QuotaArgs,
    ) -> Result<QuotaResult, HandlerError> {
        Ok(QuotaResult::grant(args.amount, VALID))
    }
}

#[cfg(test)]
mod tests {
    use quota::Handler as _;

    use super::*;

    #[tokio::test]
    async fn everything_is_granted() {
        let call = Call::new(&Env::new("noop-quota", "test"));
        let args = QuotaArgs {
            amount: 7,
            ..QuotaArgs::default()
        };
        let result = NoopQuota.handle_quota(&call, quota::Instance::default(), args);
        let granted = result.await.expect("a grant");
        assert_eq!((granted.amount(), granted.valid_duration()), (7, VALID));
    }
}
