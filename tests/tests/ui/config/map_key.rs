// Mixer can't encode such keys.
use adapter_runtime::AdapterConfig;
use std::collections::BTreeMap;

#[derive(AdapterConfig)]
struct Params {
    sizes: BTreeMap<bool, i64>,
}

fn main() {}
