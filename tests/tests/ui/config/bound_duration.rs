// The bound of a duration is none.
use adapter_runtime::AdapterConfig;
use std::time::Duration;

#[derive(AdapterConfig)]
struct Params {
    #[config(min = "1 s")]
    timeout: Option<Duration>,
}

fn main() {}
