//! The fields of a resource's message, as protobuf reads JSON: by their name or its camel case, and
//! nothing else.

use adapter_runtime::document::{Content, Entry, Mapping, Node, Problem, Span};

use crate::suggest;

/// A text that an operator wrote, and where.
#[derive(Clone, Debug)]
pub struct Text {
    /// The text.
    pub text: String,
    /// Where it is written.
    pub place: Span,
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl Text {
    fn of(node: &Node) -> Result<Text, Problem> {
        match node.content() {
            Content::Text(text) => Ok(Text {
                text: text.clone(),
                place: node.span().clone(),
            }),
            _ => Err(mismatch(node, "string")),
        }
    }
}

/// The fields of one message, which are taken out one after the other.
pub(super) struct Fields<'n> {
    mapping: Option<&'n Mapping>,
    /// The message, as Mixer names it.
    message: &'static str,
    known: &'static [&'static str],
}

impl<'n> Fields<'n> {
    /// The fields of a message; nothing at all is an empty one. `known` are the names of all its
    /// fields.
    pub(super) fn of(
        node: Option<&'n Node>,
        message: &'static str,
        known: &'static [&'static str],
    ) -> Result<Fields<'n>, Problem> {
        let mapping = match node {
            None => None,
            Some(node) if node.is_null() => None,
            Some(node) => Some(
                node.as_mapping()
                    .map_err(|_| mismatch(node, "map[string]json.RawMessage"))?,
            ),
        };
        let fields = Fields {
            mapping,
            message,
            known,
        };
        for entry in fields.mapping.into_iter().flat_map(Mapping::iter) {
            let name = entry.key().name();
            if !known.iter().any(|field| is_named(name, field)) {
                return Err(fields.unknown(entry));
            }
        }
        Ok(fields)
    }

    /// The same where other fields than those that are asked for may be there.
    pub(super) fn any(node: Option<&'n Node>) -> Fields<'n> {
        Fields {
            mapping: node.and_then(|node| node.as_mapping().ok()),
            message: "",
            known: &[],
        }
    }

    fn unknown(&self, entry: &Entry) -> Problem {
        unknown(entry, self.message, self.known.iter().copied())
    }

    /// What is written for a field.
    pub(super) fn node(&self, field: &str) -> Option<&'n Node> {
        let entry = |entry: &&Entry| is_named(entry.key().name(), field);
        let value = self.mapping?.iter().find(entry)?.value();
        (!value.is_null()).then_some(value)
    }

    pub(super) fn text(&self, field: &str) -> Result<Option<Text>, Problem> {
        self.node(field).map(Text::of).transpose()
    }

    pub(super) fn bool(&self, field: &str) -> Result<bool, Problem> {
        match self.node(field) {
            None => Ok(false),
            Some(node) => match node.content() {
                Content::Bool(value) => Ok(*value),
                _ => Err(mismatch(node, "bool")),
            },
        }
    }

    pub(super) fn texts(&self, field: &str) -> Result<Vec<Text>, Problem> {
        self.list(field, Text::of)
    }

    pub(super) fn list<T>(
        &self,
        field: &str,
        item: impl Fn(&'n Node) -> Result<T, Problem>,
    ) -> Result<Vec<T>, Problem> {
        match self.node(field) {
            None => Ok(Vec::new()),
            Some(node) => match node.content() {
                Content::Sequence(items) => items.iter().map(item).collect(),
                _ => Err(mismatch(node, "[]json.RawMessage")),
            },
        }
    }

    /// The entries of a map.
    pub(super) fn map<T>(
        &self,
        field: &str,
        value: impl Fn(&'n Node) -> Result<T, Problem>,
    ) -> Result<Vec<(Text, T)>, Problem> {
        let Some(node) = self.node(field) else {
            return Ok(Vec::new());
        };
        let Content::Mapping(mapping) = node.content() else {
            return Err(mismatch(node, "map[string]json.RawMessage"));
        };
        let entry = |entry: &'n Entry| {
            let key = Text {
                text: entry.key().name().to_owned(),
                place: entry.key().span().clone(),
            };
            Ok((key, value(entry.value())?))
        };
        mapping.iter().map(entry).collect()
    }

    /// The number of an enum's value, which is written by name or by number.
    pub(super) fn number(
        &self,
        field: &str,
        kind: &str,
        names: &[(&str, i32)],
    ) -> Result<i32, Problem> {
        let Some(node) = self.node(field) else {
            return Ok(0);
        };
        let known = || names.iter().map(|(name, _)| *name);
        match node.content() {
            Content::Integer(number) => {
                match names.iter().find(|(_, it)| i128::from(*it) == *number) {
                    Some((_, number)) => Ok(*number),
                    None => Err(unknown_value(node, &number.to_string(), kind, known())),
                }
            }
            Content::Text(text) => match names.iter().find(|(name, _)| name == text) {
                Some((_, number)) => Ok(*number),
                None => Err(unknown_value(node, &format!("{text:?}"), kind, known())),
            },
            _ => Err(mismatch(node, kind)),
        }
    }
}

