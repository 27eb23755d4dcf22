// The first value of an enum is not 0.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
enum Level {
    #[config(tag = 1)]
    Info,
    Debug,
}

fn main() {}
