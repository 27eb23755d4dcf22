// A field has a type that Mixer doesn't have.
pub mod access {
    #[adapter_runtime::mixer_template(check, package = "access")]
    pub struct Instance { #[field(1)] pub port: u16 }
}
use adapter_runtime::*;

#[mixer_adapter(templates = [access])]
struct Sink;
impl Adapter for Sink {
    type Config = NoConfig;
    async fn build(_: NoConfig, _: Setup) -> Result<Sink, BuildError> { Ok(Sink) }
}
impl access::Handler for Sink {
    async fn handle_access(&self, _: &Call, instance: access::Instance) -> Result<CheckResult, HandlerError> {
        assert_eq!(instance.clone().port, 80_u16);
        Ok(CheckResult::allow())
    }
}
fn main() {}
