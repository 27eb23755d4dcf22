// The variety is misspelt.
pub mod access {
    #[adapter_runtime::mixer_template(rapport, package = "access")]
    pub struct Instance;
}
use adapter_runtime::{Adapter, BuildError, Call, HandlerError, NoConfig, Setup, mixer_adapter};

#[mixer_adapter(templates = [access])]
struct Sink;
impl Adapter for Sink {
    type Config = NoConfig;
    async fn build(_: NoConfig, _: Setup) -> Result<Sink, BuildError> { Ok(Sink) }
}
impl access::Handler for Sink {
    async fn handle_access(&self, _: &Call, _: Vec<access::Instance>) -> Result<(), HandlerError> { Ok(()) }
}

fn main() {}
