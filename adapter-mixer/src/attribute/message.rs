//! The attributes of a message, taken apart but not yet understood.

use std::borrow::Cow;

use adapter_runtime::value::{Duration, TimeStamp};

use crate::wire::{Fields, Malformed, WRONG_TYPE};

/// As many words and attributes as a proxy usually sends.
const USUAL: usize = 32;

/// The message `CompressedAttributes`, without a copy of what is in it.
///
/// As in any protobuf map, the last entry of a key counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Message<'m> {
    /// The dictionary of the message. What is no UTF-8, which Mixer doesn't ask for, is replaced.
    pub(super) words: Vec<Cow<'m, str>>,
    /// By the index of the name, then in the order of [`WireValue::rank`].
    values: Vec<(i32, WireValue<'m>)>,
    /// The entries of all string maps, those of each sorted by key.
    entries: Vec<(i32, i32)>,
}

/// A value as it was sent: texts are indices.
#[derive(Clone, Copy, Debug)]
pub(super) enum WireValue<'m> {
    String(i32),
    StringMap(Span),
    Int64(i64),
    Double(f64),
    Bool(bool),
    TimeStamp(TimeStamp),
    Duration(Duration),
    Bytes(&'m [u8]),
}

/// The place of a string map's entries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    start: u32,
    end: u32,
}

impl WireValue<'_> {
    /// Mixer looks for the value of a name in this order.
    fn rank(&self) -> u8 {
        match self {
            WireValue::String(_) => 0,
            WireValue::StringMap(_) => 1,
            WireValue::Int64(_) => 2,
            WireValue::Double(_) => 3,
            WireValue::Bool(_) => 4,
            WireValue::TimeStamp(_) => 5,
            WireValue::Duration(_) => 6,
            WireValue::Bytes(_) => 7,
        }
    }
}

impl<'m> Message<'m> {
    pub(super) fn decode(message: &'m [u8]) -> Result<Message<'m>, Malformed> {
        let mut decoded = Message {
            words: Vec::with_capacity(USUAL),
            values: Vec::with_capacity(USUAL),
            entries: Vec::with_capacity(USUAL),
        };
        let mut fields = Fields::of(message);
        while let Some((number, field)) = fields.next()? {
            match number {
                1 => decoded.words.push(word(field.bytes()?)),
                2..=9 => {
                    let entry = decoded.entry(number, field.bytes()?)?;
                    decoded.values.push(entry);
                }
                _ => {}
            }
        }
        let order = |(name, value): &(i32, WireValue<'_>)| (*name, value.rank());
        keep_last(&mut decoded.values, order);
        Ok(decoded)
    }

    /// An entry of one of the maps. What it leaves out is zero.
    fn entry(&mut self, map: u32, entry: &'m [u8]) -> Result<(i32, WireValue<'m>), Malformed> {
        let mut name = 0;
        let mut value = match map {
            2 => WireValue::String(0),
            3 => WireValue::Int64(0),
            4 => WireValue::Double(0.0),
            5 => WireValue::Bool(false),
            6 => WireValue::TimeStamp(TimeStamp::new(0, 0)),
            7 => WireValue::Duration(Duration::new(0, 0)),
            8 => WireValue::Bytes(&[]),
            _ => WireValue::StringMap(Span { start: 0, end: 0 }),
        };
        let first = self.entries.len();
        let (mut seconds, mut nanos) = (0, 0);
        let mut fields = Fields::of(entry);
        while let Some((number, field)) = fields.next()? {
            match (number, &mut value) {
                (1, _) => name = field.sint32()?,
                (2, WireValue::String(index)) => *index = field.sint32()?,
                (2, WireValue::Int64(number)) => *number = field.varint()? as i64,
                (2, WireValue::Double(number)) => *number = field.double()?,
                (2, WireValue::Bool(value)) => *value = field.varint()? != 0,
                (2, WireValue::Bytes(bytes)) => *bytes = field.bytes()?,
                (2, WireValue::TimeStamp(time)) => {
                    seconds_and_nanos(field.bytes()?, &mut seconds, &mut nanos)?;
                    *time = TimeStamp::new(seconds, nanos);
                }
                (2, WireValue::Duration(span)) => {
                    seconds_and_nanos(field.bytes()?, &mut seconds, &mut nanos)?;
                    *span = Duration::new(seconds, nanos);
                }
                (2, WireValue::StringMap(_)) => self.map_entries(field.bytes()?)?,
                _ => {}
            }
        }
        if let WireValue::StringMap(span) = &mut value {
            *span = self.end_map(first)?;
        }
        Ok((name, value))
    }

    fn map_entries(&mut self, map: &[u8]) -> Result<(), Malformed> {
        let mut fields = Fields::of(map);
        while let Some((number, field)) = fields.next()? {
            if number != 1 {
                continue;
            }
            let (mut key, mut value) = (0, 0);
            let mut fields = Fields::of(field.bytes()?);
            while let Some((number, field)) = fields.next()? {
                match number {
                    1 => key = field.sint32()?,
                    2 => value = field.sint32()?,
                    _ => {}
                }
            }
            self.entries.push((key, value));
        }
        Ok(())
    }

    fn end_map(&mut self, first: usize) -> Result<Span, Malformed> {
        if !is_sorted(&self.entries[first..], |(key, _)| *key) {
            let mut own = self.entries.split_off(first);
            keep_last(&mut own, |(key, _)| *key);
            self.entries.append(&mut own);
        }
        // The places of 2^32 entries would not fit into a message.
        let place = |at: usize| u32::try_from(at).map_err(|_| WRONG_TYPE);
        Ok(Span {
            start: place(first)?,
            end: place(self.entries.len())?,
        })
    }

    /// All values, by index and in the order in which Mixer looks for them.
    pub(super) fn values(&self) -> &[(i32, WireValue<'m>)] {
        &self.values
    }

    /// The value under the index of a name.
    #[inline]
    pub(super) fn value(&self, name: i32) -> Option<WireValue<'m>> {
        let at = self.values.partition_point(|(index, _)| *index < name);
        let (index, value) = self.values.get(at)?;
        (*index == name).then_some(*value)
    }

    /// The entries of a string map, sorted by the index of the key.
    pub(super) fn entries(&self, map: Span) -> &[(i32, i32)] {
        &self.entries[map.start as usize..map.end as usize]
    }
}

fn word(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(word) => Cow::Borrowed(word),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// Sorts, and keeps the last of those with the same key.
fn keep_last<T, K: Ord>(items: &mut Vec<T>, key: impl Fn(&T) -> K) {
    if is_sorted(items, &key) {
        return;
    }
    items.sort_by_key(&key);
    items.reverse();
    items.dedup_by_key(|item| key(item));
    items.reverse();
}

fn is_sorted<T, K: Ord>(items: &[T], key: impl Fn(&T) -> K) -> bool {
    items.windows(2).all(|pair| key(&pair[0]) < key(&pair[1]))
}

/// A timestamp or a duration, whose parts may come in several pieces.
fn seconds_and_nanos(message: &[u8], seconds: &mut i64, nanos: &mut i32) -> Result<(), Malformed> {
    let mut fields = Fields::of(message);
    while let Some((number, field)) = fields.next()? {
        match number {
            1 => *seconds = field.varint()? as i64,
            2 => *nanos = field.varint()? as i32,
            _ => {}
        }
    }
    Ok(())
}
