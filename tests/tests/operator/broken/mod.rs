//! Files with mistakes: each with what is said of it, where, and what to write instead.

use adapter_runtime::document::{self, Problems};
use adapter_runtime::validate::Validator;

use crate::adapters;

mod descriptors;
mod documents;
mod handlers;
mod instances;
mod rules;
mod secrets;

/// What is said of a text, a line for each problem, with the place in the file.
fn said(text: &str) -> Vec<String> {
    let registry = adapters::registry();
    let mut problems = Problems::new();
    let documents = document::parse("f.yaml", text, &mut problems);
    let mut validator = Validator::new().with_adapters(&registry);
    validator.validate(&documents, &mut problems);
    let lines = problems.iter().map(ToString::to_string);
    lines
        .map(|line| line.trim_start_matches("f.yaml:").to_owned())
        .collect()
}

fn assert_said(cases: &[(&str, &[&str])]) {
    assert_said_beside("", cases);
}

/// The same where sound resources stand behind each text.
fn assert_said_beside(sound: &str, cases: &[(&str, &[&str])]) {
    let mut wrong = String::new();
    for (text, expected) in cases {
        let found = match sound {
            "" => said(text),
            _ => said(&format!("{text}---\n{sound}")),
        };
        if found != *expected {
            wrong += &format!("{text}\n{found:#?}\n");
        }
    }
    assert!(wrong.is_empty(), "not as expected:\n{wrong}");
}
