//! Documents: what is read, what is written, and how problems look.

mod broken;
mod properties;
mod read;
mod typed;
mod written;

use adapter_runtime::document::{self, Node, Problems};

/// The documents of a text without problems.
fn trees(name: &str, text: &str) -> Vec<Node> {
    let mut problems = Problems::new();
    let documents = document::parse(name, text, &mut problems);
    assert!(problems.is_empty(), "{problems}");
    documents
}

/// The only document of a text in YAML.
fn tree(text: &str) -> Node {
    let mut documents = trees("file.yaml", text);
    assert_eq!(documents.len(), 1, "{text}");
    documents.remove(0)
}

/// What is wrong with a text, a line for each problem.
fn problems(name: &str, text: impl AsRef<[u8]>) -> Vec<String> {
    let mut problems = Problems::new();
    document::parse(name, text, &mut problems);
    problems.iter().map(ToString::to_string).collect()
}
