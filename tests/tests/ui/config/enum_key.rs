// A rule stands above a variant without data.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
enum Level {
    Off,
    #[config(default)]
    On,
}

fn main() {}
