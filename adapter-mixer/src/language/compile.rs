//! From a tree to what is evaluated.

use std::sync::Arc;

use adapter_runtime::value::{Value, ValueType};

use super::ast::{Call, Kind, Node};
use super::check::Checker;
use super::error::{Error, ErrorKind, Span};
use super::function::{self, Body, Comparison, Function, Native};
use super::glance::Glance;
use super::pattern::Pattern;
use crate::attribute::{Name, Vocabulary};

/// Something to evaluate.
#[derive(Clone, Debug)]
pub(super) struct Code {
    pub(super) op: Op,
    pub(super) parts: Box<[Code]>,
    pub(super) value_type: ValueType,
    pub(super) span: Span,
}

/// What to do with the parts.
#[derive(Clone, Debug)]
pub(super) enum Op {
    Constant(Value),
    Attribute(Name),
    /// The map and the key.
    Index,
    /// Alternatives, the last of which supplies the value if no other does.
    Default,
    All,
    Any,
    /// Two values of one type, possibly such as are compared at a glance.
    Compare(Comparison, Option<Glance>),
    /// The sum of several.
    Add,
    /// The condition and two alternatives.
    Conditional,
    /// Surplus parts come first.
    Call(Native, usize),
    /// The pattern and the text; the pattern prepared, if it is a literal.
    Matches(Option<Result<Pattern, String>>),
}

/// Makes an expression of known types ready to be evaluated.
///
/// # Errors
///
/// If an operation does not exist for its types, in Mixer's words.
pub(super) fn compile(
    text: &Arc<str>,
    node: &Node,
    vocabulary: &Vocabulary,
) -> Result<Code, Error> {
    Compiler { text, vocabulary }.node(node)
}

struct Compiler<'c> {
    text: &'c Arc<str>,
    vocabulary: &'c Vocabulary,
}

