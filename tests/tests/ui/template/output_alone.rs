// An `Output` without an `Instance`.
use adapter_runtime::mixer_template;

#[mixer_template(output)]
pub struct Output {
    #[field(1)]
    pub value: Option<String>,
}

fn main() {}
