//! `#[derive(AdapterConfig)]`: what is decoded, what is the default, what is described.

mod adapters;
mod decode;
mod rules;
mod schema;
mod schema_agrees;
mod secrets;
mod table;
mod yaml;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use adapter_runtime::AdapterConfig;
use prost::Message;

#[derive(AdapterConfig, Debug, PartialEq)]
struct Params {
    /// Where the metrics go.
    #[config(tag = 1, default = "out.txt")]
    file_path: String,
    #[config(tag = 2, default = "1m30.5s")]
    interval: Duration,
    #[config(tag = 3, default = ["a", "b"])]
    names: Vec<String>,
    #[config(tag = 4)]
    numbers: Vec<i32>,
    #[config(tag = 5)]
    labels: BTreeMap<String, String>,
    #[config(tag = 6)]
    weights: HashMap<String, f64>,
    #[config(tag = 7, default = 5)]
    retries: Option<u32>,
    #[config(tag = 8)]
    limit: Option<Duration>,
    #[config(tag = 9, default = true)]
    verbose: bool,
    #[config(tag = 10, name = "minSize", default = -1)]
    min_size: i64,
    #[config(tag = 11)]
    nested: Nested,
    #[config(tag = 12)]
    more: Vec<Nested>,
}

#[derive(AdapterConfig, Debug, PartialEq)]
struct Nested {
    #[config(default = ["x"])]
    names: Vec<String>,
    #[config(default = 0.5)]
    share: f64,
}

