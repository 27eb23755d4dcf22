//! The tree of a document.
//!
//! `{:?}` of it shows its structure and its places, not the texts, among which there may be secrets.

use std::fmt;

use super::source::{Source, Span};

/// A value in a document, and where it is written.
#[derive(Clone)]
pub struct Node {
    content: Content,
    span: Span,
    height: u32,
    size: u32,
}

/// What a [`Node`] is.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Content {
    /// Nothing: `null`, `~` or no text at all.
    Null,
    /// A boolean, of which YAML 1.1 has many forms.
    Bool(bool),
    /// An integer, from `i64::MIN` to `u64::MAX`.
    Integer(i128),
    /// Another number. It is finite.
    Float(f64),
    /// A text.
    Text(String),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys with values.
    Mapping(Mapping),
}

/// Keys with values, in the order in which they are written. No key is there twice.
#[derive(Clone, Default)]
pub struct Mapping {
    entries: Vec<Entry>,
}

/// A key with its value.
#[derive(Clone)]
pub struct Entry {
    pub(super) key: Key,
    pub(super) value: Node,
}

/// A key of a [`Mapping`].
#[derive(Clone)]
pub struct Key {
    pub(super) name: String,
    pub(super) span: Span,
    /// Whether it has neither quotes nor a tag.
    pub(super) plain: bool,
}

impl Node {
    pub(super) fn new(content: Content, span: Span) -> Node {
        let (mut height, mut size) = (0, 1_u32);
        let mut count = |node: &Node| {
            height = height.max(node.height + 1);
            size = size.saturating_add(node.size);
        };
        match &content {
            Content::Sequence(items) => items.iter().for_each(count),
            Content::Mapping(mapping) => mapping.iter().for_each(|it| count(it.value())),
            _ => {}
        }
        Node {
            content,
            span,
            height,
            size,
        }
    }

    /// What a text without any document says.
    pub(crate) fn nothing(name: &str, text: &str) -> Node {
        let span = Source::new(name, text).span(0..0);
        Node::new(Content::Null, span)
    }

    /// Nothing, at the place of this one.
    pub(crate) fn without(&self) -> Node {
        Node::new(Content::Null, self.start())
    }

    /// What it is.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// Where it is written. Of what an alias stands for, that is where the anchor is.
    #[must_use]
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// Where a problem with all of it is shown: the first key of a mapping, which is at another place
    /// than the mapping only where that is in braces.
    pub(crate) fn start(&self) -> Span {
        match &self.content {
            Content::Mapping(Mapping { entries }) if !entries.is_empty() => {
                entries[0].key.span.clone()
            }
            _ => self.span.clone(),
        }
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.content == Content::Null
    }

    /// How many levels there are below it.
    pub(super) fn height(&self) -> u32 {
        self.height
    }

    /// How many nodes it consists of, with itself.
    pub(super) fn size(&self) -> u32 {
        self.size
    }
}

impl PartialEq for Node {
    /// By what it is, wherever it is written.
    fn eq(&self, other: &Node) -> bool {
        self.content == other.content
    }
}

impl Mapping {
    pub(super) fn new(entries: Vec<Entry>) -> Mapping {
        Mapping { entries }
    }

    /// The keys with their values.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.entries.iter()
    }

    /// The key of this name, with its value.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key.name == name)
    }

    /// The value of this key.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.entry(name).map(Entry::value)
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no keys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl PartialEq for Mapping {
    /// In whatever order, as in JSON.
    fn eq(&self, other: &Mapping) -> bool {
        let same = |entry: &Entry| other.get(entry.key.name()) == Some(&entry.value);
        self.len() == other.len() && self.iter().all(same)
    }
}

impl Entry {
    /// The key.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> &Node {
        &self.value
    }
}

impl Key {
    /// The key as Mixer has it: an unquoted `n` is `false`, an unquoted `010` is `8`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is written.
    #[must_use]
    pub fn span(&self) -> &Span {
        &self.span
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at {}", self.content, self.span)
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Content::Null => f.write_str("Null"),
            Content::Bool(_) => f.write_str("Bool"),
            Content::Integer(_) => f.write_str("Integer"),
            Content::Float(_) => f.write_str("Float"),
            Content::Text(_) => f.write_str("Text"),
            Content::Sequence(items) => items.fmt(f),
            Content::Mapping(mapping) => mapping.fmt(f),
        }
    }
}

impl fmt::Debug for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.iter().map(|entry| (&entry.key, &entry.value));
        f.debug_map().entries(entries).finish()
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {:?}", self.key, self.value)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key at {}", self.span)
    }
}
