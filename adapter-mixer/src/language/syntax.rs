//! Expressions before they have types.

use std::fmt;
use std::sync::Arc;

use adapter_runtime::value::{Value, ValueType};

use super::ast::{Infix, Kind, Node, Operator, Prefix};
use super::check::Checker;
use super::error::Error;
use super::{Expression, compile, parse};
use crate::attribute::Vocabulary;

/// An expression that has been read, but whose types are not yet known.
///
/// Displayed as operators write it, with one blank around operators and no more parentheses than
/// it needs; reading that again gives an equal expression.
#[derive(Clone)]
pub struct Syntax {
    text: Arc<str>,
    root: Node,
}

impl Syntax {
    /// Reads an expression.
    ///
    /// # Errors
    ///
    /// If the text is none.
    pub fn parse(text: &str) -> Result<Syntax, Error> {
        let text = Arc::from(text);
        let root = parse::parse(&text)?;
        Ok(Syntax { text, root })
    }

    /// The type of an expression, as Mixer finds it out when it reads a configuration. It says yes
    /// to some that [`compile`](Syntax::compile) refuses: those that compare or add values of
    /// types that can't be.
    ///
    /// # Errors
    ///
    /// If it is none, or its types don't fit. The message says that it was being checked.
    pub fn check(text: &str, vocabulary: &Vocabulary) -> Result<ValueType, Error> {
        Syntax::parse(text)
            .and_then(|syntax| syntax.value_type(vocabulary))
            .map_err(Error::while_checking)
    }

    /// The type of every value of the expression.
    ///
    /// # Errors
    ///
    /// If the types don't fit.
    pub fn value_type(&self, vocabulary: &Vocabulary) -> Result<ValueType, Error> {
        let text = &self.text;
        Checker { text, vocabulary }.check(&self.root)
    }

    /// Makes the expression ready to be evaluated.
    ///
    /// # Errors
    ///
    /// If the types don't fit, or there is no such operation for them.
    pub fn compile(&self, vocabulary: &Vocabulary) -> Result<Expression, Error> {
        self.value_type(vocabulary)?;
        let code = compile::compile(&self.text, &self.root, vocabulary)?;
        Ok(Expression {
            text: self.text.clone(),
            code: Arc::new(code),
        })
    }

    /// In the notation of Mixer's messages: `EQ($a.b, 2)`.
    #[must_use]
    pub fn prefix(&self) -> impl fmt::Display + '_ {
        Prefix(&self.root)
    }

    /// The attributes that must equal a literal for the expression to be true: those that are
    /// compared at its top or in a conjunction there.
    #[must_use]
    pub fn equalities(&self) -> Vec<(&str, &Value)> {
        let mut found = Vec::new();
        equalities(&self.root, &mut found);
        found
    }
}

fn equalities<'n>(node: &'n Node, found: &mut Vec<(&'n str, &'n Value)>) {
    let Kind::Operation(Operator::Symbol(symbol), operands) = &node.kind else {
        return;
    };
    match (*symbol, operands.as_slice()) {
        ("&&", operands) => operands.iter().for_each(|it| equalities(it, found)),
        ("==", [left, right]) => match (&left.kind, &right.kind) {
            (Kind::Attribute(name), Kind::Constant(constant))
            | (Kind::Constant(constant), Kind::Attribute(name)) => {
                found.push((name, &constant.value));
            }
            _ => {}
        },
        _ => {}
    }
}

impl PartialEq for Syntax {
    fn eq(&self, other: &Syntax) -> bool {
        self.root == other.root
    }
}

impl fmt::Display for Syntax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Infix(&self.root).fmt(f)
    }
}

impl fmt::Debug for Syntax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Syntax({})", Prefix(&self.root))
    }
}
