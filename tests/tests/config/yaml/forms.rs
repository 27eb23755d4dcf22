//! What can be read, and what it is then.

use std::collections::BTreeMap;
use std::time::Duration;

use adapter_runtime::AdapterConfig;
use adapter_runtime::config::{Kind, Reading, Scalar, Secret};
use adapter_runtime::document::{Problems, parse};
use adapter_runtime::value::TimeStamp;
use serde_json::Value as Json;
use tests::configs::apigee::{self, Apigee};
use tests::configs::everything::{Everything, Level, Part};
use tests::configs::threescale;
use tests::configs::wavefront::{
    self, Credentials, Definition, Direct, ExpDecay, Logs, MetricInfo, MetricType, Sample, Uniform,
    Wavefront,
};

use super::{document, read};

#[test]
fn wavefront_as_its_operators_write_it() {
    let params = read::<Wavefront>(
        r#"
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata:
  name: wavefront-handler
  namespace: istio-system
spec:
  adapter: wavefront
  connection:
    address: "wavefront-adapter-service:8000"
  params:
    direct:
      server: https://example.wavefront.com
      token: ${env:CARGO_PKG_NAME}
    flush_interval: 10s
    source: "istio"
    prefix: "istio.mixer"
    metrics:
    - name: requestsize
      instance_name: requestsize.instance.istio-system
      type: HISTOGRAM
      sample:
        exp_decay:
          reservoir_size: 1024
          alpha: 0.015
    - instance_name: requestcount.instance.istio-system
      type: DELTA_COUNTER
    - name: requestduration
      instanceName: requestduration.instance.istio-system
      type: HISTOGRAM
      sample:
        uniform: {reservoirSize: 512}
    logs:
      level: warn
"#,
    );
    let metric = |name: &str, r#type, sample: Option<_>, instance: &str| MetricInfo {
        name: name.into(),
        r#type,
        sample: sample.map(|definition| Sample {
            definition: Some(definition),
        }),
        instance_name: format!("{instance}.instance.istio-system"),
    };
    let exp_decay = Definition::ExpDecay(ExpDecay {
        reservoir_size: 1024,
        alpha: 0.015,
    });
    let uniform = Definition::Uniform(Uniform {
        reservoir_size: 512,
    });
    let (size, duration) = ("requestsize", "requestduration");
    let expected = wavefront::Params {
        credentials: Some(Credentials::Direct(Direct {
            server: "https://example.wavefront.com".into(),
            token: Secret::written("${env:CARGO_PKG_NAME}"),
        })),
        flush_interval: Duration::from_secs(10),
        source: "istio".into(),
        prefix: "istio.mixer".into(),
        metrics: vec![
            metric(size, MetricType::Histogram, Some(exp_decay), size),
            metric("", MetricType::DeltaCounter, None, "requestcount"),
            metric(duration, MetricType::Histogram, Some(uniform), duration),
        ],
        logs: Logs {
            level: "warn".into(),
        },
    };
    let params = params.unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(params, expected);
    // It has been read.
    let Some(Credentials::Direct(direct)) = params.credentials else {
        panic!("not direct");
    };
    assert_eq!(direct.token.expose(), "tests");
}

#[test]
fn apigee_as_its_operators_write_it() {
    let params = read::<Apigee>(
        r#"
# Configuration for Apigee.
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: apigee-handler, namespace: istio-system}
spec:
  adapter: apigee
  connection:
    address: apigee-adapter:5000
  params:
    apigee_base: https://istioservices.apigee.net/edgemicro
    customer_base: https://myorg-test.apigee.net/istio-auth
    org_name: myorg
    env_name: test
    key: "06a4"
    secret: e8f8
    client_timeout: 1m30s
    allowUnverifiedSSLCert: yes
    products:
      refresh_rate: 600s
    analytics:
      fileLimit: 0x800
      legacy_endpoint: false
    auth:
"#,
    );
    let defaults = apigee::Params::defaults();
    let expected = apigee::Params {
        apigee_base: "https://istioservices.apigee.net/edgemicro".into(),
        customer_base: "https://myorg-test.apigee.net/istio-auth".into(),
        org_name: "myorg".into(),
        env_name: "test".into(),
        key: Secret::new("06a4"),
        secret: Secret::new("e8f8"),
        client_timeout: Duration::from_secs(90),
        allow_unverified_ssl_cert: true,
        products: apigee::Products {
            refresh_rate: Duration::from_secs(600),
        },
        // The defaults are under what is written.
        analytics: apigee::Analytics {
            file_limit: 2048,
            ..defaults.analytics
        },
        ..defaults
    };
    assert_eq!(
        params.unwrap_or_else(|problems| panic!("{problems}")),
        expected
    );
}