/// The same messages as prost has them.
mod oracle {
    use std::collections::BTreeMap;

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Params {
        #[prost(string, optional, tag = "1")]
        pub(super) file_path: Option<String>,
        #[prost(message, optional, tag = "2")]
        pub(super) interval: Option<prost_types::Duration>,
        #[prost(string, repeated, tag = "3")]
        pub(super) names: Vec<String>,
        #[prost(int32, repeated, tag = "4")]
        pub(super) numbers: Vec<i32>,
        #[prost(btree_map = "string, string", tag = "5")]
        pub(super) labels: BTreeMap<String, String>,
        #[prost(uint32, optional, tag = "7")]
        pub(super) retries: Option<u32>,
        #[prost(message, optional, tag = "8")]
        pub(super) limit: Option<prost_types::Duration>,
        #[prost(bool, optional, tag = "9")]
        pub(super) verbose: Option<bool>,
        #[prost(int64, optional, tag = "10")]
        pub(super) min_size: Option<i64>,
        #[prost(message, optional, tag = "11")]
        pub(super) nested: Option<Nested>,
        #[prost(message, repeated, tag = "12")]
        pub(super) more: Vec<Nested>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Nested {
        #[prost(string, repeated, tag = "1")]
        pub(super) names: Vec<String>,
        #[prost(double, optional, tag = "2")]
        pub(super) share: Option<f64>,
    }
}

fn duration(seconds: i64, nanos: i32) -> Option<prost_types::Duration> {
    Some(prost_types::Duration { seconds, nanos })
}

fn decode(message: &oracle::Params) -> Params {
    Params::decode(&message.encode_to_vec()).expect("it decodes")
}

#[test]
fn what_does_not_arrive_has_its_default() {
    let defaults = Params::decode(&[]).expect("it decodes");
    assert_eq!(defaults, Params::defaults());
    assert_eq!(defaults.file_path, "out.txt");
    assert_eq!(defaults.interval, Duration::from_millis(90_500));
    assert_eq!(defaults.names, ["a", "b"]);
    assert_eq!(defaults.retries, Some(5));
    assert_eq!(defaults.limit, None);
    assert!(defaults.verbose);
    assert_eq!(defaults.min_size, -1);
    assert_eq!(defaults.nested.names, ["x"]);
    assert_eq!(defaults.nested.share, 0.5);
}

#[test]
fn what_arrives_replaces_the_default() {
    let params = decode(&oracle::Params {
        file_path: Some(String::new()),
        interval: duration(0, 500_000_000),
        names: vec!["c".into()],
        numbers: vec![-1, 0, i32::MAX],
        labels: [("k".into(), "v".into())].into(),
        retries: Some(0),
        limit: duration(0, 0),
        verbose: Some(false),
        min_size: Some(0),
        nested: Some(oracle::Nested {
            names: vec![],
            share: Some(0.0),
        }),
        more: vec![
            oracle::Nested::default(),
            oracle::Nested {
                names: vec!["y".into()],
                share: None,
            },
        ],
    });
    assert_eq!(params.file_path, "");
    assert_eq!(params.interval, Duration::from_millis(500));
    assert_eq!(params.names, ["c"]);
    assert_eq!(params.numbers, [-1, 0, i32::MAX]);
    assert_eq!(params.labels["k"], "v");
    assert_eq!(params.retries, Some(0));
    assert_eq!(params.limit, Some(Duration::ZERO));
    assert!(!params.verbose);
    assert_eq!(params.min_size, 0);
    // A message's own fields have their defaults under what arrives.
    assert_eq!(
        params.nested,
        Nested {
            names: vec!["x".into()],
            share: 0.0
        }
    );
    assert_eq!(params.more[0], Nested::defaults());
    assert_eq!(params.more[1].names, ["y"]);
}

#[test]
fn an_empty_duration_is_zero_and_not_the_default() {
    let params = decode(&oracle::Params {
        interval: duration(0, 0),
        ..Default::default()
    });
    assert_eq!(params.interval, Duration::ZERO);
}

#[test]
fn a_message_in_pieces_is_merged() {
    let piece = |message: oracle::Params| message.encode_to_vec();
    let nested = |names: &[&str], share| {
        let names = names.iter().map(ToString::to_string).collect();
        piece(oracle::Params {
            nested: Some(oracle::Nested { names, share }),
            ..Default::default()
        })
    };
    let pieces = [
        nested(&["a"], Some(0.25)),
        piece(oracle::Params {
            interval: duration(5, 0),
            numbers: vec![1],
            ..Default::default()
        }),
        nested(&["b", "c"], None),
        piece(oracle::Params {
            interval: duration(0, 7),
            numbers: vec![2],
            ..Default::default()
        }),
    ];
    let bytes = pieces.concat();
    let params = Params::decode(&bytes).expect("it decodes");
    let expected = oracle::Params::decode(bytes.as_slice()).expect("prost decodes it");
    let nested = expected.nested.expect("it arrived");
    assert_eq!(params.nested.names, nested.names);
    assert_eq!(params.nested.share, 0.25);
    assert_eq!(params.interval, Duration::new(5, 7));
    assert_eq!(params.numbers, expected.numbers);
}

#[test]
fn the_pieces_of_a_message_are_whole_fields() {
    // The key of a number in one piece, the number in the next.
    let bytes = [0x5A, 1, 0x40, 0x5A, 1, 0x7D];
    oracle::Params::decode(&bytes[..]).expect_err("neither is a message");
    let error = Params::decode(&bytes).expect_err("neither is a message");
    assert_eq!(error.to_string(), "nested: the bytes end within a field");
}

#[test]
fn numbers_may_be_packed_or_not() {
    let packed = [0x22, 0x03, 0x01, 0x96, 0x01];
    let single = [0x20, 0x01, 0x20, 0x96, 0x01];
    for bytes in [&packed[..], &single] {
        assert_eq!(Params::decode(bytes).expect("it decodes").numbers, [1, 150]);
    }
    let error = Params::decode(&[0x22, 0x02, 0x01, 0x96]).expect_err("it is cut");
    assert_eq!(
        error.to_string(),
        "numbers[1]: the bytes end within a field"
    );
}

#[test]
fn equal_configurations_encode_to_equal_bytes_that_decode_to_them() {
    let params = || Params {
        weights: (0..50).map(|n| (n.to_string(), f64::from(n))).collect(),
        nested: Nested {
            names: vec!["n".into()],
            share: 1.0,
        },
        ..Params::defaults()
    };
    let bytes = params().encode();
    assert_eq!(bytes, params().encode());
    assert_eq!(Params::decode(&bytes).expect("it decodes"), params());
}

#[test]
fn errors_name_the_place() {
    for (bytes, error) in [
        (
            &[0x08, 0x01][..],
            "file_path: expected a length and bytes, got a varint",
        ),
        (
            &[0x12, 0x02, 0x08],
            "interval: the length is 2 bytes, but only 1 follow",
        ),
        (
            &[0x12, 0x02, 0x0A, 0x00],
            "interval.seconds: expected a varint, got a length and bytes",
        ),
        (
            &[0x2A, 0x03, 0x0A, 0x01, 0xFF],
            "labels[\"\"].key: the string is not UTF-8: the byte at 0 is invalid",
        ),
        (
            &[0x5A, 0x02, 0x10, 0x00],
            "nested.share: expected 8 bytes, got a varint",
        ),
        (
            &[0x62, 0x00, 0x62, 0x02, 0x0A, 0x05],
            "more[1].names[0]: the length is 5 bytes, but only 0 follow",
        ),
    ] {
        assert_eq!(
            Params::decode(bytes)
                .expect_err("it is malformed")
                .to_string(),
            error
        );
    }
}

#[test]
fn fields_are_described_for_the_operator() {
    let fields = Params::fields();
    let described: Vec<_> = fields
        .iter()
        .map(|field| {
            let default = field
                .default
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            format!("{} {} {default}", field.kind, field.name)
        })
        .collect();
    assert_eq!(
        described,
        [
            r#"string file_path "out.txt""#,
            r#"google.protobuf.Duration interval "1m30.5s""#,
            r#"repeated string names ["a","b"]"#,
            "repeated int32 numbers ",
            "map<string, string> labels ",
            "map<string, double> weights ",
            "uint32 retries 5",
            "google.protobuf.Duration limit ",
            "bool verbose true",
            "int64 minSize -1",
            "Nested nested ",
            r#"repeated string nested.names ["x"]"#,
            "double nested.share 0.5",
            "repeated Nested more ",
            r#"repeated string more[].names ["x"]"#,
            "double more[].share 0.5",
        ]
    );
    assert_eq!(fields[0].description, "Where the metrics go.");
}
