//! What a consumer expects of a node, and what it says where there is something else.

use std::fmt::Display;

use super::node::{Content, Key, Mapping, Node};
use super::problem::Problem;
use super::scalar::{self, Scalar};
use super::syntax::quote;
use crate::suggest;
use crate::value::Duration;

impl Node {
    /// The text.
    ///
    /// # Errors
    /// It is something else; also what is meant as a text, but needs quotes to be one.
    pub fn as_str(&self) -> Result<&str, Problem> {
        match self.content() {
            Content::Text(text) => Ok(text),
            _ => Err(self.not("a text")),
        }
    }

    /// The text, which is a secret: a problem doesn't show what is written.
    ///
    /// # Errors
    /// It is something else.
    pub fn as_secret_str(&self) -> Result<&str, Problem> {
        match self.content() {
            Content::Text(text) => Ok(text),
            _ => {
                let message = format!("expected a text, got {}", self.kind_name());
                let problem = Problem::error(self.span(), message).hide_source();
                Err(match self.is_scalar() {
                    true => problem.help("put it in quotes"),
                    false => problem,
                })
            }
        }
    }

    /// The boolean.
    ///
    /// # Errors
    /// It is something else.
    pub fn as_bool(&self) -> Result<bool, Problem> {
        match self.content() {
            Content::Bool(value) => Ok(*value),
            Content::Text(text) => Err(match scalar::yaml(text) {
                Scalar::Bool(value) => self
                    .not("a boolean")
                    .help(format!("write `{value}` without quotes")),
                _ => self.not("a boolean").help("write `true` or `false`"),
            }),
            _ => Err(self.not("a boolean").help("write `true` or `false`")),
        }
    }

    /// The integer, also one that is written as a float, `1e3`.
    ///
    /// # Errors
    /// It is something else, or one that the type can't hold.
    pub fn as_integer<T: Integer>(&self) -> Result<T, Problem> {
        let value = match *self.content() {
            Content::Integer(value) => value,
            // Whole numbers beyond this are not exact.
            Content::Float(value) if value.fract() == 0.0 && value.abs() < 2_f64.powi(53) => {
                value as i128
            }
            Content::Float(_) => {
                return Err(self
                    .not("an integer")
                    .help("write a number without fraction"));
            }
            Content::Text(ref text) => return Err(self.not("an integer").help(unquoted(text))),
            _ => return Err(self.not("an integer")),
        };
        T::try_from(value).map_err(|_| {
            let message = format!("{} is out of range", quote(self.span().text()));
            let (min, max) = (T::MIN, T::MAX);
            Problem::error(self.span(), message).help(format!("write one from {min} to {max}"))
        })
    }

    /// The number.
    ///
    /// # Errors
    /// It is something else.
    pub fn as_f64(&self) -> Result<f64, Problem> {
        match self.content() {
            Content::Integer(value) => Ok(*value as f64),
            Content::Float(value) => Ok(*value),
            Content::Text(text) => Err(self.not("a number").help(unquoted(text))),
            _ => Err(self.not("a number")),
        }
    }

    /// The span of time: a text as Go writes it, `1m30s`, of which protobuf's form, `90s`, is one.
    ///
    /// # Errors
    /// It is something else, or no such text.
    pub fn as_duration(&self) -> Result<Duration, Problem> {
        match self.content() {
            Content::Text(text) => text.parse().map_err(|error| {
                let message = format!("{} is no duration: {error}", quote(text));
                Problem::error(self.span(), message).help("write e.g. `10m`, `1.5s` or `1h30m`")
            }),
            Content::Integer(value) => Err(self
                .not("a duration")
                .help(format!("write the unit: `{value}s` for seconds"))),
            _ => Err(self
                .not("a duration")
                .help("write e.g. `10m`, `1.5s` or `1h30m`")),
        }
    }

    /// The items of the list.
    ///
    /// # Errors
    /// It is something else.
    pub fn as_sequence(&self) -> Result<&[Node], Problem> {
        match self.content() {
            Content::Sequence(items) => Ok(items),
            Content::Null => Err(self.not("a list").help("write `[]` for an empty one")),
            _ => Err(self.not("a list").help("write `- ` before each item")),
        }
    }

    /// The mapping.
    ///
    /// # Errors
    /// It is something else.
    pub fn as_mapping(&self) -> Result<&Mapping, Problem> {
        match self.content() {
            Content::Mapping(mapping) => Ok(mapping),
            Content::Null => Err(self.not("a mapping").help("write `{}` for an empty one")),
            _ => Err(self.not("a mapping").help("write `key: value` lines")),
        }
    }

