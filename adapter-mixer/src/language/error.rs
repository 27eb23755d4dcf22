//! What is wrong with an expression, and where.

use std::fmt;
use std::sync::Arc;

/// A part of an expression's text, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Where the part begins.
    pub start: usize,
    /// Where it ends: the place of the first byte after it.
    pub end: usize,
}

impl Span {
    pub(super) fn new(start: usize, end: usize) -> Span {
        Span { start, end }
    }

    /// From the beginning of this one to the end of a later one.
    pub(super) fn to(self, later: Span) -> Span {
        Span::new(self.start, later.end)
    }
}

/// Why an expression can't be used.
///
/// It is displayed in the words of Mixer, which operators may search for;
/// [`explain`](Error::explain) shows the place and says what to write instead.
///
/// ```
/// use adapter_mixer::attribute::Vocabulary;
/// use adapter_mixer::language::Expression;
///
/// let error = Expression::compile(r#"request.header["x"] == "y""#, &Vocabulary::istio()).unwrap_err();
/// assert_eq!(error.to_string(), "unknown attribute request.header");
/// assert_eq!(error.explain().to_string(), "\
/// unknown attribute request.header
///   request.header[\"x\"] == \"y\"
///   ^^^^^^^^^^^^^^
///   did you mean `request.headers`?");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: ErrorKind,
    message: String,
    text: Arc<str>,
    span: Span,
    help: Option<String>,
}

/// The kinds of [`Error`]s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The text is not an expression.
    Syntax,
    /// There is no such attribute, no such function, or its arguments don't fit.
    Type,
    /// The expression is well-typed, but the language has no such operation for these types.
    Unsupported,
}

impl Error {
    pub(super) fn new(
        kind: ErrorKind,
        text: &Arc<str>,
        span: Span,
        message: impl Into<String>,
    ) -> Error {
        Error {
            kind,
            message: message.into(),
            text: text.clone(),
            span,
            help: None,
        }
    }

    pub(super) fn with_help(self, help: Option<String>) -> Error {
        Error { help, ..self }
    }

    /// Put in front of a syntax error where an expression is only checked.
    pub(super) fn while_checking(mut self) -> Error {
        if self.kind == ErrorKind::Syntax {
            let (text, message) = (&self.text, &self.message);
            self.message = format!("failed to parse expression '{text}': {message}");
        }
        self
    }

    /// The kind of mistake.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The part of the expression that must change.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// What to write instead, as far as that is known.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The message, the line of the expression with the place marked, and what to write instead.
    #[must_use]
    pub fn explain(&self) -> impl fmt::Display {
        explain(&self.message, &self.text, self.span, self.help.as_deref())
    }
}

/// Why an expression has no value for a request.
///
/// Displayed in the words of Mixer.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}", message = .0.message)]
pub struct EvaluationError(Box<Details>);

#[derive(Clone, PartialEq, Eq)]
struct Details {
    message: String,
    absent: bool,
    text: Arc<str>,
    span: Span,
}

impl EvaluationError {
    pub(super) fn new(text: &Arc<str>, span: Span, message: String) -> EvaluationError {
        EvaluationError(Box::new(Details {
            message,
            absent: false,
            text: text.clone(),
            span,
        }))
    }

    pub(super) fn absent(text: &Arc<str>, span: Span, name: &str) -> EvaluationError {
        let mut error = EvaluationError::new(text, span, format!("lookup failed: '{name}'"));
        error.0.absent = true;
        error
    }

    /// Whether an attribute was read that is absent and for which there is no default.
    #[must_use]
    pub fn is_absence(&self) -> bool {
        self.0.absent
    }

    /// The part of the expression that failed.
    #[must_use]
    pub fn span(&self) -> Span {
        self.0.span
    }

    /// The text of that part.
    #[must_use]
    pub fn part(&self) -> &str {
        let Span { start, end } = self.0.span;
        self.0.text.get(start..end).unwrap_or_default()
    }

    /// The text of the whole expression.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The message, and the line of the expression with the place marked.
    #[must_use]
    pub fn explain(&self) -> impl fmt::Display {
        let it = &self.0;
        let help = it.absent.then(|| {
            let name = self.part();
            format!("to allow for its absence write a default: `{name} | …`")
        });
        explain(&it.message, &it.text, it.span, help.as_deref())
    }
}

impl fmt::Debug for EvaluationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EvaluationError")
            .field("message", &self.0.message)
            .field("span", &self.0.span)
            .finish_non_exhaustive()
    }
}

fn explain(message: &str, text: &str, span: Span, help: Option<&str>) -> String {
    let start = span.start.min(text.len());
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line = text[line_start..].lines().next().unwrap_or_default();
    let marked = &text[start..span.end.clamp(start, text.len())];
    let marked = marked.lines().next().unwrap_or_default();
    let before = text[line_start..start].chars().count();
    let marks = "^".repeat(marked.chars().count().max(1));
    let mut report = format!("{message}\n  {line}\n  {:before$}{marks}", "");
    if let Some(help) = help {
        report.push_str("\n  ");
        report.push_str(help);
    }
    report
}

/// The place of a byte as Go counts: lines and the bytes in them, both from 1.
pub(super) fn position(text: &str, at: usize) -> String {
    let before = &text[..at.min(text.len())];
    let line = before.matches('\n').count() + 1;
    let column = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1) + 1;
    format!("{line}:{column}")
}
