//! Configurations from what operators write.

mod broken;
mod forms;
mod kinds;
mod properties;
mod secret;

use adapter_runtime::config::validate;
use adapter_runtime::document::{self, Node, Problems};
use adapter_runtime::{Adapter, InstanceTypes};

/// The only document of a text.
fn document(text: &str) -> Node {
    let mut problems = Problems::new();
    let documents = document::parse("handler.yaml", text, &mut problems);
    assert!(problems.is_empty(), "{problems}");
    let [document] = <[Node; 1]>::try_from(documents).expect("one document");
    document
}

/// What an adapter and the rules on its configuration say of the `params` of a handler.
fn read<A: Adapter>(handler: &str) -> Result<A::Config, Problems> {
    let mut problems = Problems::new();
    let document = document(handler);
    let params = document.nearest("spec.params");
    validate::<A>(params, &InstanceTypes::default(), &mut problems).ok_or(problems)
}

/// A line for each problem.
fn lines(problems: &Problems) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

/// Each text with what is said of it, a line for each problem.
fn assert_problems(cases: &[(&str, &[&str])], read: impl Fn(&str) -> Problems) {
    let mut wrong = String::new();
    for (text, expected) in cases {
        let found = lines(&read(text));
        let found: Vec<_> = found
            .iter()
            .map(|line| line.trim_start_matches("handler.yaml:"))
            .collect();
        if found != *expected {
            wrong += &format!("{text}\n{found:#?}\n");
        }
    }
    assert!(wrong.is_empty(), "not as expected:\n{wrong}");
}

/// As the params of a handler, which begin in its second line.
fn handler(params: &str) -> String {
    let params: String = params.lines().map(|line| format!("    {line}\n")).collect();
    format!("spec:\n  params:\n{params}")
}
