//! Templates: what Mixer sends to adapters.
//!
//! Each module is one template of Istio. It has the [`Instance`](metric::Instance) that Mixer
//! builds from the operator's expressions, the `Handler` trait that an adapter implements, the
//! marker [`Template`](metric::Template), and [`Type`](metric::Type), the types of the instance's
//! dynamic fields. All of that is made by [`#[mixer_template]`](crate::mixer_template), which
//! authors use in the same way for templates of their own.

pub mod apikey;
pub mod authorization;
pub mod checknothing;
pub mod edge;
pub mod kubernetes;
pub mod listentry;
pub mod logentry;
pub mod metric;
pub mod quota;
pub mod reportnothing;
pub mod tracespan;

mod bindings;
pub(crate) mod build;
#[doc(hidden)]
pub mod decode;
mod descriptor;
mod field;
#[doc(hidden)]
pub mod host;
mod infer;
mod info;
pub(crate) mod open;
mod output;
mod params;
mod path;
mod proto_text;
#[doc(hidden)]
pub mod serve;
mod types;

use std::fmt;

use crate::adapter::Call;
use crate::error::HandlerError;
use crate::future::BoxFuture;
use crate::in_process::Asked;
use crate::value::{Str, Value};
use crate::wire::{DecodeError, Depth, Merge, Rest, WireType};

pub use bindings::{BindingError, BindingProblem};
#[doc(hidden)]
pub use build::Building;
pub use build::{
    CompileError, CompileProblem, EvaluationError, EvaluationProblem, build_instance, compile,
};
pub use descriptor::descriptor_set;
pub use infer::{InferError, InferProblem, infer_type};
#[doc(hidden)]
pub use infer::{Inference, Types};
pub use info::{FieldInfo, FieldType, MessageInfo, TemplateInfo, Variety};
#[doc(hidden)]
pub use output::WithOutput;
pub use output::{Output, OutputField};
#[doc(hidden)]
pub use params::Slot;
pub use params::{Param, ParamError, Params};
pub use path::FieldPath;
pub use proto_text::proto_text;
pub use serve::Answer;
pub(crate) use types::decode_type;

/// The templates of Istio, sorted by name.
pub const BUILT_IN: [TemplateInfo; 11] = [
    <apikey::Template as Template>::INFO,
    <authorization::Template as Template>::INFO,
    <checknothing::Template as Template>::INFO,
    <edge::Template as Template>::INFO,
    <kubernetes::Template as Template>::INFO,
    <listentry::Template as Template>::INFO,
    <logentry::Template as Template>::INFO,
    <metric::Template as Template>::INFO,
    <quota::Template as Template>::INFO,
    <reportnothing::Template as Template>::INFO,
    <tracespan::Template as Template>::INFO,
];

/// A template: the marker type that [`#[mixer_template]`](crate::mixer_template) generates.
pub trait Template: Sized + Send + Sync + 'static {
    /// What Mixer sends.
    type Instance: Instance;
    /// The types of the fields whose type the operator's expressions decide.
    type Type: Types + Clone + fmt::Debug + Default + PartialEq + Send + Sync + 'static;
    /// What adapters answer beside a verdict; `()` for a variety that has no output.
    type Output: Output;
    /// What a handler is called with: an instance; several of a report; of a quota, an instance and
    /// [what is asked](crate::QuotaArgs).
    type Request: Send;
    /// What a handler answers: a verdict, a grant, an output, a verdict with an output, or nothing.
    type Answer: Send;
    /// The names and the fields.
    const INFO: TemplateInfo;
}

/// An instance of a template.
pub trait Instance:
    Message + Clone + fmt::Debug + Default + PartialEq + Send + Sync + 'static
{
    /// The full name, `<name>.instance.<namespace>` of the operator's resource.
    fn name(&self) -> &str;

    /// The full name, to be set.
    #[doc(hidden)]
    fn name_mut(&mut self) -> &mut Str;
}

/// A message of a template: the instance itself, or one that is a field of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a message of a template",
    label = "`#[mixer_template(message)]` is missing",
    note = "annotate the struct with `#[mixer_template(message)]`"
)]
pub trait Message: Merge {
    /// The types of the message's dynamic fields.
    type Type;
    /// The message as data, without the name of an instance.
    const INFO: &'static MessageInfo;

