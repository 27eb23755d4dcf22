//! The keys of a mapping whose keys are known.

use crate::descriptor::camel_case;
use crate::document::{Entry, Key, Node, Problem, quote};

use super::context::Context;
use super::resource::Resource;

/// The entries of a mapping, by the names that are known, which are protobuf's or those of its JSON.
pub(super) struct Keys<'d> {
    found: Vec<(&'static str, &'d Entry)>,
    /// Whether there are others.
    pub(super) has_unknown: bool,
}

impl<'d> Keys<'d> {
    /// Reads a mapping, and says which keys are unknown or mean the same as another.
    pub(super) fn read(
        node: &'d Node,
        known: &[&'static str],
        resource: &Resource<'_>,
        context: &mut Context<'_>,
    ) -> Option<Keys<'d>> {
        let path = resource.path_of(node);
        let mapping = match node.as_mapping() {
            Ok(mapping) => mapping,
            Err(problem) => {
                context.push(problem.path(path));
                return None;
            }
        };
        let mut found: Vec<(&'static str, &'d Entry)> = Vec::new();
        let mut has_unknown = false;
        for entry in mapping.iter() {
            let key = entry.key();
            let Some(name) = known.iter().find(|known| is_called(known, key.name())) else {
                has_unknown = true;
                context.push(key.unknown(known).path(path.as_str()));
                continue;
            };
            match found.iter().find(|(other, _)| other == name) {
                Some((_, first)) => {
                    context.push(same(key, first.key()).path(path.as_str()));
                }
                None => found.push((name, entry)),
            }
        }
        Some(Keys { found, has_unknown })
    }

    pub(super) fn entry(&self, name: &str) -> Option<&'d Entry> {
        let mut found = self.found.iter();
        found
            .find(|(known, _)| *known == name)
            .map(|(_, entry)| *entry)
    }

    /// What is written behind a key, unless that is nothing.
    pub(super) fn get(&self, name: &str) -> Option<&'d Node> {
        self.entry(name)
            .map(Entry::value)
            .filter(|value| !value.is_null())
    }
}

fn same(key: &Key, first: &Key) -> Problem {
    let (name, other) = (quote(key.name()), quote(first.name()));
    Problem::error(key.span(), format!("{name} is the same as {other}"))
        .related(first.span(), "the first one")
        .help("remove one of them")
        .show_place_only()
}

/// Whether a name is this one: `compiledAdapter` is `compiled_adapter`.
fn is_called(known: &str, name: &str) -> bool {
    known == name || camel_case(known, false) == name || camel_case(name, false) == known
}
