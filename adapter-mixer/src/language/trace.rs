//! What an evaluation came to, part by part.

use std::fmt;
use std::sync::Arc;

use adapter_runtime::value::{Value, ValueType};

use super::compile::{Code, Op};
use super::error::{EvaluationError, Span};
use super::evaluate::Observer;
use crate::attribute::ValueRef;

/// An evaluation in all its parts: the value of each, or why it has none.
///
/// Displayed as a tree:
///
/// ```
/// use adapter_mixer::attribute::{Bag, Vocabulary};
/// use adapter_mixer::language::Expression;
///
/// let expression = Expression::compile(
///     r#"source.namespace == "prod" && (request.path | "/") == "/a""#,
///     &Vocabulary::istio(),
/// )?;
/// let trace = expression.trace(&Bag::from([("source.namespace", "prod")]));
/// assert_eq!(trace.to_string(), r#"
/// source.namespace == "prod" && (request.path | "/") == "/a": false
///   source.namespace == "prod": true
///     source.namespace: "prod"
///   (request.path | "/") == "/a": false
///     (request.path | "/"): "/"
///       request.path: absent
/// "#.trim_start());
/// # Ok::<(), adapter_mixer::language::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Trace {
    /// The part of the expression.
    pub span: Span,
    /// Its text.
    pub text: String,
    /// What it came to.
    pub outcome: Outcome,
    /// Its parts, without literals.
    pub parts: Vec<Trace>,
}

/// What a part of an expression came to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// A value.
    Value(Value),
    /// An attribute or a key of a map is absent, but there was a default.
    Absent,
    /// An attribute is absent for which there was no default, or a function failed.
    Failed(EvaluationError),
    /// What was to the left had already decided.
    NotEvaluated,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Value(value) => match value.as_str() {
                Some(text) => write!(f, "{text:?}"),
                None if value.value_type() == ValueType::StringMap => {
                    write!(f, "{{{value}}}")
                }
                None => value.fmt(f),
            },
            Outcome::Absent => f.write_str("absent"),
            Outcome::Failed(error) => write!(f, "error: {error}"),
            Outcome::NotEvaluated => f.write_str("not evaluated"),
        }
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

impl Trace {
    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let indent = 2 * depth;
        writeln!(f, "{:indent$}{}: {}", "", self.text, self.outcome)?;
        self.parts
            .iter()
            .try_for_each(|part| part.write(f, depth + 1))
    }
}

/// Writes an evaluation down.
pub(super) struct Tracer<'t> {
    text: &'t Arc<str>,
    /// The parts of each part that is being evaluated, from the outermost on.
    open: Vec<Vec<Trace>>,
}

impl<'t> Tracer<'t> {
    pub(super) fn new(text: &'t Arc<str>) -> Tracer<'t> {
        Tracer {
            text,
            open: vec![Vec::new()],
        }
    }

    /// The trace of the outermost part.
    pub(super) fn finish(mut self, code: &Code) -> Trace {
        let whole = self.open.pop().and_then(|mut parts| parts.pop());
        whole.unwrap_or_else(|| self.step(code, Outcome::NotEvaluated, Vec::new()))
    }

    fn step(&self, code: &Code, outcome: Outcome, evaluated: Vec<Trace>) -> Trace {
        let text = self.text.get(code.span.start..code.span.end);
        let text = text.unwrap_or_default().to_owned();
        if matches!(outcome, Outcome::NotEvaluated) {
            return Trace {
                span: code.span,
                text,
                outcome,
                parts: Vec::new(),
            };
        }
        let mut evaluated = evaluated.into_iter().peekable();
        let parts: Vec<Trace> = code
            .parts
            .iter()
            .filter(|part| !matches!(part.op, Op::Constant(_)))
            .map(|part| {
                evaluated
                    .next_if(|step| step.span == part.span)
                    .unwrap_or_else(|| self.step(part, Outcome::NotEvaluated, Vec::new()))
            })
            .collect();
        Trace {
            span: code.span,
            text,
            outcome,
            parts,
        }
    }
}

impl Observer for Tracer<'_> {
    fn enter(&mut self) {
        self.open.push(Vec::new());
    }

    fn leave(&mut self, code: &Code, outcome: Result<Option<&ValueRef<'_>>, &EvaluationError>) {
        let evaluated = self.open.pop().unwrap_or_default();
        let is_constant = matches!(code.op, Op::Constant(_));
        if is_constant && self.open.len() > 1 {
            return;
        }
        let outcome = match outcome {
            Ok(Some(value)) => Outcome::Value(value.clone().into_value(code.value_type)),
            Ok(None) => Outcome::Absent,
            Err(error) => Outcome::Failed(error.clone()),
        };
        let step = self.step(code, outcome, evaluated);
        if let Some(siblings) = self.open.last_mut() {
            siblings.push(step);
        }
    }
}
