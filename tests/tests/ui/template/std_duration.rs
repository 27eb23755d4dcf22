// A type has the name of one of Mixer's, but is another.
use adapter_runtime::mixer_template;
use std::time::Duration;

#[mixer_template(report, package = "access")]
pub struct Instance {
    #[field(1)]
    pub took: Duration,
}

fn main() {}
