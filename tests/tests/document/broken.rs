//! Broken documents: what is said, and where.

use crate::problems;

/// Each is wrong in one way.
const BROKEN: &[(&str, &str)] = &[
    (
        "a: \"b\nc: d\n",
        "f.yaml:2:1: error: a text in quotes goes on here, but the line is not indented deeper \
          than its key; is its closing quote missing?",
    ),
    (
        "a: 'it's'\n",
        "f.yaml:1:8: error: nothing may follow the closing quote; put the whole text into \
          quotes; write `''` within single ones, `\\\"` within double ones",
    ),
    (
        "a: \"x\" y\n",
        "f.yaml:1:8: error: nothing may follow the closing quote; put the whole text into \
          quotes; write `''` within single ones, `\\\"` within double ones",
    ),
    (
        "a: \"\\q\"\n",
        "f.yaml:1:4: error: there is no such escape; write `\\\\` for a backslash, or use \
          single quotes",
    ),
    (
        "a: \"\\xZZ\"\n",
        "f.yaml:1:4: error: hexadecimal digits are missing in this escape",
    ),
    (
        "a: \"\\ud800\"\n",
        "f.yaml:1:4: error: this escape is no character",
    ),
    ("a: \"b", "f.yaml:1:4: error: this quote is never closed"),
    (
        "a: [1, 2\nb: 3\n",
        "f.yaml:2:2: error: a `:` can't stand here (this is still open: line 1); is the line \
          indented like those above? a text with `: ` in it needs quotes",
    ),
    ("a: [1, 2", "f.yaml:1:4: error: this `[` is never closed"),
    ("a: {x: 1]\n", "f.yaml:1:4: error: a `{` is closed by a `]`"),
    ("a: ]\n", "f.yaml:1:4: error: this bracket closes nothing"),
    (
        "a: [1, , 2]\n",
        "f.yaml:1:8: error: a value is missing before this `,` (this is still open: line 1)",
    ),
    (
        "a: [-, 2]\n",
        "f.yaml:1:5: error: a `-` alone is no value within brackets (this is still open: line \
          1); put it in quotes",
    ),
    (
        "a: {x: 1 y: 2}\n",
        "f.yaml:1:11: error: expected `,` or `}` (this is still open: line 1)",
    ),
    (
        "a: [x] y\n",
        "f.yaml:1:8: error: expected a key; keys of one mapping are indented alike, and nothing \
          follows a value on its line",
    ),
    (
        "a:\n\tb: 1\n",
        "f.yaml:2:1: error: a tab where YAML wants blanks; indent with blanks",
    ),
    (
        "a:\n  b: 1\n\tc: 2\n",
        "f.yaml:3:1: error: a tab where YAML wants blanks; indent with blanks",
    ),
    (
        "a: b: c\n",
        "f.yaml:1:5: error: a `:` can't stand here; is the line indented like those above? a \
          text with `: ` in it needs quotes",
    ),
    (
        "a: 1\n b: 2\n",
        "f.yaml:2:3: error: a `:` can't stand here; is the line indented like those above? a \
          text with `: ` in it needs quotes",
    ),
    (
        "a:\n    b: 1\n  c: 2\n",
        "f.yaml:3:3: error: expected a key; keys of one mapping are indented alike, and nothing \
          follows a value on its line",
    ),
    (
        "abc\ndef: 1\n",
        "f.yaml:2:4: error: a `:` can't stand here; is the line indented like those above? a \
          text with `: ` in it needs quotes",
    ),
    (
        "a: 1\nb\nc: 2\n",
        "f.yaml:2:1: error: a key without `:`; write `key: value`, or put a text of several \
          lines into quotes",
    ),
    (
        "  a: 1\nb: 2\n",
        "f.yaml:2:1: error: the document ends above this line, for it is indented less than the \
          first; are the lines indented alike?",
    ),
    (
        "- a\nb: c\n",
        "f.yaml:2:1: error: expected `- ` like those above; are the lines indented alike?",
    ),
    (
        "a: 1\n- b\n",
        "f.yaml:2:3: error: expected a key; keys of one mapping are indented alike, and nothing \
          follows a value on its line",
    ),
    (
        "a: - b\n",
        "f.yaml:1:4: error: a list can't begin here; begin it on a line of its own; a text that \
          begins with `- ` needs quotes",
    ),
    (
        "a: *nope\n",
        "f.yaml:1:4: error: no anchor of this name stands above; a text that begins with `*` \
          needs quotes",
    ),
    (
        "a: *\n",
        "f.yaml:1:4: error: a name belongs behind this sign; a text that begins with `*` or `&` \
          needs quotes",
    ),
    (
        "a: &x [*x]\n",
        "f.yaml:1:8: error: the alias `*x` is inside of what it stands for; write out what it \
          is to be",
    ),
    (
        "a: @x\n",
        "f.yaml:1:4: error: a value can't begin with `@`; put it in quotes",
    ),
    (
        "a: %x\n",
        "f.yaml:1:4: error: a value can't begin with `%`; put it in quotes",
    ),
    (
        "a: `x`\n",
        "f.yaml:1:4: error: a value can't begin with a backtick; put it in quotes",
    ),
    (
        "a: |x\n  b\n",
        "f.yaml:1:4: error: nothing may follow `|` or `>` on its line; begin the text on the \
          next line",
    ),
    (
        "a: |\n    b\n  c\n",
        "f.yaml:3:3: error: expected a key; keys of one mapping are indented alike, and nothing \
          follows a value on its line",
    ),
    (
        "a: !secret x\n",
        "f.yaml:1:4: error: the tag `!secret` means nothing here; leave it out; a text that \
                 begins with `!` needs quotes",
    ),
    (
        "a: !foo!bar x\n",
        "f.yaml:1:4: error: this tag has an unknown prefix; leave it out",
    ),
    (
        "a: !!int x\n",
        "f.yaml:1:4: error: the value is not what its tag `!!int` says; leave the tag out",
    ),
    (
        "a: !!map [x]\n",
        "f.yaml:1:4: error: the tag `!!map` means nothing here; leave it out; a text that \
                 begins with `!` needs quotes",
    ),
    (
        "a: !!binary eA==\n",
        "f.yaml:1:4: error: the tag `!!binary` means nothing here; leave it out; a text that \
                 begins with `!` needs quotes",
    ),
    (
        "a: .inf\n",
        "f.yaml:1:4: error: `.inf` is a number that JSON, and so Mixer, can't hold; write a \
          finite number, or a text in quotes",
    ),
    (
        "a: 1\nb: 2\na: 3\n",
        "f.yaml:3:1: error: the key `a` is there twice (the first one: line 1); remove one of \
          them: Mixer would take the second",
    ),
    (
        "y: 1\ntrue: 2\n",
        "f.yaml:2:1: error: the key `true` is there twice (the first one: line 1); remove one \
          of them: Mixer would take the second",
    ),
    (
        "{a: 1, 'a': 2}\n",
        "f.yaml:1:8: error: the key `a` is there twice (the first one: line 1); remove one of \
          them: Mixer would take the second",
    ),
    (
        "? [a]\n: b\n",
        "f.yaml:1:3: error: a list can't be a key; write a text; one that begins with `{` or \
          `[` in quotes",
    ),
    (": b\n", "f.yaml:1:1: error: a key must not be empty"),
    (
        "<<: 5\n",
        "f.yaml:1:5: error: `<<` brings the keys of mappings only; write `<<: *anchor`, or `<<: \
          [*one, *other]`, with anchors of mappings",
    ),
    (
        "a: &x {b: 1}\nc:\n  b: 2\n  <<: *x\n",
        "f.yaml:4:3: error: `<<` replaces the key `b` above it, for Mixer (this one: line 3); \
          write `<<` as the first key of the mapping",
    ),
    (
        "a: &x {b: 1}\nc:\n  <<: *x\n  <<: *x\n",
        "f.yaml:4:3: error: a second `<<` in one mapping (the first one: line 3); write one \
          with a list: `<<: [*one, *other]`",
    ),
    (
        "%YAML 3.0\n---\na: 1\n",
        "f.yaml:1:1: error: YAML is read in its versions 1.1 and 1.2",
    ),
    (
        "a: \u{7}\n",
        "f.yaml:1:4: error: the character U+0007 can't stand here; leave it out, or write it as \
          an escape in double quotes: `\"\\u…\"`",
    ),
    (
        "a: \u{e4}\u{1f600} \"b\" c: \n",
        "f.yaml:1:12: error: a `:` can't stand here; is the line indented like those above? a \
          text with `: ` in it needs quotes",
    ),
];

