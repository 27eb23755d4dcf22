// A rule stands above the oneof, not above its variant.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(oneof, format = "url")]
    credentials: Option<Credentials>,
}

#[derive(AdapterConfig)]
enum Credentials {
    #[config(tag = 1)]
    Token(String),
}

fn main() {}
