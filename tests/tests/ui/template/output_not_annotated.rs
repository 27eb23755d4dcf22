// The `Output` lacks its attribute.
use adapter_runtime::mixer_template;

#[mixer_template(attribute_generator, package = "keyval")]
pub struct Instance {
    #[field(1)]
    pub key: String,
}

pub struct Output {
    pub value: Option<String>,
}

fn main() {}
