//! What was read, shown and encoded is the same.

use adapter_runtime::AdapterConfig;
use adapter_runtime::config::{ConfigSchema, Reading, Secret};
use adapter_runtime::document::{self, Problems, to_yaml};
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, SerializeOptions};
use serde_json::Value as Json;
use tests::configs::everything::{Everything, Part};
use tests::configs::wavefront::Credentials;
use tests::configs::{apigee, threescale, wavefront};
use tests::random::Random;

use crate::decode::message;

/// What the operator can write instead of a secret that isn't shown.
const REFERENCE: &str = "${env:CARGO_PKG_NAME}";

fn descriptor<C: AdapterConfig>() -> MessageDescriptor {
    let set = ConfigSchema::of::<C>("own").descriptor_set();
    let pool = DescriptorPool::decode(set.as_slice()).expect("descriptors");
    pool.get_message_by_name("own.Params").expect("`Params`")
}

fn read<C: AdapterConfig>(name: &str, text: &str) -> C {
    let mut problems = Problems::new();
    let documents = document::parse(name, text, &mut problems);
    let config = documents.first().and_then(|params| {
        // The rules do not matter here.
        Reading::of(params).finish(&mut problems)
    });
    config.unwrap_or_else(|| panic!("{problems}\n{text}"))
}

/// Random configurations, shown as YAML and JSON and read again.
fn survives<C: AdapterConfig>(seeds: u64, hide: impl Fn(&mut C)) {
    let descriptor = descriptor::<C>();
    let mut tried = 0;
    for seed in 0..seeds {
        let bytes = message(&mut Random::new(seed), &descriptor, 0);
        // Not with an unknown value of an enum.
        let Ok(mut config) = C::decode(&bytes) else {
            continue;
        };
        hide(&mut config);
        let shown = config.show();
        if !can_be_written(&shown) {
            continue;
        }
        tried += 1;
        // What is `None` or empty leaves no trace, on the wire neither.
        let arrives = C::decode(&config.encode()).expect("it decodes");
        let yaml = to_yaml(&shown).expect("it can be written");
        let from_yaml: C = read("params.yaml", &yaml);
        assert_eq!(from_yaml.encode(), arrives.encode(), "{seed}\n{yaml}");
        let json = shown.to_string();
        let from_json: C = read("params.json", &json);
        assert_eq!(from_json.encode(), arrives.encode(), "{seed}\n{json}");
        // And what was read means the same when it arrives.
        let again = C::decode(&from_yaml.encode()).expect("it decodes");
        assert_eq!(again.encode(), from_yaml.encode(), "{seed}");
    }
    assert!(tried > seeds / 4, "only {tried} of {seeds}");
}

/// Random configurations as another implementation of protobuf writes them in JSON and on the wire.
fn agrees<C: AdapterConfig>(seeds: u64) {
    let descriptor = descriptor::<C>();
    let mut tried = 0;
    for seed in 0..seeds {
        let bytes = message(&mut Random::new(seed), &descriptor, 0);
        let theirs = DynamicMessage::decode(descriptor.clone(), bytes.as_slice());
        let theirs = theirs.expect("it decodes");
        // Not with an unknown value of an enum.
        let Ok(arrives) = C::decode(&theirs.encode_to_vec()) else {
            continue;
        };
        let options = SerializeOptions::new()
            .stringify_64_bit_integers(false)
            .use_proto_field_name(seed % 2 == 0);
        // Not with a time beyond protobuf's.
        let Ok(json) = theirs.serialize_with_options(serde_json::value::Serializer, &options)
        else {
            continue;
        };
        if !can_be_written(&json) {
            continue;
        }
        tried += 1;
        let yaml = to_yaml(&json).expect("it can be written");
        let found: C = read("params.yaml", &yaml);
        assert_eq!(found.encode(), arrives.encode(), "{seed}\n{yaml}");
    }
    assert!(tried > seeds / 4, "only {tried} of {seeds}");
}

#[test]
fn what_is_written_means_what_others_encode() {
    agrees::<wavefront::Params>(500);
    agrees::<apigee::Params>(500);
    agrees::<threescale::Params>(500);
    agrees::<Everything>(1_000);
}

/// Numbers that are none and years that there are not are shown as texts.
fn can_be_written(shown: &Json) -> bool {
    match shown {
        Json::String(text) => {
            !matches!(
                text.as_str(),
                "NaN" | "inf" | "-inf" | "Infinity" | "-Infinity"
            ) && !text.ends_with("since 1970")
        }
        Json::Array(items) => items.iter().all(can_be_written),
        Json::Object(fields) => fields.values().all(can_be_written),
        _ => true,
    }
}

#[test]
fn wavefront_survives_yaml_and_json() {
    survives::<wavefront::Params>(500, |params| {
        if let Some(Credentials::Direct(direct)) = &mut params.credentials {
            direct.token = Secret::written(REFERENCE);
        }
    });
}

#[test]
fn apigee_survives_yaml_and_json() {
    survives::<apigee::Params>(500, |params| {
        params.key = Secret::written(REFERENCE);
        params.secret = Secret::written("");
    });
}

#[test]
fn threescale_survives_yaml_and_json() {
    survives::<threescale::Params>(500, |params| {
        params.access_token = Secret::written(REFERENCE);
    });
}

#[test]
fn everything_survives_yaml_and_json() {
    survives::<Everything>(1_000, |params| {
        params.secret = Secret::written(REFERENCE);
    });
    survives::<Part>(500, |_| {});
}

#[test]
fn texts_that_look_like_something_else_survive() {
    let strange = [
        "",
        " ",
        "y",
        "no",
        "on",
        "null",
        "~",
        "1",
        "0x1F",
        "1_0",
        ".5",
        "1e3",
        "2026-01-02",
        "2026-01-02T03:04:05Z",
        "- a",
        "a: b",
        "# no comment",
        "\"",
        "'",
        "a\nb",
        "a\n",
        "\n",
        "\u{feff}",
        "\t",
        "\0",
        "\u{85}",
        "\u{2028}",
        "ü€𝄞",
        "%",
        "@",
        "`",
        "*a",
        "&a",
        "!a",
        "|",
        ">",
        "{}",
        "[]",
        "<<",
        "=",
        "${env:X}",
        "[redacted]",
        ".inf",
        "0b1",
        "1:30",
    ];
    let mut config = Everything::defaults();
    config.texts = strange.map(str::to_owned).to_vec();
    config.strings = strange
        .map(|text| (text.to_owned(), text.to_owned()))
        .into();
    let yaml = to_yaml(&config.show()).expect("it can be written");
    let found: Everything = read("params.yaml", &yaml);
    assert_eq!(found.texts, config.texts, "{yaml}");
    assert_eq!(found.strings, config.strings, "{yaml}");
}

#[test]
fn a_secret_that_is_shown_is_not_read_as_one() {
    let mut config = threescale::Params::defaults();
    config.system_url = "https://a.example".into();
    config.access_token = Secret::new("hunter2");
    let yaml = to_yaml(&config.show()).expect("it can be written");
    let problems = threescale::Params::from_yaml("params.yaml", &yaml).expect_err("no secret");
    assert_eq!(problems.len(), 1, "{problems}");
    config.access_token = Secret::written(REFERENCE);
    let yaml = to_yaml(&config.show()).expect("it can be written");
    let found = threescale::Params::from_yaml("params.yaml", &yaml).expect("a reference");
    assert_eq!(found.access_token.expose(), "tests");
}
