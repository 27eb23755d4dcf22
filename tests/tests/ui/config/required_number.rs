// A number that must be written is not in an `Option`.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(required)]
    port: u32,
}

fn main() {}
