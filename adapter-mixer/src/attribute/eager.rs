//! The attributes of a message, decoded into a bag at once.

use std::collections::HashSet;
use std::fmt;

use adapter_runtime::value::{IpAddress, Map, Str, Value};

use super::bag::Bag;
use super::dictionary::GlobalDictionary;
use super::message::{Message, WireValue};
use crate::wire::Malformed;

/// What is wrong with one attribute of a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// An index that is in none of the dictionaries.
    #[error("attribute index {0} is not defined in the available dictionaries")]
    UndefinedIndex(i32),
    /// A second value of an attribute; the name, and what Mixer calls the type of that value.
    #[error("duplicate attribute {0} (type {1})")]
    Duplicate(String, &'static str),
    /// The bytes are not of the type.
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

/// All that is wrong with the attributes of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeErrors(Vec<DecodeError>);

impl DecodeErrors {
    /// The errors: either any number of undefined indices, or one other.
    #[must_use]
    pub fn errors(&self) -> &[DecodeError] {
        &self.0
    }
}

impl fmt::Display for DecodeErrors {
    /// Undefined indices as Mixer lists several errors, any other as it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [DecodeError::UndefinedIndex(_)] => {}
            [other] => return other.fmt(f),
            _ => {}
        }
        match self.0.len() {
            1 => f.write_str("1 error occurred:\n")?,
            many => writeln!(f, "{many} errors occurred:")?,
        }
        for error in &self.0 {
            writeln!(f, "\t* {error}")?;
        }
        f.write_str("\n")
    }
}

impl std::error::Error for DecodeErrors {}

impl Bag<'_> {
    /// Sets the attributes of a message, an encoded
    /// [`CompressedAttributes`](crate::proto::mixer::CompressedAttributes), as Mixer does for the
    /// second and later bags of a report: values are replaced whole, and may change their type.
    ///
    /// # Errors
    ///
    /// A word that neither side knows is an error, but the value is set, under or as the empty
    /// text. A second value for a name ends the decoding. In either case what was set stays.
    /// Nothing is set if the bytes are not of the type.
    pub fn update(
        &mut self,
        message: &[u8],
        global: &GlobalDictionary,
    ) -> Result<(), DecodeErrors> {
        match Message::decode(message) {
            Ok(message) => self.set(&message, global),
            Err(malformed) => Err(DecodeErrors(vec![malformed.into()])),
        }
    }

    pub(super) fn set(
        &mut self,
        message: &Message<'_>,
        global: &GlobalDictionary,
    ) -> Result<(), DecodeErrors> {
        let mut update = Update {
            message,
            global,
            undefined: Vec::new(),
        };
        let mut values = message.values().to_vec();
        // In Mixer's order, in which a second value of a name is one too many.
        values.sort_by_key(|(_, value)| order(value));
        let mut seen = HashSet::new();
        for (index, value) in &values {
            let name = update.word(*index);
            let value = update.value(value);
            if !seen.insert(name) {
                let of_type = type_name(&value);
                let duplicate = DecodeError::Duplicate(name.to_owned(), of_type);
                return Err(DecodeErrors(vec![duplicate]));
            }
            self.insert(name, value);
        }
        match update.undefined.is_empty() {
            true => Ok(()),
            false => Err(DecodeErrors(update.undefined)),
        }
    }
}

/// The place of a value's map among those that Mixer goes through.
fn order(value: &WireValue<'_>) -> u8 {
    match value {
        WireValue::String(_) => 0,
        WireValue::Int64(_) => 1,
        WireValue::Double(_) => 2,
        WireValue::Bool(_) => 3,
        WireValue::TimeStamp(_) => 4,
        WireValue::Duration(_) => 5,
        WireValue::Bytes(_) => 6,
        WireValue::StringMap(_) => 7,
    }
}

/// What Mixer calls the type of a value.
fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Int64(_) => "int64",
        Value::Double(_) => "float64",
        Value::Bool(_) => "bool",
        Value::TimeStamp(_) => "time.Time",
        Value::Duration(_) => "time.Duration",
        Value::IpAddress(_) => "[]uint8",
        Value::StringMap(_) => "attribute.StringMap",
        _ => "string",
    }
}

struct Update<'u> {
    message: &'u Message<'u>,
    global: &'u GlobalDictionary,
    undefined: Vec<DecodeError>,
}

impl<'u> Update<'u> {
    fn value(&mut self, value: &WireValue<'_>) -> Value {
        match *value {
            WireValue::String(text) => Value::String(self.word(text).into()),
            WireValue::Int64(number) => Value::Int64(number),
            WireValue::Double(number) => Value::Double(number),
            WireValue::Bool(value) => Value::Bool(value),
            WireValue::TimeStamp(time) => Value::TimeStamp(time),
            WireValue::Duration(span) => Value::Duration(span),
            WireValue::Bytes(bytes) => Value::IpAddress(IpAddress::from(bytes)),
            WireValue::StringMap(span) => {
                let entries = self.message.entries(span).iter();
                let map: Map<Str> = entries
                    .map(|(key, value)| (self.word(*key), self.word(*value)))
                    .collect();
                Value::StringMap(map)
            }
        }
    }

    /// The word of an index, empty if there is none.
    fn word(&mut self, index: i32) -> &'u str {
        let word = self.global.word_of(index, &self.message.words);
        word.unwrap_or_else(|| {
            self.undefined.push(DecodeError::UndefinedIndex(index));
            ""
        })
    }
}