/// The same as JSON.
const BROKEN_JSON: &[(&str, &str)] = &[
    (
        "",
        "f.json:1:1: error: invalid JSON: the text ends too early",
    ),
    (
        "{\"a\": 1,}",
        "f.json:1:9: error: invalid JSON: expected a key; write keys in double quotes, and no \
          comma before `}`",
    ),
    (
        "[1, 2,]",
        "f.json:1:7: error: invalid JSON: expected a value; write texts in double quotes",
    ),
    (
        "{\"a\": 1\n \"b\": 2}",
        "f.json:2:2: error: invalid JSON: expected `,` or `}`",
    ),
    (
        "{'a': 1}",
        "f.json:1:2: error: invalid JSON: expected a key; write keys in double quotes, and no \
          comma before `}`",
    ),
    (
        "{a: 1}",
        "f.json:1:2: error: invalid JSON: expected a key; write keys in double quotes, and no \
          comma before `}`",
    ),
    (
        "{\"a\": yes}",
        "f.json:1:7: error: invalid JSON: expected a value; write texts in double quotes",
    ),
    (
        "{\"a\": 1, \"a\": 2}",
        "f.json:1:10: error: the key `a` is there twice (the first one: line 1); remove one of \
          them: Mixer would take the second",
    ),
    (
        "{\"a\": 1e999}",
        "f.json:1:7: error: `1e999` is a number that JSON, and so Mixer, can't hold",
    ),
    (
        "{\"a\": \"\\ud800\"}",
        "f.json:1:7: error: this escape is no character",
    ),
    (
        "{\"a\": 01}",
        "f.json:1:8: error: invalid JSON: invalid number",
    ),
    (
        "{\"a\": \"b\nc\"}",
        "f.json:1:8: error: invalid JSON: a text can't hold a control character, such as a line \
          break; write it as an escape, e.g. `\\n`",
    ),
    (
        "{\"a\": 1} x",
        "f.json:1:10: error: invalid JSON: the value is complete before this; several documents \
          are possible in YAML",
    ),
    (
        "{\"a\": [1, 2",
        "f.json:1:11: error: invalid JSON: the text ends too early",
    ),
    (
        "// no\n{}",
        "f.json:1:1: error: invalid JSON: expected a value; write texts in double quotes",
    ),
];

