//! The tree of an expression, and its two notations.

use std::fmt::{self, Write as _};

use adapter_runtime::value::Value;

use super::error::Span;

/// A part of an expression, with its place in the text.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) span: Span,
    /// How deep the parts in it are nested.
    pub(super) depth: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// A dotted name.
    Attribute(String),
    Constant(Constant),
    /// One operand, or several of an operator that associates to the left: `a + b + c`.
    Operation(Operator, Vec<Node>),
    Call(Call),
}

/// A literal.
#[derive(Clone, Debug)]
pub(super) struct Constant {
    /// As it is written.
    pub(super) source: String,
    pub(super) value: Value,
}

#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) name: String,
    pub(super) name_span: Span,
    pub(super) target: Option<Box<Node>>,
    pub(super) arguments: Vec<Node>,
}

impl Node {
    pub(super) fn new(kind: Kind, span: Span) -> Node {
        let deepest = |nodes: &[Node]| nodes.iter().map(|node| node.depth).max().unwrap_or(0);
        let depth = match &kind {
            Kind::Attribute(_) | Kind::Constant(_) => 0,
            Kind::Operation(_, operands) => 1 + deepest(operands),
            Kind::Call(call) => {
                let target = call.target.as_ref().map_or(0, |target| target.depth);
                1 + target.max(deepest(&call.arguments))
            }
        };
        Node { kind, span, depth }
    }
}

/// Equal trees may have come from texts with other spaces, parentheses and comments.
impl PartialEq for Node {
    fn eq(&self, other: &Node) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Attribute(a), Kind::Attribute(b)) => a == b,
            (Kind::Constant(a), Kind::Constant(b)) => a.source == b.source,
            (Kind::Operation(a, these), Kind::Operation(b, those)) => a == b && these == those,
            (Kind::Call(a), Kind::Call(b)) => {
                a.name == b.name && a.target == b.target && a.arguments == b.arguments
            }
            _ => false,
        }
    }
}

/// An operator of Go. Only some of them exist in CEXL; the others are unknown functions there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// A symbol with one or with two operands.
    Symbol(&'static str),
    /// `map[key]`.
    Index,
}

impl Operator {
    /// The name of the function that an operator stands for, empty if it stands for none.
    pub(super) fn function(self) -> &'static str {
        let Operator::Symbol(symbol) = self else {
            return "INDEX";
        };
        match symbol {
            "+" => "ADD",
            "-" => "SUB",
            "*" => "MUL",
            "/" => "QUO",
            "%" => "REM",
            "&" => "AND",
            "|" => "OR",
            "^" => "XOR",
            "&&" => "LAND",
            "||" => "LOR",
            "==" => "EQ",
            "<" => "LT",
            ">" => "GT",
            "!" => "NOT",
            "!=" => "NEQ",
            "<=" => "LEQ",
            ">=" => "GEQ",
            _ => "",
        }
    }

    /// How tightly a symbol with two operands binds: 5 most, 1 least, 0 if it is none.
    pub(super) fn precedence(symbol: &str) -> u8 {
        match symbol {
            "*" | "/" | "%" | "<<" | ">>" | "&" | "&^" => 5,
            "+" | "-" | "|" | "^" => 4,
            "==" | "!=" | "<" | "<=" | ">" | ">=" => 3,
            "&&" => 2,
            "||" => 1,
            _ => 0,
        }
    }
}

/// The notation of Mixer's messages: `EQ($a.b, 2)`.
pub(super) struct Prefix<'n>(pub(super) &'n Node);

impl fmt::Display for Prefix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            Kind::Attribute(name) => write!(f, "${name}"),
            Kind::Constant(constant) => f.write_str(&constant.source),
            Kind::Operation(operator, operands) => PrefixOperation(*operator, operands).fmt(f),
            Kind::Call(call) => {
                if let Some(target) = &call.target {
                    write!(f, "{}:", Prefix(target))?;
                }
                write!(f, "{}({})", call.name, list(&call.arguments, Prefix))
            }
        }
    }
}

/// The same for the first operands of an operation: `OR(OR($a, $b), $c)`.
pub(super) struct PrefixOperation<'n>(pub(super) Operator, pub(super) &'n [Node]);

impl fmt::Display for PrefixOperation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PrefixOperation(operator, operands) = *self;
        let function = operator.function();
        let [first, others @ ..] = operands else {
            return write!(f, "{function}()");
        };
        for _ in 0..others.len().max(1) {
            write!(f, "{function}(")?;
        }
        Prefix(first).fmt(f)?;
        if others.is_empty() {
            return f.write_char(')');
        }
        others
            .iter()
            .try_for_each(|other| write!(f, ", {})", Prefix(other)))
    }
}

/// The notation that operators write, with no more parentheses than it needs.
pub(super) struct Infix<'n>(pub(super) &'n Node);

impl fmt::Display for Infix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            Kind::Attribute(name) => f.write_str(name),
            Kind::Constant(constant) => f.write_str(&constant.source),
            Kind::Operation(Operator::Index, operands) => match operands.as_slice() {
                [map, key] => write!(f, "{}[{}]", Operand(map, 7), Infix(key)),
                _ => Err(fmt::Error),
            },
            Kind::Operation(Operator::Symbol(symbol), operands) => match operands.as_slice() {
                [operand] => write!(f, "{symbol}{}", Operand(operand, 6)),
                [first, others @ ..] => {
                    let precedence = Operator::precedence(symbol);
                    Operand(first, precedence).fmt(f)?;
                    others.iter().try_for_each(|other| {
                        write!(f, " {symbol} {}", Operand(other, precedence + 1))
                    })
                }
                [] => Err(fmt::Error),
            },
            Kind::Call(call) => {
                if let Some(target) = &call.target {
                    write!(f, "{}.", Target(target))?;
                }
                write!(f, "{}({})", call.name, list(&call.arguments, Infix))
            }
        }
    }
}

/// An operand of something that binds this tightly: 6 is an operator with one operand, 7 an index.
struct Operand<'n>(&'n Node, u8);

impl fmt::Display for Operand<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Operand(node, outer) = *self;
        let own = match &node.kind {
            Kind::Operation(Operator::Symbol(_), operands) if operands.len() == 1 => 6,
            Kind::Operation(Operator::Symbol(symbol), _) => Operator::precedence(symbol),
            _ => 7,
        };
        // `-(-a)` would read as another operator without its parentheses.
        if own < outer || (own == 6 && outer == 6) {
            return write!(f, "({})", Infix(node));
        }
        Infix(node).fmt(f)
    }
}

/// What a method is called on.
struct Target<'n>(&'n Node);

impl fmt::Display for Target<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            // `5.f()` would read as a number and a name.
            Kind::Constant(constant)
                if constant.source.starts_with(|c| "0123456789.".contains(c)) =>
            {
                write!(f, "({})", constant.source)
            }
            Kind::Operation(..) => write!(f, "({})", Infix(self.0)),
            _ => Infix(self.0).fmt(f),
        }
    }
}

fn list<'n, D: fmt::Display>(nodes: &'n [Node], show: impl Fn(&'n Node) -> D) -> String {
    let shown: Vec<String> = nodes.iter().map(|node| show(node).to_string()).collect();
    shown.join(", ")
}
