// One variant of an enum of names has data.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
enum Level {
    Off,
    Custom(String),
}

fn main() {}
