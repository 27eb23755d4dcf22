// A template is not an enum.
use adapter_runtime::mixer_template;

#[mixer_template(check, package = "access")]
pub enum Instance {
    User(String),
}

fn main() {}
