// Secrets are compared, which an error would show.
use adapter_runtime::AdapterConfig;
use adapter_runtime::config::Secret;

#[derive(AdapterConfig)]
struct Params {
    #[config(unique)]
    tokens: Vec<Secret>,
}

fn main() {}
