//! The configuration of `every.proto`: the adapter has
//! `#[mixer_adapter(package = "every.config", …)]`.

use std::collections::BTreeMap;
use std::time::Duration;

use adapter_runtime::AdapterConfig;
use adapter_runtime::value::TimeStamp;

#[derive(AdapterConfig, Clone, Debug, PartialEq)]
pub struct Params {
    pub a_double: f64,
    pub a_float: f32,
    pub an_int32: i32,
    pub an_int64: i64,
    pub a_uint32: u32,
    pub a_uint64: u64,
    #[config(encoding = "sint32")]
    pub a_sint32: i32,
    #[config(encoding = "sint64")]
    pub a_sint64: i64,
    #[config(encoding = "fixed32")]
    pub a_fixed32: u32,
    #[config(encoding = "fixed64")]
    pub a_fixed64: u64,
    #[config(encoding = "sfixed32")]
    pub an_sfixed32: i32,
    #[config(encoding = "sfixed64")]
    pub an_sfixed64: i64,
    pub a_bool: bool,
    pub a_string: String,
    pub perhaps: Option<String>,
    pub perhaps_long: Option<Duration>,
    pub since: TimeStamp,
    #[config(encoding = "sint64")]
    pub numbers: Vec<i64>,
    pub labels: BTreeMap<String, String>,
    #[config(encoding = "fixed32")]
    pub weights: BTreeMap<String, u32>,
    pub levels: BTreeMap<String, Level>,
    pub parts: BTreeMap<String, Part>,
    /// A word that Rust keeps.
    pub r#type: String,
    #[config(name = "self")]
    pub self_: String,
    #[config(name = "HTTPPort")]
    pub http_port: String,
    #[config(tag = 40)]
    pub level: Level,
    #[config(oneof)]
    pub choice: Option<Choice>,
    #[config(tag = 47)]
    pub part: Option<Part>,
    pub other_level: OtherLevel,
    pub first: Option<FirstInner>,
    pub second: Option<SecondInner>,
    pub empty: Option<Empty>,
    pub trees: Vec<Tree>,
    pub names: BTreeMap<i32, String>,
    pub by_id: BTreeMap<i64, Part>,
}

#[derive(AdapterConfig, Clone, Debug, PartialEq)]
pub enum Choice {
    #[config(tag = 41)]
    Text(String),
    #[config(tag = 42, encoding = "sint32")]
    Number(i32),
    #[config(tag = 43)]
    Time(Duration),
    #[config(tag = 44)]
    ChoiceLevel(Level),
    #[config(tag = 45)]
    Option(OptionValue),
    #[config(tag = 46, name = "URL")]
    Url(String),
}

#[derive(AdapterConfig, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    #[config(name = "LEVEL_NONE")]
    None,
    #[config(tag = 5, name = "LEVEL_SOME")]
    Some,
    #[config(name = "LEVEL_MORE")]
    More,
}

/// A part from another file.
#[derive(AdapterConfig, Clone, Debug, PartialEq)]
pub struct Part {
    pub size: i64,
}

#[derive(AdapterConfig, Clone, Debug, PartialEq)]
#[config(name = "Option")]
pub struct OptionValue {
    pub some: bool,
}

#[derive(AdapterConfig, Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherLevel {
    Low,
    #[config(tag = 2, name = "N_2")]
    N2,
}

#[derive(AdapterConfig, Clone, Debug, PartialEq)]
pub struct FirstInner {
    #[config(tag = 2)]
    pub x: i32,
}

#[derive(AdapterConfig, Clone, Debug, PartialEq)]
pub struct SecondInner {
    pub y: i32,
}

#[derive(AdapterConfig, Clone, Debug, PartialEq)]
pub struct Empty {}

#[derive(AdapterConfig, Clone, Debug, PartialEq)]
pub struct Tree {
    pub name: String,
    pub children: Vec<Tree>,
}
