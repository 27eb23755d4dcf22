//! What the real Mixer did, case by case, against what is done here.
//!
//! `cargo test -p tests conformance -- --nocapture` prints a line for each file of vectors. The
//! vectors are read from the folder that `MIXER_CONFORMANCE` names, so that there may be more of
//! them than when this was written. A case that fails is a failure of the test unless a rule of
//! [`deviation`] covers it, and so is a rule that covers no case any more.

mod api;
mod attributes;
mod config;
mod deviation;
mod dispatch;
mod dispatch_extra;
mod expressions;
mod lang;
mod lifecycle;
mod mixc;
mod remote;
mod routing;
mod snapshots;
mod spy;
mod value;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use serde_json::Value as Json;
use tests::conformance;

/// What became of one case.
enum Outcome {
    Passed,
    /// What was expected, and what was found.
    Failed(String),
    /// As `Failed`, by a rule of [`deviation`].
    Deviated(&'static str),
    /// Why it can't be tried.
    Skipped(&'static str),
}

/// One case: its name, and what became of it.
type Case = (String, Outcome);

/// What is known of a file.
enum Subject {
    /// Runs its cases.
    Run(fn(&Json) -> Vec<Case>),
    /// Its cases are another test's.
    TestedBy(&'static str),
}

const SUBJECTS: &[(&str, Subject)] = &[
    ("adapter_util", Subject::TestedBy("tests/results.rs")),
    ("api_check", Subject::Run(api::check)),
    ("api_report", Subject::Run(api::report)),
    ("attributes_decode", Subject::Run(attributes::decode)),
    ("attributes_encode", Subject::Run(attributes::encode)),
    ("attributes_manifest", Subject::Run(attributes::manifest)),
    ("cel_native", Subject::Run(expressions::access_log)),
    ("checkcache", Subject::Run(attributes::cache)),
    ("config_extra", Subject::Run(config::extra)),
    ("config_naming", Subject::Run(config::naming)),
    ("config_snapshot", Subject::Run(snapshots::snapshots)),
    ("config_store", Subject::Run(config::store)),
    ("dispatch_extra", Subject::Run(dispatch_extra::extra)),
    ("dispatcher", Subject::Run(dispatch::dispatcher)),
    ("expr_extra", Subject::Run(expressions::extra)),
    ("expr_shared", Subject::Run(expressions::shared)),
    ("externs", Subject::Run(lang::functions)),
    ("global_dictionary", Subject::Run(attributes::dictionary)),
    ("handler_lifecycle", Subject::Run(lifecycle::lives)),
    ("lang_ast", Subject::Run(lang::syntax)),
    ("lang_checker", Subject::Run(lang::checker)),
    ("misc", Subject::Run(api::misc)),
    ("mixc_parse", Subject::Run(mixc::flags)),
    ("mixc_transcripts", Subject::TestedBy("tests/mixc")),
    ("oop_adapter_encoding", Subject::Run(remote::encoding)),
    (
        "referenced_attributes",
        Subject::Run(attributes::references),
    ),
    ("routing", Subject::Run(routing::tables)),
    ("status_http", Subject::TestedBy("tests/results.rs")),
    ("template_instances", Subject::TestedBy("tests/instances")),
    (
        "template_model",
        Subject::TestedBy("tests/template_model.rs"),
    ),
    ("templates", Subject::TestedBy("tests/templates.rs")),
];

#[derive(Default)]
struct Row {
    cases: usize,
    passed: usize,
    deviations: BTreeMap<&'static str, usize>,
    skipped: BTreeMap<&'static str, usize>,
}

#[test]
fn conformance() {
    let Some(folder) = conformance::folder() else {
        return;
    };
    let mut files: Vec<String> = fs::read_dir(folder.join("vectors"))
        .expect("the folder of vectors")
        .filter_map(|entry| {
            entry
                .expect("a readable folder")
                .file_name()
                .into_string()
                .ok()
        })
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .collect();
    files.sort_unstable();
    for (name, _) in SUBJECTS {
        assert!(
            files.iter().any(|file| file == name),
            "there is no {name}.json"
        );
    }

    let mut table = format!(
        "{:<24}{:>6}{:>8}{:>10}{:>9}\n",
        "file", "cases", "passed", "deviating", "skipped"
    );
    let mut failures = Vec::new();
    let mut deviations = BTreeMap::new();
    for file in &files {
        let subject = SUBJECTS.iter().find(|(name, _)| name == file);
        let run = match subject {
            Some((_, Subject::Run(run))) => run,
            Some((_, Subject::TestedBy(test))) => {
                let _ = writeln!(table, "{file:<24}tested by {test}");
                continue;
            }
            None => {
                let _ = writeln!(table, "{file:<24}skipped: its subject is not built yet");
                continue;
            }
        };
        let content = conformance::file(format!("vectors/{file}.json")).expect("the folder");
        let vectors: Json = serde_json::from_slice(&content).expect("JSON");
        let mut row = Row::default();
        for (name, outcome) in run(&vectors) {
            row.cases += 1;
            match outcome {
                Outcome::Passed => row.passed += 1,
                Outcome::Failed(why) => failures.push(format!("{file}: {name}: {why}")),
                Outcome::Deviated(rule) => *row.deviations.entry(rule).or_default() += 1,
                Outcome::Skipped(why) => *row.skipped.entry(why).or_default() += 1,
            }
        }
        let (deviating, skipped) = (sum(&row.deviations), sum(&row.skipped));
        let (cases, passed) = (row.cases, row.passed);
        let _ = writeln!(
            table,
            "{file:<24}{cases:>6}{passed:>8}{deviating:>10}{skipped:>9}"
        );
        for (rule, count) in row.deviations {
            let _ = writeln!(table, "{:26}{count} deviate: {rule}", "");
            *deviations.entry(rule).or_insert(0) += count;
        }
        for (why, count) in row.skipped {
            let _ = writeln!(table, "{:26}{count} skipped: {why}", "");
        }
        if row.cases == 0 {
            failures.push(format!("{file}: no cases were found in it"));
        }
    }
    println!("{table}");
    for rule in deviation::RULES {
        println!("deviation: {}: {}", rule.name, rule.reason);
        if rule.has_vectors && !deviations.contains_key(rule.name) {
            failures.push(format!("no case deviates any more: {}", rule.name));
        }
    }
    assert!(
        failures.is_empty(),
        "{} failures:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

fn sum(counts: &BTreeMap<&str, usize>) -> usize {
    counts.values().sum()
}

/// A text of the vectors that must be there.
fn text<'v>(json: &'v Json, key: &str) -> &'v str {
    json[key]
        .as_str()
        .unwrap_or_else(|| panic!("no text `{key}` in {json}"))
}

/// The cases of a file or of one of its groups.
fn cases<'v>(vectors: &'v Json, key: &str) -> &'v [Json] {
    let cases = vectors[key].as_array();
    cases.unwrap_or_else(|| panic!("no list `{key}`"))
}

/// Compares; the found one second.
fn same<T: PartialEq + std::fmt::Debug>(what: &str, expected: T, found: T) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    Err(format!("{what}: expected {expected:?}, found {found:?}"))
}

fn outcome(result: Result<(), String>) -> Outcome {
    result.map_or_else(Outcome::Failed, |()| Outcome::Passed)
}
