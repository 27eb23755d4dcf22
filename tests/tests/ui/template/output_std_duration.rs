// The standard library's duration has the right name, and can't be sent.
use adapter_runtime::mixer_template;
use std::time::Duration;

#[mixer_template(attribute_generator, package = "times")]
pub struct Instance;

#[mixer_template(output)]
pub struct Output {
    #[field(1)]
    pub took: Option<Duration>,
}

fn main() {}
