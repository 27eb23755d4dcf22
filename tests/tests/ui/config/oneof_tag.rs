// A variant of a oneof has the tag of another field.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(oneof)]
    credentials: Option<Credentials>,
    #[config(tag = 2)]
    source: String,
}

#[derive(AdapterConfig)]
enum Credentials {
    #[config(tag = 1)]
    Token(String),
    #[config(tag = 2)]
    Proxy(String),
}

fn main() {}
