//! What the expansions of the macros name. Not an interface for anyone else.

pub use std::string::String;
pub use std::sync::OnceLock;
pub use std::vec::Vec;

pub use inventory;
pub use serde_json::Value as Json;

pub use crate::adapter::{Adapter, Call};
pub use crate::builder::{AcceptsTypes, Builder};
pub use crate::check::CheckResult;
pub use crate::config::{
    AdapterConfig, ConfigElement, ConfigField, ConfigMessage, Kind,
    encode_message as encode_config, entry, merge_message as merge_config,
    show_message as show_config,
};
pub use crate::definition::{Registered, Registration, Row};
pub use crate::error::HandlerError;
pub use crate::quota::{QuotaArgs, QuotaResult};
pub use crate::template::decode::merge_message;
pub use crate::template::{
    self, Answer, Dispatch, Field, Instance, Lists, Message, Template, TemplateInfo, Variety, serve,
};
pub use crate::value::{Map, Str, ValueType};
pub use crate::wire::{DecodeError, Depth, Merge, Rest, WireType, skip};

/// Decodes one field of a template's message.
#[inline]
pub fn merge_field<'a, F: Field>(
    field: &mut F,
    name: &'static str,
    wire: WireType,
    input: &'a [u8],
    depth: Depth,
) -> Rest<'a> {
    field
        .merge(wire, input, depth)
        .map_err(|error| error.in_field(name))
}

/// Completes one field of a template's message.
#[inline]
pub fn settle_field<F: Field>(field: &mut F) {
    field.settle();
}

/// The value of a configuration's field that declares no default.
#[must_use]
pub fn empty<F: ConfigField>() -> F {
    F::empty()
}
