// Mixer can't encode a map of durations.
use adapter_runtime::AdapterConfig;
use std::collections::BTreeMap;

#[derive(AdapterConfig)]
struct Params {
    timeouts: BTreeMap<String, std::time::Duration>,
}

fn main() {}
