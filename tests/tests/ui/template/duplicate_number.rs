// Two fields have the same number.
use adapter_runtime::mixer_template;

#[mixer_template(check, package = "access")]
pub struct Instance {
    #[field(1)]
    pub user: String,
    #[field(1)]
    pub group: String,
}

fn main() {}
