// An adapter is not generic.
use adapter_runtime::template::metric;
use adapter_runtime::*;

#[mixer_adapter(templates = ["metric"])]
struct Sink<T: Default>(T);

impl<T: Default + Send + Sync + 'static> Adapter for Sink<T> {
    type Config = NoConfig;
    async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> { Ok(Sink(T::default())) }
}
impl<T: Default + Send + Sync + 'static> metric::Handler for Sink<T> {
    async fn handle_metric(&self, _: &Call, _: Vec<metric::Instance>) -> Result<(), HandlerError> { Ok(()) }
}

fn main() {}
