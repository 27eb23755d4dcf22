// A configuration is not generic.
use adapter_runtime::AdapterConfig;

#[derive(AdapterConfig)]
struct Params<T> {
    content: T,
}

fn main() {
    let _ = Params::<u32>::defaults();
}
