//! What a consumer that expects something else tells the operator.

use adapter_runtime::document::{Node, Problem};
use adapter_runtime::value::Duration;

use crate::tree;

fn message<T: std::fmt::Debug>(result: Result<T, Problem>) -> String {
    let problem = result.expect_err("it is something else");
    let text = problem.to_string();
    text.strip_prefix("file.yaml:1:4: error: ")
        .unwrap_or(&text)
        .to_owned()
}

fn value(text: &str) -> Node {
    let node = tree(&format!("k: {text}"));
    node.nearest("k").clone()
}

#[test]
fn what_needs_quotes_to_be_a_text() {
    for (written, expected) in [
        (
            "yes",
            "expected a text, got the boolean `true`: that is how Mixer, which reads YAML 1.1, \
             takes an unquoted `yes`; write `\"yes\"`",
        ),
        (
            "n",
            "expected a text, got the boolean `false`: that is how Mixer, which reads YAML 1.1, \
             takes an unquoted `n`; write `\"n\"`",
        ),
        (
            "true",
            "expected a text, got the boolean `true`; write `\"true\"`",
        ),
        (
            "8080",
            "expected a text, got the integer `8080`; write `\"8080\"`",
        ),
        (
            "017",
            "expected a text, got the integer `15`: that is how Mixer, which reads YAML 1.1, \
             takes an unquoted `017`; write `\"017\"`",
        ),
        (
            "1_000",
            "expected a text, got the integer `1000`: that is how Mixer, which reads YAML 1.1, \
             takes an unquoted `1_000`; write `\"1_000\"`",
        ),
        (
            "1.50",
            "expected a text, got the number `1.5`; write `\"1.50\"`",
        ),
        (
            "1e3",
            "expected a text, got the number `1000`: that is how Mixer, which reads YAML 1.1, \
             takes an unquoted `1e3`; write `\"1e3\"`",
        ),
        (
            "~",
            "expected a text, got nothing; write `\"\"` for an empty text",
        ),
        ("[a]", "expected a text, got a list"),
        ("{a: b}", "expected a text, got a mapping"),
    ] {
        assert_eq!(message(value(written).as_str()), expected, "{written}");
    }
    assert_eq!(value("'yes'").as_str().expect("a text"), "yes");
}

#[test]
fn a_secret_is_not_shown() {
    for written in ["12345", "yes", "[12345]"] {
        let problem = value(written).as_secret_str().expect_err("no text");
        let mut problems = adapter_runtime::document::Problems::new();
        problems.push(problem.path("params.token"));
        let all = format!(
            "{problems}\n{}",
            serde_json::to_string(&problems).expect("JSON")
        );
        assert!(
            all.contains("params.token") && all.contains("file.yaml:1:4"),
            "{all}"
        );
        assert!(!all.contains("12345") && !all.contains("yes"), "{all}");
    }
    assert_eq!(value("abc").as_secret_str().expect("a text"), "abc");
}

#[test]
fn booleans() {
    for (written, expected) in [
        (
            "'yes'",
            "expected a boolean, got the text `yes`; write `true` without quotes",
        ),
        (
            "maybe",
            "expected a boolean, got the text `maybe`; write `true` or `false`",
        ),
        (
            "1",
            "expected a boolean, got the integer `1`; write `true` or `false`",
        ),
    ] {
        assert_eq!(message(value(written).as_bool()), expected);
    }
    assert!(value("on").as_bool().expect("a boolean"));
}

