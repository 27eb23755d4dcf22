//! The syntax check without a Mixer agrees with Mixer's own parser.

use adapter_mixer::language::Syntax;
use adapter_runtime::validate::{Language, check_syntax};
use proptest::prelude::*;

/// The operators that have a meaning. Others Mixer's parser reads, and its type check refuses them.
const OPERATORS: [&str; 11] = ["", "||", "&&", "==", "!=", "<=", ">=", "<", ">", "|", "+"];

/// Whether it can be an expression of Mixer's at all.
fn is_expression(text: &str) -> bool {
    let Ok(syntax) = Syntax::parse(text) else {
        return false;
    };
    let shown = without_literals(&syntax.to_string());
    let one_operand = shown.match_indices('+').any(|(at, _)| {
        let (before, after) = (&shown[..at], &shown[at + 1..]);
        !after.starts_with(' ') && !before.ends_with(['e', 'E'])
    });
    let part = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_()[],.".contains(c);
    let mut symbols = shown.split(part);
    !one_operand && !symbols.any(|it| !OPERATORS.contains(&it) && !exponent(&shown, it))
}

/// Whether a sign is one of an exponent, `1e-3`.
fn exponent(shown: &str, sign: &str) -> bool {
    let mut all = shown.match_indices(sign);
    sign == "-" && all.all(|(at, _)| shown[..at].ends_with(['e', 'E']))
}

/// The expression with a letter for each text.
fn without_literals(text: &str) -> String {
    let mut outside = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let quote = matches!(c, '"' | '\'' | '`');
        outside.push(if quote { 'L' } else { c });
        if quote {
            while let Some(next) = chars.next() {
                match next {
                    '\\' if c != '`' => drop(chars.next()),
                    next if next == c => break,
                    _ => {}
                }
            }
        }
    }
    outside
}

fn agree(text: &str) -> Result<(), String> {
    let ours = check_syntax(text, Language::Cexl);
    if let Err(error) = &ours {
        let range = error.range();
        if text.get(range.clone()).is_none() {
            return Err(format!("`{text}`: {range:?} is no part of it"));
        }
    }
    match (ours, is_expression(text)) {
        // Which letters beyond ASCII a name may have, only Mixer's own parser knows.
        (Ok(()), false) if text.is_ascii() => Err(format!("`{text}` is no expression")),
        (Err(error), true) => Err(format!("`{text}` is an expression, but: {error}")),
        _ => Ok(()),
    }
}

#[test]
fn what_is_refused_says_why_and_where() {
    for (text, expected) in [
        ("", "0..0 the expression is empty"),
        ("a.b =", "4..5 `=` means nothing; write `==` to compare"),
        (
            "a == b = c",
            "7..8 `=` means nothing; write `==` to compare",
        ),
        ("!a.b", "0..1 there is no `!`; write `… == false`"),
        (
            "a - b",
            "2..3 there is no operator `-`; the operators are `||`, `&&`, `==`, `!=`, `<=`, `>=`, `<`, `>`, `|`, `+`",
        ),
        (
            "-1",
            "0..1 `-` can't stand before a value; there are no negative numbers",
        ),
        (
            "a & b",
            "2..3 there is no operator `&`; write `&&` for \"and\"",
        ),
        (
            "a b",
            "2..3 an operator is missing before `b`; a text stands in double quotes, `\"a text\"`",
        ),
        ("a |", "3..3 a value is missing at the end"),
        ("| a", "0..1 a value is missing before `|`"),
        ("(a | b", "0..1 this `(` is never closed"),
        ("a | b)", "5..6 this `)` closes nothing"),
        ("m[\"k\"", "1..2 this `[` is never closed"),
        ("f(a, b", "1..2 this `(` is never closed"),
        ("f(a b)", "4..5 expected `)` before `b`"),
        ("m[]", "2..3 a value is missing before `]`"),
        ("\"abc", "0..1 this quote is never closed"),
        (
            "'abc'",
            "0..5 only one letter may stand in single quotes; write texts in double quotes",
        ),
        (
            "\"a\\d\"",
            "2..4 there is no such escape; write `\\\\` for a backslash",
        ),
        (
            "source.type",
            "7..11 `type` can't be a part of a name; it is a keyword of Go, whose parser Mixer has; `m[\"key\"]` takes any key",
        ),
        ("a.", "2..2 a name belongs behind the `.`"),
        (
            "m[\"k\"].startsWith(\"a\")",
            "7..17 a method of a map's element needs parentheses; write `(m[\"key\"]).startsWith(\"a\")`",
        ),
        (
            "5s",
            "0..2 `5s` is no number; a duration stands in double quotes, `\"5s\"`",
        ),
        (
            "99999999999999999999",
            "0..20 `99999999999999999999` is no number; write a decimal number of 64 bits, `200` or `0.5`",
        ),
        (
            "$out.a",
            "0..1 `$` can't stand here; only attribute bindings have `$out.`",
        ),
        (
            "“a”",
            "0..3 `“` can't stand here; write straight quotes, `\"`",
        ),
        ("a /* b", "2..4 this comment is never closed"),
        ("\"a\"(b)", "3..4 something without a name can't be called"),
        (
            "f(a).b",
            "6..6 what comes before the last `.` has no fields; call a method, `….startsWith(\"a\")`",
        ),
    ] {
        let error = check_syntax(text, Language::Cexl).expect_err(text);
        let help = error
            .remedy()
            .map_or_else(String::new, |help| format!("; {help}"));
        assert_eq!(
            format!("{:?} {error}{help}", error.range()),
            expected,
            "{text}"
        );
        agree(text).expect(text);
    }
}

