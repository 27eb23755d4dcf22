// The path of a template leads to something else.
use adapter_runtime::*;

mod keyval {}

#[mixer_adapter(templates = [keyval])]
struct Sink;

impl Adapter for Sink {
    type Config = NoConfig;
    async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> { Ok(Sink) }
}

fn main() {}
