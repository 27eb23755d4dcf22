//! Types.

use std::sync::Arc;

use adapter_runtime::value::ValueType;

use super::ast::{Call, Kind, Node, Operator, Prefix, PrefixOperation};
use super::error::{Error, ErrorKind, Span};
use super::function::{self, ANY, Function};
use crate::attribute::Vocabulary;

/// Finds the types of expressions.
#[derive(Clone, Copy)]
pub(super) struct Checker<'c> {
    pub(super) text: &'c Arc<str>,
    pub(super) vocabulary: &'c Vocabulary,
}

impl Checker<'_> {
    /// The type of an expression.
    ///
    /// # Errors
    ///
    /// The first mistake, in Mixer's words.
    pub(super) fn check(&self, node: &Node) -> Result<ValueType, Error> {
        match &node.kind {
            Kind::Attribute(name) => self.vocabulary.get(name).ok_or_else(|| {
                let nearest = self.vocabulary.nearest(name);
                let help = nearest.map(|nearest| format!("did you mean `{nearest}`?"));
                self.error(node.span, format!("unknown attribute {name}"))
                    .with_help(help)
            }),
            Kind::Constant(constant) => Ok(constant.value.value_type()),
            Kind::Operation(operator, operands) => self.operation(node, *operator, operands),
            Kind::Call(call) => self.call(node, call),
        }
    }

    fn operation(
        &self,
        node: &Node,
        operator: Operator,
        operands: &[Node],
    ) -> Result<ValueType, Error> {
        let function = self.function(node.span, operator.function(), Some(operator))?;
        let (first, others) = match operands {
            [first, others @ ..] if !others.is_empty() => (first, others),
            _ => return Err(self.arity(node, function, operands.len())),
        };
        // The result of the first two is the left operand of the next.
        let mut left = self.check(first)?;
        for (count, other) in (2..).zip(others) {
            let mut any = ANY;
            let whole = || PrefixOperation(operator, &operands[..count]).to_string();
            let so_far = || PrefixOperation(operator, &operands[..count - 1]).to_string();
            if let Err(expected) = fits(function.arguments[0], left, &mut any) {
                let (argument, span) = match count {
                    2 => (Prefix(first).to_string(), first.span),
                    _ => (so_far(), first.span.to(operands[count - 2].span)),
                };
                return Err(self.mismatch(span, &whole(), 1, &argument, left, expected));
            }
            let right = self.check(other)?;
            if let Err(expected) = fits(function.arguments[1], right, &mut any) {
                let argument = Prefix(other).to_string();
                return Err(self.mismatch(other.span, &whole(), 2, &argument, right, expected));
            }
            left = result(function, any);
        }
        Ok(left)
    }

    fn call(&self, node: &Node, call: &Call) -> Result<ValueType, Error> {
        let function = self.function(call.name_span, &call.name, None)?;
        let name = &call.name;
        let mut any = ANY;
        match (&call.target, function.target) {
            (Some(_), None) => {
                let message = format!("invoking regular function on instance method: {name}");
                let help = format!("`{name}` is not a method: write `{name}(…)`");
                return Err(self.error(call.name_span, message).with_help(Some(help)));
            }
            (None, Some(_)) => {
                let message = format!("invoking instance method without an instance: {name}");
                let help = format!("`{name}` is a method: write `text.{name}(…)`");
                return Err(self.error(call.name_span, message).with_help(Some(help)));
            }
            (Some(target), Some(expected)) => {
                let found = self.check(target)?;
                if let Err(expected) = fits(expected, found, &mut any) {
                    let message = format!(
                        "{} target typeError got {found}, expected {expected}",
                        Prefix(node)
                    );
                    return Err(self.error(target.span, message));
                }
            }
            (None, None) => {}
        }
        if call.arguments.len() < function.arguments.len() {
            return Err(self.arity(node, function, call.arguments.len()));
        }
        // Mixer takes no notice of more arguments than there should be.
        let arguments = call.arguments.iter().zip(function.arguments);
        for (number, (argument, expected)) in (1..).zip(arguments) {
            let found = self.check(argument)?;
            if let Err(expected) = fits(*expected, found, &mut any) {
                let (whole, text) = (Prefix(node).to_string(), Prefix(argument).to_string());
                return Err(self.mismatch(argument.span, &whole, number, &text, found, expected));
            }
        }
        Ok(result(function, any))
    }

    fn function(
        &self,
        span: Span,
        name: &str,
        operator: Option<Operator>,
    ) -> Result<&'static Function, Error> {
        function::find(name).ok_or_else(|| {
            let help = match operator {
                Some(Operator::Symbol("!")) => {
                    Some("there is no `!`: compare with `== false`".to_owned())
                }
                Some(Operator::Symbol(symbol)) => Some(format!(
                    "there is no operator `{symbol}`; the operators are `== != < <= > >= && || + |`"
                )),
                _ => function::nearest(name).map(|near| format!("did you mean `{near}`?")),
            };
            self.error(span, format!("unknown function: {name}"))
                .with_help(help)
        })
    }

    pub(super) fn arity(&self, node: &Node, function: &Function, found: usize) -> Error {
        let expected = function.arguments.len();
        let whole = Prefix(node);
        let message =
            format!("{whole} arity mismatch. Got {found} arg(s), expected {expected} arg(s)");
        self.error(node.span, message)
    }

    fn mismatch(
        &self,
        span: Span,
        whole: &str,
        number: usize,
        argument: &str,
        found: ValueType,
        expected: ValueType,
    ) -> Error {
        let message =
            format!("{whole} arg {number} ({argument}) typeError got {found}, expected {expected}");
        let help = match (found, argument.starts_with(['"', '`', '\''])) {
            (ValueType::Duration, true) => Some(format!(
                "a text that reads as a duration is one, so {argument} can't be a STRING"
            )),
            _ => None,
        };
        self.error(span, message).with_help(help)
    }

    fn error(&self, span: Span, message: String) -> Error {
        Error::new(ErrorKind::Type, self.text, span, message)
    }
}

/// Compares with a type of a signature; the first of any type decides what the others are to be.
fn fits(expected: ValueType, found: ValueType, any: &mut ValueType) -> Result<(), ValueType> {
    let expected = match expected {
        ANY if *any == ANY => {
            *any = found;
            found
        }
        ANY => *any,
        expected => expected,
    };
    if found == expected {
        Ok(())
    } else {
        Err(expected)
    }
}

fn result(function: &Function, any: ValueType) -> ValueType {
    match function.result {
        ANY => any,
        result => result,
    }
}
