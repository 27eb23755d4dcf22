// A message is not an enum.
use adapter_runtime::mixer_template;

#[mixer_template(check, package = "access")]
pub struct Instance {
    #[field(1)]
    pub kind: Option<Kind>,
}

#[mixer_template(message)]
pub enum Kind {
    User,
    Service,
}

fn main() {}
