// `impl Adapter` is missing.
use adapter_runtime::template::metric;
use adapter_runtime::{Call, HandlerError, mixer_adapter};

#[mixer_adapter(templates = ["metric"])]
struct Sink;

impl metric::Handler for Sink {
    async fn handle_metric(&self, _: &Call, _: Vec<metric::Instance>) -> Result<(), HandlerError> { Ok(()) }
}

fn main() {}
