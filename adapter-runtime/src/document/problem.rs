//! What is wrong with a document, and where.

use std::fmt;
use std::ops::Range;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::render;
use super::source::{Source, Span};

/// How bad a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Severity {
    /// The document can't be used.
    Error,
    /// The document works, but hardly as its author thinks.
    Warning,
}

/// Something wrong with a document: what, where, and what to write instead.
#[derive(Clone, Debug)]
pub struct Problem {
    severity: Severity,
    message: String,
    span: Span,
    path: Option<Box<str>>,
    help: Option<Box<str>>,
    related: Vec<(Span, String)>,
    shown: Shown,
    /// The message without what is written there, where it quotes that.
    unquoted: Option<&'static str>,
}

/// What a problem shows of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// The line.
    Line,
    /// Of the line, what the problem is about: beside a key there may be a secret.
    Place,
    /// Nothing.
    Nothing,
}

impl Problem {
    /// An error at a place. The message says what is wrong: lower case, no final period, what is
    /// written in backticks.
    #[must_use]
    pub fn error(span: &Span, message: impl Into<String>) -> Problem {
        Problem {
            severity: Severity::Error,
            message: message.into(),
            span: span.clone(),
            path: None,
            help: None,
            related: Vec::new(),
            shown: Shown::Line,
            unquoted: None,
        }
    }

    /// An error about a whole file, of which nothing can be shown.
    #[must_use]
    pub fn about_file(name: &str, message: impl Into<String>) -> Problem {
        Problem::error(&Source::new(name, "").span(0..0), message).hide_source()
    }

    /// A warning at a place, worded like an error.
    #[must_use]
    pub fn warning(span: &Span, message: impl Into<String>) -> Problem {
        Problem {
            severity: Severity::Warning,
            ..Problem::error(span, message)
        }
    }

    /// The same with a remedy: what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(help.into().into_boxed_str());
        self
    }

    /// The same with the path of the node, e.g. `spec.params.metrics[2].name`.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Problem {
        self.path = Some(path.into().into_boxed_str());
        self
    }

    /// The same with one more place that has to do with it, and what that is.
    #[must_use]
    pub fn related(mut self, span: &Span, message: impl Into<String>) -> Problem {
        self.related.push((span.clone(), message.into()));
        self
    }

    /// The same without a line of the source: for places that hold a secret.
    #[must_use]
    pub fn hide_source(mut self) -> Problem {
        self.shown = Shown::Nothing;
        self
    }

    /// The same with nothing of the source but the place itself.
    pub(crate) fn show_place_only(mut self) -> Problem {
        self.shown = Shown::Place;
        self
    }

    /// The same as a warning.
    pub(crate) fn into_warning(mut self) -> Problem {
        self.severity = Severity::Warning;
        self
    }

    /// The same, whose message quotes what is written; this one says it without.
    pub(super) fn or_unquoted(mut self, message: &'static str) -> Problem {
        self.unquoted = Some(message);
        self
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// What is wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where.
    #[must_use]
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// What to write instead.
    #[must_use]
    pub fn remedy(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The path of the node, if it has one.
    #[must_use]
    pub fn node_path(&self) -> Option<&str> {
        self.path.as_deref().filter(|path| !path.is_empty())
    }

    /// Other places that have to do with it, and what they are.
    pub fn related_places(&self) -> impl Iterator<Item = (&Span, &str)> {
        self.related.iter().map(|(span, text)| (span, &**text))
    }

    pub(super) fn shown(&self) -> Shown {
        self.shown
    }
}

impl fmt::Display for Problem {
    /// One line, without any line of the source:
    /// `file:line:column: error: path: message; remedy`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let mut line = format!("{}: {severity}: ", self.span);
        if let Some(path) = self.node_path() {
            line += path;
            line += ": ";
        }
        line += &self.message;
        for (span, message) in &self.related {
            line += &format!(" ({message}: line {})", span.line());
        }
        if let Some(help) = &self.help {
            line += "; ";
            line += help;
        }
        // What the text quotes must not move a terminal's cursor or forge a second line of a log.
        for c in line.chars() {
            if c.is_control() {
                write!(f, "{}", c.escape_default())?;
            } else {
                write!(f, "{c}")?;
            }
        }
        Ok(())
    }
}

