// There are two policies.
use adapter_runtime::*;

#[mixer_adapter(templates = ["metric"], fail_policy = "ignore")]
struct Sink;

impl Adapter for Sink {
    type Config = NoConfig;
    async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> { Ok(Sink) }
}

fn main() {}
