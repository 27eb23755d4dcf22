//! A configuration in the forms that others read.

use std::fmt;

use super::layout::Layout;
use super::{
    AdapterConfig, Kind, MessageInfo, MessageRef, descriptor, json_schema, markdown, proto_text,
};
use crate::error::ConfigErrors;

/// A configuration in the forms that others read: Mixer, editors, operators. All of them are made
/// from the table of the struct's fields.
///
/// ```
/// use adapter_runtime::AdapterConfig;
/// use adapter_runtime::config::ConfigSchema;
///
/// /// Where the metrics go.
/// #[derive(AdapterConfig)]
/// struct Params {
///     /// The server.
///     #[config(required, format = "url")]
///     address: String,
/// }
///
/// let schema = ConfigSchema::of::<Params>("adapter.printer.config");
/// assert_eq!(
///     schema.proto_text(),
///     r#"syntax = "proto3";
///
/// package adapter.printer.config;
///
/// // Where the metrics go.
/// message Params {
///   // The server.
///   // Required; a URL such as `https://example.com/path`.
///   string address = 1;
/// }
/// "#
/// );
/// ```
#[derive(Clone, PartialEq)]
pub struct ConfigSchema {
    package: String,
    params: MessageRef,
}

impl ConfigSchema {
    /// The configuration `C` in this proto package. The message is called `Params`, whatever the
    /// struct is called, because Mixer looks for that name.
    #[must_use]
    pub fn of<C: AdapterConfig>(package: impl Into<String>) -> ConfigSchema {
        ConfigSchema {
            package: package.into(),
            params: MessageRef::of::<C>(),
        }
    }

    /// The proto package.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// What the configuration consists of.
    #[must_use]
    pub fn params(&self) -> &'static MessageInfo {
        self.params.info()
    }

    /// The encoded `FileDescriptorSet`, whose base64 is the `config` of the operator's `adapter`
    /// resource: a file with the message `Params`, and those that it imports, without comments.
    #[must_use]
    pub fn descriptor_set(&self) -> Vec<u8> {
        descriptor::descriptor_set(&self.package, &self.layout())
    }

    /// The `.proto` file, with the documentation of the fields.
    #[must_use]
    pub fn proto_text(&self) -> String {
        proto_text::proto_text(&self.package, &self.layout())
    }

    /// The JSON Schema (draft 2020-12) of what the operator writes as `params`.
    #[must_use]
    pub fn json_schema(&self) -> serde_json::Value {
        json_schema::json_schema(&self.package, &self.layout())
    }

    /// The reference for operators: tables in Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        markdown::markdown(&self.layout())
    }

    /// Why there can't be such a `.proto` file: two things that it would call the same.
    pub(crate) fn clash(&self) -> Option<String> {
        self.layout().clash()
    }

    /// Which declared defaults are against the rules on their own fields.
    pub(crate) fn wrong_defaults(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::new();
        let mut seen = vec![self.params];
        let mut next = 0;
        while let Some(message) = seen.get(next).copied() {
            message.wrong_defaults(&mut errors);
            for field in message.info().wire_fields() {
                if let Kind::Message(of) = field.kind.element()
                    && !seen.contains(of)
                {
                    seen.push(*of);
                }
            }
            next += 1;
        }
        errors
    }

    fn layout(&self) -> Layout {
        Layout::new(self.params)
    }
}

impl fmt::Debug for ConfigSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConfigSchema({}.Params)", self.package)
    }
}
