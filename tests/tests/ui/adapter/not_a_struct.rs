// The attribute is not above the struct.
use adapter_runtime::*;

struct Sink;

#[mixer_adapter(templates = ["metric"])]
impl Adapter for Sink {
    type Config = NoConfig;
    async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> { Ok(Sink) }
}

fn main() {}
