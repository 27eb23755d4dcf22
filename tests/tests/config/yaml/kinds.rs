//! Values that are not of their field's kind: where, and what to write instead.

use std::collections::BTreeMap;

use adapter_runtime::AdapterConfig;
use adapter_runtime::config::Reading;
use adapter_runtime::document::Problems;
use tests::configs::everything::Everything;

use super::{assert_problems, document, handler};

#[test]
fn a_document_that_is_wrong_everywhere_has_an_end() {
    let list = "x,".repeat(200_000);
    let problems = Everything::from_yaml("params.yaml", &format!("numbers: [{list}]"));
    assert_eq!(problems.expect_err("not numbers").len(), 1_000);
    let list = "{share: x, parts: 5},".repeat(50_000);
    let problems = Everything::from_yaml("params.yaml", &format!("parts: [{list}]"));
    assert_eq!(problems.expect_err("no parts").len(), 1_000);
    let keys: String = (0..20_000).map(|n| format!("unknown_{n}: 1,")).collect();
    let problems = Everything::from_yaml("params.yaml", &format!("{{{keys}}}"));
    assert_eq!(problems.expect_err("no fields").len(), 1_000);
    // Warnings leave room for an error.
    let entries: String = (0..5_000)
        .map(|n| format!("{n}: 0x20000000000001,"))
        .collect();
    let text = format!("by_id: {{{entries}}}\nnumber: x\n");
    let problems = Warned::from_yaml("params.yaml", &text).expect_err("no number");
    assert!(problems.has_errors());
}

#[derive(AdapterConfig, Debug)]
struct Warned {
    by_id: BTreeMap<i32, i64>,
    number: i32,
}

#[test]
fn what_is_no_value_of_its_kind() {
    let cases: &[(&str, &[&str])] = &[
        (
            "plain_i32: 2147483648",
            &[
                "3:16: error: plain_i32: `2147483648` is out of range; write one from \
                 -2147483648 to 2147483647",
            ],
        ),
        (
            "plain_i32: 010",
            &[
                "3:16: warning: plain_i32: an unquoted `010` is 8 for Mixer, which reads YAML 1.1 \
                 and takes a leading zero for the base 8; write `8`, or `10` if that is meant",
            ],
        ),
        (
            "double: -0_17\nplain_u64: 0o17\nplain_i64: 08\nfloat: 007",
            &[
                "3:13: warning: double: an unquoted `-0_17` is -15 for Mixer, which reads YAML 1.1 \
                 and takes a leading zero for the base 8; write `-15`, or `-17` if that is meant",
            ],
        ),
        (
            "by_i64: {\"01\": 1, \"+1\": 1, 0x10: 1}",
            &[
                "3:14: error: by_i64: expected an integer as key, got `01`; write one from \
                 -9223372036854775808 to 9223372036854775807",
                "3:23: error: by_i64: expected an integer as key, got `+1`; write one from \
                 -9223372036854775808 to 9223372036854775807",
            ],
        ),
        (
            "plain_u32: -1",
            &["3:16: error: plain_u32: `-1` is out of range; write one from 0 to 4294967295"],
        ),
        (
            "fixed_u64: 1.5",
            &[
                "3:16: error: fixed_u64: expected an integer, got the number `1.5`; write a \
                 number without fraction",
            ],
        ),
        (
            "plain_i64: five",
            &[
                "3:16: error: plain_i64: expected an integer, got the text `five`; write a \
                 number",
            ],
        ),
        (
            "float: 1e39",
            &[
                "3:12: error: float: `1e39` is out of range; write one from -3.4028235e38 to \
                 3.4028235e38",
            ],
        ),
        (
            "double: '0.5'",
            &[
                "3:13: error: double: expected a number, got the text `0.5`; write `0.5` \
                 without quotes",
            ],
        ),
        (
            "time_stamp: 2026-01-02",
            &[
                "3:17: error: time_stamp: `2026-01-02` is no time; write e.g. \
                 `2026-01-02T03:04:05Z`",
            ],
        ),
        (
            "time_stamp: 2026-13-02T00:00:00Z",
            &[
                "3:17: error: time_stamp: `2026-13-02T00:00:00Z` is no time; write e.g. \
                 `2026-01-02T03:04:05Z`",
            ],
        ),
        (
            "system_time: 5",
            &[
                "3:18: error: system_time: expected a time, got the integer `5`; write e.g. \
                 `2026-01-02T03:04:05Z`",
            ],
        ),
        (
            "duration: 400000000h",
            &[
                "3:15: error: duration: `400000000h` is no duration: it is longer than 10,000 \
                 years; write e.g. `10m`, `1.5s` or `1h30m`",
            ],
        ),
        (
            "texts: a",
            &[
                "3:12: error: texts: expected a list, got the text `a`; write `- ` before each \
                 item",
            ],
        ),
        (
            "numbers: [1, two, 3, four]",
            &[
                "3:18: error: numbers[1]: expected an integer, got the text `two`; write a \
                 number",
                "3:26: error: numbers[3]: expected an integer, got the text `four`; write a \
                 number",
            ],
        ),
        (
            "strings: [a]",
            &["3:14: error: strings: expected a mapping, got a list; write `key: value` lines"],
        ),
        (
            "strings: {n: a, b: 5}",
            &[
                "3:15: error: strings: this is the key `false` for Mixer, which reads YAML 1.1 \
                 and takes an unquoted `n` for it; write `\"n\"`",
                "3:24: error: strings[\"b\"]: expected a text, got the integer `5`; write \
                 `\"5\"`",
            ],
        ),
        (
            "by_i32: {a: {}, 3000000000: {}, 5: {share: x}}",
            &[
                "3:14: error: by_i32: expected an integer as key, got `a`; write one from \
                 -2147483648 to 2147483647",
                "3:21: error: by_i32: expected an integer as key, got `3000000000`; write one \
                 from -2147483648 to 2147483647",
                "3:48: error: by_i32[5].share: expected a number, got the text `x`; write a \
                 number",
            ],
        ),
        (
            "levels_by_name: {a: ON}",
            &[
                "3:25: error: levels_by_name[\"a\"]: expected a text, got the boolean `true`: \
                 that is how Mixer, which reads YAML 1.1, takes an unquoted `ON`; write \
                 `\"ON\"`",
            ],
        ),
        (
            "part: {parts: [{parts: [{names: [1]}]}]}",
            &[
                "3:38: error: part.parts[0].parts[0].names[0]: expected a text, got the \
                 integer `1`; write `\"1\"`",
            ],
        ),
        (
            "one_text: a\none_number: 5\none_level: OFF",
            &[
                "4:5: error: one_number: only one of `one_text` and `one_number` can be \
                 written (the first one: line 3); remove one of them",
                "5:5: error: one_level: only one of `one_text` and `one_level` can be written \
                 (the first one: line 3); remove one of them",
            ],
        ),
        (
            "y: 5",
            &[
                "3:5: error: this is the key `true` for Mixer, which reads YAML 1.1 and takes \
                 an unquoted `y` for it; write `\"y\"`",
            ],
        ),
        (
            "optional_part: []",
            &[
                "3:20: error: optional_part: expected a mapping, got a list; write `key: \
                 value` lines",
            ],
        ),
    ];
    assert_problems(cases, |params| {
        let mut problems = Problems::new();
        let handler = document(&handler(params));
        let params = handler.nearest("spec.params");
        let reading = Reading::<Everything>::of(params);
        let read = reading.finish(&mut problems).is_some();
        assert_eq!(read, !problems.has_errors(), "{params:?}");
        problems
    });
}
