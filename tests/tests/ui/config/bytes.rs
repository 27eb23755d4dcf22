// Mixer can't encode bytes.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(tag = 4)]
    key: Vec<u8>,
}

fn main() {}
