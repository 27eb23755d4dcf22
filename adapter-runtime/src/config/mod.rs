//! An adapter's configuration: one struct is the truth for the wire, the documentation and the
//! operator's YAML.
//!
//! [`#[derive(AdapterConfig)]`](derive@crate::AdapterConfig) makes a table of a struct's fields;
//! everything else (decoding, encoding, descriptions) walks that table.

mod container;
mod describe;
mod descriptor;
mod distinct;
mod enumeration;
mod field;
mod format;
mod info;
mod json_schema;
mod kind;
mod layout;
mod markdown;
mod message;
mod oneof;
mod place;
mod proto_text;
#[doc(hidden)]
pub mod rule;
mod rules;
mod scalar;
mod schema;
mod secret;
mod spec;
mod time;

pub use container::ConfigKey;
pub use describe::FieldDescription;
#[doc(hidden)]
pub use distinct::assert_distinct;
#[doc(hidden)]
pub use enumeration::ConfigEnum;
pub use field::{ConfigElement, ConfigField, ConfigMember};
#[doc(hidden)]
pub use field::{EnumShape, MessageShape, Shape};
pub use format::Format;
pub use info::{EnumInfo, EnumValue, FieldInfo, MessageInfo};
pub use kind::{EnumRef, Kind, MessageRef, Scalar};
#[doc(hidden)]
pub use message::{ConfigMessage, Entry, Field, entry, field};
#[doc(hidden)]
pub use oneof::{ConfigOneOf, Member, OneOf, OneOfSpec, Variant, member};
#[doc(hidden)]
pub use place::{Arrived, At, Encoding, Path, Slot};
#[doc(hidden)]
pub use rule::Comparable;
pub use rules::{Bound, Constraint};
#[doc(hidden)]
pub use rules::{Check, Presence};
pub use schema::ConfigSchema;
pub use secret::{Secret, SecretValue};
#[doc(hidden)]
pub use spec::Spec;

use crate::error::ConfigErrors;
use crate::wire::DecodeError;

/// The configuration of an adapter: the `params` of the operator's handler.
///
/// Implemented by [`#[derive(AdapterConfig)]`](derive@crate::AdapterConfig) and by [`NoConfig`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an adapter's configuration",
    label = "does not implement `AdapterConfig`",
    note = "a configuration is a struct with `#[derive(AdapterConfig)]`, or `NoConfig` where the adapter has none"
)]
pub trait AdapterConfig: Sized + 'static {
    /// The table of the fields.
    #[doc(hidden)]
    fn message() -> &'static ConfigMessage<Self>;

    /// The configuration of an operator who wrote nothing: each field its default.
    #[must_use]
    fn defaults() -> Self {
        Self::message().defaults()
    }

    /// Decodes the value of the request's `adapter_config`. Fields that did not arrive keep their
    /// default, unknown ones are skipped.
    ///
    /// # Errors
    /// If the bytes are not this message; the error names the field.
    fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        Self::message().decode(bytes)
    }

    /// Encodes the configuration, zero values explicitly and maps sorted by key: equal
    /// configurations give equal bytes. What is `None` or an empty list or map leaves no trace on
    /// the wire, so decoding gives such a field its default again.
    #[must_use]
    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        Self::message().encode(self, &mut out);
        out
    }

    /// Collects what is wrong with the values of the fields, by the rules on them, in their order;
    /// and reads the secrets that are given by reference. A [`Builder`](crate::Builder) does it
    /// before the adapter's own `validate`.
    fn check(&mut self, errors: &mut ConfigErrors) {
        Self::message().check(self, &Path::Root, errors);
    }

    /// The configuration as the operator would write it, without its secrets.
    #[must_use]
    fn show(&self) -> serde_json::Value {
        Self::message().show(self)
    }

    /// What the configuration consists of.
    #[must_use]
    fn info() -> &'static MessageInfo {
        Self::message().info()
    }

    /// The fields, in the order in which they are declared, each followed by those of the struct
    /// that it holds: `backend`, `backend.host`, `fallbacks[].host`, `by_name[…].host`.
    #[must_use]
    fn fields() -> Vec<FieldDescription> {
        describe::describe::<Self>()
    }
}

/// The configuration of an adapter that has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoConfig;

impl AdapterConfig for NoConfig {
    fn message() -> &'static ConfigMessage<NoConfig> {
        static MESSAGE: std::sync::OnceLock<ConfigMessage<NoConfig>> = std::sync::OnceLock::new();
        MESSAGE.get_or_init(|| ConfigMessage::new("Params", "", || NoConfig, []))
    }
}
