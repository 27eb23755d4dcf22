//! Building an instance in process: the operator's expressions are compiled once, and evaluated for
//! each request.

use std::fmt;

use super::params::{Params, Slot};
use super::path::{FieldPath, Step};
use super::{Field, FieldInfo, Instance, Message, Template};
use crate::value::{Str, Value, ValueType};

/// Compiles the expressions of an instance. `compile` gives the compiled expression and its type.
///
/// # Errors
/// The first expression that doesn't compile, or has another type than a field of a primitive type.
pub fn compile<E: fmt::Display, C, X>(
    instance: &str,
    params: &Params<E>,
    mut compile: impl FnMut(&E) -> Result<(C, ValueType), X>,
) -> Result<Params<C>, CompileError<X>> {
    params.map(&mut FieldPath::default(), &mut |expression, ty, path| {
        let fail = |problem| CompileError {
            instance: instance.to_owned(),
            path: path.clone(),
            problem,
        };
        let (compiled, found) =
            compile(expression).map_err(|cause| fail(CompileProblem::Expression(cause)))?;
        match ty.value_type() {
            Some(wanted) if is_primitive(wanted) && found != wanted => {
                Err(fail(CompileProblem::Type {
                    found,
                    wanted,
                    expression: expression.to_string(),
                }))
            }
            _ => Ok(compiled),
        }
    })
}

/// Whether Mixer checks the type when it compiles. The others it checks when it infers types, which
/// comes before; that is stricter, for a string is no `DNS_NAME` then.
fn is_primitive(ty: ValueType) -> bool {
    use ValueType::{Bool, Double, Int64, String};
    matches!(ty, String | Int64 | Double | Bool)
}

/// Builds an instance. `evaluate` gives the value of an expression, in the order of the fields. A
/// field without an expression is zero or empty, and an absent message is `None`.
///
/// # Errors
/// The first expression that has no value, or one that is not of the field's type.
pub fn build_instance<T: Template, E, X>(
    name: impl Into<Str>,
    params: &Params<E>,
    mut evaluate: impl FnMut(&E) -> Result<Value, X>,
) -> Result<T::Instance, EvaluationError<X>> {
    let mut instance = T::Instance::default();
    *instance.name_mut() = name.into();
    match instance.build_fields(params, &mut evaluate) {
        Ok(()) => Ok(instance),
        Err(mut error) => {
            error.instance = instance.name().to_owned();
            Err(error)
        }
    }
}

/// Why an instance can't be compiled. Displayed as Mixer reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CompileError<X> {
    /// The full name of the instance.
    pub instance: String,
    /// The field.
    pub path: FieldPath,
    /// What is wrong with its expression.
    pub problem: CompileProblem<X>,
}

/// What is wrong with an expression that is compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CompileProblem<X> {
    /// It doesn't compile.
    Expression(X),
    /// It has another type than its field.
    Type {
        /// The expression's.
        found: ValueType,
        /// The field's.
        wanted: ValueType,
        /// Its text.
        expression: String,
    },
}

impl<X: fmt::Display> fmt::Display for CompileError<X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CompileError { instance, path, .. } = self;
        write!(
            f,
            "expression compilation failed at [{instance}]'{path}': '"
        )?;
        match &self.problem {
            CompileProblem::Expression(cause) => write!(f, "{cause}'"),
            CompileProblem::Type {
                found,
                wanted,
                expression,
            } => write!(
                f,
                "instance field type mismatch: expected='{wanted}', actual='{found}', \
                 expression='{expression}''"
            ),
        }
    }
}

impl<X: std::error::Error> std::error::Error for CompileError<X> {}

/// Why an instance can't be built for a request. Displayed as Mixer reports it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EvaluationError<X> {
    /// The full name of the instance.
    pub instance: String,
    /// The field.
    pub path: FieldPath,
    /// What is wrong.
    pub problem: EvaluationProblem<X>,
}

/// What is wrong with an expression that is evaluated.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum EvaluationProblem<X> {
    /// It has no value.
    Expression(X),
    /// Its value is not of the field's type, because an attribute isn't of its own.
    Type {
        /// The value.
        found: Value,
        /// The field's type.
        wanted: ValueType,
    },
}

