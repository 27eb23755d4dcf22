// The configuration of an adapter is an enum.
use adapter_runtime::{Adapter, AdapterConfig, BuildError, Setup};

#[derive(AdapterConfig)]
enum Params {
    #[config(tag = 1)]
    Some(u32),
}

struct Sink;
impl Adapter for Sink {
    type Config = Params;
    async fn build(_: Params, _: Setup) -> Result<Sink, BuildError> { Ok(Sink) }
}

fn main() {}