#[test]
fn expressions_of_all_forms_are_taken() {
    for text in [
        "true",
        "request.size | 0",
        "source.labels[\"app\"] | \"unknown\"",
        "(context.reporter.kind | \"inbound\") == \"inbound\" && request.size >= 5 || connection.mtls",
        "conditional(a == b, \"x\", 'y')",
        "\"ab*\".matches(request.path)",
        "(m[\"k\"]).startsWith(`raw`)",
        "ip(\"1.2.3.4\") /* a comment */",
        "a | // the rest\n b",
        "f()",
        "f(a,)",
        "m[a][b]",
        "1.5e+3 + .5 + 5.",
        "\"\\u00e4\\x41\\101\\\"\"",
        "EQ(a, b)",
        "\u{e4}.\u{df}",
    ] {
        check_syntax(text, Language::Cexl).expect(text);
        agree(text).expect(text);
    }
}

#[test]
fn all_expressions_that_were_tried_on_a_real_mixer() {
    let mut tried = 0;
    for name in ["expr_shared", "expr_extra", "lang_ast"] {
        let Some(vectors) = tests::conformance::file(format!("vectors/{name}.json")) else {
            return;
        };
        let vectors: serde_json::Value = serde_json::from_slice(&vectors).expect("JSON");
        let mut texts = Vec::new();
        collect(&vectors, &mut texts);
        for text in texts {
            agree(&text).unwrap_or_else(|problem| panic!("{name}: {problem}"));
            tried += 1;
        }
    }
    assert!(tried > 500, "{tried}");
}

/// The expressions in vectors, wherever they stand.
fn collect(value: &serde_json::Value, texts: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(object) => {
            for (key, value) in object {
                match (key.as_str(), value.as_str()) {
                    ("expr" | "input" | "expression", Some(text)) => texts.push(text.to_owned()),
                    _ => collect(value, texts),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        _ => {}
    }
}

#[test]
fn of_cel_only_brackets_and_quotes_are_checked() {
    for text in [
        "a.b ? 'x' : \"y\"",
        "[1, 2].exists(x, x > 1)",
        "!a && -b < c % 2",
    ] {
        check_syntax(text, Language::Cel).expect(text);
    }
    for (text, message) in [
        ("", "the expression is empty"),
        ("(a", "this `(` is never closed"),
        ("a]", "this `]` closes nothing"),
        ("'a", "this quote is never closed"),
    ] {
        let error = check_syntax(text, Language::Cel).expect_err(text);
        assert_eq!(error.to_string(), message);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn any_tokens_in_any_order(tokens in proptest::collection::vec(token(), 0..12), blanks: bool) {
        let text = tokens.join(if blanks { " " } else { "" });
        if let Err(problem) = agree(&text) {
            prop_assert!(false, "{problem}");
        }
    }

    #[test]
    fn any_text(text in "\\PC{0,30}|[a\"'`\\\\(\\[.|=&5e+\\-/*\n ]{0,20}") {
        if let Err(problem) = agree(&text) {
            prop_assert!(false, "{problem}");
        }
    }
}

fn token() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a", "b.c", "true", "f", ".", "(", ")", "[", "]", ",", "|", "||", "&&", "==", "=", "+",
        "-", "!", "<", ">=", "5", "0.5", "1e3", "\"t\"", "'c'", "'cc'", "`r`", "type", "{", "}",
        ":", "&", "\n", "//x\n", "/*y*/", "$", "...", "\"k\"", "matches", "*",
    ])
}
