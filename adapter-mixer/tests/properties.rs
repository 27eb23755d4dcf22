//! What holds for all expressions and all attributes.

use adapter_mixer::attribute::{
    Attributes, Bag, GlobalDictionary, Tracked, Vocabulary, WireBag, compress,
};
use adapter_mixer::language::{Expression, Outcome, Syntax};
use adapter_mixer::proto::mixer::{CompressedAttributes, StringMap};
use adapter_runtime::value::{Duration, IpAddress, Map, Str, TimeStamp, Value, ValueType};
use proptest::prelude::*;
use prost::Message as _;

/// Attributes of all types, of which half are in the bag.
fn vocabulary() -> Vocabulary {
    let types = [
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
    let names = |prefix: &'static str| (0..).map(move |number| format!("{prefix}.x{number}"));
    let present = names("present").zip(types);
    present.chain(names("absent").zip(types)).collect()
}

fn bag(text: &str) -> Bag<'static> {
    let map: Map<Str> = Map::from([("k", text)]);
    let mut bag = Bag::from([
        ("present.x0", Value::from(text)),
        ("present.x1", Value::from(5)),
        ("present.x2", Value::from(0.5)),
        ("present.x3", Value::from(true)),
        ("present.x4", Value::from(TimeStamp::new(1, 2))),
        ("present.x9", Value::from(Duration::new(1, 2))),
        ("present.x10", Value::from(map)),
    ]);
    for name in ["present.x6", "present.x7", "present.x8"] {
        bag.insert(name, text);
    }
    bag.insert("present.x5", IpAddress::from(text.as_bytes()));
    bag
}

fn literal() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,18}",
        "[0-9]{1,3}\\.[0-9]{0,3}(e[+-]?[0-9]{1,2})?",
        "\\PC{0,12}".prop_map(|text| format!("{text:?}").replace("\\u{", "\\x7f{")),
        "[a-z0-9.@:/*-]{0,12}".prop_map(|text| format!("\"{text}\"")),
        "[^`]{0,6}".prop_map(|text| format!("`{text}`")),
        Just("'x'".to_owned()),
        Just("\"5m\"".to_owned()),
        Just("TRUE".to_owned()),
        Just("false".to_owned()),
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        (0..11).prop_map(|number| format!("present.x{number}")),
        (0..11).prop_map(|number| format!("absent.x{number}")),
        "[a-zA-Z_é][a-zA-Z_0-9é]{0,3}(\\._[a-z]{1,3}){0,2}",
    ]
}

/// Texts of expressions, well-typed and others.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![literal(), name()];
    leaf.prop_recursive(5, 40, 3, |inner| {
        let operator = prop::sample::select(vec![
            "==", "!=", "<", "<=", ">", ">=", "&&", "||", "+", "|", "-", "*", "/", "%", "<<", "&^",
        ]);
        let function = prop::sample::select(vec![
            "match",
            "size",
            "ip",
            "timestamp",
            "dnsName",
            "email",
            "uri",
            "toLower",
            "conditional",
            "conditionalString",
            "emptyStringMap",
            "EQ",
            "OR",
            "INDEX",
            "f",
        ]);
        let method = prop::sample::select(vec!["matches", "startsWith", "endsWith", "g"]);
        let unary = prop::sample::select(vec!["!", "-", "+", "^", "&", "<-", "~"]);
        let many = prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            4 => (inner.clone(), operator, inner.clone())
                .prop_map(|(a, operator, b)| format!("{a} {operator} {b}")),
            2 => inner.clone().prop_map(|a| format!("({a})")),
            2 => (function, many).prop_map(|(name, list)| format!("{name}({})", list.join(", "))),
            2 => (inner.clone(), method, inner.clone())
                .prop_map(|(a, name, b)| format!("({a}).{name}({b})")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a})[{b}]")),
            1 => (unary, inner).prop_map(|(unary, a)| format!("{unary}({a})")),
        ]
    })
}

fn value() -> impl Strategy<Value = Value> {
    let text = || "\\PC{0,30}";
    prop_oneof![
        text().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        // What is not a number does not equal itself.
        any::<f64>()
            .prop_filter("a number", |it| !it.is_nan())
            .prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        any::<(i64, i32)>().prop_map(|(s, n)| TimeStamp::new(s, n).into()),
        any::<(i64, i32)>().prop_map(|(s, n)| Duration::new(s, n).into()),
        prop::collection::vec(any::<u8>(), 0..20)
            .prop_map(|bytes| Value::IpAddress(IpAddress::from(bytes.as_slice()))),
        prop::collection::vec((text(), text()), 0..5)
            .prop_map(|entries| Value::StringMap(entries.into_iter().collect())),
    ]
}

