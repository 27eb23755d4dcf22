// A default is not a duration.
use adapter_runtime::AdapterConfig;
use std::time::Duration;

#[derive(AdapterConfig)]
struct Params {
    #[config(default = "30 seconds")]
    timeout: Duration,
}

fn main() {}
