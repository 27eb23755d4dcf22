// Numbers that a field can't have.
use adapter_runtime::mixer_template;

#[mixer_template(check, package = "access")]
pub struct Instance {
    #[field(0)]
    pub a: i64,
    #[field(19_999)]
    pub b: i64,
    #[field(536_870_912)]
    pub c: i64,
    #[field(72_295_727)]
    pub d: i64,
    #[field("5")]
    pub e: i64,
}

fn main() {}
