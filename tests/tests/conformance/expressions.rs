//! Expressions: types, values, errors, and what was read.

use std::collections::BTreeSet;
use std::sync::Mutex;

use adapter_mixer::attribute::{
    Attributes, Bag, Condition, GlobalDictionary, Tracked, ValueRef, Vocabulary, WireBag, compress,
};
use adapter_mixer::language::{Expression, Outcome as Traced, Syntax};
use adapter_runtime::value::{Value, ValueType};
use prost::Message as _;
use serde_json::Value as Json;

use crate::deviation::{self, Evaluated};
use crate::value::{bag, plain, value, values};
use crate::{Case, Outcome, cases, outcome, same, text};

/// Mixer's own table.
pub(crate) fn shared(vectors: &Json) -> Vec<Case> {
    cases(vectors, "cases")
        .iter()
        .map(|case| {
            let name = format!("{} ({})", text(case, "name"), case["index"]);
            if case.get("extra_functions").is_some() {
                return (
                    name,
                    Outcome::Skipped("functions that only Mixer's test has"),
                );
            }
            let vocabulary = vocabulary(&vectors["manifests"][text(case, "manifest")]);
            (name, run(case, &vocabulary, &case["inputs"]))
        })
        .collect()
}

/// Expressions that were run to see what happens.
pub(crate) fn extra(vectors: &Json) -> Vec<Case> {
    let vocabulary = vocabulary(&vectors["manifest"]);
    cases(vectors, "cases")
        .iter()
        .map(|case| {
            let bag = text(case, "bag");
            let name = format!("{} on {bag}", text(case, "expr"));
            (name, run(case, &vocabulary, &vectors["bags"][bag]))
        })
        .collect()
}

/// The expressions of Istio's access log, which have to compile; the cases beside them are of
/// another language.
pub(crate) fn access_log(vectors: &Json) -> Vec<Case> {
    let vocabulary = Vocabulary::istio();
    let of_cel = cases(vectors, "cases").iter().map(|case| {
        let name = text(case, "expr").to_owned();
        (name, Outcome::Skipped("expressions in CEL"))
    });
    let of_cexl = cases(vectors, "access_log_expressions_cexl_syntax").iter();
    let of_cexl = of_cexl.map(|case| {
        let compiled = Expression::compile(text(case, "expr"), &vocabulary);
        let result = compiled.map(drop).map_err(|error| error.to_string());
        (text(case, "name").to_owned(), outcome(result))
    });
    of_cexl.chain(of_cel).collect()
}

pub(crate) fn vocabulary(json: &Json) -> Vocabulary {
    let attributes = json.as_object().expect("attributes with their types");
    let attributes = attributes.iter();
    attributes
        .map(|(name, json)| (name.as_str(), value_type(json.as_str().expect("a type"))))
        .collect()
}

pub(crate) fn value_type(name: &str) -> ValueType {
    let all = [
        ValueType::Unspecified,
        ValueType::String,
        ValueType::Int64,
        ValueType::Double,
        ValueType::Bool,
        ValueType::Timestamp,
        ValueType::IpAddress,
        ValueType::EmailAddress,
        ValueType::Uri,
        ValueType::DnsName,
        ValueType::Duration,
        ValueType::StringMap,
    ];
    let found = all.into_iter().find(|it| it.as_str() == name);
    found.unwrap_or_else(|| panic!("there is no type {name}"))
}

fn run(case: &Json, vocabulary: &Vocabulary, inputs: &Json) -> Outcome {
    let mixer = &case["actual"]["CEXL"];
    let mut found = Err(String::new());
    let compared = match compile(case, mixer, vocabulary, &mut found) {
        Ok(None) => return Outcome::Passed,
        Ok(Some(expression)) => evaluate(case, mixer, &expression, inputs, &mut found),
        Err(why) => Err(why),
    };
    let Err(why) = compared else {
        return Outcome::Passed;
    };
    let prefix = Syntax::parse(text(case, "expr")).map(|syntax| syntax.prefix().to_string());
    let compat = &case["actual"]["COMPAT"]["result"];
    let deviation = Evaluated {
        prefix: prefix.as_deref().unwrap_or_default(),
        mixer,
        compat: compat.is_object().then(|| value(compat)).flatten(),
        found: &found,
    };
    match deviation::rule(&deviation) {
        Some(rule) => Outcome::Deviated(rule),
        None => Outcome::Failed(why),
    }
}

/// Compares types and errors. `None` where there has to be an error.
fn compile(
    case: &Json,
    mixer: &Json,
    vocabulary: &Vocabulary,
    found: &mut Result<Value, String>,
) -> Result<Option<Expression>, String> {
    let text = text(case, "expr");
    let expected = &case["expected"];
    let checked = Syntax::check(text, vocabulary);
    if let Err(error) = &checked {
        *found = Err(error.to_string());
    }
    match (&mixer["check_error"], &mixer["check_type"]) {
        (Json::String(error), _) => same_error("while checking", error, checked)?,
        (_, Json::String(of_type)) => {
            let checked = checked.map_err(|error| format!("while checking: {error}"))?;
            same("checked type", of_type.as_str(), checked.as_str())?;
        }
        _ => {}
    }
    let compiled = Expression::compile(text, vocabulary);
    if let Err(error) = &compiled {
        *found = Err(error.to_string());
    }
    for error in [&mixer["compile_error"], &expected["compile_error"]] {
        if let Json::String(error) = error {
            return same_error("while compiling", error, compiled).map(|()| None);
        }
    }
    let expression = compiled.map_err(|error| format!("while compiling: {error}"))?;
    for of_type in [&mixer["compile_type"], &expected["type"]] {
        if let Json::String(of_type) = of_type {
            same("type", of_type.as_str(), expression.value_type().as_str())?;
        }
    }
    Ok(Some(expression))
}