/// Whether a field is written by its name or by that in protobuf's JSON.
pub(super) fn is_named(written: &str, field: &str) -> bool {
    if written == field {
        return true;
    }
    let mut written = written.chars();
    let mut field = field.chars();
    while let Some(c) = field.next() {
        let expected = match c {
            '_' => field.next().map(|c| c.to_ascii_uppercase()),
            c => Some(c),
        };
        if written.next() != expected {
            return false;
        }
    }
    written.next().is_none()
}

/// A field that a message doesn't have, in Mixer's words.
pub(super) fn unknown<'a>(
    entry: &Entry,
    message: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Problem {
    let name = entry.key().name();
    let problem = Problem::error(
        entry.key().span(),
        format!("unknown field {name:?} in {message}"),
    );
    problem.help(instead(name, known))
}

/// What to write instead of a name that is not among these.
pub(crate) fn instead<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match suggest::nearest(name, known.clone()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => {
            let all: Vec<_> = known.map(|name| format!("`{name}`")).collect();
            match all.is_empty() {
                true => "nothing is expected here".to_owned(),
                false => format!("expected {}", all.join(", ")),
            }
        }
    }
}

fn unknown_value<'a>(
    node: &Node,
    value: &str,
    kind: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Problem {
    let message = format!("unknown value {value} for enum {kind}");
    Problem::error(node.span(), message).help(instead(value.trim_matches('"'), known))
}

/// Something of another type, in Mixer's words, with what to write instead.
pub(super) fn mismatch(node: &Node, go_type: &str) -> Problem {
    let found = match node.content() {
        Content::Null => "null",
        Content::Bool(_) => "bool",
        Content::Integer(_) | Content::Float(_) => "number",
        Content::Text(_) => "string",
        Content::Sequence(_) => "array",
        _ => "object",
    };
    let message = format!("json: cannot unmarshal {found} into Go value of type {go_type}");
    let problem = Problem::error(node.span(), message);
    let written = node.span().text();
    match (found, go_type) {
        ("bool" | "number", "string") => problem.help(format!("write `\"{written}\"`")),
        (_, "string") => problem.help("write a text"),
        (_, "bool") => problem.help("write `true` or `false`"),
        (_, "[]json.RawMessage") => problem.help("write a list, `- ` before each item"),
        (_, "map[string]json.RawMessage") => problem.help("write `key: value` lines"),
        _ => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::is_named;

    #[test]
    fn fields_have_two_names() {
        for name in ["value_type", "valueType"] {
            assert!(is_named(name, "value_type"), "{name}");
        }
        for name in [
            "valuetype",
            "value_Type",
            "valueTypes",
            "value",
            "ValueType",
        ] {
            assert!(!is_named(name, "value_type"), "{name}");
        }
    }
}
