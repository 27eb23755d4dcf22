// There is no such format.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(format = "uri")]
    address: String,
}

fn main() {}
