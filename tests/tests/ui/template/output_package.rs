// The package is the template's.
use adapter_runtime::mixer_template;

#[mixer_template(attribute_generator, package = "keyval")]
pub struct Instance;

#[mixer_template(output, package = "keyval")]
pub struct Output {
    #[field(1)]
    pub value: Option<String>,
}

fn main() {}
