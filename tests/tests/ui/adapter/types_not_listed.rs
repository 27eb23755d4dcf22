// A builder takes types of the templates that the adapter lists.
use adapter_runtime::template::metric;
use adapter_runtime::template::quota::{self, SetTypes};
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
    let types = [("calls.instance.default".to_owned(), quota::Type::default())];
    let _ = Builder::<Sink>::new().set_quota_types(types);
}
