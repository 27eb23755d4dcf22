// A builder has something to validate.
use adapter_runtime::template::metric;
use adapter_runtime::*;

#[mixer_adapter(templates = ["metric"])]
struct Sink;
impl Adapter for Sink {
    type Config = NoConfig;
    async fn build(_: NoConfig, _: Setup) -> Result<Sink, BuildError> { Ok(Sink) }
}
impl metric::Handler for Sink {
    async fn handle_metric(&self, _: &Call, _: Vec<metric::Instance>) -> Result<(), HandlerError> { Ok(()) }
}

fn main() {
    let _ = Builder::<Sink>::new().validate();
}
