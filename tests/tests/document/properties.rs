//! What holds for every text and every value.

use adapter_runtime::document::{self, Content, Node, Problems, to_yaml};
use proptest::prelude::*;
use serde_json::{Map, Number, Value};

use crate::trees;

/// Any value of JSON, with texts that YAML would take for something else.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|it| Number::from_f64(it).map_or(Value::Null, Value::from)),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..6)
                .prop_map(|entries| Value::from(Map::from_iter(entries))),
        ]
    })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ -~\n\t]{0,40}",
        "[-+]?[0-9_.:eExXob]{1,8}",
        "( |\n)*[a-z]+(\n| )*",
        prop::sample::select(TRAPS).prop_map(str::to_owned),
        (prop::sample::select(TRAPS), "[ \n:#,]{0,2}")
            .prop_map(|(trap, rest)| trap.to_owned() + &rest),
    ]
}

/// Texts that some YAML reader takes for something else, or that end a plain text.
const TRAPS: &[&str] = &[
    "",
    "~",
    "null",
    "y",
    "N",
    "yes",
    "off",
    "On",
    "TRUE",
    "0o17",
    "017",
    "08",
    "1_000",
    "1:30",
    "0x1F",
    "0b1",
    "1e3",
    ".5",
    "+1",
    ".inf",
    "-.INF",
    ".nan",
    "2001-12-14",
    "2001-1-1 1:2:3",
    "<<",
    "=",
    "-",
    "- a",
    "? a",
    ": a",
    "a: b",
    "a #b",
    "#",
    "&a",
    "*a",
    "!a",
    "|",
    ">",
    "%",
    "@",
    "`",
    "\"",
    "'",
    "{",
    "[",
    "]",
    "---",
    "...",
    "--- a",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "\u{7f}",
    "a\r\nb",
    "a\n\n",
    "\n",
    " a",
    "a ",
    "\ta",
    "  a\nb",
    "\u{1}",
    "\u{10ffff}",
];

/// The tree as JSON has it; floats that are whole numbers are integers there.
fn plain(node: &Node) -> Value {
    match node.content() {
        Content::Float(value) if value.fract() == 0.0 => integral(*value),
        Content::Sequence(items) => items.iter().map(plain).collect(),
        Content::Mapping(mapping) => mapping
            .iter()
            .map(|entry| (entry.key().name().to_owned(), plain(entry.value())))
            .collect(),
        _ => serde_json::to_value(node).expect("a scalar is a value"),
    }
}

/// JSON doesn't tell `1.0` from `1`.
fn normal(value: &Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 => integral(float),
            _ => value.clone(),
        },
        Value::Array(items) => items.iter().map(normal).collect(),
        Value::Object(entries) => entries
            .iter()
            .map(|(key, value)| (key.clone(), normal(value)))
            .collect(),
        _ => value.clone(),
    }
}

fn integral(float: f64) -> Value {
    if float.abs() < 1e15 {
        Value::from(float as i64)
    } else {
        Value::from(float)
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_written_as_yaml_is_read_as_the_same(value in value()) {
        let yaml = to_yaml(&value).expect("JSON can be written");
        let read = trees("file.yaml", &yaml);
        // A document that is nothing is none.
        let read = read.first().map_or(Value::Null, plain);
        prop_assert_eq!(read, normal(&value), "{}", yaml);
    }

    #[test]
    fn json_is_read_as_it_is(value in value(), pretty: bool, tabs: bool) {
        let mut json = match pretty {
            true => serde_json::to_string_pretty(&value),
            false => serde_json::to_string(&value),
        }.expect("a value can be written");
        if tabs {
            json = json.replace("\n  ", "\r\n\t");
        }
        // What can't be printed is to be an escape.
        let json: String = json.chars().map(|c| match c {
            '\u{7f}'..='\u{9f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                format!("\\u{:04x}", u32::from(c))
            }
            _ => c.into(),
        }).collect();
        let read = trees("file.json", &json);
        let read = read.first().map_or(Value::Null, plain);
        prop_assert_eq!(read, normal(&value), "{}", json);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>, json: bool) {
        survive(if json { "file.json" } else { "file.yaml" }, &bytes);
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>(), json: bool) {
        survive(if json { "file.json" } else { "file.yaml" }, text.as_bytes());
    }

    #[test]
    fn no_text_of_yaml_signs_makes_it_panic(text in "([-:?&*!|>{}\\[\\],#'\"%@` \n\t\ra<\u{e4}\u{feff}]|: |- |\n  |&a |\\*a|<<: |---\n|\\.\\.\\.\n){0,60}") {
        survive("file.yaml", text.as_bytes());
    }

    #[test]
    fn no_mutation_makes_it_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), "[-:?&*!|>{}\\[\\],#'\" \n\ta\u{e4}]{0,3}", 0_usize..4), 1..6),
    ) {
        let mut text: Vec<char> = RESOURCES.chars().collect();
        for (at, insert, remove) in edits {
            let at = at.index(text.len());
            let end = (at + remove).min(text.len());
            text.splice(at..end, insert.chars());
        }
        survive("file.yaml", String::from_iter(text).as_bytes());
    }
}

/// Reads, shows every problem in every form, and finds every node again by its path.
fn survive(name: &str, text: &[u8]) {
    let mut problems = Problems::new();
    let documents = document::parse(name, text, &mut problems);
    for node in &documents {
        visit(node, node, &mut problems);
        to_yaml(node).expect("what was read can be written");
    }
    for (color, width) in [(false, 1), (true, 80)] {
        let text = problems.render(color, width);
        assert_eq!(text.is_empty(), problems.is_empty());
    }
    serde_json::to_string(&problems).expect("problems can be written");
    for problem in problems.iter() {
        assert!(!problem.to_string().contains('\n'));
    }
}

fn visit(root: &Node, node: &Node, problems: &mut Problems) {
    let path = root.path_of(node).expect("the node is in the tree");
    let unusual = path.contains(['"', '\'', ' ']) || path.contains("..");
    if !unusual && !path.is_empty() && !path.ends_with('.') {
        assert!(
            root.nearest(&path)
                .span()
                .source()
                .name()
                .starts_with("file")
        );
    }
    problems.extend(node.as_str().err());
    problems.extend(node.as_secret_str().err());
    problems.extend(node.as_bool().err());
    problems.extend(node.as_integer::<i32>().err());
    problems.extend(node.as_f64().err());
    problems.extend(node.as_duration().err());
    problems.extend(node.require("a").err());
    match node.content() {
        Content::Sequence(items) => items.iter().for_each(|item| visit(root, item, problems)),
        Content::Mapping(mapping) => {
            problems.extend(mapping.unknown_keys(&["a"]));
            for entry in mapping.iter() {
                problems.extend(entry.key().as_str().err());
                visit(root, entry.value(), problems);
            }
        }
        _ => {}
    }
}

const RESOURCES: &str = "\
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata:
  name: &name wavefront
  labels: {app: *name, tier: \"backend\"}
spec:
  adapter: 'wavefront'
  connection: {address: \"wavefront:8000\"}
  params:
    flush_interval: 5s
    metrics:
    - name: count
      <<: &more
        type: COUNTER
    - <<: [*more]
      name: size # bytes
      text: |
        several
          lines
      folded: >-
        one
        line
---
# nothing
---
{\"kind\": \"rule\", \"spec\": {\"match\": \"true\", \"actions\": [{\"instances\": [1, -2.5, null]}]}}
";
