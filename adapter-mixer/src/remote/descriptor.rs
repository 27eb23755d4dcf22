//! Descriptors as operators apply them: the base64 of a `FileDescriptorSet`.
//!
//! Of a descriptor only what is needed is read, so that the comments and source positions that
//! Istio's tools leave in it cost nothing, and the file options of templates are not lost.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use prost::Message as _;

/// Why a descriptor can't be used.
///
/// It is displayed in Mixer's words where Mixer refuses it too; [`remedy`](DescriptorError::remedy)
/// says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DescriptorError {
    message: String,
    help: Option<String>,
}

impl DescriptorError {
    pub(super) fn new(message: impl Into<String>) -> DescriptorError {
        DescriptorError {
            message: message.into(),
            help: None,
        }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> DescriptorError {
        self.help = Some(help.into());
        self
    }

    /// What to do.
    #[must_use]
    pub fn remedy(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

/// Decodes a descriptor.
pub(super) fn decode(text: &str) -> Result<FileSet, DescriptorError> {
    const MADE: &str = "take it from the command `manifest`, or encode the set with `base64 -w0`";
    let bytes = base64(text)?;
    let set = FileSet::decode(bytes.as_slice()).map_err(|error| {
        let error = error.to_string();
        let cause = error.trim_start_matches("failed to decode Protobuf message: ");
        DescriptorError::new(format!("it is no FileDescriptorSet: {cause}")).help(MADE)
    })?;
    match set.file.is_empty() {
        true => Err(DescriptorError::new("the FileDescriptorSet has no file in it").help(MADE)),
        false => Ok(set),
    }
}

/// The standard alphabet with padding; line breaks are skipped.
fn base64(text: &str) -> Result<Vec<u8>, DescriptorError> {
    const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical)
        // Go ignores these, and so do tools that make descriptors.
        .with_decode_allow_trailing_bits(true);
    let text: String = text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    let decoded = GeneralPurpose::new(&STANDARD, CONFIG).decode(&text);
    decoded.map_err(|error| {
        let symbol = |c: u8| text.bytes().position(|byte| byte == c);
        let at = match error {
            base64::DecodeError::InvalidByte(at, _)
            | base64::DecodeError::InvalidLastSymbol(at, _) => at,
            _ => text.len(),
        };
        let help = if symbol(b' ').is_some_and(|blank| blank <= at) {
            "there are blanks in it: write it on one line, or as a literal block (`|`), not as a \
             folded one (`>`)"
        } else if symbol(b'-').or(symbol(b'_')) == Some(at) {
            "it is base64 for URLs: encode it with the standard alphabet"
        } else if at == text.len() {
            "it was cut off, or lacks its padding (`=`)"
        } else {
            "write standard base64, with padding"
        };
        DescriptorError::new(format!("illegal base64 data at input byte {at}")).help(help)
    })
}

/// `google.protobuf.FileDescriptorSet`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct FileSet {
    #[prost(message, repeated, tag = "1")]
    pub(super) file: Vec<File>,
}

/// `FileDescriptorProto`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct File {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(string, tag = "2")]
    pub(super) package: String,
    #[prost(message, repeated, tag = "4")]
    pub(super) message: Vec<Message>,
    #[prost(message, repeated, tag = "5")]
    pub(super) enumeration: Vec<Enum>,
    #[prost(message, repeated, tag = "6")]
    pub(super) service: Vec<Service>,
    #[prost(message, optional, tag = "8")]
    pub(super) options: Option<FileOptions>,
}

/// `FileOptions`: those of `istio.mixer.adapter.model.v1beta1`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct FileOptions {
    #[prost(int32, optional, tag = "72295727")]
    pub(super) template_variety: Option<i32>,
    #[prost(string, optional, tag = "72295888")]
    pub(super) template_name: Option<String>,
}

/// `DescriptorProto`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Message {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(message, repeated, tag = "2")]
    pub(super) field: Vec<Field>,
    #[prost(message, repeated, tag = "3")]
    pub(super) nested: Vec<Message>,
    #[prost(message, repeated, tag = "4")]
    pub(super) enumeration: Vec<Enum>,
    #[prost(message, optional, tag = "7")]
    pub(super) options: Option<MessageOptions>,
}

/// `MessageOptions`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct MessageOptions {
    #[prost(bool, tag = "7")]
    pub(super) map_entry: bool,
}

/// `FieldDescriptorProto`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Field {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(int32, tag = "3")]
    pub(super) number: i32,
    #[prost(int32, tag = "4")]
    pub(super) label: i32,
    #[prost(int32, tag = "5")]
    pub(super) ty: i32,
    #[prost(string, tag = "6")]
    pub(super) type_name: String,
    #[prost(message, optional, tag = "8")]
    pub(super) options: Option<FieldOptions>,
    #[prost(string, tag = "10")]
    pub(super) json_name: String,
}

/// `FieldOptions`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct FieldOptions {
    #[prost(bool, optional, tag = "2")]
    pub(super) packed: Option<bool>,
}

/// `EnumDescriptorProto`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Enum {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(message, repeated, tag = "2")]
    pub(super) value: Vec<EnumValue>,
}

/// `EnumValueDescriptorProto`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct EnumValue {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(int32, tag = "2")]
    pub(super) number: i32,
}

/// `ServiceDescriptorProto`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Service {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(message, repeated, tag = "2")]
    pub(super) method: Vec<Method>,
}

/// `MethodDescriptorProto`.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Method {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(string, tag = "2")]
    pub(super) input: String,
    #[prost(string, tag = "3")]
    pub(super) output: String,
}

#[cfg(test)]
mod tests {
    use super::{DescriptorError, decode};

    fn error(text: &str) -> (String, String) {
        let error: DescriptorError = decode(text).expect_err("it is no descriptor");
        let help = error.remedy().unwrap_or_default().to_owned();
        (error.to_string(), help)
    }

    #[test]
    fn what_is_no_descriptor_is_refused_with_the_place() {
        for (text, message, help) in [
            ("bad descriptor", "input byte 3", "blanks"),
            ("CgA", "input byte 3", "padding"),
            ("CgA=CgA=", "input byte 3", "standard base64"),
            ("Cg-_", "input byte 2", "for URLs"),
            ("////", "no FileDescriptorSet", "manifest"),
            ("", "no file in it", "manifest"),
        ] {
            let (found, remedy) = error(text);
            assert!(found.contains(message), "{text}: {found}");
            assert!(remedy.contains(help), "{text}: {remedy}");
        }
        assert!(decode("CgA=\n").is_ok());
    }
}