fn message() -> impl Strategy<Value = CompressedAttributes> {
    use prop::collection::{btree_map, vec};
    let index = || prop_oneof![-6..6, Just(i32::MIN), Just(i32::MAX), Just(221), Just(222)];
    (
        vec(prop_oneof![Just("source.ip".to_owned()), "[ab]{1,2}"], 0..5),
        btree_map(index(), index(), 0..4),
        btree_map(index(), any::<i64>(), 0..3),
        btree_map(index(), any::<bool>(), 0..3),
        btree_map(index(), btree_map(index(), index(), 0..3), 0..3),
    )
        .prop_map(
            |(words, strings, int64s, bools, maps)| CompressedAttributes {
                words,
                strings,
                int64s,
                bools,
                string_maps: (maps.into_iter())
                    .map(|(name, entries)| (name, StringMap { entries }))
                    .collect(),
                ..CompressedAttributes::default()
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn what_is_printed_reads_as_what_was_read(text in expression()) {
        if let Ok(syntax) = Syntax::parse(&text) {
            let printed = syntax.to_string();
            prop_assert_eq!(Syntax::parse(&printed), Ok(syntax.clone()), "{}", printed);
            // And so does its type, or what is wrong with it.
            let vocabulary = vocabulary();
            let message = |syntax: &Syntax| {
                syntax.value_type(&vocabulary).map_err(|error| error.to_string())
            };
            let again = Syntax::parse(&printed).expect("just read");
            prop_assert_eq!(message(&again), message(&syntax));
        }
    }

    #[test]
    fn every_expression_has_a_value_or_an_error(text in expression(), content in "\\PC{0,20}") {
        if let Ok(expression) = Expression::compile(&text, &vocabulary()) {
            let bag = Tracked::new(bag(&content));
            let evaluated = expression.evaluate(&bag);
            if let Ok(value) = &evaluated {
                prop_assert_eq!(value.value_type(), expression.value_type());
            }
            let trace = expression.trace(&bag);
            match (trace.outcome, evaluated) {
                (Outcome::Value(traced), Ok(value)) => prop_assert_eq!(traced, value),
                (Outcome::Failed(traced), Err(error)) => prop_assert_eq!(traced, error),
                (traced, evaluated) => prop_assert!(false, "{:?}, {:?}", traced, evaluated),
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}|[\\x00-\\x7f]{0,40}|[a.(\"|=+\\[\\])`'0x ]{0,30}") {
        match Expression::compile(&text, &vocabulary()) {
            Ok(expression) => drop(expression.evaluate(&bag(&text))),
            Err(error) => {
                prop_assert!(text.get(error.span().start..error.span().end).is_some());
                prop_assert!(error.explain().to_string().starts_with(&error.to_string()));
            }
        }
    }

    #[test]
    fn any_text_is_a_value_of_a_function_or_refused(text in "\\PC{0,40}|[a-c.@:/%\\[\\]\"<>(){}*+?^$|\\\\,0-9-]{0,30}") {
        let bag = bag(&text);
        for function in [
            "dnsName(present.x0)", "email(present.x0)", "uri(present.x0)", "ip(present.x0)",
            "timestamp(present.x0)", "toLower(present.x0)", "present.x0.matches(present.x0)",
            "present.x6 == present.x6", "present.x7 == present.x7", "present.x8 == present.x8",
        ] {
            let function = Expression::compile(function, &vocabulary()).expect("a function");
            if function.text().contains("==") {
                // What can be compared equals itself.
                prop_assert_ne!(function.evaluate(&bag), Ok(Value::Bool(false)));
            } else {
                drop(function.evaluate(&bag));
            }
        }
    }

    #[test]
    fn attributes_survive_the_wire(
        attributes in prop::collection::btree_map("\\PC{1,8}|source\\.(ip|name)", value(), 0..8),
        count in 0..=222_u32,
    ) {
        let global = GlobalDictionary::istio();
        let sent = attributes.iter().map(|(name, value)| (name.as_str(), value));
        let message = compress(sent, global, count).encode_to_vec();
        let mut eager = Bag::new();
        prop_assert_eq!(eager.update(&message, global), Ok(()));
        let lazy = WireBag::decode(&message, global).expect("it was encoded");
        prop_assert_eq!(lazy.names(), attributes.keys().collect::<Vec<_>>());
        prop_assert_eq!(eager.own().count(), attributes.len());
        for (name, value) in &attributes {
            for bag in [&lazy as &dyn Attributes, &eager] {
                let read = bag.get(name).map(|it| it.into_value(ValueType::Unspecified));
                prop_assert_eq!(read.as_ref(), Some(value), "{}", name);
            }
        }
    }

    #[test]
    fn any_message_is_read_or_refused(message in message()) {
        let global = GlobalDictionary::istio();
        let message = message.encode_to_vec();
        let refused = Bag::new().update(&message, global);
        let lazy = WireBag::decode(&message, global).expect("it was encoded");
        for name in lazy.names() {
            prop_assert!(lazy.contains(name) && lazy.get(name).is_some());
        }
        if let Err(errors) = refused {
            prop_assert!(!errors.errors().is_empty());
        }
    }
}

#[test]
fn nesting_is_limited_and_lists_are_not() {
    let nested = [
        format!("{}a{}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("{}a", "!".repeat(100_000)),
        format!("a{}", "[a".repeat(100_000)),
        format!("a{}", ".b()".repeat(100_000)),
        format!("a{}", " + a | a".repeat(100_000)),
        format!("{}a", "f(".repeat(100_000)),
        format!("{}a", "[]".repeat(100_000)),
        format!("a{}", "[a]".repeat(100_000)),
    ];
    for text in &nested {
        let error = Syntax::parse(text).expect_err("too deep").to_string();
        assert!(
            error.ends_with("exceeded max nesting depth"),
            "{error:.300}"
        );
    }
    let many = vec!["present.x1 == 3"; 10_000].join(" || ");
    let expression = Expression::compile(&many, &vocabulary()).expect("no nesting");
    assert_eq!(expression.evaluate(&bag("")), Ok(Value::Bool(false)));
    let trace = expression.trace(&bag(""));
    assert_eq!(trace.parts.len(), 10_000);
}
