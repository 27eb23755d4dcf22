// A builder takes types before the configuration.
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
    let builder = Builder::<Sink>::new().configure(NoConfig).validate().expect("valid");
    let _ = builder.set_types::<metric::Template>([]);
}
