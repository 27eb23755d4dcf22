// Structs may be within a function, and made by a macro.
#![deny(warnings)]
use adapter_runtime::{Adapter, AdapterConfig, BuildError, Call, HandlerError, Setup, mixer_adapter, template::metric};

macro_rules! sink { ($name:ident, $file:expr, $text:ty) => {
    #[derive(AdapterConfig)]
    struct Params { #[config(default = $file)] file: $text }
    #[mixer_adapter(templates = ["metric"])]
    struct $name(String);
    impl Adapter for $name {
        type Config = Params;
        async fn build(params: Params, _: Setup) -> Result<Self, BuildError> { Ok($name(params.file)) }
    }
    impl metric::Handler for $name {
        async fn handle_metric(&self, _: &Call, _: Vec<metric::Instance>) -> Result<(), HandlerError> {
            Err(HandlerError::new(adapter_runtime::Code::Internal, self.0.as_str()))
        }
    }
} }
fn main() { sink!(Sink, "/tmp/sink", String); let _ = Sink(String::new()); }
