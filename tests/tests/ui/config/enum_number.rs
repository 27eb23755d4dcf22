// Two values of an enum have the same number.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
enum Level {
    Off,
    #[config(tag = 2)]
    Info,
    #[config(tag = 1)]
    Warn,
    Debug,
}

fn main() {}
