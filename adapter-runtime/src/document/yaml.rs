//! From text to tree.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use granit_parser::{
    ErrorKind, Event, Options, Parser, ScalarStyle, Span as Mark, StrInput, StructureStyle, Tag,
};

use super::Format;
use super::node::{Content, Entry, Key, Mapping, Node};
use super::problem::{Problem, Problems};
use super::scalar::{self, Scalar};
use super::source::{Source, Span};
use super::syntax;

/// How deep a document may be nested, with what its aliases stand for.
const MAX_DEPTH: u32 = 100;

/// How many nodes the anchors and aliases of a text may stand for: without a bound, a few lines
/// would fill the memory.
const MAX_EXPANDED: u32 = 100_000;

/// How many problems of a text are told: a person reads no more, and each needs its line.
const MAX_PROBLEMS: usize = 100;

/// The documents of a text that have no errors, without the empty ones.
pub(super) fn parse(source: &Arc<Source>, format: Format, problems: &mut Problems) -> Vec<Node> {
    let mut options = Options::default();
    options.set_emit_comments(false);
    if format == Format::Json {
        options.simple_key_max_lookahead = source.text().len();
    }
    let mut builder = Builder {
        source,
        format,
        parser: Parser::new_from_str_with_options(source.text(), options),
        anchors: HashMap::new(),
        expanded: 0,
        brackets: Vec::new(),
        failed: false,
        trailing: false,
        found: 0,
        problems,
    };
    let mut documents = Vec::new();
    loop {
        match builder.document() {
            Ok(Some(node)) if !builder.failed && !node.is_null() => documents.push(node),
            Ok(Some(_)) => {}
            Ok(None) => return documents,
            Err(Abandoned) => {
                if builder.trailing {
                    documents.pop();
                }
                let more = builder.found < MAX_PROBLEMS
                    && matches!(builder.parser.proceed_next_document(), Ok(true));
                if !more {
                    return documents;
                }
            }
        }
    }
}

/// The rest of the document makes no sense. Why is among the problems.
struct Abandoned;

struct Builder<'a> {
    source: &'a Arc<Source>,
    format: Format,
    parser: Parser<'a, StrInput<'a>>,
    /// The anchors of this document; nothing yet for one that is being read.
    anchors: HashMap<usize, Option<Node>>,
    expanded: u32,
    /// The brackets that are open.
    brackets: Vec<Span>,
    /// Whether the document has errors, although it could be read further.
    failed: bool,
    /// Whether the document before this one doesn't end where it should.
    trailing: bool,
    /// How many problems there are.
    found: usize,
    problems: &'a mut Problems,
}

impl<'a> Builder<'a> {
    /// The next document, if there is one.
    fn document(&mut self) -> Result<Option<Node>, Abandoned> {
        self.anchors.clear();
        self.brackets.clear();
        (self.failed, self.trailing) = (false, false);
        loop {
            match self.event()? {
                Some((Event::DocumentStart(..), _)) => break,
                Some(_) => {}
                None => return Ok(None),
            }
        }
        let node = self.next_node(0)?;
        // Its end; a second node can't be there.
        self.event()?;
        Ok(Some(node))
    }

    fn event(&mut self) -> Result<Option<(Event<'a>, Mark)>, Abandoned> {
        if self.found >= MAX_PROBLEMS {
            return Err(Abandoned);
        }
        match self.parser.next_event() {
            None => Ok(None),
            Some(Ok(event)) => Ok(Some(event)),
            Some(Err(error)) => {
                self.trailing = *error.kind() == ErrorKind::ExpectedDocumentStart;
                let mut problem = syntax::problem(self.source, &error);
                if let Some(bracket) = self.brackets.last()
                    && bracket.bytes().start != problem.span().bytes().start
                {
                    problem = problem.related(bracket, "this is still open");
                }
                self.fail(problem);
                Err(Abandoned)
            }
        }
    }

    fn next_node(&mut self, depth: u32) -> Result<Node, Abandoned> {
        let Some((event, mark)) = self.event()? else {
            return Err(Abandoned);
        };
        self.node(event, mark, depth)
    }

