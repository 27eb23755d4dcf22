// The message that is in a map lacks its attribute.
use adapter_runtime::mixer_template;
use adapter_runtime::value::Map;

#[mixer_template(check, package = "access")]
pub struct Instance {
    #[field(1)]
    pub subjects: Map<Subject>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subject {
    pub user: String,
}

fn main() {}
