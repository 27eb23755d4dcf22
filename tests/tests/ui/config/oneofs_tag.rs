// Two oneofs of a struct share a tag.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(oneof)]
    one: Option<Choice>,
    #[config(oneof)]
    two: Option<Choice>,
}

#[derive(AdapterConfig)]
enum Choice {
    #[config(tag = 1)]
    Token(String),
}

fn main() {}
