// A number has the format of a text.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(format = "host:port")]
    port: u32,
}

fn main() {}
