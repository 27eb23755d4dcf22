// The runtime under another name.
mod sdk { pub use adapter_runtime::*; }
mod adapter_runtime_is_not_named {
    mod own {
        #[crate::sdk::mixer_template(report, package = "own", crate = crate::sdk)]
        pub struct Instance { #[field(1)] pub value: crate::sdk::value::Value }
    }
    use crate::sdk;
    #[derive(sdk::AdapterConfig)]
    #[config(crate = crate::sdk)]
    pub struct Params { _size: i64 }
    #[sdk::mixer_adapter(templates = [own], crate = crate::sdk)]
    pub struct Sink;
    impl sdk::Adapter for Sink {
        type Config = Params;
        async fn build(_: Params, _: sdk::Setup) -> Result<Sink, sdk::BuildError> { Ok(Sink) }
    }
    impl own::Handler for Sink { async fn handle_own(&self, _: &sdk::Call, _: Vec<own::Instance>) -> Result<(), sdk::HandlerError> { Ok(()) } }
}
fn main() {}
