// A field without a tag gets one that is taken.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(tag = 2)]
    address: String,
    #[config(tag = 1)]
    port: u32,
    path: String,
}

fn main() {}
