// A template is not generic.
use adapter_runtime::mixer_template;

#[mixer_template(check, package = "access")]
pub struct Instance<T> {
    #[field(1)]
    pub user: T,
}

fn main() {}
