//! What is written, and how problems look.

use adapter_runtime::document::{self, Problem, Problems, to_yaml};
use serde_json::json;

use crate::tree;

#[test]
fn yaml_is_readable_and_has_quotes_where_a_reader_would_stumble() {
    let value = json!({
        "apiVersion": "config.istio.io/v1alpha2",
        "kind": "handler",
        "metadata": {"name": "n", "labels": {"y": "on", "version": "1.10", "octal": "010"}},
        "spec": {
            "address": "wavefront:8000",
            "date": "2001-12-14",
            "empty": "",
            "expression": "source.labels[\"app\"] | \"unknown\"",
            "list": [{"a": 1, "b": [true, null]}, "- x", [], {}],
            "long": "word ".repeat(30).trim(),
            "match": "context.protocol == \"http\" && response.code >= 500",
            "sexagesimal": "1:30",
            "text": "first line\n  second: line\n",
            "without_end": "a\nb",
        },
    });
    let expected = r##"apiVersion: config.istio.io/v1alpha2
kind: handler
metadata:
  labels:
    octal: "010"
    version: "1.10"
    "y": "on"
  name: "n"
spec:
  address: wavefront:8000
  date: "2001-12-14"
  empty: ""
  expression: source.labels["app"] | "unknown"
  list:
  - a: 1
    b:
    - true
    - null
  - "- x"
  - []
  - {}
  long: word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word
  match: context.protocol == "http" && response.code >= 500
  sexagesimal: "1:30"
  text: |
    first line
      second: line
  without_end: |-
    a
    b
"##;
    let yaml = to_yaml(&value).expect("it can be written");
    assert_eq!(yaml, expected);
}

#[test]
fn a_tree_keeps_its_order() {
    let text = "z: 1\na:\n- b: \"yes\"\n  a: 18446744073709551615\n";
    assert_eq!(to_yaml(&tree(text)).expect("it can be written"), text);
}

const LOOKS: &str = r##"error: a tab where YAML wants blanks
 --> handler.yaml:2:1
  |
2 |     name: x
  | ^^^^
  |
  = help: indent with blanks

error: the key `token` is there twice
 --> handler.yaml:8:3
  |
8 |   token
  |   ^^^^^
  |
 ::: handler.yaml:7:3
  |
7 |   token
  |   ----- the first one
  |
  = help: remove one of them: Mixer would take the second

error: a `[` is closed by a `}`
  --> handler.yaml:10:11
   |
10 | spec: {a: [1, 2}
   |           ^

error: expected a text, got the boolean `false`: that is how Mixer, which reads YAML 1.1, takes an unquoted `no`
 --> handler.yaml:2:11
  |
2 |   region: no
  |           ^^ spec.region
  |
  = help: write `"no"`

error: expected a text, got the boolean `true`: that is how Mixer, which reads YAML 1.1, takes an unquoted `yes`
 --> handler.yaml:3:14
  |
3 |   list:    [中文, yes]
  |                   ^^^
  |
  = help: write `"yes"`

warning: this block says nothing
 --> handler.yaml:2:3
  |
2 |   region: no
  |   ^^^^^^^^^^
  |
 ::: handler.yaml:2:11
  |
2 |   region: no
  |           -- not even here
"##;

/// What `handler.yaml` looks like with problems of every kind.
#[test]
fn problems_look_like_a_compilers() {
    let text = "\
spec:
\tname: x
---
spec:
  region: no
  list: [\u{4e2d}\u{6587}, yes]
  token: hunter2
  token: hunter3
---
spec: {a: [1, 2}
";
    let mut problems = Problems::new();
    document::parse("handler.yaml", text, &mut problems);
    let node = document::parse(
        "handler.yaml",
        "spec:\n  region: no\n  list:\t[\u{4e2d}\u{6587}, yes]\n",
        &mut problems,
    )
    .remove(0);
    let region = node.nearest("spec.region");
    problems.extend(region.as_str().map_err(|it| it.path("spec.region")).err());
    problems.extend(node.nearest("spec.list[1]").as_str().err());
    problems.push(
        Problem::warning(node.nearest("spec").span(), "this block says nothing")
            .related(region.span(), "not even here"),
    );
    assert_eq!(problems.to_string(), LOOKS);
    assert!(problems.has_errors());
    let places: Vec<_> = {
        problems.sort();
        problems.iter().map(|it| it.span().line()).collect()
    };
    assert!(places.is_sorted(), "{places:?}");
    // The same in colour.
    let color = problems.render(true, 120);
    assert!(
        color.contains("\u{1b}[1m\u{1b}[91merror") && color.contains("spec.region"),
        "{color}"
    );
}

#[test]
fn long_lines_are_cut_around_the_caret() {
    let text = format!(
        "a: [{}yes, {}no]\n",
        "before, ".repeat(100),
        "after, ".repeat(100)
    );
    let node = tree(&text);
    let mut problems = Problems::new();
    problems.extend(node.nearest("a[100]").as_str().err());
    assert_eq!(problems.render(false, 60), "\
error: expected a text, got the boolean `true`: that is how Mixer, which reads YAML 1.1, takes an unquoted `yes`
 --> file.yaml:1:805
  |
1 | ...efore, before, before, yes, after, after, after, a...
  |                           ^^^
  |
  = help: write `\"yes\"`
");
}

#[test]
fn problems_are_json_too() {
    let mut problems = Problems::new();
    document::parse("f.yaml", "a: 1\na: 2\n", &mut problems);
    let json = serde_json::to_value(&problems).expect("JSON");
    assert_eq!(
        json,
        json!([{
            "severity": "error", "message": "the key `a` is there twice", "path": null,
            "help": "remove one of them: Mixer would take the second",
            "file": "f.yaml", "line": 2, "column": 1, "end_line": 2, "end_column": 2,
            "related": [{"message": "the first one", "file": "f.yaml", "line": 1, "column": 1}],
        }])
    );
}

#[test]
fn what_a_problem_quotes_can_not_move_the_cursor() {
    let mut problems = Problems::new();
    document::parse(
        "f.yaml",
        "\"a\\e[2J\\nb\": 1\n\"a\\e[2J\\nb\": 1\n",
        &mut problems,
    );
    let line = problems.iter().next().expect("a problem").to_string();
    assert!(
        line.contains(r"the key `a\u{1b}[2J\nb` is there twice"),
        "{line}"
    );
}
