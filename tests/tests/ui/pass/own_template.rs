// A template of the author's own, with messages, listed by its path and renamed.
mod keyval {
    use adapter_runtime::{mixer_template, value::{Map, Value}};
    #[mixer_template(check, package = "my.company.keyVal")]
    pub struct Instance { #[field(1)] pub key: Option<Key>, #[field(2)] pub others: Map<Key> }
    #[mixer_template(message)]
    pub struct Key { #[field(4)] pub value: Value, #[field(5)] pub size: i64 }
}
use adapter_runtime::{Adapter, BuildError, Call, CheckResult, HandlerError, NoConfig, Setup, mixer_adapter};

#[mixer_adapter(templates = [self::keyval as "my-keyval"])]
struct Known;
impl Adapter for Known {
    type Config = NoConfig;
    async fn build(_: NoConfig, _: Setup) -> Result<Known, BuildError> { Ok(Known) }
}
impl keyval::Handler for Known {
    async fn handle_key_val(&self, _: &Call, _: keyval::Instance) -> Result<CheckResult, HandlerError> { Ok(CheckResult::allow()) }
}
fn main() {}