    /// The mapping, if it is one.
    pub(super) fn mapping(&self) -> Option<&Mapping> {
        match self.content() {
            Content::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// The value of a key of this mapping.
    ///
    /// # Errors
    /// It is no mapping, or has no such key, or nothing behind it.
    pub fn require(&self, key: &str) -> Result<&Node, Problem> {
        let remedy = || format!("add `{key}: …`");
        let mapping = self.as_mapping()?;
        match mapping.entry(key) {
            None => {
                let first = mapping.iter().next();
                let place = first.map_or(self.span(), |entry| entry.key().span());
                let message = format!("the key `{key}` is missing");
                Err(Problem::error(place, message)
                    .help(remedy())
                    .show_place_only())
            }
            Some(entry) if entry.value().is_null() => {
                let message = format!("nothing is written behind `{key}`");
                Err(Problem::error(entry.key().span(), message).help(remedy()))
            }
            Some(entry) => Ok(entry.value()),
        }
    }

    /// What it is, with an article: `a text`, `a boolean`, `nothing`.
    #[must_use]
    pub fn kind_name(&self) -> &'static str {
        match self.content() {
            Content::Null => "nothing",
            Content::Bool(_) => "a boolean",
            Content::Integer(_) => "an integer",
            Content::Float(_) => "a number",
            Content::Text(_) => "a text",
            Content::Sequence(_) => "a list",
            Content::Mapping(_) => "a mapping",
        }
    }

    fn is_scalar(&self) -> bool {
        !matches!(
            self.content(),
            Content::Sequence(_) | Content::Mapping(_) | Content::Null
        )
    }

    /// It is not what is expected. For what would be a text in quotes, it says so.
    pub(crate) fn not(&self, expected: &str) -> Problem {
        let written = self.span().text();
        let (value, trap) = match self.content() {
            Content::Bool(value) => (
                format!("the boolean `{value}`"),
                !matches!(written, "true" | "false"),
            ),
            Content::Integer(value) => (
                format!("the integer `{value}`"),
                value.to_string() != written,
            ),
            Content::Float(value) => (
                format!("the number `{value}`"),
                // `1.50` is not surprising.
                !written
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-')),
            ),
            Content::Text(text) => (format!("the text {}", quote(text)), false),
            _ => (self.kind_name().to_owned(), false),
        };
        let mut message = format!("expected {expected}, got {value}");
        let wants_text = expected == "a text";
        if trap {
            message += &format!(
                ": that is how Mixer, which reads YAML 1.1, takes an unquoted {}",
                quote(written)
            );
        }
        let problem = Problem::error(self.span(), message);
        match self.content() {
            Content::Null if wants_text => problem.help("write `\"\"` for an empty text"),
            _ if wants_text && self.is_scalar() => {
                problem.help(format!("write {}", quote(&format!("\"{written}\""))))
            }
            _ => problem,
        }
    }
}

impl Mapping {
    /// A problem for each key that is not among those that are known.
    pub fn unknown_keys<'a>(&'a self, known: &'a [&str]) -> impl Iterator<Item = Problem> + 'a {
        self.iter()
            .map(|entry| entry.key())
            .filter(|key| !known.contains(&key.name()))
            .map(|key| key.unknown(known))
    }
}

impl Key {
    /// The key, where any text may be one.
    ///
    /// # Errors
    /// Mixer has another key than what is written: `false` for an unquoted `n`.
    pub fn as_str(&self) -> Result<&str, Problem> {
        match self.trap() {
            Some(problem) => Err(problem),
            None => Ok(self.name()),
        }
    }

    /// This key is not known.
    pub(crate) fn unknown(&self, known: &[&str]) -> Problem {
        if let Some(problem) = self.trap() {
            return problem;
        }
        let message = format!("unknown key {}", quote(self.name()));
        Problem::error(self.span(), message)
            .show_place_only()
            .help(suggest::instead("key", self.name(), known))
    }

    fn trap(&self) -> Option<Problem> {
        let written = self.span().text();
        if !self.plain || written == self.name {
            return None;
        }
        let message = format!(
            "this is the key `{}` for Mixer, which reads YAML 1.1 and takes an unquoted {} for it",
            self.name,
            quote(written)
        );
        let help = format!("write {}", quote(&format!("\"{written}\"")));
        Some(
            Problem::error(self.span(), message)
                .help(help)
                .show_place_only(),
        )
    }
}

/// The remedy for a number in quotes.
fn unquoted(text: &str) -> String {
    match scalar::yaml(text) {
        Scalar::Integer(_) | Scalar::Float(_) => {
            format!("write {} without quotes", quote(text))
        }
        _ => "write a number".to_owned(),
    }
}

/// An integer type, for [`Node::as_integer`].
pub trait Integer: TryFrom<i128> + Display + sealed::Sealed {
    /// The least value.
    const MIN: Self;
    /// The greatest value.
    const MAX: Self;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl sealed::Sealed for $type {}

        impl Integer for $type {
            const MIN: Self = <$type>::MIN;
            const MAX: Self = <$type>::MAX;
        }
    )*};
}

integers!(i32, i64, u16, u32, u64, usize);
