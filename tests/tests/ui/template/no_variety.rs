// The template doesn't say what it asks of an adapter.
use adapter_runtime::mixer_template;

#[mixer_template(package = "access")]
pub struct Instance;

fn main() {}
