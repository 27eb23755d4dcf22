// The configuration of an adapter doesn't derive `AdapterConfig`.
use adapter_runtime::{Adapter, BuildError, Setup};

struct Params;
struct Sink;
impl Adapter for Sink {
    type Config = Params;
    async fn build(_: Params, _: Setup) -> Result<Sink, BuildError> { Ok(Sink) }
}

fn main() {}
