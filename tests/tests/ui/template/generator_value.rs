// The fields of an attribute generator have types.
use adapter_runtime::mixer_template;
use adapter_runtime::value::{Map, Str, Value};

#[mixer_template(attribute_generator, package = "pods")]
pub struct Instance {
    #[field(1)]
    pub pod: Value,
    #[field(2)]
    pub labels: Map<Value>,
}

#[mixer_template(output)]
pub struct Output {
    #[field(1)]
    pub owner: Option<Str>,
}

fn main() {}
