//! Templates that are not in a type.

use std::any::TypeId;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::instance::Instance;
use super::plan::{InferredType, Kept, Plan};
use crate::adapter::InstanceTypes;
use crate::template::{
    self, CompileError, EvaluationError, InferError, InferProblem, Params, Template, TemplateInfo,
    compile, infer_type,
};
use crate::value::{Str, Value, ValueType};

/// A template that instances can be made of in this process.
#[derive(Clone, Copy)]
pub struct HostedTemplate(&'static dyn Erased);

pub(super) trait Erased: Send + Sync {
    fn info(&self) -> TemplateInfo;
    fn id(&self) -> TypeId;
    fn infer(
        &self,
        params: &Params<usize>,
        type_of: &mut dyn FnMut(usize) -> Result<ValueType, Kept>,
    ) -> Result<InferredType, InferError<Kept>>;
    fn build(
        &self,
        name: &Str,
        params: &Params<usize>,
        evaluate: &mut dyn FnMut(usize) -> Result<Value, Kept>,
    ) -> Result<Instance, EvaluationError<Kept>>;
    fn tell(&self, types: &mut InstanceTypes, instance: &str, ty: &InferredType);
}

struct Of<T>(PhantomData<fn() -> T>);

impl<T: Template> Erased for Of<T> {
    fn info(&self) -> TemplateInfo {
        T::INFO
    }

    fn id(&self) -> TypeId {
        TypeId::of::<T>()
    }

    fn infer(
        &self,
        params: &Params<usize>,
        type_of: &mut dyn FnMut(usize) -> Result<ValueType, Kept>,
    ) -> Result<InferredType, InferError<Kept>> {
        let types = infer_type::<T, _, _>(params, |index| type_of(*index))?;
        let types = Arc::new(types);
        Ok(InferredType { types })
    }

    fn build(
        &self,
        name: &Str,
        params: &Params<usize>,
        evaluate: &mut dyn FnMut(usize) -> Result<Value, Kept>,
    ) -> Result<Instance, EvaluationError<Kept>> {
        let build = template::build_instance::<T, _, _>;
        build(name.clone(), params, |index: &usize| evaluate(*index)).map(Instance::new)
    }

    fn tell(&self, types: &mut InstanceTypes, instance: &str, ty: &InferredType) {
        if let Some(ty) = ty.types.as_any().downcast_ref::<T::Type>() {
            types.add::<T>([(instance.to_owned(), ty.clone())].into());
        }
    }
}

impl HostedTemplate {
    /// A template by its marker type.
    #[must_use]
    pub const fn of<T: Template>() -> HostedTemplate {
        HostedTemplate(&Of::<T>(PhantomData))
    }

    /// The templates of Istio, in the order of their names.
    #[must_use]
    pub fn built_in() -> [HostedTemplate; 11] {
        [
            HostedTemplate::of::<template::apikey::Template>(),
            HostedTemplate::of::<template::authorization::Template>(),
            HostedTemplate::of::<template::checknothing::Template>(),
            HostedTemplate::of::<template::edge::Template>(),
            HostedTemplate::of::<template::kubernetes::Template>(),
            HostedTemplate::of::<template::listentry::Template>(),
            HostedTemplate::of::<template::logentry::Template>(),
            HostedTemplate::of::<template::metric::Template>(),
            HostedTemplate::of::<template::quota::Template>(),
            HostedTemplate::of::<template::reportnothing::Template>(),
            HostedTemplate::of::<template::tracespan::Template>(),
        ]
    }

    /// Its names and fields.
    #[must_use]
    pub fn info(&self) -> TemplateInfo {
        self.0.info()
    }

    pub(super) fn erased(self) -> &'static dyn Erased {
        self.0
    }

    /// Infers the types of the fields whose type the expressions decide, and checks the others.
    /// `type_of` is the type of an expression.
    ///
    /// # Errors
    /// The first expression that has no type, or not that of its field.
    pub fn infer<E, X>(
        &self,
        params: &Params<E>,
        mut type_of: impl FnMut(&E) -> Result<ValueType, X>,
    ) -> Result<InferredType, InferError<X>> {
        let (params, expressions) = params.indexed();
        let mut cause = None;
        let mut by_index = |index: usize| match type_of(expressions[index]) {
            Ok(ty) => Ok(ty),
            Err(error) => {
                cause = Some(error);
                Err(Kept)
            }
        };
        self.0.infer(&params, &mut by_index).map_err(|error| {
            error.map_problem(|problem| match problem {
                InferProblem::Expression(Kept) => {
                    InferProblem::Expression(cause.expect("the host's error was kept"))
                }
                InferProblem::Type { found, wanted } => InferProblem::Type { found, wanted },
            })
        })
    }

    /// Compiles the expressions of an instance with this full name. `compile_one` gives what is
    /// evaluated for each request, and its type.
    ///
    /// # Errors
    /// The first expression that doesn't compile, or has another type than a field of a primitive
    /// type.
    pub fn compile<E: fmt::Display, C, X>(
        &self,
        name: &str,
        params: &Params<E>,
        mut compile_one: impl FnMut(&E) -> Result<(C, ValueType), X>,
    ) -> Result<Plan<C>, CompileError<X>> {
        let mut expressions = Vec::new();
        let params = compile(name, params, |expression| {
            let (compiled, ty) = compile_one(expression)?;
            expressions.push(compiled);
            Ok((expressions.len() - 1, ty))
        })?;
        Ok(Plan::new(*self, name, params, expressions))
    }

    /// Adds what was inferred for an instance of this template to what a handler is told.
    pub fn tell(&self, types: &mut InstanceTypes, instance: &str, ty: &InferredType) {
        self.0.tell(types, instance, ty);
    }
}

impl PartialEq for HostedTemplate {
    /// Whether they are one template, whatever they call themselves.
    fn eq(&self, other: &HostedTemplate) -> bool {
        self.0.id() == other.0.id()
    }
}

impl Eq for HostedTemplate {}

impl fmt::Debug for HostedTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HostedTemplate({})", self.info().name)
    }
}
