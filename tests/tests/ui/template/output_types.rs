// Types that a field of an output can't have.
use adapter_runtime::mixer_template;
use adapter_runtime::value::{Map, Value};

#[mixer_template(check_with_output, package = "keyval")]
pub struct Instance;

#[mixer_template(output)]
pub struct Output {
    #[field(1)] pub a: String,
    #[field(2)] pub b: Option<Value>,
    #[field(3)] pub c: Option<Subject>,
    #[field(4)] pub d: Option<Map<i64>>,
    #[field(5)] pub e: Option<Vec<String>>,
    #[field(6)] pub f: Option<u64>,
    #[field(7)] pub g: Map<String>,
    #[field(8)] pub name: Option<String>,
}

fn main() {}
