// Kubernetes doesn't take the name.
use adapter_runtime::*;

#[mixer_adapter(name = "My_Sink", templates = ["metric"])]
struct Sink;

impl Adapter for Sink {
    type Config = NoConfig;
    async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> { Ok(Sink) }
}

fn main() {}
