// A key is misspelt.
use adapter_runtime::*;

#[mixer_adapter(templates = ["metric"], desciption = "Keeps metrics.")]
struct Sink;

impl Adapter for Sink {
    type Config = NoConfig;
    async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> { Ok(Sink) }
}

fn main() {}
