// A number is never empty.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(non_empty)]
    size: i64,
}

fn main() {}
