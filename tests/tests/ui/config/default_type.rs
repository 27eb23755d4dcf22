// A default has another type than the field.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(default = "80")]
    port: u32,
}

fn main() {}
