// The package is missing.
use adapter_runtime::mixer_template;

#[mixer_template(report)]
pub struct Instance;

fn main() {}
