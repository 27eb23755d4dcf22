// A field has a type that a configuration can't have.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    directory: std::path::PathBuf,
    _name: String,
}

fn main() {}
