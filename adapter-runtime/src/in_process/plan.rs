//! Instances as an operator wrote them, ready to be built for each request.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::instance::Instance;
use super::template::HostedTemplate;
use crate::template::{EvaluationError, EvaluationProblem, Params};
use crate::value::{Str, Value};

/// An instance as an operator wrote it, compiled: it is built anew for each request. `E` is what
/// the host's language makes of an expression.
pub struct Plan<E> {
    template: HostedTemplate,
    name: Str,
    /// Each expression is its index.
    params: Params<usize>,
    expressions: Vec<E>,
}

impl<E> Plan<E> {
    pub(super) fn new(
        template: HostedTemplate,
        name: &str,
        params: Params<usize>,
        expressions: Vec<E>,
    ) -> Plan<E> {
        Plan {
            template,
            name: name.into(),
            params,
            expressions,
        }
    }

    /// The template.
    #[must_use]
    pub fn template(&self) -> HostedTemplate {
        self.template
    }

    /// The full name of the instances.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The expressions, in the order in which they are evaluated.
    #[must_use]
    pub fn expressions(&self) -> &[E] {
        &self.expressions
    }

    /// Builds the instance. `evaluate` gives the value of an expression.
    ///
    /// # Errors
    /// The first expression that has no value, or one that is not of its field's type.
    pub fn build<X>(
        &self,
        mut evaluate: impl FnMut(&E) -> Result<Value, X>,
    ) -> Result<Instance, EvaluationError<X>> {
        let mut cause = None;
        let mut by_index = |index: usize| match evaluate(&self.expressions[index]) {
            Ok(value) => Ok(value),
            Err(error) => {
                cause = Some(error);
                Err(Kept)
            }
        };
        let template = self.template.erased();
        template
            .build(&self.name, &self.params, &mut by_index)
            .map_err(|error| restored(error, cause))
    }
}

impl<E> fmt::Debug for Plan<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("template", &self.template)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// An error of the host's, whose type is kept where it is known.
#[derive(Debug)]
pub(super) struct Kept;

/// The error with the one that was kept for it.
fn restored<X>(error: EvaluationError<Kept>, cause: Option<X>) -> EvaluationError<X> {
    error.map_problem(|problem| match problem {
        EvaluationProblem::Expression(Kept) => {
            EvaluationProblem::Expression(cause.expect("the host's error was kept"))
        }
        EvaluationProblem::Type { found, wanted } => EvaluationProblem::Type { found, wanted },
    })
}

/// The types of an instance's dynamic fields, of any template.
#[derive(Clone)]
pub struct InferredType {
    pub(super) types: Arc<dyn Erased>,
}

pub(super) trait Erased: Any + Send + Sync {
    fn shown(&self) -> &dyn fmt::Debug;
    fn as_any(&self) -> &dyn Any;
}

impl<T: Any + fmt::Debug + Send + Sync> Erased for T {
    fn shown(&self) -> &dyn fmt::Debug {
        self
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl fmt::Debug for InferredType {
    /// As that of the template's own type.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.types.shown().fmt(f)
    }
}
