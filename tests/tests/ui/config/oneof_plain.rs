// A oneof is not in an `Option`.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(oneof)]
    credentials: Credentials,
}

#[derive(AdapterConfig)]
enum Credentials {
    #[config(tag = 1)]
    Token(String),
}

fn main() {}