#[test]
fn threescale_as_its_operators_write_it() {
    let handler = document(
        r#"
apiVersion: "config.istio.io/v1alpha2"
kind: handler
metadata:
  name: threescale
spec:
  adapter: threescale
  params:
    service_id: "2555417834789"
    system_url: "https://tenant-admin.3scale.net/"
    access_token: "secret-token"
  connection:
    address: "dns:///threescale-istio-adapter:3333"
"#,
    );
    let mut problems = Problems::new();
    let params = handler.nearest("spec.params");
    let params = threescale::Params::from_document(params, &mut problems);
    assert_eq!(
        params,
        Some(threescale::Params {
            service_id: Some("2555417834789".into()),
            system_url: "https://tenant-admin.3scale.net/".into(),
            access_token: Secret::new("secret-token"),
            backend_url: None,
        }),
        "{problems}"
    );
}

#[test]
fn json_is_read_as_well() {
    let text = r#"{"systemUrl": "https://a.example", "access_token": "s", "backendUrl": null}"#;
    for name in ["params.json", "params.yaml"] {
        let params = threescale::Params::from_yaml(name, text).expect("it is read");
        assert_eq!(params.system_url, "https://a.example");
        assert_eq!(params.backend_url, None);
    }
}

#[test]
fn nothing_is_the_defaults() {
    for text in ["", "# nothing\n", "~", "{}", "---\n"] {
        let found = Part::from_yaml("params.yaml", text).expect(text);
        assert_eq!(found.encode(), Part::defaults().encode(), "{text:?}");
    }
    let problems = Part::from_yaml("params.yaml", "share: 1\n---\nshare: 2\n");
    let problems = problems.expect_err("there are two");
    assert_eq!(
        super::lines(&problems),
        [
            "params.yaml:3:1: error: a second document, where one configuration is expected; \
             remove it, and the `---` above it"
        ]
    );
}

/// Without the rules, whose check would read the secret.
fn everything(text: &str) -> (Everything, Problems) {
    let mut problems = Problems::new();
    let documents = parse("params.yaml", text, &mut problems);
    let config = documents
        .first()
        .and_then(|params| Reading::of(params).finish(&mut problems));
    match config {
        Some(config) => (config, problems),
        None => panic!("{problems}"),
    }
}

