// A variant of a oneof holds nothing.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
enum Credentials {
    #[config(tag = 1)]
    Token(String),
    #[config(tag = 2)]
    Anonymous,
}

fn main() {}
