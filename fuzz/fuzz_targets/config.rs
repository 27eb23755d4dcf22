//! A configuration with fields of every type, which declares no defaults: so what is encoded holds
//! all that was decoded.

use std::collections::BTreeMap;
use std::time::Duration;

use adapter_runtime::AdapterConfig;
use prost::Message;
use tests::agreement::check_text;

#[derive(AdapterConfig, Debug)]
struct Params {
    #[config(tag = 1)]
    text: String,
    #[config(tag = 2)]
    int32: i32,
    #[config(tag = 3)]
    int64: i64,
    #[config(tag = 4)]
    uint32: u32,
    #[config(tag = 5)]
    uint64: u64,
    #[config(tag = 6)]
    float: f32,
    #[config(tag = 7)]
    double: f64,
    #[config(tag = 8)]
    bool: bool,
    #[config(tag = 9)]
    option: Option<u32>,
    #[config(tag = 10)]
    texts: Vec<String>,
    #[config(tag = 11)]
    numbers: Vec<i32>,
    #[config(tag = 12)]
    doubles: Vec<f64>,
    #[config(tag = 13)]
    labels: BTreeMap<String, String>,
    #[config(tag = 14)]
    weights: BTreeMap<String, f64>,
    #[config(tag = 15)]
    part: Part,
    #[config(tag = 16)]
    parts: Vec<Part>,
    #[config(tag = 17)]
    by_name: BTreeMap<String, Part>,
    #[config(tag = 18)]
    wait: Duration,
}

#[derive(AdapterConfig, Debug)]
struct Part {
    #[config(tag = 1)]
    texts: Vec<String>,
    #[config(tag = 2)]
    inner: Inner,
    #[config(tag = 3)]
    waits: Option<Duration>,
}

#[derive(AdapterConfig, Debug)]
struct Inner {
    #[config(tag = 1)]
    number: i64,
    #[config(tag = 2)]
    labels: BTreeMap<String, String>,
}

/// The same message as prost has it, but for the durations, which ours holds in a normal form.
mod oracle {
    use std::collections::BTreeMap;

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Params {
        #[prost(string, tag = "1")]
        text: String,
        #[prost(int32, tag = "2")]
        int32: i32,
        #[prost(int64, tag = "3")]
        int64: i64,
        #[prost(uint32, tag = "4")]
        uint32: u32,
        #[prost(uint64, tag = "5")]
        uint64: u64,
        #[prost(float, tag = "6")]
        float: f32,
        #[prost(double, tag = "7")]
        double: f64,
        #[prost(bool, tag = "8")]
        bool: bool,
        #[prost(uint32, optional, tag = "9")]
        option: Option<u32>,
        #[prost(string, repeated, tag = "10")]
        texts: Vec<String>,
        #[prost(int32, repeated, tag = "11")]
        numbers: Vec<i32>,
        #[prost(double, repeated, tag = "12")]
        doubles: Vec<f64>,
        #[prost(btree_map = "string, string", tag = "13")]
        labels: BTreeMap<String, String>,
        #[prost(btree_map = "string, double", tag = "14")]
        weights: BTreeMap<String, f64>,
        #[prost(message, required, tag = "15")]
        part: Part,
        #[prost(message, repeated, tag = "16")]
        parts: Vec<Part>,
        #[prost(btree_map = "string, message", tag = "17")]
        by_name: BTreeMap<String, Part>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Part {
        #[prost(string, repeated, tag = "1")]
        texts: Vec<String>,
        #[prost(message, required, tag = "2")]
        inner: Inner,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Inner {
        #[prost(int64, tag = "1")]
        number: i64,
        #[prost(btree_map = "string, string", tag = "2")]
        labels: BTreeMap<String, String>,
    }
}

/// What is decoded is what prost decodes, and what is encoded is decoded again.
pub fn check(bytes: &[u8]) {
    let params = match Params::decode(bytes) {
        Ok(params) => params,
        Err(error) => return check_text(&error),
    };
    let encoded = params.encode();
    let again = Params::decode(&encoded).expect("what was encoded");
    // As texts, in which numbers that are none are equal, too.
    assert_eq!(format!("{again:?}"), format!("{params:?}"));
    let theirs = |bytes| format!("{:?}", oracle::Params::decode(bytes));
    let theirs = (theirs(bytes), theirs(&encoded));
    assert!(theirs.0.starts_with("Ok"), "only prost refuses it");
    assert_eq!(theirs.0, theirs.1);
}
