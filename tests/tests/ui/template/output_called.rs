// An output has another name.
use adapter_runtime::mixer_template;

#[mixer_template(output)]
pub struct Answer {
    #[field(1)]
    pub value: Option<String>,
}

fn main() {}
