//! What the rules on fields say of values that are against them.

use std::collections::BTreeMap;
use std::time::Duration;

use adapter_runtime::config::Secret;
use adapter_runtime::{AdapterConfig, ConfigErrors};

#[derive(AdapterConfig, Debug)]
struct Params {
    #[config(required)]
    text: String,
    #[config(required)]
    optional_text: Option<String>,
    #[config(required)]
    number: Option<u32>,
    #[config(required)]
    part: Option<Part>,
    #[config(required)]
    list: Vec<Part>,
    #[config(required)]
    map: BTreeMap<String, Part>,
    #[config(non_empty)]
    not_empty: String,
    #[config(non_empty)]
    optional_not_empty: Option<String>,
    #[config(non_empty, unique)]
    names: Vec<String>,
    #[config(min = -1, max = 10)]
    bounded: i32,
    #[config(positive)]
    positive: f64,
    #[config(min = 0.1, max = 0.9)]
    share: f32,
    #[config(min = "1s", max = "1m")]
    timeout: Duration,
    #[config(positive)]
    optional_timeout: Option<Duration>,
    #[config(max = 5, unique)]
    numbers: Vec<u64>,
    #[config(min = 1)]
    sizes: BTreeMap<i32, i64>,
    #[config(format = "url")]
    url: String,
    #[config(format = "host:port")]
    addresses: Vec<String>,
    #[config(format = "regex")]
    patterns: BTreeMap<String, String>,
    #[config(oneof, required)]
    choice: Option<Choice>,
}

#[derive(AdapterConfig, Debug, Clone)]
struct Part {
    #[config(required)]
    name: String,
    #[config(positive, default = 1)]
    size: i32,
    parts: Vec<Part>,
    by_name: BTreeMap<String, Part>,
}

#[derive(AdapterConfig, Debug)]
enum Choice {
    #[config(tag = 50, name = "chosen_url", format = "url")]
    Url(String),
    #[config(tag = 51, name = "chosen_part")]
    Part(Part),
}

fn part(name: &str, size: i32) -> Part {
    Part {
        name: name.into(),
        size,
        ..Part::defaults()
    }
}

fn valid() -> Params {
    Params {
        text: "a".into(),
        optional_text: Some(String::new()),
        number: Some(0),
        part: Some(part("p", 1)),
        list: vec![part("p", 1)],
        map: [("k".into(), part("p", 1))].into(),
        not_empty: "a".into(),
        optional_not_empty: None,
        names: vec!["a".into(), "b".into()],
        bounded: -1,
        positive: f64::MIN_POSITIVE,
        share: 0.1,
        timeout: Duration::from_secs(1),
        optional_timeout: None,
        numbers: vec![5, 4, 0],
        sizes: [(1, 1)].into(),
        url: String::new(),
        addresses: vec!["[::1]:443".into()],
        patterns: [("k".into(), "a|b".into())].into(),
        choice: Some(Choice::Url("http://a".into())),
    }
}

fn violations(mut params: impl AdapterConfig) -> Vec<String> {
    let mut errors = ConfigErrors::new();
    params.check(&mut errors);
    let line = |error: &adapter_runtime::ConfigError| format!("{}: {}", error.field, error.message);
    errors.iter().map(line).collect()
}

#[test]
fn what_keeps_to_the_rules_is_valid() {
    assert_eq!(violations(valid()), Vec::<String>::new());
}

#[test]
fn every_violation_is_reported_in_the_order_of_the_fields() {
    let found = violations(Params::defaults());
    assert_eq!(
        found,
        [
            "text: is required",
            "optional_text: is required",
            "number: is required",
            "part: is required",
            "list: is required",
            "map: is required",
            "not_empty: must not be empty",
            "names: must not be empty",
            "positive: must be positive, got 0",
            "share: must be at least 0.1, got 0",
            "timeout: must be at least 1s, got 0s",
            "choice: is required: write one of `chosen_url`, `chosen_part`",
        ]
    );
}

