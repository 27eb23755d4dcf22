// A reference to a secret is misspelt.
use adapter_runtime::AdapterConfig;
use adapter_runtime::config::Secret;

#[derive(AdapterConfig)]
struct Params {
    #[config(default = "${evn:TOKEN}")]
    token: Secret,
    #[config(default = "${file:token}")]
    password: Secret,
    #[config(default = "${env:MY-KEY}")]
    key: Option<Secret>,
}

fn main() {}
