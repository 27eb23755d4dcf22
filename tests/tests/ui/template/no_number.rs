// A field has no number.
use adapter_runtime::mixer_template;

#[mixer_template(check, package = "access")]
pub struct Instance {
    #[field(1)]
    pub user: String,
    pub group: String,
}

fn main() {}
