//! The paths of nodes: `spec.params.metrics[2].name`.

use super::node::{Content, Entry, Node};

impl Node {
    /// The node at a path below this one, as [`path_of`](Node::path_of) writes it; where there is
    /// none, the nearest one above it, so that a problem can be shown there.
    #[must_use]
    pub fn nearest(&self, path: &str) -> &Node {
        let mut node = self;
        let mut rest = path;
        while !rest.is_empty() {
            match node.step(rest) {
                Some((next, after)) => (node, rest) = (next, after),
                None => break,
            }
        }
        node
    }

    /// One step of a path, and what remains of it. A key may have dots of its own.
    fn step<'p>(&self, path: &'p str) -> Option<(&Node, &'p str)> {
        match self.content() {
            Content::Sequence(items) => {
                let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
                let item = items.get(index.parse::<usize>().ok()?)?;
                Some((item, rest.strip_prefix('.').unwrap_or(rest)))
            }
            Content::Mapping(mapping) => mapping
                .iter()
                .filter_map(|entry| {
                    let rest = path.strip_prefix(entry.key().name())?;
                    let rest = match rest.as_bytes() {
                        [] | [b'[', ..] => rest,
                        [b'.', ..] => &rest[1..],
                        _ => return None,
                    };
                    Some((entry.value(), rest))
                })
                .min_by_key(|(_, rest)| rest.len()),
            _ => None,
        }
    }

    /// The path of a node below this one; empty for this one itself, and `None` for one of another
    /// tree.
    #[must_use]
    pub fn path_of(&self, node: &Node) -> Option<String> {
        let mut steps = Vec::new();
        self.search(node, &mut steps).then(|| {
            let mut path = String::new();
            for step in steps {
                match step {
                    Step::Item(index) => path += &format!("[{index}]"),
                    Step::Key(name) if path.is_empty() => path += name,
                    Step::Key(name) => path += &format!(".{name}"),
                }
            }
            path
        })
    }

    fn search<'a>(&'a self, wanted: &Node, steps: &mut Vec<Step<'a>>) -> bool {
        if std::ptr::eq(self, wanted) {
            return true;
        }
        let mut below = |step, node: &'a Node| {
            steps.push(step);
            let found = node.search(wanted, steps);
            if !found {
                steps.pop();
            }
            found
        };
        match self.content() {
            Content::Sequence(items) => {
                (items.iter().enumerate()).any(|(index, item)| below(Step::Item(index), item))
            }
            Content::Mapping(mapping) => (mapping
                .iter()
                .map(Entry::key)
                .zip(mapping.iter().map(Entry::value)))
            .any(|(key, value)| below(Step::Key(key.name()), value)),
            _ => false,
        }
    }
}

/// One step of a path.
enum Step<'a> {
    Item(usize),
    Key(&'a str),
}
