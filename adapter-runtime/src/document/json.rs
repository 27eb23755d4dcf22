//! JSON that is none.

use std::sync::Arc;

use serde::de::IgnoredAny;

use super::problem::Problem;
use super::source::Source;

/// What is wrong with a text as JSON. What has the right syntax is then read as YAML, of which
/// JSON is a part, but a laxer reader than JSON's.
pub(super) fn problem(source: &Arc<Source>) -> Option<Problem> {
    let error = serde_json::from_str::<IgnoredAny>(source.text()).err()?;
    let text = error.to_string();
    let (message, help) = words(text.split(" at line ").next().unwrap_or(&text));
    let line = source
        .text()
        .split('\n')
        .take(error.line().saturating_sub(1));
    let start: usize = line.map(|line| line.len() + 1).sum();
    let at = start + error.column().saturating_sub(1);
    let width = source.text().get(at..).and_then(|rest| rest.chars().next());
    let span = source.span(at..at + width.map_or(0, char::len_utf8));
    let problem = Problem::error(&span, format!("invalid JSON: {message}"));
    Some(match help {
        "" => problem,
        help => problem.help(help),
    })
}

/// What is wrong, and a remedy where there is one.
fn words(message: &str) -> (&str, &'static str) {
    match message {
        "key must be a string" => (
            "expected a key",
            "write keys in double quotes, and no comma before `}`",
        ),
        "expected value" => ("expected a value", "write texts in double quotes"),
        "trailing comma" => ("a comma that nothing follows", "remove it"),
        "trailing characters" => (
            "the value is complete before this",
            "several documents are possible in YAML",
        ),
        text if text.starts_with("control character") => (
            "a text can't hold a control character, such as a line break",
            "write it as an escape, e.g. `\\n`",
        ),
        text if text.starts_with("EOF while parsing") => ("the text ends too early", ""),
        other => (other, ""),
    }
}
