//! The comparison of an attribute with a literal, which is what most expressions are made of.

use std::borrow::Cow;
use std::sync::Arc;

use adapter_runtime::value::Value;

use super::compile::{Code, Op};
use super::error::{EvaluationError, Span};
use super::function::Comparison;
use crate::attribute::{Attributes, Name, ValueRef};

/// An attribute and a literal, ready to be compared without the values and errors of a full
/// evaluation.
#[derive(Clone, Debug)]
pub(super) struct Glance {
    comparison: Comparison,
    name: Name,
    /// Where the name is.
    span: Span,
    literal: Literal,
}

#[derive(Clone, Debug)]
enum Literal {
    Text(Box<str>),
    Number(i64),
}

/// What is seen at a glance.
pub(super) enum Seen {
    /// Whether the comparison holds.
    Holds(bool),
    /// The attribute is absent.
    Absent,
    /// Only the full evaluation knows: the attribute is not of the type of the literal, or its
    /// value was made for this.
    Unclear,
}

impl Glance {
    /// `None` where the operands are something else, or have to be compared by rules of their own.
    pub(super) fn new(comparison: Comparison, left: &Code, right: &Code) -> Option<Glance> {
        let (Op::Attribute(name), Op::Constant(constant)) = (&left.op, &right.op) else {
            return None;
        };
        if left.value_type != right.value_type {
            return None;
        }
        let literal = match constant {
            Value::String(text) => Literal::Text(text.as_str().into()),
            Value::Int64(number) => Literal::Number(*number),
            _ => return None,
        };
        Some(Glance {
            comparison,
            name: name.clone(),
            span: left.span,
            literal,
        })
    }

    /// Whether the comparison holds.
    #[inline]
    pub(super) fn compare(&self, attributes: &dyn Attributes) -> Seen {
        let Some(value) = attributes.get_named(&self.name) else {
            return Seen::Absent;
        };
        let order = match (value, &self.literal) {
            (ValueRef::String(Cow::Borrowed(text)), Literal::Text(literal)) => {
                match self.comparison {
                    Comparison::Equal => return Seen::Holds(*text == **literal),
                    Comparison::NotEqual => return Seen::Holds(*text != **literal),
                    _ => text.cmp(literal),
                }
            }
            (ValueRef::Int64(number), Literal::Number(literal)) => number.cmp(literal),
            _ => return Seen::Unclear,
        };
        Seen::Holds(self.comparison.holds(order))
    }

    /// The error for an attribute that is absent.
    #[cold]
    pub(super) fn absent(&self, text: &Arc<str>) -> EvaluationError {
        EvaluationError::absent(text, self.span, self.name.as_str())
    }
}
