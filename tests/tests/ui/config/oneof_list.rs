// A variant of a oneof holds a list.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
enum Credentials {
    #[config(tag = 1)]
    Tokens(Vec<String>),
}

fn main() {}
