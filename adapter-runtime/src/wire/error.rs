//! What is wrong with bytes that can't be decoded, and where.

use std::fmt;

/// How much of a map's key is told, in bytes, and how many parts of a path: an error is a line.
const MOST_KEY: usize = 40;
const MOST_SEGMENTS: usize = 16;

/// Bytes that are not the message that they should be: the path of the field and what is wrong.
///
/// Displayed as `instances[0].dimensions["code"].int64_value: expected a varint, got 4 bytes`.
// Boxed so that the common result, a slice, stays in two registers.
#[derive(Debug)]
pub struct DecodeError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    // Innermost first.
    path: Vec<Segment>,
    problem: Problem,
}

#[derive(Debug)]
enum Segment {
    Field(&'static str),
    Index(usize),
    /// As `Debug` has it: a text is quoted.
    Key(String),
}

#[derive(Debug)]
pub(crate) enum Problem {
    Truncated,
    Varint,
    Key(u64),
    Length {
        len: u64,
        left: usize,
    },
    Utf8(usize),
    WireType {
        expected: &'static str,
        found: &'static str,
    },
    Group,
    TooDeep,
    Invalid(String),
}

impl DecodeError {
    /// A value that is well-formed protobuf but not acceptable here.
    pub(crate) fn invalid(message: impl Into<String>) -> DecodeError {
        Problem::Invalid(message.into()).into()
    }

    /// Says in which field the problem is; called from the innermost field outwards.
    #[doc(hidden)]
    #[must_use]
    #[cold]
    pub fn in_field(mut self, name: &'static str) -> DecodeError {
        self.0.path.push(Segment::Field(name));
        self
    }

    /// Says in which element of a repeated field the problem is.
    #[must_use]
    #[cold]
    pub(crate) fn in_element(mut self, index: usize) -> DecodeError {
        self.0.path.push(Segment::Index(index));
        self
    }

    /// Says in which entry of a map the problem is; a long key is cut.
    #[must_use]
    #[cold]
    pub(crate) fn in_entry(mut self, key: &dyn fmt::Debug) -> DecodeError {
        let mut key = format!("{key:?}");
        if key.len() > MOST_KEY {
            let end = if key.ends_with('"') { "…\"" } else { "…" };
            key.truncate(key.floor_char_boundary(MOST_KEY));
            key.push_str(end);
        }
        self.0.path.push(Segment::Key(key));
        self
    }

    /// Whether the bytes are not what the message's definition says, rather than a value that is
    /// not acceptable.
    pub(crate) fn is_malformed(&self) -> bool {
        !matches!(self.0.problem, Problem::Invalid(_))
    }

    /// The field, e.g. `instances[2].value`; empty for the outermost message. Where messages hold
    /// others of their kind, the middle of a long path is left out.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        let (parts, kept) = (self.0.path.len(), MOST_SEGMENTS / 2);
        for (index, segment) in self.0.path.iter().rev().enumerate() {
            if parts > MOST_SEGMENTS && (kept..parts - kept).contains(&index) {
                if index == kept {
                    path.push('…');
                }
                continue;
            }
            match segment {
                Segment::Field(name) if path.is_empty() => path.push_str(name),
                Segment::Field(name) => path.extend([".", name]),
                Segment::Index(index) => path.push_str(&format!("[{index}]")),
                Segment::Key(key) => path.push_str(&format!("[{key}]")),
            }
        }
        path
    }

    /// What is wrong, without the place.
    #[must_use]
    pub fn problem(&self) -> String {
        match &self.0.problem {
            Problem::Truncated => "the bytes end within a field".into(),
            Problem::Varint => "a varint has more than 64 bits".into(),
            Problem::Key(key) => {
                format!("{key:#x} is not the key of a field: its number or wire type doesn't exist")
            }
            Problem::Length { len, left } => {
                format!("the length is {len} bytes, but only {left} follow")
            }
            Problem::Utf8(at) => format!("the string is not UTF-8: the byte at {at} is invalid"),
            Problem::WireType { expected, found } => format!("expected {expected}, got {found}"),
            Problem::Group => "a group ends that did not begin".into(),
            Problem::TooDeep => "messages are nested more than 100 deep".into(),
            Problem::Invalid(message) => message.clone(),
        }
    }
}

impl From<Problem> for DecodeError {
    #[cold]
    fn from(problem: Problem) -> DecodeError {
        DecodeError(Box::new(Inner {
            path: Vec::new(),
            problem,
        }))
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path();
        let separator = if path.is_empty() { "" } else { ": " };
        write!(f, "{path}{separator}{}", self.problem())
    }
}

impl std::error::Error for DecodeError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_an_error_is_never_long() {
        let nested = |depth: usize| {
            let error = DecodeError::from(Problem::TooDeep);
            let error = (0..depth).fold(error, |error, level| {
                error.in_entry(&format!("{level}")).in_field("part")
            });
            error.path()
        };
        let path = nested(8);
        assert_eq!(path.matches("part").count(), 8);
        assert!(path.starts_with(r#"part["7"].part["6"]"#) && path.ends_with(r#".part["0"]"#));
        let path = nested(100);
        let begin = r#"part["99"].part["98"].part["97"].part["96"]"#;
        let end = r#".part["3"].part["2"].part["1"].part["0"]"#;
        assert_eq!(path, format!("{begin}…{end}"));

        let error = DecodeError::from(Problem::TooDeep).in_entry(&"ü".repeat(1000));
        assert_eq!(error.path(), format!("[\"{}…\"]", "ü".repeat(19)));
    }
}
