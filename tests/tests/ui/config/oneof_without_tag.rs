// A variant of a oneof has no tag.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
enum Credentials {
    #[config(tag = 1)]
    Token(String),
    Proxy(String),
}

fn main() {}
