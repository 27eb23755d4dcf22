// The list of templates is empty.
use adapter_runtime::{Adapter, BuildError, NoConfig, Setup, mixer_adapter};

#[mixer_adapter(templates = [])]
struct Sink;

impl Adapter for Sink {
    type Config = NoConfig;
    async fn build(_: NoConfig, _: Setup) -> Result<Sink, BuildError> { Ok(Sink) }
}

fn main() {}
