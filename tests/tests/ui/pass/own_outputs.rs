// Templates that answer with attributes, in a module and in a function, with imports by glob.
mod pods {
    use adapter_runtime::value::*;
    use adapter_runtime::*;
    use std::collections::{BTreeMap, HashMap};
    #[mixer_template(attribute_generator, package = "my.pods")]
    pub struct Instance { #[field(1)] pub ip: IpAddress, #[field(2)] pub part: Option<Part> }
    #[mixer_template(message)]
    pub struct Part { #[field(1)] pub key: Str }
    #[mixer_template(output)]
    pub struct Output {
        #[field(1)] pub a: Option<Str>, #[field(2)] pub b: Option<String>, #[field(3)] pub c: std::option::Option<i64>,
        #[field(4)] pub d: Option<f64>, #[field(5)] pub e: Option<bool>, #[field(6)] pub f: Option<IpAddress>,
        #[field(7)] pub g: Option<TimeStamp>, #[field(8)] pub h: Option<Duration>, #[field(9)] pub i: Option<DnsName>,
        #[field(10)] pub j: Option<EmailAddress>, #[field(11)] pub k: Option<Uri>, #[field(12)] pub l: Option<Map<Str>>,
        #[field(13)] pub m: Option<BTreeMap<String, String>>, #[field(14)] pub n: Option<HashMap<String, Str>>,
    }
}
use adapter_runtime::{Adapter, BuildError, Call, HandlerError, NoConfig, Setup, mixer_adapter};
#[mixer_adapter(templates = [pods])]
struct Known;
impl Adapter for Known {
    type Config = NoConfig;
    async fn build(_: NoConfig, _: Setup) -> Result<Known, BuildError> { Ok(Known) }
}
impl pods::Handler for Known {
    async fn generate_pods_attributes(&self, _: &Call, _: pods::Instance) -> Result<pods::Output, HandlerError> { Ok(pods::Output::default()) }
}
fn main() {
    #[adapter_runtime::mixer_template(output)]
    struct Output { #[field(1)] value: Option<i64> }
    #[adapter_runtime::mixer_template(check_with_output, package = "local")]
    struct Instance;
    let _ = (Output { value: Some(0) }, Instance::default());
}
