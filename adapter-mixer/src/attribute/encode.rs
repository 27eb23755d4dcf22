//! Attributes as they are sent.

use adapter_runtime::value::Value;

use super::dictionary::{GlobalDictionary, WordWriter};
use crate::proto::mixer::{CompressedAttributes, StringMap};

/// The wire form of attributes, as clients send it.
///
/// `global_word_count` is the number of words of `global` that the other side knows; 0 if that is
/// unknown. The order of the message's words follows the order of the attributes.
/// [`Value::Unset`] is left out. Of equal names the last wins.
pub fn compress<'v>(
    attributes: impl IntoIterator<Item = (&'v str, &'v Value)>,
    global: &GlobalDictionary,
    global_word_count: u32,
) -> CompressedAttributes {
    let mut words = WordWriter::new(global, global_word_count);
    let mut message = CompressedAttributes::default();
    for (name, value) in attributes {
        if value.is_unset() {
            continue;
        }
        let name = words.index(name);
        remove(&mut message, name);
        match value {
            Value::Int64(number) => drop(message.int64s.insert(name, *number)),
            Value::Double(number) => drop(message.doubles.insert(name, *number)),
            Value::Bool(value) => drop(message.bools.insert(name, *value)),
            Value::TimeStamp(time) => {
                let time = prost_types::Timestamp {
                    seconds: time.seconds(),
                    nanos: time.nanos(),
                };
                message.timestamps.insert(name, time);
            }
            Value::Duration(span) => {
                let span = prost_types::Duration {
                    seconds: span.seconds(),
                    nanos: span.nanos(),
                };
                message.durations.insert(name, span);
            }
            Value::IpAddress(address) => {
                message.bytes.insert(name, address.as_bytes().to_vec());
            }
            Value::StringMap(map) => {
                let entries = map
                    .iter()
                    .map(|(key, value)| (words.index(key), words.index(value)));
                let entries = entries.collect();
                message.string_maps.insert(name, StringMap { entries });
            }
            text => {
                let text = words.index(text.as_str().unwrap_or_default());
                message.strings.insert(name, text);
            }
        }
    }
    message.words = words.into_words();
    message
}

/// A name belongs into one map only.
fn remove(message: &mut CompressedAttributes, name: i32) {
    message.strings.remove(&name);
    message.int64s.remove(&name);
    message.doubles.remove(&name);
    message.bools.remove(&name);
    message.timestamps.remove(&name);
    message.durations.remove(&name);
    message.bytes.remove(&name);
    message.string_maps.remove(&name);
}
