// The variety answers with an `Output`, and there is none.
use adapter_runtime::mixer_template;

#[mixer_template(check_with_output, package = "keyval")]
pub struct Instance {
    #[field(1)]
    pub key: String,
}

fn main() {}
