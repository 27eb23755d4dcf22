// A field that must be written has a default.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(required, default = "localhost")]
    host: String,
}

fn main() {}
