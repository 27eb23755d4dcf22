//! No secret in what is said of a document.

use adapter_runtime::AdapterConfig;
use adapter_runtime::config::Secret;

use super::lines;

/// The secret that no output may hold.
const MARKER: &str = "m4rker-of-a-secret";

#[derive(AdapterConfig, Debug)]
struct Params {
    #[config(required)]
    name: String,
    token: Secret,
    keys: Vec<Secret>,
    inner: Option<Inner>,
    #[config(max = 5)]
    size: i32,
}

#[derive(AdapterConfig, Debug)]
struct Inner {
    #[config(format = "url")]
    url: Secret,
    by_name: std::collections::BTreeMap<String, Secret>,
}

#[test]
fn no_secret_is_shown_whatever_is_wrong() {
    for (text, found) in [
        // Beside the problem.
        ("{token: M, size: big}", 2),
        ("{size: 6, token: M}", 2),
        ("{nme: a, token: M}", 1),
        ("name: a\nkeys: [M, 5]", 1),
        ("name: a\ninner: {url: M, more: 1}", 2),
        ("name: a\ninner: {by_name: {a: M, b: 5}}", 1),
        ("name: a\nkeys:\n- M\n-\n", 1),
        // The problem itself.
        ("name: a\ninner: {url: M}", 1),
        ("name: a\ntoken: [M]", 1),
        ("name: a\ntoken: {M: M}", 1),
        ("name: a\nkeys: M", 1),
        ("name: a\ninner: M", 1),
        ("name: a\ninner: [M]", 1),
        ("name: a\ninner: {by_name: M}", 1),
        ("name: a\ninner: {by_name: {n: M}}", 1),
        ("name: a\ntoken: \"${M\"", 1),
        // Where a name is misspelt, or a field is written twice.
        ("name: a\ntokn: M", 1),
        ("name: a\ninner: {byName: {a: M}, by_name: {a: M}}", 1),
        ("M", 1),
        ("name: a\ntoken: |\n  x\n  M\n  y\nsize: 6", 1),
        // Where the document can't be read.
        ("name: a\ntoken: @M", 1),
        ("name: a\ntoken: !M", 1),
        ("name: a\ntoken: !M x", 1),
        ("name: a\ntoken: !M [x]", 1),
        ("name: a\ntoken: !!M x", 1),
        ("name: a\ntoken: %M", 1),
        ("name: a\ntoken: `M", 1),
        ("name: a\ntoken: *M", 1),
        ("name: a\ntoken: &M [*M]", 1),
        ("name: a\ntoken: \"M", 1),
        ("name: a\ntoken: \"M\\q\"", 1),
        ("name: a\ntoken: 'M' x", 1),
        ("name: a\ntoken: M: x", 1),
        ("name: a\n\ttoken: M", 1),
        ("name: a\nM", 1),
        ("{token: M size: 5}", 1),
        ("{token: M", 1),
        ("{M: 1, M: 2}", 1),
        ("M: 1\n<<: {M: 2}", 1),
        ("%M 1\n---\nname: a\n... x", 1),
    ] {
        let text = text.replace('M', MARKER);
        let problems = Params::from_yaml("params.yaml", &text).expect_err(&text);
        let outputs = [
            problems.render(false, 120),
            problems.render(true, 40),
            lines(&problems).join("\n"),
            format!("{problems:?}"),
            serde_json::to_string(&problems).expect("JSON"),
        ];
        for output in outputs {
            assert!(!output.contains(MARKER), "{text}\n{output}");
        }
        assert_eq!(problems.len(), found, "{text}\n{problems}");
    }
}

#[test]
fn the_place_of_a_secret_is_shown_without_it() {
    let text = "name: a\ninner:\n  url: m4rker-of-a-secret\nsize: 6\n";
    let problems = Params::from_yaml("params.yaml", text).expect_err("no URL");
    assert_eq!(
        problems.to_string(),
        "\
error: must be a URL such as `https://example.com/path`: the scheme is missing
--> params.yaml:3:8
 = note: at `inner.url`

error: must be at most 5, got 6
 --> params.yaml:4:7
  |
4 | size: 6
  |       ^ size
"
    );
}

#[test]
fn what_stands_for_a_secret_is_none() {
    let text = "name: a\ntoken: '[redacted]'\n";
    let problems = Params::from_yaml("params.yaml", text).expect_err("no secret");
    assert_eq!(
        lines(&problems),
        [
            "params.yaml:2:8: error: token: is `[redacted]`, which stands for a secret where one \
             is shown: write the secret itself or a reference"
        ]
    );
}

#[test]
fn json_that_can_not_be_read_shows_no_secret() {
    for text in [
        "{\"token\": M}",
        "{\"token\": \"M\\q\"}",
        "{\"token\": \"M\"",
        "{\"token\": \"M\", }",
        "{\"M\": 1, \"M\": 2}",
    ] {
        let text = text.replace('M', MARKER);
        let problems = Params::from_yaml("params.json", &text).expect_err(&text);
        assert!(!problems.to_string().contains(MARKER), "{problems}");
        assert!(!format!("{problems:?}").contains(MARKER), "{problems:?}");
    }
}

#[test]
fn a_text_without_secrets_is_shown_where_it_can_not_be_read() {
    #[derive(AdapterConfig, Debug)]
    struct Open {
        name: String,
    }
    let problems = Open::from_yaml("params.yaml", "name: @a").expect_err("no YAML");
    assert!(problems.to_string().contains("name: @a"), "{problems}");
}

#[test]
fn a_tree_shows_its_structure_alone() {
    let text = format!("{MARKER}: {{token: {MARKER}, list: [1, {MARKER}]}}");
    let node = super::document(&text);
    let shown = format!("{node:?} {:?} {:?}", node.content(), node.as_mapping());
    assert!(!shown.contains(MARKER), "{shown}");
    assert_eq!(
        format!("{:?}", super::document("a:\n- 1\n- x: ~\n")),
        "{Key at handler.yaml:1:1: [Integer at handler.yaml:2:3, {Key at handler.yaml:3:3: Null at \
         handler.yaml:3:6} at handler.yaml:3:3] at handler.yaml:2:3} at handler.yaml:1:1"
    );
}
