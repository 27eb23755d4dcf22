// A builder takes types before the configuration.
use adapter_runtime::template::metric::{self, SetTypes};
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
    let types = [("requests.instance.default".to_owned(), metric::Type::default())];
    let builder = Builder::<Sink>::new().set_metric_types(types.clone());
    let _ = builder.configure(NoConfig).set_metric_types(types);
}