    /// Decodes one field.
    #[doc(hidden)]
    fn merge_field<'a>(
        &mut self,
        number: u32,
        wire: WireType,
        input: &'a [u8],
        depth: Depth,
    ) -> Rest<'a>;

    /// Called when the message is complete.
    #[doc(hidden)]
    fn settle_fields(&mut self);

    /// Builds the fields that have an expression.
    #[doc(hidden)]
    fn build_fields<E, X>(
        &mut self,
        params: &Params<E>,
        evaluate: &mut impl FnMut(&E) -> Result<Value, X>,
    ) -> Result<(), EvaluationError<X>>;
}

/// A message without a `Value`, in which all types are known. The parameter is of no meaning.
#[diagnostic::on_unimplemented(
    message = "`{Self}` holds a `Value`, which an attribute generator can't have",
    label = "an attribute generator's messages have no `Value`",
    note = "write the type that the expression is to have, such as `Str`"
)]
#[doc(hidden)]
pub trait Typed<T> {}

/// A type that a field of a template can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a field of a template",
    label = "not a type of Mixer's templates",
    note = "use `Str` or `String`, `i64`, `f64`, `bool`, a type of `adapter_runtime::value`, `Map` of one of these, or `Option` of a struct with `#[mixer_template(message)]`"
)]
pub trait Field: Merge {
    /// The type as data.
    const TYPE: FieldType;

    /// Evaluates what is written for the field.
    #[doc(hidden)]
    fn build<E, X>(
        slot: &Slot<E>,
        evaluate: &mut impl FnMut(&E) -> Result<Value, X>,
    ) -> Result<Self, EvaluationError<X>>;

    // What the expansions call are methods of this trait, because the compiler then reports a type
    // that can't be a field in the same words wherever it stands, and only once.

    /// Decodes the field, naming it in errors.
    #[doc(hidden)]
    #[inline]
    fn merge_named<'a>(
        &mut self,
        name: &'static str,
        wire: WireType,
        input: &'a [u8],
        depth: Depth,
    ) -> Rest<'a> {
        self.merge(wire, input, depth)
            .map_err(|error| error.in_field(name))
    }

    /// Completes the field.
    #[doc(hidden)]
    #[inline]
    fn complete(&mut self) {
        self.settle();
    }

    /// Builds the next of the fields.
    #[doc(hidden)]
    #[inline]
    fn build_next<E, F, X>(
        &mut self,
        fields: &mut Building<'_, E, F>,
    ) -> Result<(), EvaluationError<X>>
    where
        F: FnMut(&E) -> Result<Value, X>,
    {
        fields.next(self)
    }
}

/// An adapter lists a template in its `#[mixer_adapter(templates = […])]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not list this template",
    label = "the template is not listed by `{Self}`",
    note = "add it to `templates = […]` in the `#[mixer_adapter]` of `{Self}`, or remove what needs it here"
)]
pub trait Lists<T> {}

/// A template that an adapter can be called with.
///
/// Implemented for every template whose `Handler` the adapter implements.
#[diagnostic::on_unimplemented(
    message = "`{A}` lists this template but does not implement its `Handler`",
    label = "`impl Handler for {A}` of this template is missing",
    note = "write `impl Handler for {A}`, with the `Handler` that stands beside `{Self}`, or remove the template from the list"
)]
pub trait Serves<A>: Dispatch<A> {}

// The compiler would explain what is missing as `Dispatch`, which means nothing to an author.
#[diagnostic::do_not_recommend]
impl<A, T: Dispatch<A>> Serves<A> for T {}

/// The glue between the bytes of a request and an adapter's `Handler`, which
/// [`#[mixer_template]`](crate::mixer_template) generates.
#[doc(hidden)]
pub trait Dispatch<A>: Template {
    /// Calls the adapter.
    fn call<'a>(
        adapter: &'a A,
        call: &'a Call,
        request: Self::Request,
    ) -> BoxFuture<'a, Result<Self::Answer, HandlerError>>;

    /// Calls the adapter with instances whose type is erased.
    fn host<'a>(adapter: &'a A, call: &'a Call, asked: Asked) -> host::Hosted<'a>;

    /// Decodes a request and calls the adapter with it.
    ///
    /// # Errors
    /// If the request is not one of this template's.
    fn serve<'a>(adapter: &'a A, call: &'a Call, request: &[u8])
    -> Result<Answer<'a>, DecodeError>;
}
