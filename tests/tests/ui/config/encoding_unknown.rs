// There is no such encoding.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params {
    #[config(encoding = "sint46")]
    size: i64,
}

fn main() {}
