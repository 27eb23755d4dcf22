//! Where the values of a configuration are written.

use std::collections::{HashMap, HashSet};

use crate::document::{Content, Node, Problem, Span};
use crate::error::{Cause, ConfigError};

/// A document is nested at most 100 levels deep; a level is an index at most, and a name.
const MOST_STEPS: usize = 200;

/// Where the values of a configuration are written, by their paths.
pub(super) struct Places<'n> {
    params: &'n Node,
    nodes: HashMap<String, &'n Node>,
    /// The paths of what can't be read.
    wrong: HashSet<String>,
    secrets: Vec<Span>,
}

impl<'n> Places<'n> {
    pub(super) fn new(params: &'n Node) -> Places<'n> {
        Places {
            params,
            nodes: HashMap::new(),
            wrong: HashSet::new(),
            secrets: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, path: String, node: &'n Node) {
        self.nodes.insert(path, node);
    }

    /// What is at this path can't be read, so what the decoded configuration has there is not what
    /// the operator means.
    pub(super) fn wrong(&mut self, path: String) {
        self.wrong.insert(path);
    }

    pub(super) fn is_wrong(&self, path: &str) -> bool {
        self.wrong.contains(path)
    }

    /// What is written there is a secret, or may be one.
    pub(super) fn secret(&mut self, node: &Node) {
        self.secrets.push(node.span().clone());
    }

    pub(super) fn into_secrets(self) -> Vec<Span> {
        self.secrets
    }

    /// The error at its place, unless it follows from another one.
    pub(super) fn problem(&self, error: &ConfigError) -> Option<Problem> {
        let ends = ends(&error.field);
        let above = || ends.iter().rev().map(|end| &error.field[..*end]);
        if above().any(|path| self.is_wrong(path)) {
            return None;
        }
        let known = above().find_map(|path| Some((path.len(), *self.nodes.get(path)?)));
        let (end, node) = known.unwrap_or((0, self.params));
        let rest = error.field[end..].trim_start_matches('.');
        let nearest = node.nearest(rest);
        let missing = !rest.is_empty() && std::ptr::eq(nearest, node);
        let mut problem = Problem::error(&nearest.start(), error.message.as_str());
        if let Content::Mapping(_) = nearest.content() {
            problem = problem.show_place_only();
        }
        if missing && error.cause == Cause::Missing {
            problem = problem.help(format!("add `{rest}: …`"));
        }
        Some(problem.path(error.field.as_str()))
    }
}

/// Where the steps of a path end, from that of no step: of ``, `metrics`, `metrics[2]`,
/// `metrics[2].name`.
fn ends(path: &str) -> Vec<usize> {
    let (mut quoted, mut escaped) = (false, false);
    let is_end = |(index, byte): (usize, u8)| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'.' | b'[' if !quoted => return Some(index),
            _ => {}
        }
        None
    };
    let within = path.bytes().enumerate().filter_map(is_end);
    let within = within.take(MOST_STEPS);
    [0].into_iter().chain(within).chain([path.len()]).collect()
}
