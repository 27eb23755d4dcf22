// A bound has another type than the field.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(max = 0.5)]
    size: i64,
}

fn main() {}
