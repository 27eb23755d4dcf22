// Types that a field can't have.
use adapter_runtime::mixer_template;
use adapter_runtime::value::Map;
use std::collections::{BTreeMap, HashMap};

#[mixer_template(check, package = "access")]
pub struct Instance {
    #[field(1)] pub a: &str,
    #[field(2)] pub b: Vec<String>,
    #[field(3)] pub c: [f64; 40],
    #[field(4)] pub d: Option<String>,
    #[field(5)] pub e: Map<Map<String>>,
    #[field(6)] pub f: HashMap<u32, String>,
    #[field(7)] pub g: (String, String),
    #[field(8)] pub h: BTreeMap<String, f32>,
    #[field(9)] pub i: Box<String>,
}

fn main() {}
