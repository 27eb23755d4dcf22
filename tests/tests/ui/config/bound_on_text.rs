// A text has a bound.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(min = 1)]
    name: String,
}

fn main() {}
