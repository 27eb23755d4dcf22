//! Any text is an expression or an error; what is printed reads as what was read; evaluation and
//! functions have an answer to everything.
#![no_main]

use std::sync::LazyLock;

use adapter_mixer::attribute::{Bag, Vocabulary};
use adapter_mixer::language::{Expression, Outcome, Syntax};
use adapter_runtime::value::{IpAddress, Map, Str, TimeStamp, Value, ValueType};
use libfuzzer_sys::fuzz_target;

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let mut vocabulary = Vocabulary::istio();
    vocabulary.extend([
        ("s", ValueType::String),
        ("i", ValueType::Int64),
        ("d", ValueType::Double),
        ("b", ValueType::Bool),
        ("m", ValueType::StringMap),
        ("ip", ValueType::IpAddress),
        ("t", ValueType::Timestamp),
        ("n", ValueType::DnsName),
        ("e", ValueType::EmailAddress),
        ("u", ValueType::Uri),
        ("absent", ValueType::String),
    ]);
    vocabulary
});

static FUNCTIONS: LazyLock<Vec<Expression>> = LazyLock::new(|| {
    [
        "dnsName(s)",
        "email(s)",
        "uri(s)",
        "ip(s)",
        "timestamp(s)",
        "toLower(s)",
        "s.matches(\"foo bar\")",
        "n == n",
        "e == e",
        "u == u",
    ]
    .into_iter()
    .map(|text| Expression::compile(text, &VOCABULARY).unwrap())
    .collect()
});

fuzz_target!(|text: &str| {
    let map: Map<Str> = Map::from([("k", text)]);
    let mut bag = Bag::from([("s", text), ("n", text), ("e", text), ("u", text)]);
    bag.insert("i", 7);
    bag.insert("d", 1.5);
    bag.insert("b", true);
    bag.insert("m", map);
    bag.insert("ip", IpAddress::from(text.as_bytes()));
    bag.insert("t", Value::TimeStamp(TimeStamp::new(0, 0)));
    for function in FUNCTIONS.iter() {
        let _ = function.evaluate(&bag);
    }
    let syntax = match Syntax::parse(text) {
        Ok(syntax) => syntax,
        Err(error) => {
            let _ = error.explain().to_string();
            return;
        }
    };
    let printed = syntax.to_string();
    assert_eq!(
        Syntax::parse(&printed).expect(&printed),
        syntax,
        "{printed}"
    );
    match syntax.compile(&VOCABULARY) {
        Ok(expression) => {
            let value = expression.evaluate(&bag);
            let trace = expression.trace(&bag);
            let _ = trace.to_string();
            assert_eq!(value.is_err(), matches!(trace.outcome, Outcome::Failed(_)));
        }
        Err(error) => drop(error.explain().to_string()),
    }
});
