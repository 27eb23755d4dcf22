// The struct of a template is not called `Instance`.
use adapter_runtime::mixer_template;

#[mixer_template(check, package = "access")]
pub struct Access {
    #[field(1)]
    pub user: String,
}

fn main() {}
