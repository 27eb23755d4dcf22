// A type has the name of one of Mixer's, but is another.
use adapter_runtime::mixer_template;
use adapter_runtime::value::Map;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Value;

#[mixer_template(report, package = "access")]
pub struct Instance {
    #[field(1)]
    pub values: Map<Value>,
}

fn main() {}