impl Serialize for Problem {
    /// An object with `severity`, `message`, `path`, `help`, the place (`file`, `line`, `column`,
    /// `end_line`, `end_column`) and `related` places.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let related: Vec<_> = self
            .related_places()
            .map(|(span, message)| Related {
                message,
                file: span.source().name(),
                line: span.line(),
                column: span.column(),
            })
            .collect();
        let mut object = serializer.serialize_struct("Problem", 10)?;
        object.serialize_field("severity", &self.severity)?;
        object.serialize_field("message", &self.message)?;
        object.serialize_field("path", &self.node_path())?;
        object.serialize_field("help", &self.help)?;
        object.serialize_field("file", self.span.source().name())?;
        object.serialize_field("line", &self.span.line())?;
        object.serialize_field("column", &self.span.column())?;
        object.serialize_field("end_line", &self.span.end_line())?;
        object.serialize_field("end_column", &self.span.end_column())?;
        object.serialize_field("related", &related)?;
        object.end()
    }
}

#[derive(serde::Serialize)]
struct Related<'a> {
    message: &'a str,
    file: &'a str,
    line: usize,
    column: usize,
}

/// Problems, collected so that the operator sees all of them at once. Displayed as a compiler
/// does, without colour.
#[derive(Clone, Debug, Default, serde::Serialize)]
#[serde(transparent)]
pub struct Problems {
    all: Vec<Problem>,
}

impl Problems {
    /// How many columns there are where there is no terminal.
    pub const WIDTH: usize = 120;

    /// No problems yet.
    #[must_use]
    pub fn new() -> Problems {
        Problems::default()
    }

    /// Adds a problem.
    pub fn push(&mut self, problem: Problem) {
        self.all.push(problem);
    }

    /// What was computed, or nothing, and its problem is added.
    pub fn take<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.push(problem)).ok()
    }

    /// The problems, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.all.iter()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether one of them is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.iter().any(|it| it.severity == Severity::Error)
    }

    /// Puts them into the order of their places: by file, then from its beginning.
    pub fn sort(&mut self) {
        self.all.sort_by(|one, other| {
            let key = |problem: &Problem| problem.span.bytes().start;
            let files = (one.span.source().name()).cmp(other.span.source().name());
            files.then(key(one).cmp(&key(other)))
        });
    }

    /// Shows nothing of the source where a secret would be seen.
    pub(crate) fn conceal(&mut self, mut secrets: Vec<Span>) {
        secrets.sort_by_key(|secret| secret.bytes().start);
        for problem in &mut self.all {
            let related = problem.related.iter().map(|(span, _)| span);
            for span in related.chain([&problem.span]) {
                let place = span.first_line().bytes();
                let (line, start) = span.whole_line();
                if hits(&secrets, place) {
                    problem.shown = Shown::Nothing;
                } else if problem.shown == Shown::Line && hits(&secrets, start..start + line.len())
                {
                    problem.shown = Shown::Place;
                }
            }
        }
    }

    /// Shows and quotes nothing of the source: where a text can't be read, a secret may be
    /// anywhere in it.
    pub(crate) fn conceal_all(&mut self) {
        for problem in &mut self.all {
            problem.shown = Shown::Nothing;
            if let Some(message) = problem.unquoted.take() {
                problem.message = message.to_owned();
            }
        }
    }

    /// As a compiler shows them: what is wrong, the line of the source with a caret under it, what
    /// to write instead. `width` is the terminal's, in columns: longer lines are cut around the
    /// caret. Where there is no terminal, [`WIDTH`](Problems::WIDTH) is one. The first 100 are shown, and how many more there are.
    #[must_use]
    pub fn render(&self, color: bool, width: usize) -> String {
        render::all(&self.all, color, width)
    }
}

/// Whether one of the places, which are in their order, is in these bytes.
fn hits(places: &[Span], bytes: Range<usize>) -> bool {
    let before_end = places.partition_point(|place| place.bytes().start < bytes.end);
    let last = places[..before_end].last();
    last.is_some_and(|place| place.bytes().end > bytes.start)
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false, Problems::WIDTH))
    }
}

impl std::error::Error for Problems {}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Problems {
        Problems { all: vec![problem] }
    }
}

impl Extend<Problem> for Problems {
    fn extend<I: IntoIterator<Item = Problem>>(&mut self, problems: I) {
        self.all.extend(problems);
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.into_iter()
    }
}
