// The name of a built-in template is misspelt.
use adapter_runtime::template::metric;
use adapter_runtime::{
    Adapter, BuildError, Call, HandlerError, NoConfig, Setup, mixer_adapter,
};

#[mixer_adapter(templates = ["metrc"])]
struct Sink;

impl Adapter for Sink {
    type Config = NoConfig;
    async fn build(_: NoConfig, _: Setup) -> Result<Sink, BuildError> { Ok(Sink) }
}

impl metric::Handler for Sink {
    async fn handle_metric(&self, _: &Call, _: Vec<metric::Instance>) -> Result<(), HandlerError> { Ok(()) }
}

fn main() {}
