// The expansions need nothing in scope, and no unsafe code of the author's crate.
#![no_implicit_prelude]
#![forbid(unsafe_code, unused, unused_qualifications)]
use ::adapter_runtime as sdk;
use ::std::{result::Result, vec::Vec};

#[derive(sdk::AdapterConfig)]
struct Params { #[config(default = "5s")] _timeout: ::std::option::Option<::std::time::Duration> }

#[sdk::mixer_adapter(templates = ["metric"])]
struct Sink;

impl sdk::Adapter for Sink {
    type Config = Params;
    async fn build(_: Params, _: sdk::Setup) -> Result<Sink, sdk::BuildError> { Result::Ok(Sink) }
}
impl sdk::template::metric::Handler for Sink {
    async fn handle_metric(&self, _: &sdk::Call, _: Vec<sdk::template::metric::Instance>) -> Result<(), sdk::HandlerError> { Result::Ok(()) }
}
fn main() {}
