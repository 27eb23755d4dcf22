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
mod read;
#[doc(hidden)]
pub mod rule;
mod rules;
mod scalar;
mod schema;
mod secret;
mod secret_access;
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
pub(crate) use read::{Encoder, validate_elsewhere};
pub use read::{Reading, validate};
#[doc(hidden)]
pub use rule::Comparable;
pub use rules::{Bound, Constraint};
#[doc(hidden)]
pub use rules::{Check, Presence};
pub use schema::ConfigSchema;
pub use secret::{Secret, SecretValue};
pub(crate) use secret_access::SecretAccess;
#[doc(hidden)]
pub use spec::Spec;

use crate::document::{Node, Problems};
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

    /// Reads the `params` of a handler from a document, and [`check`](AdapterConfig::check)s them. It
    /// means what it means to Mixer, which encodes it for [`decode`](AdapterConfig::decode): a field
    /// is written by its name or by that in protobuf's JSON, `filePath` for `file_path`; one that is
    /// not there, or `null`, keeps its default.
    ///
    /// Everything that is wrong is added to the problems, each with its place, in the order of the
    /// document, and without any secret; the configuration is there unless one of them is an error.
    /// [`config::validate`](validate) also asks the adapter.
    #[must_use]
    fn from_document(params: &Node, problems: &mut Problems) -> Option<Self> {
        let mut reading = Reading::of(params);
        reading.check();
        reading.finish(problems)
    }

    /// Reads the configuration from a text, which is what an operator writes below `params`: YAML, or
    /// JSON if the name ends in `.json`. The name is shown with what is wrong.
    ///
    /// ```
    /// use std::time::Duration;
    /// use adapter_runtime::AdapterConfig;
    ///
    /// #[derive(AdapterConfig, Debug)]
    /// struct Params {
    ///     #[config(default = "10s", min = "1s")]
    ///     timeout: Duration,
    ///     country: String,
    /// }
    ///
    /// let params = Params::from_yaml("params.yaml", "timeout: 1m30s").unwrap();
    /// assert_eq!(params.timeout, Duration::from_secs(90));
    ///
    /// let problems = Params::from_yaml("params.yaml", "timeout: 5ms\ncountry: no").unwrap_err();
    /// let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
    /// assert_eq!(
    ///     lines,
    ///     [
    ///         "params.yaml:1:10: error: timeout: must be at least 1s, got 5ms",
    ///         "params.yaml:2:10: error: country: expected a text, got the boolean `false`: that is \
    ///          how Mixer, which reads YAML 1.1, takes an unquoted `no`; write `\"no\"`",
    ///     ]
    /// );
    /// ```
    ///
    /// # Errors
    /// Everything that is wrong, as of [`from_document`](AdapterConfig::from_document), also warnings;
    /// these alone are no error. No text at all is a configuration, of which every field has its
    /// default; a second document is an error.
    fn from_yaml(name: &str, text: &str) -> Result<Self, Problems> {
        read::from_text(name, text)
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