#[test]
fn each_broken_document_has_its_message_and_place() {
    for (name, cases) in [("f.yaml", BROKEN), ("f.json", BROKEN_JSON)] {
        for (text, expected) in cases {
            assert_eq!(problems(name, text), [*expected], "{text}");
        }
    }
}

#[test]
fn bytes_that_are_no_text() {
    assert_eq!(
        problems("f.yaml", b"a: \xe4\n"),
        ["f.yaml:1:4: error: this is not UTF-8; save it as UTF-8"]
    );
    assert_eq!(
        problems("f.json", b"\xff\xfe{\0}\0"),
        ["f.json:1:1: error: this file is UTF-16; save it as UTF-8"]
    );
}

#[test]
fn all_problems_of_a_file_are_found() {
    let text = "a: 1\na: 2\nb: !x 1\nc: .nan\n---\na: [\n---\n: x\n";
    let lines = problems("f.yaml", text);
    let places: Vec<_> = lines
        .iter()
        .map(|line| line.split(": error").next())
        .collect();
    let expected = [
        "f.yaml:3:4",
        "f.yaml:4:4",
        "f.yaml:2:1",
        "f.yaml:6:4",
        "f.yaml:8:1",
    ];
    assert_eq!(places, expected.map(Some));
}

#[test]
fn too_many_problems_are_cut_off() {
    // On one line, each of them would be searched for in all of it.
    let entries = "a: 1, ".repeat(50_000);
    let lines = problems("f.yaml", format!("{{{entries}}}\n---\na: [\n"));
    assert_eq!(lines.len(), 101);
    assert_eq!(
        lines[100],
        "f.yaml:1:602: warning: what follows was not looked at; mend what is told first"
    );
}
