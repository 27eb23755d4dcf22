// A key is misspelt.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(defualt = 8080)]
    port: u32,
}

fn main() {}
