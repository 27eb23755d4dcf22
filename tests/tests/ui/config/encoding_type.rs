// An encoding is for another type.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(encoding = "sint32")]
    sizes: Vec<i64>,
}

fn main() {}
