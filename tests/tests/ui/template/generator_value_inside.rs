// A message of an attribute generator holds a message that holds a value without a type.
use adapter_runtime::mixer_template;
use adapter_runtime::value::{Map, Str, Value};

#[mixer_template(attribute_generator, package = "pods")]
pub struct Instance {
    #[field(1)]
    pub pod: Option<Pod>,
}

#[mixer_template(message)]
pub struct Pod {
    #[field(1)]
    pub labels: Map<Label>,
}

#[mixer_template(message)]
pub struct Label {
    #[field(1)]
    pub value: Value,
}

#[mixer_template(output)]
pub struct Output {
    #[field(1)]
    pub owner: Option<Str>,
}

fn main() {}
