// The fields of a template have names.
use adapter_runtime::mixer_template;

#[mixer_template(check, package = "access")]
pub struct Instance(#[field(1)] String);

fn main() {}
