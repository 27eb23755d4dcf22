//! Syntax, types and functions.

use adapter_mixer::attribute::{Bag, Vocabulary};
use adapter_mixer::language::{Expression, Syntax};
use adapter_runtime::value::{Value, ValueType};
use serde_json::Value as Json;

use crate::expressions::{value_type, vocabulary};
use crate::value::{plain, value};
use crate::{Case, Outcome, cases, outcome, same, text};

pub(crate) fn syntax(vectors: &Json) -> Vec<Case> {
    let named = |group: &str, case: &Json, key: &str| format!("{group}: {}", text(case, key));
    let mut all = Vec::new();
    for case in cases(vectors, "parse_ok") {
        let name = named("parse_ok", case, "expr");
        all.push((name, outcome(parse_ok(case))));
    }
    for case in cases(vectors, "parse_error") {
        let found = Syntax::parse(text(case, "expr")).map(|_| ());
        let result = contains(text(case, "error_contains"), found);
        all.push((named("parse_error", case, "expr"), outcome(result)));
    }
    for case in cases(vectors, "extract_equality") {
        let name = named("extract_equality", case, "expr");
        all.push((name, outcome(equalities(case))));
    }
    for case in cases(vectors, "constants") {
        let name = named("constants", case, "token");
        all.push((name, outcome(constant(case))));
    }
    for case in cases(vectors, "type_check") {
        let name = named("type_check", case, "expr");
        all.push((name, type_check(case)));
    }
    all
}

fn parse_ok(case: &Json) -> Result<(), String> {
    let syntax = Syntax::parse(text(case, "expr")).map_err(|error| error.to_string())?;
    same("tree", text(case, "ast"), &syntax.prefix().to_string())
}

fn equalities(case: &Json) -> Result<(), String> {
    let syntax = Syntax::parse(text(case, "expr")).map_err(|error| error.to_string())?;
    let mut found = syntax.equalities();
    found.sort_by_key(|(name, _)| *name);
    let expected = crate::value::values(&case["extracted"]);
    let expected: Vec<_> = expected
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    same("equalities", expected, found)
}

/// A token by itself is an expression, if it is one at all.
fn constant(case: &Json) -> Result<(), String> {
    let token = text(case, "token");
    let compiled = Expression::compile(token, &Vocabulary::new());
    if case["error_contains"].is_string() {
        return match compiled {
            Ok(_) => Err("it is accepted".to_owned()),
            Err(_) => Ok(()),
        };
    }
    let expression = compiled.map_err(|error| error.to_string())?;
    same(
        "type",
        value_type(text(case, "token_kind")),
        expression.value_type(),
    )?;
    let found = expression
        .evaluate(&Bag::new())
        .map_err(|error| error.to_string())?;
    same("value", value(&case["value"]), Some(found))
}

fn type_check(case: &Json) -> Outcome {
    let functions = case["functions"].as_array().map_or(&[][..], Vec::as_slice);
    let has_own = functions.iter().any(|function| {
        let name = text(function, "name");
        name != "conditional" && name != "matches"
    });
    if has_own {
        return Outcome::Skipped("functions that only Mixer's test has");
    }
    let vocabulary = vocabulary(&case["attributes"]);
    let syntax = Syntax::parse(text(case, "expr"));
    let found = syntax.and_then(|syntax| syntax.value_type(&vocabulary));
    outcome(match case["expected_type"].as_str() {
        Some(expected) => match found {
            Ok(found) => same("type", expected, found.as_str()),
            Err(error) => Err(error.to_string()),
        },
        None => contains(text(case, "error_contains"), found.map(|_| ())),
    })
}

pub(crate) fn checker(vectors: &Json) -> Vec<Case> {
    let vocabulary = vocabulary(&vectors["attributes"]);
    cases(vectors, "cases")
        .iter()
        .map(|case| {
            let found = Syntax::check(text(case, "expr"), &vocabulary);
            let result = match (case["error_contains"].as_str(), found) {
                (Some(error), found) => contains(error, found.map(|_| ())),
                (None, Ok(found)) => same("type", text(case, "type"), found.as_str()),
                (None, Err(error)) => Err(error.to_string()),
            };
            (text(case, "expr").to_owned(), outcome(result))
        })
        .collect()
}

fn contains(part: &str, found: Result<(), impl ToString>) -> Result<(), String> {
    match found.map_err(|error| error.to_string()) {
        Err(error) if error.contains(part) => Ok(()),
        other => Err(format!("expected …{part}…, found {other:?}")),
    }
}

/// Functions, called in an expression on attributes with the vector's arguments.
pub(crate) fn functions(vectors: &Json) -> Vec<Case> {
    cases(vectors, "cases")
        .iter()
        .map(|case| {
            let name = format!("{} {}", text(case, "function"), case["args"]);
            (name, function(case))
        })
        .collect()
}

fn function(case: &Json) -> Outcome {
    // Names, types and the expression of up to three arguments.
    let string = ValueType::String;
    let (types, expression): (&[ValueType], &str) = match text(case, "function") {
        "dnsName" => (&[string], "dnsName(a)"),
        "email" => (&[string], "email(a)"),
        "uri" => (&[string], "uri(a)"),
        "ip" => (&[string], "ip(a)"),
        "timestamp" => (&[string], "timestamp(a)"),
        "dnsName_equal" => (&[ValueType::DnsName; 2], "a == b"),
        "email_equal" => (&[ValueType::EmailAddress; 2], "a == b"),
        "uri_equal" => (&[ValueType::Uri; 2], "a == b"),
        "match" => (&[string; 2], "match(a, b)"),
        "matches (receiver is the pattern)" => (&[string; 2], "a.matches(b)"),
        "startsWith" => (&[string; 2], "a.startsWith(b)"),
        "endsWith" => (&[string; 2], "a.endsWith(b)"),
        "toLower" => (&[string], "toLower(a)"),
        "size" => (&[string], "size(a)"),
        "conditionalString" => (
            &[ValueType::Bool, string, string],
            "conditionalString(a, b, c)",
        ),
        "email_parts" => return Outcome::Skipped("a part of functions, not one of its own"),
        other => return Outcome::Failed(format!("there is no test of {other}")),
    };
    let names = ["a", "b", "c"];
    let vocabulary: Vocabulary = names.into_iter().zip(types.iter().copied()).collect();
    let mut bag = Bag::new();
    for (name, argument) in names.into_iter().zip(cases(case, "args")) {
        match argument {
            Json::Bool(value) => bag.insert(name, *value),
            argument => bag.insert(name, argument.as_str().expect("a text")),
        }
    }
    let expression = Expression::compile(expression, &vocabulary).expect("a valid expression");
    let found = expression.evaluate(&bag);
    outcome(match (case["ok"].as_bool(), found) {
        (Some(false), Err(_)) => Ok(()),
        (Some(true), Ok(found)) => same("value", expected(case), plain(found)),
        (_, found) => Err(format!("found {found:?}")),
    })
}

fn expected(case: &Json) -> Value {
    if let Some(address) = case["result_ip"].as_str() {
        let address: std::net::IpAddr = address.parse().expect("an address");
        return address.into();
    }
    if let Some(time) = case["result_timestamp"].as_str() {
        return Value::TimeStamp(crate::value::time(time));
    }
    match &case["result"] {
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => number.as_i64().expect("an integer").into(),
        text => text.as_str().expect("a text").into(),
    }
}
