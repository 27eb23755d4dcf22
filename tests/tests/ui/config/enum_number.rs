// Two values of an enum have the same number.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
enum Level {
    Off,
    Info = 2,
    Warn = 1,
    Debug,
}

fn main() {}
