// Independent mistakes are reported together.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(tag = 0)]
    address: String,
    #[config(tag = 19_500)]
    port: u32,
    #[config(name = "file-path")]
    path: String,
    #[config]
    user: String,
}

fn main() {}