/// Compares values, errors and references.
fn evaluate(
    case: &Json,
    mixer: &Json,
    expression: &Expression,
    inputs: &Json,
    found: &mut Result<Value, String>,
) -> Result<(), String> {
    let expected = &case["expected"];
    let recorder = Recorder {
        bag: bag(inputs),
        read: Mutex::default(),
    };
    let tracked = Tracked::new(&recorder);
    let result = expression.evaluate(&tracked);
    *found = match &result {
        Ok(value) => Ok(plain(value.clone())),
        Err(error) => Err(error.to_string()),
    };
    for outcome in [mixer, expected] {
        if outcome["result"].is_object() {
            let expected = value(&outcome["result"]);
            // Addresses of either length are equal, but not the same.
            if let (Some(Value::IpAddress(expected)), Ok(Value::IpAddress(found))) =
                (&expected, &*found)
            {
                same("bytes", expected.as_bytes(), found.as_bytes())?;
            }
            same("value", Ok(expected), found.clone().map(Some))?;
        }
    }
    if let Json::String(error) = &mixer["eval_error"] {
        same_error("evaluation", error, found.clone())?;
    }
    if let Json::String(prefix) = &expected["eval_error_prefix"] {
        // Texts that quote a URL differ between versions of Go.
        let bare = |text: &str| text.replace('"', "");
        match found {
            Err(error) if bare(error).starts_with(&bare(prefix)) => {}
            other => return Err(format!("evaluation: expected {prefix}…, found {other:?}")),
        }
    }
    if mixer.get("panic").is_some() {
        return Err("Mixer panics".to_owned());
    }

    let mut read = recorder.read.lock().expect("nobody panicked").clone();
    for reference in tracked.references().sorted() {
        if let Some(key) = reference.key {
            let absent = match reference.condition {
                Condition::Absence => "-",
                Condition::Exact => "",
            };
            read.insert(format!("{absent}{}[{key}]", reference.name));
        }
    }
    for expected in [&mixer["referenced"], &expected["referenced"]] {
        if expected.is_array() {
            same("references", texts(expected), read.clone())?;
        }
    }
    if mixer["wire_referenced"].is_array() {
        let sent = values(inputs);
        let sent = sent.iter().map(|(name, value)| (name.as_str(), value));
        let global = GlobalDictionary::istio();
        let message = compress(sent, global, 100).encode_to_vec();
        let wire = WireBag::decode(&message, global).map_err(|error| error.to_string())?;
        let wire = Tracked::new(wire);
        let again = expression.evaluate(&wire);
        same("value from the wire", as_text(&result), as_text(&again))?;
        let references = wire.references().sorted();
        let found = references.iter().map(ToString::to_string).collect();
        same(
            "references on the wire",
            texts(&mixer["wire_referenced"]),
            found,
        )?;
    }
    // What a trace says of the whole is what an evaluation says.
    match (expression.trace(&bag(inputs)).outcome, result) {
        (Traced::Value(traced), Ok(value)) => same("trace", value, traced),
        (Traced::Failed(traced), Err(error)) => same("trace", error, traced),
        (traced, _) => Err(format!("trace: {traced}")),
    }
}

fn as_text(result: &Result<Value, impl ToString>) -> Result<String, String> {
    match result {
        Ok(value) => Ok(format!("{value:?}")),
        Err(error) => Err(error.to_string()),
    }
}

fn texts(json: &Json) -> BTreeSet<String> {
    let texts = json.as_array().expect("a list").iter();
    texts
        .map(|text| text.as_str().expect("a text").to_owned())
        .collect()
}

fn same_error<T: std::fmt::Debug>(
    what: &str,
    expected: &str,
    found: Result<T, impl ToString>,
) -> Result<(), String> {
    let found = match found {
        Ok(value) => return Err(format!("{what}: expected {expected}, found {value:?}")),
        Err(error) => error.to_string(),
    };
    // What comes after it are addresses in Mixer's memory.
    let address = "unexpected expression: ";
    if let (Some((expected, after)), Some((found, _))) =
        (expected.split_once(address), found.split_once(address))
        && after.starts_with("&ast.")
    {
        return same(what, expected, found);
    }
    same(what, expected, &found)
}

/// A bag that notes each attribute that is read, string maps too.
struct Recorder {
    bag: Bag<'static>,
    read: Mutex<BTreeSet<String>>,
}

impl Attributes for Recorder {
    fn get<'a>(&'a self, name: &'a str) -> Option<ValueRef<'a>> {
        let value = self.bag.get(name);
        let absent = if value.is_none() { "-" } else { "" };
        let mut read = self.read.lock().expect("nobody panicked");
        read.insert(format!("{absent}{name}"));
        value
    }
}