impl Compiler<'_> {
    fn node(&self, node: &Node) -> Result<Code, Error> {
        let span = node.span;
        match &node.kind {
            Kind::Attribute(name) => {
                // The surplus arguments of a function have not been checked.
                let checker = Checker {
                    text: self.text,
                    vocabulary: self.vocabulary,
                };
                let value_type = checker.check(node)?;
                Ok(code(Op::Attribute(Name::new(name)), [], value_type, span))
            }
            Kind::Constant(constant) => {
                let value = constant.value.clone();
                let value_type = value.value_type();
                Ok(code(Op::Constant(value), [], value_type, span))
            }
            Kind::Operation(operator, operands) => {
                let function = self.function(operator.function(), span)?;
                let mut code = self.operation(function, operands)?;
                // With the parentheses around it.
                code.span = span;
                Ok(code)
            }
            Kind::Call(call) => self.call(node, call),
        }
    }

    /// An operation on two operands or more.
    fn operation(&self, function: &Function, operands: &[Node]) -> Result<Code, Error> {
        let chain = match function.body {
            Body::Default => Some(Op::Default),
            Body::All => Some(Op::All),
            Body::Any => Some(Op::Any),
            Body::Add => Some(Op::Add),
            _ => None,
        };
        if let Some(op) = chain {
            return self.chain(op, operands);
        }
        let mut operands = operands.iter();
        let mut left = match operands.next() {
            Some(first) => self.node(first)?,
            None => return Err(self.unsupported(Span::default(), "an operator without operands")),
        };
        for operand in operands {
            let right = self.node(operand)?;
            left = self.apply(function.body, left, right)?;
        }
        Ok(left)
    }

    /// `a | b | c` is one operation, and so are the logical ones and sums.
    fn chain(&self, op: Op, operands: &[Node]) -> Result<Code, Error> {
        let codes = operands.iter().map(|operand| self.node(operand));
        let mut parts: Vec<Code> = codes.collect::<Result<_, _>>()?;
        let [first, second, ..] = parts.as_slice() else {
            return Err(self.unsupported(Span::default(), "an operator without operands"));
        };
        let (value_type, span) = (first.value_type, first.span);
        if let Op::Add = op {
            self.addable(value_type, span.to(second.span))?;
        }
        let span = parts.last().map_or(span, |last| span.to(last.span));
        // It may have been called by its name.
        if std::mem::discriminant(&parts[0].op) == std::mem::discriminant(&op) {
            let inner = std::mem::take(&mut parts[0].parts);
            parts.splice(..1, inner);
        }
        Ok(code(op, parts, value_type, span))
    }

    fn apply(&self, body: Body, left: Code, right: Code) -> Result<Code, Error> {
        let span = left.span.to(right.span);
        let operands = left.value_type;
        let (op, value_type) = match body {
            Body::Compare(comparison) => {
                self.comparable(comparison, operands, span)?;
                let glance = Glance::new(comparison, &left, &right);
                (Op::Compare(comparison, glance), ValueType::Bool)
            }
            Body::Index => (Op::Index, ValueType::String),
            _ => return Err(self.unsupported(span, "not an operator")),
        };
        Ok(code(op, [left, right], value_type, span))
    }

    fn call(&self, node: &Node, call: &Call) -> Result<Code, Error> {
        let span = node.span;
        let function = self.function(&call.name, call.name_span)?;
        // The surplus arguments of a function have not been checked.
        if call.arguments.len() < function.arguments.len() {
            let checker = Checker {
                text: self.text,
                vocabulary: self.vocabulary,
            };
            return Err(checker.arity(node, function, call.arguments.len()));
        }
        let arguments = || call.arguments.iter().map(|argument| self.node(argument));
        match function.body {
            Body::Native(_) | Body::Matches => {}
            Body::Conditional => {
                let parts: Vec<Code> = arguments().take(3).collect::<Result<_, _>>()?;
                let value_type = parts.get(1).map_or(function.result, |part| part.value_type);
                return Ok(code(Op::Conditional, parts, value_type, span));
            }
            // An operator called by its name has two operands, and takes no notice of more.
            _ => {
                let mut code = self.operation(function, &call.arguments[..2])?;
                code.span = span;
                return Ok(code);
            }
        }
        let target = call.target.iter().map(|target| self.node(target));
        let parts: Vec<Code> = target.chain(arguments()).collect::<Result<_, _>>()?;
        let expected: Vec<ValueType> = function
            .target
            .iter()
            .chain(function.arguments)
            .copied()
            .collect();
        let surplus = parts.len().saturating_sub(expected.len());
        // Of too many arguments the last ones are used.
        let used = &parts[surplus..];
        if !used.iter().map(|part| part.value_type).eq(expected) {
            let message = format!("{} has arguments of other types at its end", call.name);
            return Err(self.unsupported(span, &message));
        }
        let op = match function.body {
            Body::Native(native) => Op::Call(native, surplus),
            _ => Op::Matches(match &used[0].op {
                Op::Constant(Value::String(pattern)) => Some(Pattern::new(pattern)),
                _ => None,
            }),
        };
        Ok(code(op, parts, function.result, span))
    }

    fn function(&self, name: &str, span: Span) -> Result<&'static Function, Error> {
        function::find(name)
            .ok_or_else(|| self.unsupported(span, &format!("unknown function: {name}")))
    }

    fn comparable(
        &self,
        comparison: Comparison,
        operands: ValueType,
        span: Span,
    ) -> Result<(), Error> {
        use ValueType::{DnsName, Double, EmailAddress, Int64, String, Timestamp, Uri};
        let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        match operands {
            String | Int64 | Double | Timestamp | DnsName | EmailAddress | Uri => Ok(()),
            ValueType::Bool | ValueType::IpAddress if equality => Ok(()),
            _ => {
                let name = representation(operands);
                let what = if equality { "equality" } else { "comparison" };
                let message = format!(
                    "internal compiler error -- {what} for type not yet implemented: {name}"
                );
                let help = format!("values of type {operands} can't be compared like this");
                Err(self.unsupported(span, &message).with_help(Some(help)))
            }
        }
    }

    fn addable(&self, operands: ValueType, span: Span) -> Result<(), Error> {
        use ValueType::{DnsName, Double, EmailAddress, Int64, String, Uri};
        match operands {
            String | Int64 | Double | DnsName | EmailAddress | Uri => Ok(()),
            _ => {
                let name = representation(operands);
                let message =
                    format!("internal compiler error -- Add for type not yet implemented: {name}");
                let help = format!("values of type {operands} can't be added");
                Err(self.unsupported(span, &message).with_help(Some(help)))
            }
        }
    }

    fn unsupported(&self, span: Span, message: &str) -> Error {
        Error::new(ErrorKind::Unsupported, self.text, span, message)
    }
}

fn code(op: Op, parts: impl Into<Vec<Code>>, value_type: ValueType, span: Span) -> Code {
    Code {
        op,
        parts: parts.into().into_boxed_slice(),
        value_type,
        span,
    }
}

/// What Mixer holds values of a type as.
fn representation(value_type: ValueType) -> &'static str {
    match value_type {
        ValueType::String => "string",
        ValueType::Int64 => "integer",
        ValueType::Double => "double",
        ValueType::Bool => "bool",
        ValueType::Duration => "duration",
        _ => "interface",
    }
}
