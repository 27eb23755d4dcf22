// Independent mistakes are reported together.
use adapter_runtime::*;

#[mixer_adapter(
    templates = ["metrics", 5, crate::keyval::Template],
    name = sink,
    package = "a..b",
    idle_close = "sometimes",
    name = "sink",
    impl,
)]
struct Sink;

impl Adapter for Sink {
    type Config = NoConfig;
    async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> { Ok(Sink) }
}

fn main() {}
