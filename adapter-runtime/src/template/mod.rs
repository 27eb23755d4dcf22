//! Templates: what Mixer sends to adapters.
//!
//! Each module is one template of Istio. It has the [`Instance`](metric::Instance) that Mixer
//! builds from the operator's expressions, the `Handler` trait that an adapter implements, the
//! marker [`Template`](metric::Template), and [`Type`](metric::Type), the types of the instance's
//! dynamic fields. All of that is made by [`#[mixer_template]`](crate::mixer_template), which
//! authors use in the same way for templates of their own.

pub mod listentry;
pub mod metric;
pub mod quota;

#[doc(hidden)]
pub mod decode;
#[doc(hidden)]
pub mod serve;

use std::fmt;

use serde::Serialize;

use crate::adapter::Call;
use crate::wire::{DecodeError, Depth, Merge, Rest, WireType};

pub use serve::Answer;

/// What a template asks of an adapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Variety {
    /// A verdict about a request.
    Check,
    /// Taking notice of what happened; many instances in one call.
    Report,
    /// An amount of a quota.
    Quota,
    /// Attributes that rules and instances can use.
    AttributeGenerator,
    /// A verdict about a request, and attributes.
    CheckWithOutput,
}

impl Variety {
    /// The name as `info` shows it, e.g. `check_with_output`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Variety::Check => "check",
            Variety::Report => "report",
            Variety::Quota => "quota",
            Variety::AttributeGenerator => "attribute_generator",
            Variety::CheckWithOutput => "check_with_output",
        }
    }
}

impl fmt::Display for Variety {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The names of a template, all derived from its proto package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TemplateInfo {
    /// The name that operators and `#[mixer_adapter]` use, e.g. `listentry`.
    pub name: &'static str,
    /// What it asks of an adapter.
    pub variety: Variety,
    /// The path of the gRPC method, e.g. `/listentry.HandleListEntryService/HandleListEntry`.
    pub path: &'static str,
}

impl TemplateInfo {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, variety: Variety, path: &'static str) -> TemplateInfo {
        TemplateInfo {
            name,
            variety,
            path,
        }
    }
}

/// A template: the marker type that [`#[mixer_template]`](crate::mixer_template) generates.
pub trait Template: Sized + Send + Sync + 'static {
    /// What Mixer sends.
    type Instance: Instance;
    /// The types of the fields whose type the operator's expressions decide.
    type Type: Clone + fmt::Debug + Default + PartialEq + Send + Sync;
    /// The names.
    const INFO: TemplateInfo;
}

/// An instance of a template.
pub trait Instance: Message + Clone + fmt::Debug + Default + PartialEq + Send + Sync {
    /// The full name, `<name>.instance.<namespace>` of the operator's resource.
    fn name(&self) -> &str;
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
}

/// A type that a field of a template can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a field of a template",
    label = "not a type of Mixer's templates",
    note = "use `Str` or `String`, `i64`, `f64`, `bool`, a type of `adapter_runtime::value`, `Map` of one of these, or `Option` of a struct with `#[mixer_template(message)]`"
)]
pub trait Field: Merge {}

macro_rules! fields {
    ($($type:ty)+) => { $(impl Field for $type {})+ };
}

fields! {
    crate::value::Str String i64 f64 bool
    crate::value::Value crate::value::IpAddress crate::value::TimeStamp crate::value::Duration
    crate::value::DnsName crate::value::EmailAddress crate::value::Uri
}

impl<V: Field> Field for crate::value::Map<V> {}
impl<V: Field> Field for std::collections::BTreeMap<String, V> {}
impl<V: Field, S> Field for std::collections::HashMap<String, V, S> where
    S: std::hash::BuildHasher + Default
{
}
impl<M: Message> Field for Option<M> {}

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
    note = "implement the `Handler` trait of the template's module, or remove the template from the list"
)]
pub trait Serves<A>: Dispatch<A> {}

// The compiler would explain what is missing as `Dispatch`, which means nothing to an author.
#[diagnostic::do_not_recommend]
impl<A, T: Dispatch<A>> Serves<A> for T {}

/// The glue between the bytes of a request and an adapter's `Handler`, which
/// [`#[mixer_template]`](crate::mixer_template) generates.
#[doc(hidden)]
pub trait Dispatch<A>: Template {
    /// Decodes a request and calls the adapter with it.
    ///
    /// # Errors
    /// If the request is not one of this template's.
    fn serve<'a>(adapter: &'a A, call: &'a Call, request: &[u8])
    -> Result<Answer<'a>, DecodeError>;
}
