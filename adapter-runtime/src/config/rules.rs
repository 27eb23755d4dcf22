//! What the value of a field must be, beyond its type.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use serde_json::Value as Json;

use super::format::Format;
use super::place::Path;
use super::time::to_value;
use crate::document::quote;
use crate::error::ConfigErrors;

/// What the value of a field must be, beyond its type. Displayed in the words of the reference,
/// e.g. `at least 1s`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Constraint {
    /// The operator must write it.
    Required,
    /// A text, a list or a map with something in it.
    NonEmpty,
    /// A list in which nothing is twice.
    Unique,
    /// More than zero.
    Positive,
    /// At least this.
    Min(Bound),
    /// At most this.
    Max(Bound),
    /// A text of this form.
    Format(Format),
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Constraint::Required => f.write_str("required"),
            Constraint::NonEmpty => f.write_str("not empty"),
            Constraint::Unique => f.write_str("nothing twice"),
            Constraint::Positive => f.write_str("positive"),
            Constraint::Min(bound) => write!(f, "at least {bound}"),
            Constraint::Max(bound) => write!(f, "at most {bound}"),
            Constraint::Format(format) => write!(f, "{format}"),
        }
    }
}

impl Constraint {
    /// Whether it holds for a number or a duration, if it is about these.
    pub(super) fn holds(&self, value: &Bound) -> Option<bool> {
        match self {
            Constraint::Positive => Some(value.is_positive()),
            Constraint::Min(min) => Some(value.compare(min).is_some_and(Ordering::is_ge)),
            Constraint::Max(max) => Some(value.compare(max).is_some_and(Ordering::is_le)),
            _ => None,
        }
    }
}

/// A number or a duration that others are compared with.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Bound {
    /// A whole number.
    Integer(i128),
    /// A number with a fraction.
    Float(f64),
    /// A duration.
    Duration(Duration),
}

impl Bound {
    /// Unordered where one is no number; a field and its bounds are of one type.
    fn compare(&self, other: &Bound) -> Option<Ordering> {
        match (self, other) {
            (Bound::Integer(a), Bound::Integer(b)) => Some(a.cmp(b)),
            (Bound::Float(a), Bound::Float(b)) => a.partial_cmp(b),
            (Bound::Duration(a), Bound::Duration(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }

    fn is_positive(&self) -> bool {
        match self {
            Bound::Integer(number) => *number > 0,
            Bound::Float(number) => *number > 0.0,
            Bound::Duration(duration) => !duration.is_zero(),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bound::Integer(number) => write!(f, "{number}"),
            Bound::Float(number) => write!(f, "{number}"),
            Bound::Duration(duration) => write!(f, "{}", to_value(*duration)),
        }
    }
}

/// How a value is there: what a rule says depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// A field. An empty text may be one that the operator didn't write.
    Plain,
    /// What is in an `Option`: the operator wrote it.
    Optional,
    /// An element of a list, a value of a map.
    Element,
}

/// The rules for a value.
#[derive(Clone, Copy, Debug)]
pub struct Check<'a> {
    rules: &'a [Constraint],
    presence: Presence,
}

impl<'a> Check<'a> {
    pub(super) fn new(rules: &'a [Constraint]) -> Check<'a> {
        let presence = Presence::Plain;
        Check { rules, presence }
    }

    /// The rules for what is in the value.
    pub(super) fn within(self, presence: Presence) -> Check<'a> {
        Check { presence, ..self }
    }

    fn has(self, rule: &Constraint) -> bool {
        self.rules.contains(rule)
    }

    pub(super) fn unique(self) -> bool {
        self.has(&Constraint::Unique)
    }

    /// The value is not there.
    pub(super) fn absent(self, path: &Path<'_>, errors: &mut ConfigErrors) {
        if self.has(&Constraint::Required) {
            errors.push_missing(path.to_string());
        }
    }

    /// A list or a map.
    pub(super) fn container(self, is_empty: bool, path: &Path<'_>, errors: &mut ConfigErrors) {
        if is_empty && self.presence != Presence::Element {
            self.empty(path, errors);
        }
    }

    /// Returns whether being empty is an error.
    fn empty(self, path: &Path<'_>, errors: &mut ConfigErrors) -> bool {
        if self.presence == Presence::Plain && self.has(&Constraint::Required) {
            errors.push_missing(path.to_string());
        } else if self.has(&Constraint::NonEmpty) {
            errors.push(path.to_string(), "must not be empty");
        } else {
            return false;
        }
        true
    }

    /// `shown` are the elements of a list as the operator would write them.
    pub(super) fn no_element_twice(
        self,
        shown: &[Json],
        path: &Path<'_>,
        errors: &mut ConfigErrors,
    ) {
        let mut seen = HashMap::new();
        for (index, value) in shown.iter().enumerate() {
            let text = match value {
                Json::String(text) => text.clone(),
                value => value.to_string(),
            };
            match seen.get(&text) {
                Some(first) => errors.push(
                    Path::Index(path, index).to_string(),
                    format!(
                        "{} is already {}: write it once",
                        quote(&text),
                        Path::Index(path, *first),
                    ),
                ),
                None => {
                    seen.insert(text, index);
                }
            }
        }
    }

    /// A text; `shown` is what of it may be in an error.
    pub(super) fn text(
        self,
        text: &str,
        shown: Option<&str>,
        path: &Path<'_>,
        errors: &mut ConfigErrors,
    ) {
        if text.is_empty() && self.presence != Presence::Element {
            let wrong = self.empty(path, errors);
            // An empty text may be one that the operator didn't write.
            if wrong || self.presence == Presence::Plain {
                return;
            }
        }
        for rule in self.rules {
            if let Constraint::Format(format) = rule
                && let Err(problem) = format.check(text)
            {
                let got = shown.map_or_else(String::new, |text| format!(", got {}", quote(text)));
                // Only what is shown may be quoted.
                let problem = match shown {
                    Some(_) => problem.to_string(),
                    None => problem.without_quotes(),
                };
                let message = format!("must be {format}{got}: {problem}");
                errors.push(path.to_string(), message);
            }
        }
    }

    /// A number or a duration.
    pub(super) fn bounds(self, value: &Bound, path: &Path<'_>, errors: &mut ConfigErrors) {
        for rule in self.rules {
            if rule.holds(value) == Some(false) {
                errors.push(path.to_string(), format!("must be {rule}, got {value}"));
            }
        }
    }
}
