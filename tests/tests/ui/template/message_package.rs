// Only templates have a package.
use adapter_runtime::mixer_template;

#[mixer_template(message, package = "access")]
pub struct Subject {
    #[field(1)]
    pub user: String,
}

fn main() {}
