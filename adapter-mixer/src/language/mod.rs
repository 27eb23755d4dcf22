//! CEXL, the expression language of rules and instances.
//!
//! An [`Expression`] is compiled once, for a vocabulary, and evaluated for each request. What
//! operators read in the real Mixer's log they read here: errors are displayed in Mixer's words.
//! They also know the place in the text, and most what to write instead.
//!
//! The language is described by "Expression Language" in Istio's documentation of policies and
//! telemetry. Its syntax is that of Go's expressions. Some things surprise:
//!
//! - `a | b` is `b` where `a` is absent. It binds as tightly as `+`, and tighter than `==`.
//! - A text that reads as a duration is one: `"5m"` is no STRING.
//! - There is no `!`, and no arithmetic but `+`. `flag == false` says "not".
//! - Parts of names can't be keywords of Go, such as `type` or `range`.
//! - In `pattern.matches(text)` the pattern stands first.
//! - `m["k"]` is empty where `m` has no `k`, and an error where there is no `m`.

mod ast;
mod builtin;
mod check;
mod compile;
mod dialect;
mod dns;
mod email;
mod error;
mod evaluate;
mod function;
mod glance;
mod literal;
mod number;
mod parse;
mod pattern;
mod quote;
mod syntax;
mod token;
mod trace;
mod uri;

use std::fmt;
use std::sync::Arc;

use adapter_runtime::value::{Value, ValueType};

pub use dialect::{Language, UnsupportedLanguage};
pub use error::{Error, ErrorKind, EvaluationError, Span};
pub use syntax::Syntax;
pub use trace::{Outcome, Trace};

pub(crate) use builtin::rfc3339;
pub(crate) use quote::quoted;

use crate::attribute::{Attributes, ValueRef, Vocabulary};
use compile::{Code, Op};
use evaluate::{Evaluator, Nobody, Observer};
use glance::Seen;
use trace::Tracer;

/// An expression that is ready to be evaluated.
///
/// ```
/// use adapter_mixer::attribute::{Bag, Vocabulary};
/// use adapter_mixer::language::Expression;
/// use adapter_runtime::value::{Value, ValueType};
///
/// let vocabulary = Vocabulary::istio();
/// let expression = Expression::compile(r#"source.labels["app"] | "unknown""#, &vocabulary)?;
/// assert_eq!(expression.value_type(), ValueType::String);
/// assert_eq!(expression.evaluate(&Bag::new())?, Value::from("unknown"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Expression {
    text: Arc<str>,
    code: Arc<Code>,
}

impl Expression {
    /// Compiles an expression of CEXL.
    ///
    /// # Errors
    ///
    /// If it is no expression, or its types don't fit.
    pub fn compile(text: &str, vocabulary: &Vocabulary) -> Result<Expression, Error> {
        Expression::compile_as(Language::Cexl, text, vocabulary)
    }

    /// Compiles an expression of a language. Whichever it is, it is evaluated in the same way.
    ///
    /// # Errors
    ///
    /// If it is no expression of that language, or its types don't fit.
    pub fn compile_as(
        language: Language,
        text: &str,
        vocabulary: &Vocabulary,
    ) -> Result<Expression, Error> {
        match language {
            Language::Cexl => Syntax::parse(text)?.compile(vocabulary),
        }
    }

    /// The type of every value that it has.
    #[must_use]
    pub fn value_type(&self) -> ValueType {
        self.code.value_type
    }

    /// The text that it was compiled from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value for a request.
    ///
    /// # Errors
    ///
    /// If an attribute is absent that has no default, or of another type than is declared, or if
    /// a function fails.
    pub fn evaluate(&self, attributes: &dyn Attributes) -> Result<Value, EvaluationError> {
        let value = self.evaluate_ref(attributes)?;
        Ok(value.into_value(self.value_type()))
    }

    /// The value for a request, without copying what is in the request. Nothing is allocated
    /// unless a text is put together, or a pattern or a name has to be read that is no literal.
    ///
    /// # Errors
    ///
    /// As [`evaluate`](Expression::evaluate).
    // Inlined, so that the caller sees a BOOL and drops no other value.
    #[inline]
    pub fn evaluate_ref<'a>(
        &'a self,
        attributes: &'a dyn Attributes,
    ) -> Result<ValueRef<'a>, EvaluationError> {
        match self.at_a_glance(attributes) {
            Seen::Holds(holds) => Ok(ValueRef::Bool(holds)),
            seen => self.on_closer_look(seen, attributes),
        }
    }

    /// What is seen if all that it does is to compare an attribute with a literal.
    fn at_a_glance(&self, attributes: &dyn Attributes) -> Seen {
        match &self.code.op {
            Op::Compare(_, Some(glance)) => glance.compare(attributes),
            _ => Seen::Unclear,
        }
    }

    fn on_closer_look<'a>(
        &'a self,
        seen: Seen,
        attributes: &'a dyn Attributes,
    ) -> Result<ValueRef<'a>, EvaluationError> {
        if let (Seen::Absent, Op::Compare(_, Some(glance))) = (seen, &self.code.op) {
            return Err(glance.absent(&self.text));
        }
        self.observed(attributes, &mut Nobody)
    }

    /// Evaluates it and writes down what each of its parts came to.
    #[must_use]
    pub fn trace(&self, attributes: &dyn Attributes) -> Trace {
        let mut tracer = Tracer::new(&self.text);
        // The outcome is part of the trace.
        let _ = self.observed(attributes, &mut tracer);
        tracer.finish(&self.code)
    }

    fn observed<'a>(
        &'a self,
        attributes: &'a dyn Attributes,
        observer: &mut impl Observer,
    ) -> Result<ValueRef<'a>, EvaluationError> {
        let mut evaluator = Evaluator {
            text: &self.text,
            attributes,
            observer,
        };
        evaluator.value(&self.code)
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expression({}: {})", self.text, self.value_type())
    }
}
