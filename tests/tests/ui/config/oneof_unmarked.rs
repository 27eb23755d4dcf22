// A field that holds a oneof is not marked.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    credentials: Option<Credentials>,
}

#[derive(AdapterConfig)]
enum Credentials {
    #[config(tag = 1)]
    Token(String),
}

fn main() {}
