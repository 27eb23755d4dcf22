use adapter_runtime::prelude::*;
use adapter_runtime::template::metric::{Handler, Instance};

/// Prints every metric.
#[mixer_adapter(templates = ["metric"])]
struct Printer;

impl Adapter for Printer {
    type Config = NoConfig;
    async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> { Ok(Printer) }
}

impl Handler for Printer {
    async fn handle_metric(&self, _: &Call, metrics: Vec<Instance>) -> Result<(), HandlerError> {
        metrics.iter().for_each(|metric| println!("{} = {}", metric.name, metric.value));
        Ok(())
    }
}

fn main() -> std::process::ExitCode { adapter_runtime::main() }
