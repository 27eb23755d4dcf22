//! What operators apply: made from the code, and checked.

mod adapters;
mod broken;
mod chart;
mod expressions;
mod kubernetes;
mod resources;
mod samples;

use adapter_runtime::document::{self, Node, Problems};
use adapter_runtime::manifest::{File, Kind, Manifests, Options};

/// The files of a kind, of one adapter or of all.
fn files(kind: Kind, name: Option<&str>, options: Options) -> Vec<File> {
    let registry = adapters::registry();
    let manifests = Manifests::new(&registry, options).expect("options that make sense");
    manifests
        .files(kind, name)
        .expect("an adapter of that name")
}

fn options() -> Options {
    Options::of_program("my-adapters")
}

/// The documents of a file.
fn documents(file: &File) -> Vec<Node> {
    let mut problems = Problems::new();
    let documents = document::parse(&file.path, &file.text, &mut problems);
    assert!(problems.is_empty(), "{problems}");
    documents
}

/// A document as JSON.
fn json(document: &Node) -> serde_json::Value {
    serde_json::to_value(document).expect("a document")
}

/// The document of a kind in some files.
fn of_kind(files: &[File], kind: &str) -> Vec<serde_json::Value> {
    let yaml = files.iter().filter(|file| file.path.ends_with(".yaml"));
    let documents = yaml.flat_map(documents).map(|it| json(&it));
    documents.filter(|it| it["kind"] == kind).collect()
}
