// Two templates have the same resource name.
use adapter_runtime::template::{metric, quota};
use adapter_runtime::*;

#[mixer_adapter(templates = ["metric", "quota" as "metric"])]
struct Sink;

impl Adapter for Sink {
    type Config = NoConfig;
    async fn build(_: NoConfig, _: Setup) -> Result<Sink, BuildError> { Ok(Sink) }
}
impl metric::Handler for Sink {
    async fn handle_metric(&self, _: &Call, _: Vec<metric::Instance>) -> Result<(), HandlerError> { Ok(()) }
}
impl quota::Handler for Sink {
    async fn handle_quota(&self, _: &Call, _: quota::Instance, _: QuotaArgs) -> Result<QuotaResult, HandlerError> { todo!() }
}
fn main() {}