impl<X> EvaluationError<X> {
    fn new(problem: EvaluationProblem<X>) -> EvaluationError<X> {
        EvaluationError {
            instance: String::new(),
            path: FieldPath::default(),
            problem,
        }
    }

    /// The same with another problem.
    pub(crate) fn map_problem<Y>(
        self,
        map: impl FnOnce(EvaluationProblem<X>) -> EvaluationProblem<Y>,
    ) -> EvaluationError<Y> {
        EvaluationError {
            instance: self.instance,
            path: self.path,
            problem: map(self.problem),
        }
    }

    fn within(mut self, step: Step) -> EvaluationError<X> {
        self.path.within(step);
        self
    }
}

impl<X: fmt::Display> fmt::Display for EvaluationError<X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EvaluationError { instance, path, .. } = self;
        write!(f, "evaluation failed at [{instance}]'{path}': '")?;
        match &self.problem {
            EvaluationProblem::Expression(cause) => write!(f, "{cause}'"),
            EvaluationProblem::Type { found, wanted } => write!(
                f,
                "the value has the type {}, the field {wanted}'",
                found.value_type()
            ),
        }
    }
}

impl<X: std::error::Error> std::error::Error for EvaluationError<X> {}

/// The fields of a message that is built, one after the other.
#[doc(hidden)]
#[derive(Debug)]
pub struct Building<'a, E, F> {
    fields: std::slice::Iter<'static, FieldInfo>,
    slots: std::slice::Iter<'a, Slot<E>>,
    evaluate: &'a mut F,
}

impl<'a, E, F> Building<'a, E, F> {
    #[inline]
    pub fn new(params: &'a Params<E>, evaluate: &'a mut F) -> Building<'a, E, F> {
        Building {
            fields: params.message.fields().iter(),
            slots: params.slots.iter(),
            evaluate,
        }
    }

    /// Writes the next field.
    #[inline]
    pub(super) fn next<T: Field, X>(&mut self, field: &mut T) -> Result<(), EvaluationError<X>>
    where
        F: FnMut(&E) -> Result<Value, X>,
    {
        let (info, slot) = (self.fields.next(), self.slots.next());
        if let (Some(info), Some(slot)) = (info, slot.filter(|slot| !slot.is_unset())) {
            *field = T::build(slot, self.evaluate)
                .map_err(|error| error.within(Step::Field(info.name)))?;
        }
        Ok(())
    }
}

/// A field that holds one value, which `convert` takes out of a `Value`.
#[inline]
pub(super) fn value<T: Field, E, X>(
    slot: &Slot<E>,
    evaluate: &mut impl FnMut(&E) -> Result<Value, X>,
    convert: impl FnOnce(Value) -> Result<T, Value>,
) -> Result<T, EvaluationError<X>> {
    let Slot::Expression(expression) = slot else {
        return Ok(T::empty());
    };
    let value = evaluate(expression)
        .map_err(|cause| EvaluationError::new(EvaluationProblem::Expression(cause)))?;
    convert(value).map_err(|found| {
        let wanted = T::TYPE.value_type().unwrap_or_default();
        EvaluationError::new(EvaluationProblem::Type { found, wanted })
    })
}

/// The entries of a map.
#[inline]
pub(super) fn entries<K: for<'k> From<&'k str>, V: Field, M: FromIterator<(K, V)>, E, X>(
    slot: &Slot<E>,
    evaluate: &mut impl FnMut(&E) -> Result<Value, X>,
) -> Result<M, EvaluationError<X>> {
    let build = |(key, slot): &(String, Slot<E>)| match V::build(slot, evaluate) {
        Ok(value) => Ok((K::from(key.as_str()), value)),
        Err(error) => Err(error.within(Step::Key(key.clone()))),
    };
    slot.entries().iter().map(build).collect()
}

/// A message; one that nothing is written for is empty.
pub fn message<M: Message, E, X>(
    slot: &Slot<E>,
    evaluate: &mut impl FnMut(&E) -> Result<Value, X>,
) -> Result<M, EvaluationError<X>> {
    let mut message = M::empty();
    if let Slot::Message(params) = slot {
        message.build_fields(params, evaluate)?;
    }
    Ok(message)
}
