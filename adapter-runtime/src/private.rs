//! What the expansions of the macros name. Not an interface for anyone else.

pub use std::boxed::Box;
pub use std::string::String;
pub use std::sync::OnceLock;
pub use std::vec::Vec;

pub use inventory;
pub use serde_json::Value as Json;

pub use crate::__derived_field as derived_field;
pub use crate::adapter::{Adapter, Call};
pub use crate::builder::{AcceptsTypes, Builder};
pub use crate::check::CheckResult;
pub use crate::config::{
    AdapterConfig, ConfigEnum, ConfigField, ConfigMessage, ConfigOneOf, EnumInfo, EnumValue,
    Format, OneOf, OneOfSpec, Secret, assert_distinct, entry, field, member, rule,
};
pub use crate::definition::{Registered, Registration, Row};
pub use crate::error::HandlerError;
pub use crate::fail_policy::FailPolicy;
pub use crate::future::BoxFuture;
pub use crate::in_process::Asked;
pub use crate::quota::{QuotaArgs, QuotaResult};
pub use crate::template::build::message as build_message;
pub use crate::template::decode::merge_message;
pub use crate::template::host::{self, Hosted};
pub use crate::template::{
    self, Answer, Building, Dispatch, EvaluationError, Field, FieldInfo, FieldType, InferError,
    Inference, Instance, Lists, Message, MessageInfo, Output, OutputField, Params, Slot, Template,
    TemplateInfo, Typed, Types, Variety, WithOutput, serve,
};
pub use crate::value::{Map, Str, Value, ValueType};
pub use crate::wire::{DecodeError, Depth, Merge, Rest, WireType, skip};

/// Fails to compile unless the template answers with an output.
pub const fn assert_with_output<T: WithOutput>() {}

/// Fails to compile unless there is no `Value` in the message.
pub const fn assert_typed<M: Typed<()>>() {}

/// Brought into the module of a template by a glob import, which what the module itself declares
/// takes precedence of: so a declaration that is missing is an error in our words.
pub mod missing_output {
    /// There is no `Output` in the module of a template that answers with one.
    #[derive(Debug)]
    pub struct Output;

    /// Keeps the import from being unused.
    pub const IMPORTED_OUTPUT: () = ();
}

/// The same for an output without a template.
pub mod missing_template {
    /// There is no `Instance` in the module of an output.
    #[derive(Debug)]
    pub struct Template;

    /// Keeps the import from being unused.
    pub const IMPORTED_TEMPLATE: () = ();
}

/// The value of a configuration's field that declares no default.
#[must_use]
pub fn empty<F: ConfigField>() -> F {
    F::empty()
}
