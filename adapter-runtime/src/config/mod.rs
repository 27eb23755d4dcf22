//! An adapter's configuration: one struct is the truth for the wire, the documentation and the
//! operator's YAML.
//!
//! [`#[derive(AdapterConfig)]`](derive@crate::AdapterConfig) makes a table of a struct's fields;
//! everything else (decoding, encoding, descriptions) walks that table.

mod field;
mod kind;
mod message;
mod scalar;

pub use field::{ConfigElement, ConfigField};
#[doc(hidden)]
pub use field::{describe_message, encode_message, merge_message, show_message};
pub use kind::Kind;
#[doc(hidden)]
pub use message::{ConfigMessage, Entry, entry};

use serde::Serialize;

use crate::wire::DecodeError;

/// The configuration of an adapter: the `params` of the operator's handler.
///
/// Implemented by [`#[derive(AdapterConfig)]`](derive@crate::AdapterConfig) and by [`NoConfig`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an adapter's configuration",
    label = "does not implement `AdapterConfig`",
    note = "add `#[derive(AdapterConfig)]` to the struct, or write `NoConfig` where the adapter has no configuration"
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

    /// The fields, in the order in which they are declared, each followed by those of the struct
    /// that it holds: `backend`, `backend.host`, `fallbacks[].host`, `by_name[…].host`.
    #[must_use]
    fn fields() -> Vec<FieldDescription> {
        describe_message::<Self>(&[])
    }
}

/// The configuration of an adapter that has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoConfig;

impl AdapterConfig for NoConfig {
    fn message() -> &'static ConfigMessage<NoConfig> {
        static MESSAGE: std::sync::OnceLock<ConfigMessage<NoConfig>> = std::sync::OnceLock::new();
        MESSAGE.get_or_init(|| ConfigMessage::new(|| NoConfig, []))
    }
}

/// A field of a configuration, as `info` shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FieldDescription {
    /// The name that the operator writes; of a field of a nested struct, the path to it.
    pub name: String,
    /// The type as protobuf writes it, e.g. `map<string, int64>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The declared default as the operator would write it; `None` where none is declared and an
    /// absent field is empty, zero or false.
    pub default: Option<serde_json::Value>,
    /// The field's doc comment.
    pub description: String,
}