    fn node(&mut self, event: Event<'a>, mark: Mark, depth: u32) -> Result<Node, Abandoned> {
        let span = self.span(mark);
        if depth > MAX_DEPTH {
            return Err(self.too_deep(&span));
        }
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                let tag_place = self.tag_place(mark, &span);
                let content = self.scalar(text.into_owned(), plain, tag.as_deref(), &tag_place);
                self.anchored(anchor, Node::new(content, span))
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.open(style, anchor, &span);
                let tag_place = self.tag_place(mark, &span);
                self.collection_tag(tag.as_deref(), "seq", &tag_place);
                let node = self.sequence(anchor, &span, depth)?;
                self.close(style);
                Ok(node)
            }
            Event::MappingStart(style, anchor, tag) => {
                self.open(style, anchor, &span);
                let tag_place = self.tag_place(mark, &span);
                self.collection_tag(tag.as_deref(), "map", &tag_place);
                let node = self.mapping(anchor, &span, depth)?;
                self.close(style);
                Ok(node)
            }
            Event::Alias(anchor) => self.alias(anchor, &span, depth),
            // No other event stands where a node does.
            _ => Err(Abandoned),
        }
    }

    fn sequence(&mut self, anchor: usize, start: &Span, depth: u32) -> Result<Node, Abandoned> {
        let mut items = Vec::new();
        loop {
            match self.event()? {
                Some((Event::SequenceEnd, mark)) => {
                    let span = self.join(start, mark, items.last());
                    let node = Node::new(Content::Sequence(items), span);
                    return self.anchored(anchor, node);
                }
                Some((event, mark)) => items.push(self.node(event, mark, depth + 1)?),
                None => return Err(Abandoned),
            }
        }
    }

    fn mapping(&mut self, anchor: usize, start: &Span, depth: u32) -> Result<Node, Abandoned> {
        let mut entries = Vec::new();
        // Where `<<` stands among them, and what it brings.
        let mut merges: Vec<(usize, Span, Node)> = Vec::new();
        loop {
            let Some((event, mark)) = self.event()? else {
                return Err(Abandoned);
            };
            if event == Event::MappingEnd {
                let span = self.join(start, mark, entries.last().map(Entry::value));
                self.refuse_duplicates(&entries);
                for (place, key, node) in merges {
                    self.merge(&mut entries, place, &key, node);
                }
                let node = Node::new(Content::Mapping(Mapping::new(entries)), span);
                return self.anchored(anchor, node);
            }
            let plain = matches!(event, Event::Scalar(_, ScalarStyle::Plain, _, None));
            let key = self.node(event, mark, depth + 1)?;
            // A value that isn't there has its place behind the key.
            let mut value = self.next_node(depth + 1)?;
            if value.is_null() && value.span().bytes().is_empty() {
                value = Node::new(Content::Null, self.behind(key.span()));
            }
            if plain && key.span().text() == "<<" {
                if let Some((_, first, _)) = merges.first() {
                    let problem = Problem::error(key.span(), "a second `<<` in one mapping")
                        .related(first, "the first one")
                        .help("write one with a list: `<<: [*one, *other]`");
                    self.fail(problem);
                }
                merges.push((entries.len(), key.span().clone(), value));
            } else if let Some(key) = self.key(&key, plain) {
                entries.push(Entry { key, value });
            }
        }
    }

    fn key(&mut self, node: &Node, plain: bool) -> Option<Key> {
        let name = match node.content() {
            Content::Text(text) => text.clone(),
            Content::Bool(value) => value.to_string(),
            Content::Integer(value) => value.to_string(),
            Content::Float(value) => value.to_string(),
            Content::Null | Content::Sequence(_) | Content::Mapping(_) => {
                let problem = match node.content() {
                    Content::Null => Problem::error(node.span(), "a key must not be empty"),
                    _ => {
                        let what = node.kind_name();
                        Problem::error(node.span(), format!("{what} can't be a key"))
                            .help("write a text; one that begins with `{` or `[` in quotes")
                    }
                };
                self.fail(problem);
                return None;
            }
        };
        Some(Key {
            name,
            span: node.span().clone(),
            plain,
        })
    }

    fn refuse_duplicates(&mut self, entries: &[Entry]) {
        let mut first = HashMap::with_capacity(entries.len());
        for Entry { key, .. } in entries {
            match first.entry(key.name()) {
                std::collections::hash_map::Entry::Vacant(place) => {
                    place.insert(key.span().clone());
                }
                std::collections::hash_map::Entry::Occupied(first) => {
                    let name = syntax::quote(key.name());
                    let problem =
                        Problem::error(key.span(), format!("the key {name} is there twice"))
                            .or_unquoted("this key is there twice")
                            .related(first.get(), "the first one")
                            .help("remove one of them: Mixer would take the second")
                            .show_place_only();
                    self.fail(problem);
                }
            }
        }
    }

    /// Adds what `<<` brings, as far as the mapping doesn't have it itself.
    fn merge(&mut self, entries: &mut Vec<Entry>, place: usize, key: &Span, node: Node) {
        let sources: Vec<&Mapping> = match node.content() {
            Content::Mapping(mapping) => vec![mapping],
            Content::Sequence(items) => items.iter().filter_map(Node::mapping).collect(),
            _ => Vec::new(),
        };
        let wanted = match node.content() {
            Content::Sequence(items) => items.len(),
            _ => 1,
        };
        if sources.len() < wanted {
            let problem = Problem::error(node.span(), "`<<` brings the keys of mappings only")
                .help("write `<<: *anchor`, or `<<: [*one, *other]`, with anchors of mappings");
            return self.fail(problem);
        }
        let above: HashMap<String, Span> = (entries[..place].iter())
            .map(|own| (own.key.name.clone(), own.key.span.clone()))
            .collect();
        let mut known: HashSet<String> = entries.iter().map(|it| it.key.name.clone()).collect();
        for entry in sources.into_iter().flat_map(Mapping::iter) {
            let name = entry.key.name();
            if let Some(own) = above.get(name) {
                let name = syntax::quote(name);
                let message = format!("`<<` replaces the key {name} above it, for Mixer");
                let problem = Problem::error(key, message)
                    .or_unquoted("`<<` replaces this key above it, for Mixer")
                    .related(own, "this one")
                    .help("write `<<` as the first key of the mapping")
                    .show_place_only();
                self.fail(problem);
            } else if known.insert(name.to_owned()) {
                entries.push(entry.clone());
            }
        }
    }

    fn alias(&mut self, anchor: usize, span: &Span, depth: u32) -> Result<Node, Abandoned> {
        let Some(Some(node)) = self.anchors.get(&anchor) else {
            let name = syntax::quote(span.text());
            let message = format!("the alias {name} is inside of what it stands for");
            let problem = Problem::error(span, message)
                .or_unquoted("this alias is inside of what it stands for");
            self.fail(problem.help("write out what it is to be"));
            return Ok(Node::new(Content::Null, span.clone()));
        };
        if depth + node.height() > MAX_DEPTH {
            return Err(self.too_deep(span));
        }
        let node = node.clone();
        self.count(&node, span)?;
        Ok(node)
    }

    /// Keeps a node for the aliases of its anchor, if it has one.
    fn anchored(&mut self, anchor: usize, node: Node) -> Result<Node, Abandoned> {
        if anchor > 0 {
            self.count(&node, node.span())?;
            self.anchors.insert(anchor, Some(node.clone()));
        }
        Ok(node)
    }

    /// Counts a node that is there once more than it is written.
    fn count(&mut self, node: &Node, place: &Span) -> Result<(), Abandoned> {
        self.expanded = self.expanded.saturating_add(node.size());
        if self.expanded <= MAX_EXPANDED {
            return Ok(());
        }
        let message = format!("the anchors and aliases stand for more than {MAX_EXPANDED} values");
        self.fail(Problem::error(place, message).help("write the document with fewer of them"));
        Err(Abandoned)
    }

    fn scalar(&mut self, text: String, plain: bool, tag: Option<&Tag>, span: &Span) -> Content {
        let tag = tag.map(|tag| (tag, tag.core_suffix()));
        let resolved = match (tag, self.format) {
            (Some((_, Some("str"))), _) => Scalar::Text,
            (Some((tag, None)), _) if tag.original() == "!" => Scalar::Text,
            (Some((_, Some("null" | "bool" | "int" | "float"))), _) => scalar::yaml(&text),
            (Some((tag, _)), _) => {
                self.unknown_tag(tag, span);
                return Content::Null;
            }
            (None, _) if !plain => Scalar::Text,
            (None, Format::Yaml) => scalar::yaml(&text),
            (None, Format::Json) => scalar::json(&text),
        };
        let content = match resolved {
            Scalar::Null => Content::Null,
            Scalar::Bool(value) => Content::Bool(value),
            Scalar::Integer(value) => Content::Integer(value),
            Scalar::Float(value) => Content::Float(value),
            Scalar::Text => Content::Text(text),
            Scalar::NotFinite => {
                let text = syntax::quote(&text);
                let message = format!("{text} is a number that JSON, and so Mixer, can't hold");
                let problem = Problem::error(span, message);
                self.fail(match self.format {
                    Format::Yaml => problem.help("write a finite number, or a text in quotes"),
                    Format::Json => problem,
                });
                return Content::Null;
            }
        };
        match (tag.and_then(|(_, suffix)| suffix), content) {
            (Some("float"), Content::Integer(value)) => Content::Float(value as f64),
            (None | Some("str"), content)
            | (Some("null"), content @ Content::Null)
            | (Some("bool"), content @ Content::Bool(_))
            | (Some("int"), content @ Content::Integer(_))
            | (Some("float"), content @ Content::Float(_)) => content,
            (Some(suffix), _) => {
                // A suffix that is known is no secret.
                let message = format!("the value is not what its tag `!!{suffix}` says");
                self.fail(Problem::error(span, message).help("leave the tag out"));
                Content::Null
            }
        }
    }

    fn collection_tag(&mut self, tag: Option<&Tag>, expected: &str, span: &Span) {
        if let Some(tag) = tag
            && tag.core_suffix() != Some(expected)
            && tag.original() != "!"
        {
            self.unknown_tag(tag, span);
        }
    }

    fn unknown_tag(&mut self, tag: &Tag, span: &Span) {
        let tag = syntax::quote(&tag.original());
        let problem = Problem::error(span, format!("the tag {tag} means nothing here"))
            .or_unquoted("this tag means nothing here");
        self.fail(problem.help("leave it out; a text that begins with `!` needs quotes"));
    }

    fn open(&mut self, style: StructureStyle, anchor: usize, span: &Span) {
        self.anchors.insert(anchor, None);
        if style == StructureStyle::Flow {
            let start = span.bytes().start;
            self.brackets.push(self.source.span(start..start + 1));
        }
    }

    fn close(&mut self, style: StructureStyle) {
        if style == StructureStyle::Flow {
            self.brackets.pop();
        }
    }

    fn too_deep(&mut self, span: &Span) -> Abandoned {
        let message = format!("nested more than {MAX_DEPTH} levels deep");
        self.fail(Problem::error(span, message).help("write it flatter"));
        Abandoned
    }

    fn fail(&mut self, problem: Problem) {
        self.failed = true;
        self.found += 1;
        match self.found.cmp(&MAX_PROBLEMS) {
            Ordering::Less => self.problems.push(problem),
            Ordering::Equal => {
                let more = Problem::warning(problem.span(), "what follows was not looked at")
                    .help("mend what is told first");
                self.problems.push(problem);
                self.problems.push(more.show_place_only());
            }
            Ordering::Greater => {}
        }
    }

    fn span(&self, mark: Mark) -> Span {
        self.source.span(mark.byte_range().unwrap_or_default())
    }

    /// The place behind a key and its colon.
    fn behind(&self, key: &Span) -> Span {
        let end = key.bytes().end;
        let rest = &self.source.text()[end..];
        let colon = rest.trim_start_matches([' ', '\t']).strip_prefix(':');
        let end = colon.map_or(end, |after| end + rest.len() - after.len());
        self.source.span(end..end)
    }

    /// The place of the tag, or else that of the node itself.
    fn tag_place(&self, mark: Mark, node: &Span) -> Span {
        mark.tag_span()
            .map_or_else(|| node.clone(), |tag| self.span(tag))
    }

    /// From the beginning of a collection to its bracket, or to the end of what is in it.
    fn join(&self, start: &Span, end: Mark, last: Option<&Node>) -> Span {
        let end = self.span(end).bytes();
        let end = match last {
            Some(last) if end.is_empty() => last.span().bytes().end,
            _ => end.end,
        };
        self.source.span(start.bytes().start..end)
    }
}
