// A message lacks its attribute.
use adapter_runtime::mixer_template;

#[mixer_template(check, package = "access")]
pub struct Instance {
    #[field(1)]
    pub subject: Option<Subject>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subject {
    pub user: String,
}

fn main() {}
