//! Texts, and places in them.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A text with a name by which the operator knows it, usually that of a file.
pub struct Source {
    name: String,
    text: String,
    /// Where each line begins.
    lines: Vec<u32>,
}

impl Source {
    /// A text of at most 4 GiB; of a longer one, the rest has no places.
    pub(crate) fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Source> {
        let text = text.into();
        let breaks = text
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n')
            .filter_map(|(at, _)| u32::try_from(at + 1).ok());
        Arc::new(Source {
            name: name.into(),
            lines: std::iter::once(0).chain(breaks).collect(),
            text,
        })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text, without a byte order mark.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A place in the text. What is beyond the end is the end, and what is within a character its
    /// beginning.
    pub(crate) fn span(self: &Arc<Source>, range: Range<usize>) -> Span {
        let start = self.text.floor_char_boundary(range.start);
        let end = self.text.floor_char_boundary(range.end).max(start);
        Span {
            source: Arc::clone(self),
            start: u32::try_from(start).unwrap_or(u32::MAX),
            end: u32::try_from(end).unwrap_or(u32::MAX),
        }
    }

    /// The index of the line that holds a byte, and the byte at which it begins.
    fn line_at(&self, byte: u32) -> (usize, usize) {
        let index = self.lines.partition_point(|start| *start <= byte) - 1;
        (index, self.lines[index] as usize)
    }
}

impl fmt::Debug for Source {
    /// The name alone: the text may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Source").field(&self.name).finish()
    }
}

/// A place in a [`Source`], from its first character to before its last.
#[derive(Clone)]
pub struct Span {
    source: Arc<Source>,
    start: u32,
    end: u32,
}

impl Span {
    /// The text that this is a place in.
    #[must_use]
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// The bytes of the text.
    #[must_use]
    pub fn bytes(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The line of the first character, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.source.line_at(self.start).0 + 1
    }

    /// The column of the first character, counted in characters, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column_of(self.start)
    }

    /// The line of the character after the last one, from 1.
    #[must_use]
    pub fn end_line(&self) -> usize {
        self.source.line_at(self.end).0 + 1
    }

    /// The column of the character after the last one, counted in characters, from 1.
    #[must_use]
    pub fn end_column(&self) -> usize {
        self.column_of(self.end)
    }

    /// What is written there.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.source.text[self.bytes()]
    }

    /// The same place without what is after its first line.
    pub(crate) fn first_line(&self) -> Span {
        let length = self.text().find(['\n', '\r']).unwrap_or(self.text().len());
        self.source
            .span(self.bytes().start..self.bytes().start + length)
    }

    /// The whole line of the first character, without the line break, and where it begins.
    pub(crate) fn whole_line(&self) -> (&str, usize) {
        let (_, start) = self.source.line_at(self.start);
        let line = &self.source.text[start..];
        let line = line.split('\n').next().unwrap_or_default();
        (line.strip_suffix('\r').unwrap_or(line), start)
    }

    fn column_of(&self, byte: u32) -> usize {
        let (_, start) = self.source.line_at(byte);
        self.source.text[start..byte as usize].chars().count() + 1
    }
}

impl fmt::Display for Span {
    /// `file:line:column`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.source.name, self.line(), self.column())
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Span({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters() {
        let source = Source::new("f", "a\r\n\u{e4}\u{1f600}b: c\nlast");
        let span = source.span(9..10);
        assert_eq!((span.text(), span.to_string()), ("b", "f:2:3".into()));
        assert_eq!(span.whole_line(), ("\u{e4}\u{1f600}b: c", 3));
        assert_eq!(source.span(0..1).whole_line(), ("a", 0));
        let all = source.span(0..99);
        assert_eq!((all.end_line(), all.end_column()), (3, 5));
        assert_eq!(all.first_line().text(), "a");
        // Within the second character.
        assert_eq!(source.span(6..6).to_string(), "f:2:2");
    }
}
