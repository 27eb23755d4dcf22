//! What is read is what Mixer reads.

use std::fmt::Write;

use adapter_runtime::document::{self, Content, Node, Problems};
use serde_json::json;
use tests::conformance;

use crate::{problems, tree, trees};

/// Scalars without quotes, and what go-yaml 2 makes of them.
#[test]
fn scalars_without_quotes_are_those_of_mixers_parser() {
    let text = "\
[y, Y, yes, on, n, No, OFF, ~, null, 0o17, 017, 08, 1_000, 0x1F, -0b11, 1e3, .5, +7, 1:30,
 2001-12-14, 18446744073709551615, 0123abc, +, =, yep, 1e999, 6.02E+23]";
    let value = serde_json::to_value(tree(text)).expect("a value");
    let expected = json!([
        true,
        true,
        true,
        true,
        false,
        false,
        false,
        null,
        null,
        15,
        15,
        8.0,
        1000,
        31,
        -3,
        1000.0,
        0.5,
        7,
        "1:30",
        "2001-12-14",
        18_446_744_073_709_551_615_u64,
        "0123abc",
        "+",
        "=",
        "yep",
        "1e999",
        6.02e23
    ]);
    assert_eq!(value, expected);
}

#[test]
fn quotes_blocks_and_tags_make_texts() {
    let text = "\
- 'yes'
- \"017\"
- !!str on
- ! 5
- |
  1
- >-
  true
- !!float 5
- !!int '5'
- !!null ''
";
    let value = serde_json::to_value(tree(text)).expect("a value");
    let expected = json!(["yes", "017", "on", "5", "1\n", "true", 5.0, 5, null]);
    assert_eq!(value, expected);
}

#[test]
fn keys_are_what_mixer_has() {
    let node = tree("{n: 1, 010: 2, 1.5: 3, 'on': 4, plain: 5}");
    let keys = node.as_mapping().expect("a mapping").iter();
    let keys: Vec<_> = keys.map(|entry| entry.key().name().to_owned()).collect();
    assert_eq!(keys, ["false", "8", "1.5", "on", "plain"]);
}

#[test]
fn several_documents_without_the_empty_ones() {
    let text = "---\n# nothing\n---\nkind: a\n---\n\n---\nkind: b\n...\n---\n";
    let nodes = trees("file.yml", text);
    let kinds: Vec<_> = nodes.iter().map(|node| node.nearest("kind")).collect();
    assert_eq!(kinds.len(), 2);
    assert_eq!(kinds[0].as_str().expect("a text"), "a");
    assert_eq!(kinds[1].span().to_string(), "file.yml:8:7");
    assert!(trees("file.yaml", "").is_empty());
    assert!(trees("file.yaml", "# nothing\n").is_empty());
}

#[test]
fn a_broken_document_leaves_the_others() {
    let mut problems = Problems::new();
    let text = "a: 1\n---\na: [1\n---\na: 2\na: 3\n---\na: 4\n";
    let nodes = document::parse("file.yaml", text, &mut problems);
    assert_eq!(nodes, [tree("a: 1"), tree("a: 4")]);
    let places: Vec<_> = problems.iter().map(|it| it.span().to_string()).collect();
    assert_eq!(places, ["file.yaml:3:4", "file.yaml:6:1"]);
}

#[test]
fn every_node_has_its_place() {
    let text = "\u{feff}spec:\r\n  \"\u{e4}\u{1f600}\": {a: [1, \u{1f600}x]}\r\n  list:\r\n  - b: |\r\n      text\r\n  none:\r\n";
    let node = tree(text);
    for (path, written, place) in [
        ("", &text[3..text.len() - 2], "1:1"),
        ("spec.\u{e4}\u{1f600}", "{a: [1, \u{1f600}x]}", "2:9"),
        ("spec.\u{e4}\u{1f600}.a", "[1, \u{1f600}x]", "2:13"),
        ("spec.\u{e4}\u{1f600}.a[1]", "\u{1f600}x", "2:17"),
        ("spec.list[0].b", "text\r\n  ", "5:7"),
        ("spec.none", "", "6:8"),
    ] {
        let found = node.nearest(path);
        assert_eq!(found.span().text(), written, "{path}");
        assert_eq!(
            found.span().to_string(),
            format!("file.yaml:{place}"),
            "{path}"
        );
        assert_eq!(node.path_of(found).as_deref(), Some(path));
    }
    let spec = node.nearest("spec").as_mapping().expect("a mapping");
    let key = spec.iter().next().expect("a key").key();
    assert_eq!(key.span().text(), "\"\u{e4}\u{1f600}\"");
    // What isn't there is as near as it gets.
    let nearest = node.nearest("spec.list[7].b");
    assert_eq!(node.path_of(nearest).as_deref(), Some("spec.list"));
    assert_eq!(node.path_of(&tree("1")), None);
}

