// The variety is misspelt.
pub mod access {
    #[adapter_runtime::mixer_template(rapport, package = "access")]
    pub struct Instance;
}

use adapter_runtime::{Call, HandlerError, mixer_adapter};

fn main() {}
