//! Trees and values as text.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_saphyr::ser_options;

pub(crate) use serde_saphyr::SingleQuoted;

use super::node::{Content, Mapping, Node};

/// A value as YAML, in the order in which it serialises: a [`Node`], a [`serde_json::Value`], or a
/// struct that derives `Serialize`.
///
/// A text that a reader of YAML 1.1 or 1.2 would take for something else has quotes, one of several
/// lines is a block. Nothing is folded, since Mixer doesn't read folded base64.
///
/// # Errors
/// The value can't be serialised, e.g. a map whose keys are no texts.
pub fn to_yaml<T: Serialize>(value: &T) -> Result<String, WriteError> {
    let options = ser_options! { folded_wrap_chars: usize::MAX };
    serde_saphyr::to_string_with_options(value, options)
        .map_err(|error| WriteError(error.to_string()))
}

/// Why a value can't be written.
#[derive(Clone, Debug, thiserror::Error)]
#[error("can't write as YAML: {0}")]
pub struct WriteError(String);

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.content() {
            Content::Null => serializer.serialize_unit(),
            Content::Bool(value) => serializer.serialize_bool(*value),
            Content::Integer(value) => match (i64::try_from(*value), u64::try_from(*value)) {
                (Ok(value), _) => serializer.serialize_i64(value),
                (_, Ok(value)) => serializer.serialize_u64(value),
                _ => serializer.serialize_f64(*value as f64),
            },
            Content::Float(value) => serializer.serialize_f64(*value),
            Content::Text(text) => serializer.serialize_str(text),
            Content::Sequence(items) => serializer.collect_seq(items),
            Content::Mapping(mapping) => mapping.serialize(serializer),
        }
    }
}

impl Serialize for Mapping {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for entry in self.iter() {
            map.serialize_entry(entry.key().name(), entry.value())?;
        }
        map.end()
    }
}
