//! Expressions of one configuration: equal texts are compiled once.

use std::cell::RefCell;
use std::collections::HashMap;

use adapter_runtime::value::ValueType;

use crate::attribute::Vocabulary;
use crate::language::{Error, Expression, Language, Syntax};

/// Compiles the expressions of a configuration for its vocabulary.
#[derive(Debug)]
pub(crate) struct Compiler<'v> {
    vocabulary: &'v Vocabulary,
    compiled: RefCell<HashMap<(Language, String), Result<Expression, Error>>>,
}

impl<'v> Compiler<'v> {
    pub(crate) fn new(vocabulary: &'v Vocabulary) -> Compiler<'v> {
        Compiler {
            vocabulary,
            compiled: RefCell::default(),
        }
    }

    pub(crate) fn compile(&self, language: Language, text: &str) -> Result<Expression, Error> {
        let key = (language, text.to_owned());
        let mut compiled = self.compiled.borrow_mut();
        let compile = || Expression::compile_as(language, text, self.vocabulary);
        compiled.entry(key).or_insert_with(compile).clone()
    }

    /// The type of an expression, as it is found out when a configuration is read: of some that
    /// can't be compiled there is one.
    pub(crate) fn type_of(&self, language: Language, text: &str) -> Result<ValueType, Error> {
        match self.compile(language, text) {
            Ok(expression) => Ok(expression.value_type()),
            Err(_) => Syntax::check(text, self.vocabulary),
        }
    }
}