#[test]
fn every_kind_has_its_form() {
    let (params, _) = everything(
        "
truth: off
plain_i32: -2147483648
plain_i64: 1e3
plain_u32: 0x10
plain_u64: 1_000
zigzag_i32: -7
zigzag_i64: +7
fixed_u32: 4294967295
fixed_u64: 010
fixed_i32: -5
fixed_i64: -6
float: 1
double: -.5e1
text: 'yes'
level: \"ON\"
duration: 1.5s
time_stamp: 2026-01-02T03:04:05.000000006+01:00
system_time: \"1969-12-31T23:59:59.5Z\"
optional: 0
optional_duration: 0s
truths: [y, n]
numbers: [-1, 0]
zigzags: [-1]
fixeds: [1]
doubles: [1, 0.5]
texts: [\"\"]
levels: [very_loud, \"OFF\"]
strings: {a: b, \"y\": c, empty: }
zigzags_by_name: {a: -1}
by_i32: {-5: {share: 1}, \"6\": }
by_i64: {0x10: 2}
levels_by_name: {a: \"ON\"}
",
    );
    assert!(!params.truth);
    assert_eq!(params.plain_i32, i32::MIN);
    assert_eq!((params.plain_i64, params.plain_u32), (1000, 16));
    assert_eq!(params.plain_u64, 1000);
    assert_eq!((params.zigzag_i32, params.zigzag_i64), (-7, 7));
    assert_eq!((params.fixed_u32, params.fixed_u64), (u32::MAX, 8));
    assert_eq!((params.fixed_i32, params.fixed_i64), (-5, -6));
    assert_eq!((params.float, params.double), (1.0, -5.0));
    assert_eq!((params.text.as_str(), params.level), ("yes", Level::On));
    assert_eq!(params.duration, Duration::from_millis(1500));
    assert_eq!(params.time_stamp, TimeStamp::new(1_767_319_445, 6));
    let before = TimeStamp::new(-1, 500_000_000);
    assert_eq!(TimeStamp::from(params.system_time), before);
    assert_eq!(params.optional, Some(0));
    assert_eq!(params.optional_duration, Some(Duration::ZERO));
    assert_eq!(params.truths, [true, false]);
    assert_eq!(params.numbers, [-1, 0]);
    assert_eq!((params.zigzags, params.fixeds), (vec![-1], vec![1]));
    assert_eq!(
        (params.doubles, params.texts),
        (vec![1.0, 0.5], vec![String::new()])
    );
    assert_eq!(params.levels, [Level::VeryLoud, Level::Off]);
    let strings = [("a", "b"), ("empty", ""), ("y", "c")];
    let strings = strings.map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(params.strings, BTreeMap::from(strings));
    assert_eq!(params.zigzags_by_name["a"], -1);
    // The fields of the struct have their defaults here too.
    assert_eq!(
        (params.by_i32[&-5].share, params.by_i32[&6].share),
        (1.0, 0.5)
    );
    assert_eq!(params.by_i64[&16], 2.0);
    assert_eq!(params.levels_by_name["a"], Level::On);
}

#[test]
fn what_is_null_keeps_its_default() {
    let defaults = Everything::defaults();
    for field in Everything::info().wire_fields() {
        for nothing in ["", " null", " ~"] {
            let (params, _) = everything(&format!("{}:{nothing}", field.name));
            assert_eq!(params.encode(), defaults.encode(), "{}", field.name);
        }
    }
}

#[test]
fn what_warns_is_read() {
    for (text, line) in [
        (
            "texts: []",
            "params.yaml:1:8: warning: texts: Mixer doesn't send an empty list, so the default \
             remains: `[\"a\",\"b\"]`",
        ),
        (
            "plain_u64: 9007199254740993",
            "params.yaml:1:12: warning: plain_u64: Mixer, which has numbers as doubles, sends \
             9007199254740992 for this",
        ),
    ] {
        let (params, problems) = everything(text);
        assert_eq!(super::lines(&problems), [line]);
        assert_eq!(params.texts, ["a", "b"]);
        assert!(matches!(params.plain_u64, 0 | 9_007_199_254_740_993));
    }
}

/// The vectors of Mixer's own encoder, of the fields that our configuration has too.
#[test]
fn mixers_encoder_takes_and_refuses_the_same() {
    let Some(vectors) = tests::conformance::file("vectors/oop_adapter_encoding.json") else {
        return;
    };
    let vectors: Json = serde_json::from_slice(&vectors).expect("JSON");
    let (mut accepted, mut refused) = (0, 0);
    for case in vectors["encode_bytes"].as_array().expect("an array") {
        let (Some(text), Some(".foo.Simple")) = (case["input"].as_str(), case["msg"].as_str())
        else {
            continue;
        };
        let name = case["n"].as_str().expect("a name");
        let read = Simple::from_yaml("params.yaml", text);
        match (case["err"].as_str(), read) {
            (Some(error), Err(problems)) => {
                assert_eq!(problems.len(), 1, "{name}: {problems}");
                let field = error.split('\'').nth(1).unwrap_or_default();
                // The path of the problem ends with the field that Mixer names.
                let problem = problems.iter().next().expect("a problem");
                let path = problem.node_path().unwrap_or_default().replace('"', "");
                assert!(
                    path.ends_with(field) || !error.starts_with("field"),
                    "{name}: {problem}"
                );
                refused += 1;
            }
            (None, Ok(_)) => accepted += 1,
            (error, read) => panic!("{name}: {error:?}, but {read:#?}"),
        }
    }
    for case in vectors["decoder"].as_array().expect("an array") {
        let (Some(text), Some(expected)) = (case["data"].as_str(), case["want"].as_object()) else {
            continue;
        };
        let kind = |name: &str| {
            let mut fields = Simple::info().fields.iter();
            fields.find(|field| field.name == name).map(|it| &it.kind)
        };
        // Mixer's message has more than it can encode.
        if case["err"] == true || expected.keys().any(|name| kind(name).is_none()) {
            continue;
        }
        let params = match Simple::from_yaml("params.yaml", text) {
            Ok(params) => params.show(),
            Err(problems) => panic!("{text}\n{problems}"),
        };
        for (name, value) in expected {
            let kind = kind(name).expect("it was looked for");
            assert_eq!(
                as_mixer_shows(&params[name], kind),
                *value,
                "{name} of {text}"
            );
        }
        accepted += 1;
    }
    assert!(accepted >= 18 && refused >= 50, "{accepted}, {refused}");
}

/// Enums as numbers, and floats as the doubles that they are exactly.
fn as_mixer_shows(shown: &Json, kind: &Kind) -> Json {
    match (shown, kind) {
        (Json::Array(items), Kind::Repeated(element)) => items
            .iter()
            .map(|item| as_mixer_shows(item, element))
            .collect(),
        (Json::String(name), Kind::Enum(of)) => {
            let mut values = of.info().values.iter();
            values.find(|it| it.name == name).map(|it| it.number).into()
        }
        (Json::Number(number), Kind::Scalar(Scalar::Float)) => {
            f64::from(number.as_f64().expect("a number") as f32).into()
        }
        (shown, _) => shown.clone(),
    }
}

/// The message of Mixer's tests, as far as Mixer can encode it.
#[derive(AdapterConfig, Debug)]
struct Simple {
    enm: MyEnum,
    r_enm: Vec<MyEnum>,
    r_enm_unpacked: Vec<MyEnum>,
    str: String,
    r_str: Vec<String>,
    b: bool,
    r_b: Vec<bool>,
    r_b_unpacked: Vec<bool>,
    dbl: f64,
    r_dbl: Vec<f64>,
    r_dbl_unpacked: Vec<f64>,
    flt: f32,
    r_flt: Vec<f32>,
    r_flt_unpacked: Vec<f32>,
    i64: i64,
    r_i64: Vec<i64>,
    r_i64_unpacked: Vec<i64>,
    i32: i32,
    r_i32: Vec<i32>,
    r_i32_unpacked: Vec<i32>,
    ui64: u64,
    r_ui64: Vec<u64>,
    r_ui64_unpacked: Vec<u64>,
    ui32: u32,
    r_ui32: Vec<u32>,
    r_ui32_unpacked: Vec<u32>,
    #[config(encoding = "fixed64")]
    f64: u64,
    #[config(encoding = "fixed64")]
    r_f64: Vec<u64>,
    #[config(encoding = "fixed64")]
    r_f64_unpacked: Vec<u64>,
    #[config(encoding = "sfixed64")]
    sf64: i64,
    #[config(encoding = "sfixed64")]
    r_sf64: Vec<i64>,
    #[config(encoding = "sfixed64")]
    r_sf64_unpacked: Vec<i64>,
    #[config(encoding = "fixed32")]
    f32: u32,
    #[config(encoding = "fixed32")]
    r_f32: Vec<u32>,
    #[config(encoding = "fixed32")]
    r_f32_unpacked: Vec<u32>,
    #[config(encoding = "sfixed32")]
    sf32: i32,
    #[config(encoding = "sfixed32")]
    r_sf32: Vec<i32>,
    #[config(encoding = "sfixed32")]
    r_sf32_unpacked: Vec<i32>,
    #[config(encoding = "sint32")]
    si32: i32,
    #[config(encoding = "sint32")]
    r_si32: Vec<i32>,
    #[config(encoding = "sint32")]
    r_si32_unpacked: Vec<i32>,
    #[config(encoding = "sint64")]
    si64: i64,
    #[config(encoding = "sint64")]
    r_si64: Vec<i64>,
    #[config(encoding = "sint64")]
    r_si64_unpacked: Vec<i64>,
    oth: Other,
    r_oth: Vec<Other>,
    map_str_str: BTreeMap<String, String>,
    map_str_msg: BTreeMap<String, Other>,
    map_i32_msg: BTreeMap<i32, Other>,
    map_int64_double: BTreeMap<i64, f64>,
    map_str_float: BTreeMap<String, f32>,
    map_str_uint64: BTreeMap<String, u64>,
    map_str_uint32: BTreeMap<String, u32>,
    #[config(encoding = "fixed64")]
    map_str_fixed64: BTreeMap<String, u64>,
    map_str_bool: BTreeMap<String, bool>,
    #[config(encoding = "sfixed32")]
    map_str_sfixed32: BTreeMap<String, i32>,
    #[config(encoding = "sfixed64")]
    map_str_sfixed64: BTreeMap<String, i64>,
    #[config(encoding = "sint32")]
    map_str_sint32: BTreeMap<String, i32>,
    #[config(encoding = "sint64")]
    map_str_sint64: BTreeMap<String, i64>,
    google_protobuf_duration: Duration,
    google_protobuf_timestamp: TimeStamp,
}

#[derive(AdapterConfig, Debug)]
enum MyEnum {
    _One,
    Two,
    Three,
}

#[derive(AdapterConfig, Debug)]
struct Other {
    str: String,
    i64: i64,
    dbl: f64,
    b: bool,
    inenum: InnerEnum,
    inmsg: InnerMessage,
}

#[derive(AdapterConfig, Debug)]
enum InnerEnum {
    _Innerone,
    Innerthree,
}

#[derive(AdapterConfig, Debug)]
struct InnerMessage {
    str: String,
    i64: i64,
    dbl: f64,
}
