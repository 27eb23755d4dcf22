// A key that stands alone has a value.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(required = true)]
    name: String,
}

fn main() {}
