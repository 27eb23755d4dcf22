// A struct is marked as a oneof.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(oneof)]
    credentials: Option<Credentials>,
}

#[derive(AdapterConfig)]
struct Credentials {
    token: String,
}

fn main() {}
