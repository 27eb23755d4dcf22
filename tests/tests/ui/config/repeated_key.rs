// A key is given in two attributes.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(tag = 3)]
    #[config(tag = 4, default = 8080)]
    port: u32,
}

fn main() {}