#[test]
fn a_key_may_look_like_a_path() {
    let node = tree("{a.b: {c: 1}, a: {b: 2}, 'x[0]': 3}");
    assert_eq!(node.nearest("a.b.c").content(), &Content::Integer(1));
    assert_eq!(node.nearest("x[0]").content(), &Content::Integer(3));
}

#[test]
fn aliases_and_merge_keys_are_written_out() {
    let node = tree(
        "\
base: &base {a: 1, b: 2}
other: &other {b: 3, c: 4}
one: {<<: *base, b: 5}
two:
  <<: [*base, *other]
three: *base
*base : no
"
        .replace("*base : no\n", "")
        .as_str(),
    );
    let expected = json!({
        "base": {"a": 1, "b": 2}, "other": {"b": 3, "c": 4},
        "one": {"a": 1, "b": 5}, "two": {"a": 1, "b": 2, "c": 4}, "three": {"a": 1, "b": 2},
    });
    assert_eq!(serde_json::to_value(&node).expect("a value"), expected);
    // In quotes it is a key as any other.
    assert_eq!(
        tree("{'<<': 1}").nearest("<<").content(),
        &Content::Integer(1)
    );
}

#[test]
fn aliases_that_would_fill_the_memory_are_refused() {
    let mut laughs = String::from("l0: &l0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..9 {
        let alias = vec![format!("*l{}", level - 1); 9].join(", ");
        writeln!(laughs, "l{level}: &l{level} [{alias}]").expect("a string takes all");
    }
    assert_eq!(
        problems("file.yaml", &laughs),
        [
            "file.yaml:5:9: error: the anchors and aliases stand for more than 100000 \
          values; write the document with fewer of them"
        ]
    );
    // Anchors within anchors, which no alias names.
    let nested = (0..90)
        .map(|level| format!("&a{level} ["))
        .collect::<String>();
    let text = format!("{nested}{}{}", "1, ".repeat(2_000), "]".repeat(90));
    let lines = problems("file.yaml", text);
    assert!(
        lines.len() == 1 && lines[0].contains("the anchors and aliases stand for"),
        "{lines:?}"
    );
    // Nested ever deeper.
    let mut text = String::from("- &a0 [[[[[[[[[]]]]]]]]]\n");
    for level in 1..12 {
        writeln!(text, "- &a{level} [[[[[[[[[*a{}]]]]]]]]]", level - 1).expect("a string");
    }
    assert_eq!(
        problems("file.yaml", &text),
        ["file.yaml:12:17: error: nested more than 100 levels deep; write it flatter"]
    );
}

#[test]
fn depth_and_size_are_bounded() {
    assert_eq!(
        trees("file.yaml", &("[".repeat(100) + &"]".repeat(100))).len(),
        1
    );
    for (name, open, close) in [
        ("file.yaml", "[", "]"),
        ("file.yaml", "{a: ", "}"),
        ("file.json", "[", "]"),
        ("file.json", "{\"a\":", "}"),
    ] {
        for levels in [102, 300, 100_000] {
            let text = open.repeat(levels) + "1" + &close.repeat(levels);
            let problems = problems(name, &text);
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert!(problems[0].contains("nested"), "{problems:?}");
        }
    }
    let deep: String = (0..1000).map(|level| " ".repeat(level) + "a:\n").collect();
    assert_eq!(problems("file.yaml", &deep).len(), 1);
    assert_eq!(
        problems("big.yaml", vec![b' '; (16 << 20) + 1]),
        [
            "big.yaml:1:1: error: 16777217 bytes are too many: at most 16777216 are read; \
             split it into several files"
        ]
    );
}

#[test]
fn thousands_of_resources_are_read() {
    let resource = "kind: rule\nmetadata: {name: r}\nspec:\n  actions:\n  - handler: h\n    instances: [a, b]\n---\n";
    assert_eq!(trees("all.yaml", &resource.repeat(10_000)).len(), 10_000);
}

/// What a real Mixer was run with.
#[test]
fn the_configuration_of_a_real_mixer_is_read() {
    for (name, resources) in [
        ("captures/config/capture.yaml", 1),
        ("captures/config/istio_like.yaml", 4),
        ("captures/config/walkthrough/sample_operator_config.yaml", 3),
        ("istio/templates/metric/template.yaml", 1),
        ("istio/attributes.yaml", 2),
    ] {
        let Some(text) = conformance::file(name) else {
            return;
        };
        let nodes = trees(name, &String::from_utf8(text).expect("UTF-8"));
        for node in &nodes {
            assert!(
                node.require("kind").and_then(Node::as_str).is_ok(),
                "{name}"
            );
        }
        assert_eq!(nodes.len(), resources, "{name}");
    }
}
