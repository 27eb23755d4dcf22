//! The attributes of a message, decoded into a bag at once.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use adapter_runtime::value::{Duration, IpAddress, Map, Str, TimeStamp, Value};

use super::bag::Bag;
use super::dictionary::{GlobalDictionary, word};
use crate::proto::mixer::CompressedAttributes;

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
}

/// All that is wrong with the attributes of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeErrors(Vec<DecodeError>);

impl DecodeErrors {
    /// The errors: either any number of undefined indices, or one duplicate.
    #[must_use]
    pub fn errors(&self) -> &[DecodeError] {
        &self.0
    }
}

impl fmt::Display for DecodeErrors {
    /// One duplicate as it is; undefined indices as Mixer lists several errors.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [duplicate @ DecodeError::Duplicate(..)] = self.0.as_slice() {
            return duplicate.fmt(f);
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
    /// Sets the attributes of a message, as Mixer does for the second and later bags of a report:
    /// values are replaced whole, and may change their type.
    ///
    /// # Errors
    ///
    /// A word that neither side knows is an error, but the value is set, under or as the empty
    /// text. A second value for a name ends the decoding. In either case what was set stays.
    pub fn update(
        &mut self,
        message: &CompressedAttributes,
        global: &GlobalDictionary,
    ) -> Result<(), DecodeErrors> {
        let mut update = Update {
            bag: self,
            message,
            global,
            seen: HashSet::new(),
            undefined: Vec::new(),
        };
        match update.run() {
            Err(duplicate) => Err(DecodeErrors(vec![duplicate])),
            Ok(()) if update.undefined.is_empty() => Ok(()),
            Ok(()) => Err(DecodeErrors(update.undefined)),
        }
    }
}

struct Update<'u, 'p> {
    bag: &'u mut Bag<'p>,
    message: &'u CompressedAttributes,
    global: &'u GlobalDictionary,
    seen: HashSet<&'u str>,
    undefined: Vec<DecodeError>,
}

impl<'u> Update<'u, '_> {
    fn run(&mut self) -> Result<(), DecodeError> {
        let it = self.message;
        self.insert(&it.strings, "string", |update, text| {
            Value::String(update.word(*text).into())
        })?;
        self.insert(&it.int64s, "int64", |_, number| Value::Int64(*number))?;
        self.insert(&it.doubles, "float64", |_, number| Value::Double(*number))?;
        self.insert(&it.bools, "bool", |_, value| Value::Bool(*value))?;
        self.insert(&it.timestamps, "time.Time", |_, time| {
            Value::TimeStamp(TimeStamp::new(time.seconds, time.nanos))
        })?;
        self.insert(&it.durations, "time.Duration", |_, span| {
            Value::Duration(Duration::new(span.seconds, span.nanos))
        })?;
        self.insert(&it.bytes, "[]uint8", |_, bytes| {
            Value::IpAddress(IpAddress::from(bytes.as_slice()))
        })?;
        self.insert(&it.string_maps, "attribute.StringMap", |update, map| {
            let entries = map.entries.iter();
            let map: Map<Str> = entries
                .map(|(key, value)| (update.word(*key), update.word(*value)))
                .collect();
            Value::StringMap(map)
        })
    }

    fn insert<T>(
        &mut self,
        values: &BTreeMap<i32, T>,
        type_name: &'static str,
        value: impl Fn(&mut Self, &T) -> Value,
    ) -> Result<(), DecodeError> {
        for (index, encoded) in values {
            let name = self.word(*index);
            let value = value(self, encoded);
            if !self.seen.insert(name) {
                return Err(DecodeError::Duplicate(name.to_owned(), type_name));
            }
            self.bag.insert(name, value);
        }
        Ok(())
    }

    /// The word of an index, empty if there is none.
    fn word(&mut self, index: i32) -> &'u str {
        word(index, &self.message.words, self.global).unwrap_or_else(|| {
            self.undefined.push(DecodeError::UndefinedIndex(index));
            ""
        })
    }
}
