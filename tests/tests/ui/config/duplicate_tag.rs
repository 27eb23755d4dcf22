// Two fields have the same tag.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(tag = 2)]
    address: String,
    port: u32,
    #[config(tag = 2)]
    path: String,
}

fn main() {}
