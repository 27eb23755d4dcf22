// A template that answers with a verdict alone has no `Output`.
use adapter_runtime::mixer_template;

#[mixer_template(check, package = "keyval")]
pub struct Instance {
    #[field(1)]
    pub key: String,
}

#[mixer_template(output)]
pub struct Output {
    #[field(1)]
    pub value: Option<String>,
}

fn main() {}
