//! Why an expression is false, or has no value.

use adapter_runtime::value::{Value, ValueType};

use crate::attribute::Vocabulary;
use crate::language::{EvaluationError, Outcome, Trace};

/// The part of a condition that makes it false, with the values in it.
pub(super) fn why_false(trace: &Trace) -> String {
    let culprit = culprit(trace);
    let mut values = Vec::new();
    leaves(culprit, &mut values);
    let part = one_line(&culprit.text);
    match values.is_empty() || culprit.parts.is_empty() {
        true => format!("`{part}` is false"),
        false => format!("`{part}` is false, where {}", join(&values)),
    }
}

/// Goes down as long as it is one part alone that is false.
fn culprit(trace: &Trace) -> &Trace {
    let mut wrong = trace.parts.iter().filter(|part| is_false(part));
    match (wrong.next(), wrong.next()) {
        (Some(part), None) if is_false(trace) && !part.parts.is_empty() => culprit(part),
        _ => trace,
    }
}

fn is_false(trace: &Trace) -> bool {
    matches!(&trace.outcome, Outcome::Value(Value::Bool(false)))
}

/// The attributes in an expression, each once.
fn leaves(trace: &Trace, values: &mut Vec<String>) {
    if trace.parts.is_empty() {
        let text = one_line(&trace.text);
        let value = match &trace.outcome {
            Outcome::Absent => format!("`{text}` is absent"),
            Outcome::NotEvaluated => return,
            outcome => format!("`{text}` is {outcome}"),
        };
        if !values.contains(&value) {
            values.push(value);
        }
    }
    trace.parts.iter().for_each(|part| leaves(part, values));
}

/// What an expression reads that is absent, and the default to write; or what else is wrong with it.
pub(super) fn why_failed(
    error: &EvaluationError,
    vocabulary: &Vocabulary,
) -> (String, Option<String>) {
    if !error.is_absence() {
        return (error.to_string(), None);
    }
    let part = error.part();
    // Of a map that is absent, a default for its key is what is wanted.
    let whole = with_key(error);
    let default = match vocabulary.get(whole) {
        Some(ty) => default(ty),
        None => "\"\"",
    };
    let help = format!("write `({whole} | {default})`, or whatever it is to be then");
    (format!("`{part}` is absent and has no default"), Some(help))
}

/// The part of an expression that is absent, with the key that follows it.
fn with_key(error: &EvaluationError) -> &str {
    let (text, span) = (error.text(), error.span());
    let after = text.get(span.end..).unwrap_or_default();
    let key = match after.starts_with('[') {
        true => after.find(']').map_or(0, |at| at + 1),
        false => 0,
    };
    text.get(span.start..span.end + key).unwrap_or(error.part())
}

/// An expression for the zero of a type.
fn default(ty: ValueType) -> &'static str {
    match ty {
        ValueType::Int64 => "0",
        ValueType::Double => "0.0",
        ValueType::Bool => "false",
        ValueType::IpAddress => "ip(\"0.0.0.0\")",
        ValueType::Timestamp => "timestamp(\"1970-01-01T00:00:00Z\")",
        ValueType::Duration => "\"0s\"",
        ValueType::StringMap => "emptyStringMap()",
        ValueType::DnsName => "dnsName(\"unknown\")",
        ValueType::EmailAddress => "email(\"nobody@example.com\")",
        ValueType::Uri => "uri(\"http://unknown\")",
        _ => "\"\"",
    }
}

/// Names in a sentence.
pub(super) fn join(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::why_failed;
    use crate::attribute::{Bag, Vocabulary};
    use crate::language::Expression;

    #[test]
    fn the_default_that_is_advised_helps() {
        let vocabulary = Vocabulary::istio();
        for (text, part, rest) in [
            ("request.size > 5", "request.size", " > 5"),
            (
                "request.headers[\"x\"] == \"y\"",
                "request.headers[\"x\"]",
                " == \"y\"",
            ),
            (
                "source.ip == ip(\"10.0.0.1\")",
                "source.ip",
                " == ip(\"10.0.0.1\")",
            ),
            (
                "connection.mtls && request.path == \"/\"",
                "connection.mtls",
                " && request.path == \"/\"",
            ),
            (
                "context.time == request.time",
                "context.time",
                " == context.time",
            ),
        ] {
            let expression = Expression::compile(text, &vocabulary).expect("it compiles");
            let error = expression.evaluate(&Bag::new()).expect_err("it is absent");
            let (why, help) = why_failed(&error, &vocabulary);
            assert!(why.contains("is absent"), "{why}");
            let help = help.expect("a default");
            let advised = help.split('`').nth(1).expect("it is quoted");
            assert!(advised.starts_with(&format!("({part} | ")), "{help}");
            let text = match rest.contains("== context.time") {
                true => format!("{advised} == {advised}"),
                false => format!("{advised}{rest}"),
            };
            let fixed = Expression::compile(&text, &vocabulary).expect(&text);
            fixed.evaluate(&Bag::new()).expect(&text);
        }
    }
}
