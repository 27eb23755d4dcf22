// A message is not in an `Option`.
use adapter_runtime::mixer_template;

#[mixer_template(check, package = "access")]
pub struct Instance {
    #[field(1)]
    pub subject: Subject,
}

#[mixer_template(message)]
pub struct Subject {
    #[field(1)]
    pub user: String,
}

fn main() {}
