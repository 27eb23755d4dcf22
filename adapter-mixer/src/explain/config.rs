//! What is wrong with a configuration at the root.

use adapter_runtime::document::Span;

use super::{Cause, Headline};
use crate::config::{ConfigProblem, Key, Snapshot, Stage, candidates};

/// What resources refer to.
const KINDS: [&str; 4] = ["handler", "instance", "adapter", "template"];

/// What is wrong with a rule of one of these namespaces, or with what it refers to.
pub(super) fn of_rules(snapshot: &Snapshot, namespaces: &[&str]) -> Option<Headline> {
    let about = |problem: &&ConfigProblem| {
        let rule = problem.resource.as_ref().filter(|it| it.kind == "rule");
        rule.is_some_and(|it| namespaces.contains(&it.namespace.as_str()))
    };
    let first = snapshot.errors().find(about)?;
    Some(headline(root(snapshot, first)))
}

/// What is wrong with whatever it is.
pub(super) fn of_anything(snapshot: &Snapshot) -> Option<Headline> {
    let first = snapshot.errors().min_by_key(|it| it.stage)?;
    Some(headline(root(snapshot, first)))
}

fn headline(problem: &ConfigProblem) -> Headline {
    let it = &problem.problem;
    let mut sentence = it.message().to_owned();
    if let Some(key) = &problem.resource
        && !sentence.contains(&key.to_string())
    {
        sentence = format!("{} `{}.{}`: {sentence}", key.kind, key.name, key.namespace);
    }
    Headline::new(Cause::Configuration, sentence)
        .at(it.span())
        .help(it.remedy().map(str::to_owned))
}

/// The problem because of which there is this one.
fn root<'s>(snapshot: &'s Snapshot, problem: &'s ConfigProblem) -> &'s ConfigProblem {
    let mut at = problem;
    // Rule, handler, adapter, template.
    for _ in 0..4 {
        match below(snapshot, at) {
            Some(next) => at = next,
            None => break,
        }
    }
    // A document that can't be read may have been what was not found.
    let unread = snapshot.errors().find(|it| it.stage == Stage::Reading);
    match unread {
        Some(unread) if is_not_found(at) => unread,
        _ => at,
    }
}

fn is_not_found(problem: &ConfigProblem) -> bool {
    let message = problem.message();
    ["not found", "unable to find", "not compiled in"]
        .iter()
        .any(|it| message.contains(it))
}

/// What is wrong with a resource that a problem's place names.
fn below<'s>(snapshot: &'s Snapshot, problem: &'s ConfigProblem) -> Option<&'s ConfigProblem> {
    let from = problem.resource.as_ref()?;
    let related = problem.problem.related_places().map(|(span, _)| span);
    let mut meant: Vec<Key> = related
        .filter_map(|span| {
            let mut handlers = snapshot.handlers.values();
            handlers
                .find(|it| it.place.to_string() == span.to_string())
                .map(|it| it.key.clone())
        })
        .collect();
    let place = problem.problem.span();
    if is_not_found(problem) || !meant.is_empty() {
        meant.extend(named(place, from));
    }
    meant.iter().find_map(|key| {
        let about = |it: &&ConfigProblem| {
            let resource = it.resource.as_ref();
            resource.is_some_and(|it| it != from && is_same(it, key))
        };
        let all = || snapshot.problems.iter().filter(about);
        all().find(|it| it.is_error()).or_else(|| all().next())
    })
}

/// The resources that a reference may mean.
fn named(place: &Span, from: &Key) -> Vec<Key> {
    let text = place.text();
    let text = text.trim().trim_matches(|it| it == '"' || it == '\'');
    let all = KINDS
        .iter()
        .flat_map(|kind| candidates(text, kind, &from.namespace));
    all.filter_map(|full| match full.split('.').collect::<Vec<_>>()[..] {
        [name, kind, namespace] => Some(Key::new(kind, name, namespace)),
        _ => None,
    })
    .collect()
}

/// Whether it is the resource, or one of the same name whose kind is none.
fn is_same(found: &Key, meant: &Key) -> bool {
    let known = KINDS.contains(&found.kind.as_str()) || found.kind == "rule";
    found.name == meant.name
        && found.namespace == meant.namespace
        && (found.kind == meant.kind || !known)
}