#[test]
fn numbers_and_their_ranges() {
    for (written, expected) in [
        ("-1", "`-1` is out of range; write one from 0 to 4294967295"),
        (
            "5000000000",
            "`5000000000` is out of range; write one from 0 to 4294967295",
        ),
        (
            "1.5",
            "expected an integer, got the number `1.5`; write a number without fraction",
        ),
        (
            "'5'",
            "expected an integer, got the text `5`; write `5` without quotes",
        ),
        (
            "five",
            "expected an integer, got the text `five`; write a number",
        ),
        (
            "on",
            "expected an integer, got the boolean `true`: that is how Mixer, which reads \
             YAML 1.1, takes an unquoted `on`",
        ),
    ] {
        assert_eq!(message(value(written).as_integer::<u32>()), expected);
    }
    assert_eq!(value("1e3").as_integer::<i32>().expect("an integer"), 1_000);
    assert_eq!(value("0x10").as_integer::<i64>().expect("an integer"), 16);
    assert_eq!(
        value("18446744073709551615")
            .as_integer::<u64>()
            .expect("an integer"),
        u64::MAX
    );
    assert_eq!(
        message(value("18446744073709551615").as_integer::<i64>()),
        "`18446744073709551615` is out of range; \
         write one from -9223372036854775808 to 9223372036854775807"
    );
    assert_eq!(value("5").as_f64().expect("a number"), 5.0);
    assert_eq!(
        message(value("'1.5'").as_f64()),
        "expected a number, got the text `1.5`; write `1.5` without quotes"
    );
}

#[test]
fn durations() {
    assert_eq!(
        value("1m30s").as_duration().expect("a duration"),
        Duration::new(90, 0)
    );
    for (written, expected) in [
        (
            "30",
            "expected a duration, got the integer `30`; write the unit: `30s` for seconds",
        ),
        (
            "1.5",
            "expected a duration, got the number `1.5`; write e.g. `10m`, `1.5s` or `1h30m`",
        ),
        (
            "5 minutes",
            "`5 minutes` is no duration: the units are `ns`, `us`, `ms`, `s`, `m` and `h`, one \
             after each number; write e.g. `10m`, `1.5s` or `1h30m`",
        ),
        (
            "''",
            "`` is no duration: it is empty; write e.g. `10m`, `1.5s` or `1h30m`",
        ),
    ] {
        assert_eq!(message(value(written).as_duration()), expected);
    }
}

#[test]
fn lists_mappings_and_keys() {
    for (written, expected) in [
        (
            "a",
            "expected a list, got the text `a`; write `- ` before each item",
        ),
        (
            "",
            "file.yaml:1:3: error: expected a list, got nothing; write `[]` for an empty one",
        ),
    ] {
        assert_eq!(message(value(written).as_sequence()), expected);
    }
    for (written, expected) in [
        (
            "5",
            "expected a mapping, got the integer `5`; write `key: value` lines",
        ),
        (
            "[a]",
            "expected a mapping, got a list; write `key: value` lines",
        ),
    ] {
        assert_eq!(message(value(written).as_mapping()), expected);
    }
    let node = tree("{name: x, flush_intervall: 5s, n: 1, zzz: 2, empty: , 010: 3}");
    let mapping = node.as_mapping().expect("a mapping");
    let known = ["name", "flush_interval", "empty"];
    let unknown: Vec<_> = mapping
        .unknown_keys(&known)
        .map(|it| it.to_string())
        .collect();
    assert_eq!(
        unknown,
        [
            "file.yaml:1:11: error: unknown key `flush_intervall`; did you mean `flush_interval`?",
            "file.yaml:1:32: error: this is the key `false` for Mixer, which reads YAML 1.1 and \
             takes an unquoted `n` for it; write `\"n\"`",
            "file.yaml:1:38: error: unknown key `zzz`; the keys are `name`, \
             `flush_interval` and `empty`",
            "file.yaml:1:55: error: this is the key `8` for Mixer, which reads YAML 1.1 and takes \
             an unquoted `010` for it; write `\"010\"`",
        ]
    );
    assert_eq!(mapping.unknown_keys(&[]).count(), 6);
    assert_eq!(
        message(node.require("missing")),
        "file.yaml:1:2: error: the key `missing` is missing; add `missing: …`"
    );
    assert_eq!(
        message(node.require("empty")),
        "file.yaml:1:46: error: nothing is written behind `empty`; add `empty: …`"
    );
    assert_eq!(
        node.require("name").and_then(Node::as_str).expect("a text"),
        "x"
    );
    let entry = mapping.entry("false").expect("as Mixer has it");
    assert!(entry.key().as_str().is_err());
}
