// A variant of a oneof has the name of another field.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(oneof)]
    credentials: Option<Credentials>,
    #[config(tag = 2)]
    token: String,
}

#[derive(AdapterConfig)]
enum Credentials {
    #[config(tag = 1)]
    Token(String),
}

fn main() {}
