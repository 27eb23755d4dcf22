// The path of a template leads nowhere.
use adapter_runtime::*;

mod templates {}

#[mixer_adapter(templates = [crate::templates::keyval])]
struct Sink;

impl Adapter for Sink {
    type Config = NoConfig;
    async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> { Ok(Sink) }
}

fn main() {}
