//! The types of an instance, from the expressions that the operator wrote: what Mixer tells an
//! adapter's builder before the configuration.

use std::fmt;

use super::params::{Params, Slot};
use super::path::{FieldPath, Step};
use super::{FieldInfo, FieldType, Template};
use crate::value::{Map, ValueType};

/// Infers the types of a template's `Value`s, and checks that every other expression has the type of
/// its field. `type_of` is the type of an expression.
///
/// # Errors
/// The first expression that has no type, or not that of its field.
pub fn infer_type<T: Template, E, X>(
    params: &Params<E>,
    mut type_of: impl FnMut(&E) -> Result<ValueType, X>,
) -> Result<T::Type, InferError<X>> {
    T::Type::infer_fields(params, &mut type_of)
}

/// Why the types of an instance can't be inferred. Displayed as Mixer reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InferError<X> {
    /// The field.
    pub path: FieldPath,
    /// What is wrong with its expression.
    pub problem: InferProblem<X>,
    /// The type is for the expression to decide, or the field is a map. Mixer punctuates it
    /// otherwise.
    dynamic: bool,
}

/// What is wrong with an expression whose type is inferred.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InferProblem<X> {
    /// It has no type.
    Expression(X),
    /// It has another type than its field.
    Type {
        /// The expression's.
        found: ValueType,
        /// The field's.
        wanted: ValueType,
    },
}

impl<X> InferError<X> {
    fn new(problem: InferProblem<X>, dynamic: bool) -> InferError<X> {
        InferError {
            path: FieldPath::default(),
            problem,
            dynamic,
        }
    }

    /// The same with another problem.
    pub(crate) fn map_problem<Y>(
        self,
        map: impl FnOnce(InferProblem<X>) -> InferProblem<Y>,
    ) -> InferError<Y> {
        InferError {
            path: self.path,
            problem: map(self.problem),
            dynamic: self.dynamic,
        }
    }

    fn in_field(mut self, field: &FieldInfo) -> InferError<X> {
        self.path.within(Step::Field(field.name));
        self
    }

    fn in_entry(mut self, key: &str) -> InferError<X> {
        self.path.within(Step::Key(key.to_owned()));
        self.dynamic = true;
        self
    }
}

impl<X: fmt::Display> fmt::Display for InferError<X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for message in self.path.messages() {
            write!(f, "failed to evaluate expression for field '{message}'; ")?;
        }
        let path = &self.path;
        match &self.problem {
            InferProblem::Expression(cause) => {
                let separator = if self.dynamic { ';' } else { ':' };
                write!(
                    f,
                    "failed to evaluate expression for field '{path}'{separator} {cause}"
                )
            }
            InferProblem::Type { found, wanted } => write!(
                f,
                "error type checking for field '{path}': Evaluated expression type {found} want \
                 {wanted}"
            ),
        }
    }
}

impl<X: std::error::Error> std::error::Error for InferError<X> {}

/// The types of a message: a template's `Type`, or `SubjectType` of a message `Subject`.
#[doc(hidden)]
pub trait Types: Default {
    /// Infers the types of the dynamic fields, and checks the others.
    fn infer_fields<E, X>(
        params: &Params<E>,
        type_of: &mut impl FnMut(&E) -> Result<ValueType, X>,
    ) -> Result<Self, InferError<X>>;
}

/// What the types of a message have for one of its fields.
#[doc(hidden)]
pub trait Inferred: Sized {
    fn infer<E, X>(
        slot: &Slot<E>,
        type_of: &mut impl FnMut(&E) -> Result<ValueType, X>,
    ) -> Result<Self, InferError<X>>;
}

/// A `Value`.
impl Inferred for ValueType {
    fn infer<E, X>(
        slot: &Slot<E>,
        type_of: &mut impl FnMut(&E) -> Result<ValueType, X>,
    ) -> Result<ValueType, InferError<X>> {
        match slot {
            Slot::Expression(expression) => type_of(expression)
                .map_err(|cause| InferError::new(InferProblem::Expression(cause), true)),
            _ => Ok(ValueType::Unspecified),
        }
    }
}

impl<T: Inferred> Inferred for Map<T> {
    fn infer<E, X>(
        slot: &Slot<E>,
        type_of: &mut impl FnMut(&E) -> Result<ValueType, X>,
    ) -> Result<Map<T>, InferError<X>> {
        let mut types = Map::new();
        for (key, slot) in slot.entries() {
            let ty = T::infer(slot, type_of).map_err(|error| error.in_entry(key))?;
            types.insert(key.as_str(), ty);
        }
        Ok(types)
    }
}

/// A message that may be absent, and has no types then.
impl<T: Types> Inferred for Option<T> {
    fn infer<E, X>(
        slot: &Slot<E>,
        type_of: &mut impl FnMut(&E) -> Result<ValueType, X>,
    ) -> Result<Option<T>, InferError<X>> {
        match slot {
            Slot::Message(params) => T::infer_fields(params, type_of).map(Some),
            _ => Ok(None),
        }
    }
}

/// A message in a map.
impl<T: Types> Inferred for T {
    fn infer<E, X>(
        slot: &Slot<E>,
        type_of: &mut impl FnMut(&E) -> Result<ValueType, X>,
    ) -> Result<T, InferError<X>> {
        match slot {
            Slot::Message(params) => T::infer_fields(params, type_of),
            _ => Ok(T::default()),
        }
    }
}

/// The fields of a message whose types are inferred, one after the other.
#[doc(hidden)]
#[derive(Debug)]
pub struct Inference<'a, E, F> {
    fields: std::slice::Iter<'static, FieldInfo>,
    slots: std::slice::Iter<'a, Slot<E>>,
    type_of: &'a mut F,
}

impl<'a, E, F> Inference<'a, E, F> {
    pub fn new(params: &'a Params<E>, type_of: &'a mut F) -> Inference<'a, E, F> {
        Inference {
            fields: params.message.fields().iter(),
            slots: params.slots.iter(),
            type_of,
        }
    }

    /// Infers the type of the next field.
    pub fn infer<T: Inferred, X>(&mut self, ty: &mut T) -> Result<(), InferError<X>>
    where
        F: FnMut(&E) -> Result<ValueType, X>,
    {
        if let (Some(field), Some(slot)) = (self.fields.next(), self.slots.next()) {
            *ty = T::infer(slot, self.type_of).map_err(|error| error.in_field(field))?;
        }
        Ok(())
    }

    /// Checks the next field, whose type is known.
    pub fn check<X>(&mut self) -> Result<(), InferError<X>>
    where
        F: FnMut(&E) -> Result<ValueType, X>,
    {
        if let (Some(field), Some(slot)) = (self.fields.next(), self.slots.next()) {
            check(field.ty, slot, self.type_of).map_err(|error| error.in_field(field))?;
        }
        Ok(())
    }
}

/// Checks that expressions have the type of their field.
fn check<E, X>(
    ty: FieldType,
    slot: &Slot<E>,
    type_of: &mut impl FnMut(&E) -> Result<ValueType, X>,
) -> Result<(), InferError<X>> {
    for (key, slot) in slot.entries() {
        check(ty.element(), slot, type_of).map_err(|error| error.in_entry(key))?;
    }
    let Slot::Expression(expression) = slot else {
        return Ok(());
    };
    match (type_of(expression), ty.value_type()) {
        (Ok(found), Some(wanted)) if found != wanted => {
            Err(InferError::new(InferProblem::Type { found, wanted }, false))
        }
        (Ok(_), _) => Ok(()),
        (Err(cause), _) => Err(InferError::new(InferProblem::Expression(cause), false)),
    }
}