#[test]
fn violations_name_their_place_and_what_was_got() {
    let mut wrong = part("", -1);
    wrong.parts = vec![part("fine", 1), part("", 0)];
    wrong.by_name = [("a \"b\"".into(), part("", 1))].into();
    let params = Params {
        part: Some(wrong),
        list: vec![part("fine", 1), part("", 1)],
        map: [("k".into(), part("p", -5))].into(),
        optional_not_empty: Some(String::new()),
        names: vec!["a".into(), "b".into(), "a".into(), "".into()],
        bounded: 11,
        positive: f64::NAN,
        share: 1.5,
        timeout: Duration::from_millis(90_500),
        optional_timeout: Some(Duration::ZERO),
        numbers: vec![1, 6, 1],
        sizes: [(7, 0), (-7, -1)].into(),
        url: "example.com".into(),
        addresses: vec!["a:1".into(), "".into(), "b".into()],
        patterns: [("k".into(), "(".into())].into(),
        choice: Some(Choice::Part(part("", 0))),
        ..valid()
    };
    assert_eq!(
        violations(params),
        [
            "part.name: is required",
            "part.size: must be positive, got -1",
            "part.parts[1].name: is required",
            "part.parts[1].size: must be positive, got 0",
            "part.by_name[\"a \\\"b\\\"\"].name: is required",
            "list[1].name: is required",
            "map[\"k\"].size: must be positive, got -5",
            "optional_not_empty: must not be empty",
            "names[2]: `a` is already names[0]: write it once",
            "bounded: must be at most 10, got 11",
            "positive: must be positive, got NaN",
            "share: must be at most 0.9, got 1.5",
            "timeout: must be at most 1m0s, got 1m30.5s",
            "optional_timeout: must be positive, got 0s",
            "numbers[2]: `1` is already numbers[0]: write it once",
            "numbers[1]: must be at most 5, got 6",
            "sizes[-7]: must be at least 1, got -1",
            "sizes[7]: must be at least 1, got 0",
            "url: must be a URL such as `https://example.com/path`, got `example.com`: the scheme \
             is missing",
            "addresses[1]: must be a host and a port such as `example.com:443`, got ``: it is \
             malformed",
            "addresses[2]: must be a host and a port such as `example.com:443`, got `b`: the port \
             is missing",
            "patterns[\"k\"]: must be a regular expression, got `(`: unclosed group, at character \
             1",
            "chosen_part.name: is required",
            "chosen_part.size: must be positive, got 0",
        ]
    );
}

#[test]
fn a_oneof_that_was_written_empty_is_no_absent_one() {
    let params = Params {
        choice: Some(Choice::Url(String::new())),
        ..valid()
    };
    assert_eq!(
        violations(params),
        [
            "chosen_url: must be a URL such as `https://example.com/path`, got ``: the scheme is \
             missing"
        ]
    );
}

#[test]
fn long_values_are_shortened() {
    let params = Params {
        url: "x".repeat(5000),
        ..valid()
    };
    let found = violations(params);
    assert_eq!(found.len(), 1);
    assert!(found[0].len() < 400, "{found:?}");
}

#[derive(AdapterConfig, Debug)]
struct Keys {
    #[config(required, format = "url")]
    url: Secret,
    #[config(non_empty)]
    keys: Vec<Secret>,
    #[config(required)]
    optional: Option<Secret>,
}

#[test]
fn rules_on_secrets_show_nothing_of_them() {
    let keys = Keys {
        url: Secret::new("hunter2"),
        keys: vec![],
        optional: None,
    };
    assert_eq!(
        violations(keys),
        [
            "url: must be a URL such as `https://example.com/path`: the scheme is missing",
            "keys: must not be empty",
            "optional: is required",
        ]
    );
    let keys = Keys {
        url: Secret::new("http://hunter2:secret"),
        keys: vec![Secret::new("")],
        optional: Some(Secret::default()),
    };
    assert_eq!(
        violations(keys),
        [
            "url: must be a URL such as `https://example.com/path`: the port is not a number up \
             to 65535"
        ]
    );
}

#[test]
fn rules_are_described() {
    let fields = Params::fields();
    let rules = |name: &str| {
        let field = fields.iter().find(|field| field.name == name);
        field.expect(name).rules.join("; ")
    };
    assert_eq!(rules("text"), "required");
    assert_eq!(rules("names"), "not empty; nothing twice");
    assert_eq!(rules("timeout"), "at least 1s; at most 1m0s");
    assert_eq!(rules("share"), "at least 0.1; at most 0.9");
    assert_eq!(rules("patterns"), "a regular expression");
    assert_eq!(rules("part.size"), "positive");
    assert_eq!(
        rules("chosen_url"),
        "a URL such as `https://example.com/path`; required: one of `chosen_url`, `chosen_part`"
    );
    let keys = Keys::fields();
    assert_eq!(keys[1].rules, ["not empty", "secret"]);
}
