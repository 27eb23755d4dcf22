//! A configuration that holds everything that a configuration can hold.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime};

use adapter_runtime::AdapterConfig;
use adapter_runtime::config::Secret;
use adapter_runtime::value::TimeStamp;

/// Everything.
#[allow(missing_docs)]
#[derive(AdapterConfig, Debug)]
pub struct Everything {
    #[config(default = true)]
    pub truth: bool,
    #[config(default = -1)]
    pub plain_i32: i32,
    pub plain_i64: i64,
    pub plain_u32: u32,
    pub plain_u64: u64,
    #[config(encoding = "sint32", default = i32::MIN)]
    pub zigzag_i32: i32,
    #[config(encoding = "sint64")]
    pub zigzag_i64: i64,
    #[config(encoding = "fixed32")]
    pub fixed_u32: u32,
    #[config(encoding = "fixed64")]
    pub fixed_u64: u64,
    #[config(encoding = "sfixed32")]
    pub fixed_i32: i32,
    #[config(encoding = "sfixed64")]
    pub fixed_i64: i64,
    #[config(default = 0.1)]
    pub float: f32,
    pub double: f64,
    #[config(default = "some")]
    pub text: String,
    #[config(default = "${env:EVERYTHING_SECRET}")]
    pub secret: Secret,
    #[config(default = Level::On)]
    pub level: Level,
    #[config(default = "1m30s")]
    pub duration: Duration,
    #[config(default = TimeStamp::new(1_700_000_000, 5))]
    pub time_stamp: TimeStamp,
    pub system_time: SystemTime,
    pub part: Part,
    pub optional_part: Option<Part>,
    pub optional: Option<i32>,
    #[config(default = "5s")]
    pub optional_duration: Option<Duration>,
    #[config(tag = 30)]
    pub truths: Vec<bool>,
    pub numbers: Vec<i32>,
    #[config(encoding = "sint64")]
    pub zigzags: Vec<i64>,
    #[config(encoding = "fixed32")]
    pub fixeds: Vec<u32>,
    pub doubles: Vec<f64>,
    #[config(default = ["a", "b"])]
    pub texts: Vec<String>,
    pub levels: Vec<Level>,
    pub parts: Vec<Part>,
    #[config(tag = 40)]
    pub strings: BTreeMap<String, String>,
    #[config(encoding = "sint32")]
    pub zigzags_by_name: HashMap<String, i32>,
    pub by_i32: BTreeMap<i32, Part>,
    pub by_i64: HashMap<i64, f64>,
    pub levels_by_name: BTreeMap<String, Level>,
    #[config(oneof)]
    pub scalar: Option<Scalar>,
    #[config(oneof, default = Some(WithDefault::First(Part { share: 0.25, ..Part::defaults() })))]
    pub with_default: Option<WithDefault>,
}

/// A choice.
#[allow(missing_docs)]
#[derive(AdapterConfig, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Off,
    #[config(tag = 5)]
    On,
    #[config(name = "very_loud")]
    VeryLoud,
}

/// A part that holds more of its kind.
#[allow(missing_docs)]
#[derive(AdapterConfig, Debug)]
pub struct Part {
    #[config(default = ["x"])]
    pub names: Vec<String>,
    #[config(default = 0.5)]
    pub share: f64,
    pub parts: Vec<Part>,
    #[config(oneof)]
    pub choice: Option<Choice>,
}

/// A choice within a part.
#[allow(missing_docs)]
#[derive(AdapterConfig, Debug)]
pub enum Choice {
    #[config(tag = 4)]
    Text(String),
    #[config(tag = 5)]
    Leaf(Leaf),
}

/// The end.
#[allow(missing_docs)]
#[derive(AdapterConfig, Debug)]
pub struct Leaf {
    #[config(default = "leaf")]
    pub text: String,
}

/// One of several.
#[allow(missing_docs)]
#[derive(AdapterConfig, Debug)]
pub enum Scalar {
    #[config(tag = 50, name = "one_text")]
    Text(String),
    #[config(tag = 51, name = "one_number", encoding = "sfixed32")]
    Number(i32),
    #[config(tag = 52, name = "one_level")]
    Level(Level),
    #[config(tag = 53, name = "one_duration")]
    Duration(Duration),
    #[config(tag = 54, name = "one_part")]
    Part(Part),
}

/// One of two, of which the first is the default.
#[allow(missing_docs)]
#[derive(AdapterConfig, Debug)]
pub enum WithDefault {
    #[config(tag = 60)]
    First(Part),
    #[config(tag = 61)]
    Second(i64),
}
