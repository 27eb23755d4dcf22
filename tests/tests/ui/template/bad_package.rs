// The template's name derives from the package, and Mixer takes only letters.
use adapter_runtime::mixer_template;

#[mixer_template(check, package = "company.list_entry2")]
pub struct Instance;

fn main() {}
