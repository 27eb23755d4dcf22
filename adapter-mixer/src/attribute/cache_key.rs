//! Keys under which answers can be kept.

use adapter_runtime::value::Str;

use super::bag::Attributes;
use super::dictionary::GlobalDictionary;
use super::value::ValueRef;
use crate::proto::mixer::ReferencedAttributes;
use crate::proto::mixer::referenced_attributes::Condition;

/// What has to be present and what absent for an answer to be given again.
///
/// An answer names the attributes that it depends on. The answers to requests that name the same
/// ones have the same shape; the values of the attributes that are present are the
/// [`CacheKey`] among them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyShape {
    present: Vec<Place>,
    absent: Vec<Place>,
}

/// An attribute, or a key of a string map.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Place {
    name: Str,
    key: Option<Str>,
}

/// The values on which an answer depends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CacheKey(Vec<u8>);

impl KeyShape {
    /// The shape of an answer. What it says of words that nobody knows does not count.
    #[must_use]
    pub fn new(answer: &ReferencedAttributes, global: &GlobalDictionary) -> KeyShape {
        let (mut present, mut absent) = (Vec::new(), Vec::new());
        for reference in &answer.attribute_matches {
            let places = match reference.condition() {
                Condition::Exact => &mut present,
                Condition::Absence => &mut absent,
                Condition::Regex | Condition::Unspecified => continue,
            };
            let word = |index| global.word_of(index, &answer.words).map(Str::from);
            let Some(name) = word(reference.name) else {
                continue;
            };
            let key = match reference.map_key {
                0 => None,
                key => match word(key) {
                    None => continue,
                    key => key,
                },
            };
            places.push(Place { name, key });
        }
        for places in [&mut present, &mut absent] {
            places.sort_unstable();
            places.dedup();
        }
        KeyShape { present, absent }
    }

    /// Whether everything is absent that has to be.
    #[must_use]
    pub fn absent_fits(&self, attributes: &dyn Attributes) -> bool {
        !self.absent.iter().any(|place| place.is_in(attributes))
    }

    /// The key of a request, `None` if something is missing that has to be present.
    #[must_use]
    pub fn key(&self, attributes: &dyn Attributes) -> Option<CacheKey> {
        let mut key = CacheKey(Vec::new());
        for place in &self.present {
            match (attributes.get(&place.name)?, &place.key) {
                (ValueRef::StringMap(map), Some(entry)) => {
                    key.push(0, map.get(entry)?.as_bytes());
                }
                (_, Some(_)) => return None,
                (value, None) => key.push_value(value),
            }
        }
        Some(key)
    }
}

impl Place {
    fn is_in(&self, attributes: &dyn Attributes) -> bool {
        match (attributes.get(&self.name), &self.key) {
            (None, _) => false,
            (Some(ValueRef::StringMap(map)), Some(key)) => map.get(key).is_some(),
            (Some(_), key) => key.is_none(),
        }
    }
}

impl CacheKey {
    /// Different values give different bytes, whatever stands before and after them.
    fn push(&mut self, kind: u8, bytes: &[u8]) {
        self.0.push(kind);
        self.0
            .extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.0.extend_from_slice(bytes);
    }

    fn push_value(&mut self, value: ValueRef<'_>) {
        match value {
            ValueRef::String(text) => self.push(1, text.as_bytes()),
            ValueRef::Int64(number) => self.push(2, &number.to_le_bytes()),
            ValueRef::Double(number) => self.push(3, &number.to_bits().to_le_bytes()),
            ValueRef::Bool(value) => self.push(4, &[u8::from(value)]),
            ValueRef::IpAddress(address) => self.push(5, address.as_bytes()),
            ValueRef::TimeStamp(time) => {
                self.push(6, &time.seconds().to_le_bytes());
                self.push(6, &time.nanos().to_le_bytes());
            }
            ValueRef::Duration(span) => self.push(7, &span.as_nanos().to_le_bytes()),
            ValueRef::StringMap(map) => {
                let map = map.to_map();
                self.push(8, &(map.len() as u64).to_le_bytes());
                for (key, value) in map.sorted() {
                    self.push(8, key.as_bytes());
                    self.push(8, value.as_bytes());
                }
            }
        }
    }
}
