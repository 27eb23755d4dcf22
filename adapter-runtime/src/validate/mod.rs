//! What operators write for Mixer, checked before a cluster sees it: handlers, instances, rules and
//! the other resources, each for itself and all of them together.
//!
//! An adapter's program does it with its command `validate`. Expressions are checked for their
//! syntax; a program that knows attributes and types gives [`Expressions`] of its own.
//!
//! ```
//! use adapter_runtime::document::{self, Problems};
//! use adapter_runtime::validate::Validator;
//!
//! let mut problems = Problems::new();
//! let text = "\
//! apiVersion: config.istio.io/v1alpha2
//! kind: instance
//! metadata: {name: requests, namespace: istio-system}
//! spec:
//!   template: metric
//!   params:
//!     vale: request.size | 0
//! ";
//! let documents = document::parse("instances.yaml", text, &mut problems);
//! Validator::new().validate(&documents, &mut problems);
//! let problem = problems.iter().next().unwrap();
//! assert_eq!(
//!     problem.to_string(),
//!     "instances.yaml:7:5: error: spec.params: unknown key `vale`; did you mean `value`?",
//! );
//! ```

mod adapter;
mod attributes;
mod base64;
mod context;
mod descriptor;
mod expression;
mod files;
mod handler;
mod instance;
mod keys;
mod kinds;
mod names;
mod references;
mod resource;
mod rule;
mod shape;
mod template;

use std::fmt;
use std::ops::Range;

pub use files::{FileError, read};

use crate::definition::Registration;
use crate::document::{Node, Problems};
use crate::registry::Registry;
use crate::value::ValueType;
use context::Context;
use references::Index;
use resource::Resource;

/// Checks what operators write.
pub struct Validator<'v> {
    adapters: Vec<Registration>,
    expressions: Option<&'v mut dyn Expressions>,
}

impl<'v> Validator<'v> {
    /// Knows the templates of Istio, but no adapter.
    #[must_use]
    pub fn new() -> Validator<'v> {
        Validator {
            adapters: Vec::new(),
            expressions: None,
        }
    }

    /// Knows the adapters of a registry too: their configurations, and the templates that they list.
    #[must_use]
    pub fn with_adapters(mut self, registry: &Registry) -> Validator<'v> {
        self.adapters = registry.registrations().to_vec();
        self
    }

    /// Checks more of expressions than their syntax.
    #[must_use]
    pub fn with_expressions(mut self, expressions: &'v mut dyn Expressions) -> Validator<'v> {
        self.expressions = Some(expressions);
        self
    }

    /// Checks resources, which refer to each other. Those of other programs, such as the objects of
    /// Kubernetes, are left alone.
    ///
    /// Everything that is wrong is added to the problems, sorted by file and place. A warning is what
    /// works, but hardly as its author thinks.
    pub fn validate(&mut self, documents: &[Node], problems: &mut Problems) {
        let mut found = Problems::new();
        let resources: Vec<_> = documents
            .iter()
            .filter_map(|document| Resource::read(document, &mut found))
            .collect();
        let index = Index::new(&resources, &mut found);
        let mut syntax = SyntaxOnly;
        let expressions: &mut dyn Expressions = match &mut self.expressions {
            Some(expressions) => &mut **expressions,
            None => &mut syntax,
        };
        let mut context = Context::new(&self.adapters, &index, expressions, &mut found);
        for resource in resources.iter().filter(|it| it.kind == kinds::ATTRIBUTES) {
            attributes::check(resource, &mut context);
        }
        for resource in &resources {
            match resource.kind {
                kinds::ADAPTER => adapter::check(resource, &mut context),
                kinds::TEMPLATE => template::check(resource, &mut context),
                kinds::HANDLER => handler::check(resource, &mut context),
                kinds::INSTANCE => instance::check(resource, &mut context),
                kinds::RULE => rule::check(resource, &mut context),
                _ => {}
            }
        }
        context.finish();
        found.sort();
        problems.extend(found);
    }

    /// Whether a secret may be in a text that can't be read: the handler of an adapter whose
    /// configuration has one.
    fn may_be_secret(&self, text: &[u8]) -> bool {
        let mut adapters = self.adapters.iter();
        let has_handler = String::from_utf8_lossy(text).contains(kinds::HANDLER);
        has_handler && adapters.any(|it| it.adapter.schema().params().holds_secret())
    }
}

impl Default for Validator<'_> {
    fn default() -> Self {
        Validator::new()
    }
}

impl fmt::Debug for Validator<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validator")
            .field("adapters", &self.adapters)
            .finish_non_exhaustive()
    }
}

/// The language of an expression: what the annotation `policy.istio.io/lang` of its resource says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Language {
    /// Mixer's own.
    #[default]
    Cexl,
    /// Mixer's own, evaluated as CEL.
    Compat,
    /// The Common Expression Language.
    Cel,
}

/// An expression, and what is expected of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Expression<'e> {
    /// Its text. In an attribute binding, `output.` stands for the adapter's output, whatever the
    /// operator wrote for it.
    pub text: &'e str,
    /// The language.
    pub language: Language,
    /// The type that it must have; `None` if it may have any.
    pub wanted: Option<ValueType>,
    /// Attributes that this expression may use besides the declared ones: those of an adapter's
    /// output.
    pub outputs: &'e [(String, ValueType)],
}

/// Checks expressions.
pub trait Expressions {
    /// There is an attribute, declared by an `attributemanifest` among the resources. Called before
    /// any expression is checked.
    fn declare(&mut self, attribute: &str, ty: ValueType) {
        let _ = (attribute, ty);
    }

    /// Checks an expression. Returns its type if that is known; whether it is the wanted one is
    /// checked by who calls this.
    ///
    /// # Errors
    /// What is wrong with it.
    fn check(&mut self, expression: &Expression<'_>) -> Result<Option<ValueType>, ExpressionError>;
}

/// What is wrong with an expression, and where in its text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ExpressionError {
    message: String,
    range: Range<usize>,
    help: Option<String>,
}

impl ExpressionError {
    /// What is wrong, and with which bytes of the text.
    #[must_use]
    pub fn new(message: impl Into<String>, range: Range<usize>) -> ExpressionError {
        ExpressionError {
            message: message.into(),
            range,
            help: None,
        }
    }

    /// The same with a remedy: what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> ExpressionError {
        self.help = Some(help.into());
        self
    }

    /// The bytes of the text that it is about.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// What to write instead.
    #[must_use]
    pub fn remedy(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

/// Checks the syntax alone: neither attributes nor types are known.
///
/// ```
/// use adapter_runtime::validate::{Language, check_syntax};
///
/// assert!(check_syntax("request.size | 0", Language::Cexl).is_ok());
/// let error = check_syntax("request.size = 0", Language::Cexl).unwrap_err();
/// assert_eq!(error.to_string(), "`=` means nothing");
/// assert_eq!(error.range(), 13..14);
/// ```
///
/// # Errors
/// The first thing that is wrong.
pub fn check_syntax(text: &str, language: Language) -> Result<(), ExpressionError> {
    expression::check(text, language)
}

struct SyntaxOnly;

impl Expressions for SyntaxOnly {
    fn check(&mut self, expression: &Expression<'_>) -> Result<Option<ValueType>, ExpressionError> {
        check_syntax(expression.text, expression.language).map(|()| None)
    }
}
