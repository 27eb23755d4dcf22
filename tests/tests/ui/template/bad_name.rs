// The name is given, and Mixer takes only letters.
use adapter_runtime::mixer_template;

#[mixer_template(check, package = "foo.listChecker", name = "bad123")]
pub struct Instance;

fn main() {}
