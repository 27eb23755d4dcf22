// A secret is in the source.
use adapter_runtime::AdapterConfig;
use adapter_runtime::config::Secret;

#[derive(AdapterConfig)]
struct Params {
    #[config(default = "hunter2")]
    password: Secret,
}

fn main() {}
