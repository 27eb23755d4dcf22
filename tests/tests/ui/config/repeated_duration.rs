// Mixer can't encode a list of durations.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    retries: Vec<std::time::Duration>,
}

fn main() {}
