//! Evaluation of expressions, against the `cel` crate on the same texts in the same run.
//!
//! `cargo bench -p tests --bench language` prints ratios, which are steady where times are not,
//! and allocations. For instruction counts, run the binary that it names under
//! `valgrind --tool=callgrind --toggle-collect='*::measured::*'` with the name of an expression
//! and `ours` or `cel` as its arguments, which evaluates it a thousand times.

use std::collections::HashMap;
use std::hint::black_box;
use std::time::Duration;

use adapter_mixer::attribute::{Bag, GlobalDictionary, Tracked, Vocabulary, WireBag, compress};
use adapter_mixer::language::Expression;
use adapter_runtime::value::{Map, Str, Value, ValueType};
use allocation_counter::measure;
use prost::Message as _;
use tests::measure::shortest;

/// Texts that both languages read alike.
const EXPRESSIONS: [(&str, &str); 3] = [
    ("literal", r#"project == "production""#),
    ("number", "code == 200"),
    (
        "access_log",
        r#"protocol == "http" && code >= 500 && path.startsWith("/shop/") && labels["app"] == "cart""#,
    ),
];

const TEXTS: [(&str, &str); 3] = [
    ("project", "production"),
    ("protocol", "http"),
    ("path", "/shop/cart/items/42"),
];
const LABELS: [(&str, &str); 4] = [
    ("version", "v1"),
    ("tier", "backend"),
    ("app", "cart"),
    ("pod-template-hash", "5bd4f8c9"),
];

fn bag() -> Bag<'static> {
    let labels: Map<Str> = LABELS.into_iter().collect();
    let mut bag: Bag<'_> = TEXTS.into_iter().collect();
    bag.insert("code", 500);
    bag.insert("labels", labels);
    // A request has more attributes than an expression reads.
    for number in 0..30 {
        bag.insert(format!("other.attribute.{number}"), Value::from(number));
    }
    bag
}

fn vocabulary() -> Vocabulary {
    let texts = TEXTS.iter().map(|(name, _)| (*name, ValueType::String));
    let others = [("code", ValueType::Int64), ("labels", ValueType::StringMap)];
    texts.chain(others).collect()
}

fn context() -> cel::Context<'static, 'static> {
    let mut context = cel::Context::default();
    for (name, text) in TEXTS {
        context.add_variable_from_value(name, text);
    }
    context.add_variable_from_value("code", 500_i64);
    let labels: HashMap<String, String> = LABELS
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
    context.add_variable_from_value("labels", labels);
    for number in 0..30_i64 {
        context.add_variable_from_value(format!("other_attribute_{number}"), number);
    }
    context
}

/// What a profiler looks at.
mod measured {
    use super::*;

    #[inline(never)]
    pub(super) fn ours(
        expression: &Expression,
        bag: &dyn adapter_mixer::attribute::Attributes,
    ) -> bool {
        let value = black_box(expression).evaluate_ref(black_box(bag));
        matches!(value, Ok(adapter_mixer::attribute::ValueRef::Bool(true)))
    }

    #[inline(never)]
    pub(super) fn cel(program: &cel::Program, context: &cel::Context<'_, '_>) -> bool {
        let value = black_box(program).execute(black_box(context));
        matches!(value, Ok(cel::Value::Bool(true)))
    }
}

fn allocations(evaluate: &dyn Fn() -> bool) -> u64 {
    measure(|| {
        black_box(evaluate());
    })
    .count_total
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let wanted = |name: &str| arguments.iter().any(|argument| argument == name);
    let profiled = EXPRESSIONS.iter().any(|(name, _)| wanted(name));
    let (bag, context, vocabulary) = (bag(), context(), vocabulary());
    let global = GlobalDictionary::istio();
    let message = compress(bag.own(), global, 222).encode_to_vec();
    let wire = WireBag::decode(&message, global).expect("it was encoded");
    let wire = Tracked::new(wire);
    for (name, text) in EXPRESSIONS {
        let expression = Expression::compile(text, &vocabulary).expect("an expression");
        let program = cel::Program::compile(text).expect("an expression of CEL");
        let ours = || measured::ours(&expression, &bag);
        let from_wire = || measured::ours(&expression, &wire);
        let cel = || measured::cel(&program, &context);
        assert_eq!((ours(), from_wire()), (cel(), cel()), "{text}");
        if profiled {
            for _ in (0..1000).filter(|_| wanted(name)) {
                black_box(if wanted("cel") { cel() } else { ours() });
            }
            continue;
        }
        let time = |evaluate: &dyn Fn() -> bool| {
            shortest(500, || {
                black_box(evaluate());
            })
        };
        let times = [time(&ours), time(&from_wire), time(&cel)];
        let ratio = |time: Duration| time.as_secs_f64() / times[2].as_secs_f64();
        println!(
            "{name}: {:.2} of cel, tracked from the wire {:.2} ({:?}, {:?}, {:?}); \
             allocations {}, {}, {}",
            ratio(times[0]),
            ratio(times[1]),
            times[0],
            times[1],
            times[2],
            allocations(&ours),
            allocations(&from_wire),
            allocations(&cel),
        );
    }
}
