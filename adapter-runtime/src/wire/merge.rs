//! Decoding one occurrence of a field into the value that it belongs to.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use super::{
    DecodeError, Depth, Rest, WireType, bytes, fixed, message, number, skip, string, utf8,
};
use crate::value::{Map, Str};

/// A type that a field can have, decoded in place as protobuf parsers do: a scalar that occurs
/// again replaces, a message merges, a repeated field or a map grows.
pub trait Merge: Sized {
    /// The value of a field that did not arrive.
    fn empty() -> Self;

    /// Takes one occurrence of the field from `input`, which begins after the field's key.
    ///
    /// # Errors
    /// If the bytes are not a field of this type. `self` may have changed then.
    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], depth: Depth) -> Rest<'a>;

    /// Called when the message that holds the field is complete.
    #[inline]
    fn settle(&mut self) {}
}

macro_rules! varints {
    ($($type:ty: |$raw:ident| $value:expr;)+) => {$(
        impl Merge for $type {
            #[inline]
            fn empty() -> $type {
                Default::default()
            }

            #[inline]
            fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], _: Depth) -> Rest<'a> {
                let ($raw, rest) = number(wire, input)?;
                *self = $value;
                Ok(rest)
            }
        }
    )+};
}

// Numbers wider than the type are truncated, as protobuf prescribes.
varints! {
    i64: |raw| raw as i64;
    u64: |raw| raw;
    i32: |raw| raw as i32;
    u32: |raw| raw as u32;
    bool: |raw| raw != 0;
}

impl Merge for f64 {
    #[inline]
    fn empty() -> f64 {
        f64::default()
    }

    #[inline]
    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], _: Depth) -> Rest<'a> {
        let (bytes, rest) = fixed(WireType::Fixed64, wire, input)?;
        *self = f64::from_le_bytes(bytes);
        Ok(rest)
    }
}

impl Merge for f32 {
    #[inline]
    fn empty() -> f32 {
        f32::default()
    }

    #[inline]
    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], _: Depth) -> Rest<'a> {
        let (bytes, rest) = fixed(WireType::Fixed32, wire, input)?;
        *self = f32::from_le_bytes(bytes);
        Ok(rest)
    }
}

impl Merge for Str {
    #[inline]
    fn empty() -> Str {
        Str::default()
    }

    #[inline(always)]
    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], _: Depth) -> Rest<'a> {
        let (text, rest) = bytes(wire, input)?;
        set(self, text)?;
        Ok(rest)
    }
}

#[inline(never)]
fn set(text: &mut Str, from: &[u8]) -> Result<(), DecodeError> {
    *text = utf8(from)?.into();
    Ok(())
}

impl Merge for String {
    #[inline]
    fn empty() -> String {
        String::default()
    }

    #[inline]
    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], _: Depth) -> Rest<'a> {
        let (text, rest) = string(wire, input)?;
        self.clear();
        self.push_str(text);
        Ok(rest)
    }
}

impl<T: Merge> Merge for Option<T> {
    #[inline]
    fn empty() -> Option<T> {
        None
    }

    #[inline]
    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], depth: Depth) -> Rest<'a> {
        self.get_or_insert_with(T::empty).merge(wire, input, depth)
    }

    #[inline]
    fn settle(&mut self) {
        if let Some(value) = self {
            value.settle();
        }
    }
}

impl<V: Merge> Merge for Map<V> {
    #[inline]
    fn empty() -> Map<V> {
        Map::new()
    }

    #[inline(always)]
    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], depth: Depth) -> Rest<'a> {
        if self.is_empty() {
            self.reserve_for(input.len());
        }
        nested(wire, input, depth, |body, depth| push(self, body, depth))
    }

    #[inline]
    fn settle(&mut self) {
        Map::settle(self);
    }
}

impl<V: Merge> Merge for BTreeMap<String, V> {
    fn empty() -> Self {
        BTreeMap::new()
    }

    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], depth: Depth) -> Rest<'a> {
        nested(wire, input, depth, |body, depth| {
            let (key, value) = entry(body, depth)?;
            self.insert(key.into(), value);
            Ok(())
        })
    }
}

impl<V: Merge, S: BuildHasher + Default> Merge for HashMap<String, V, S> {
    fn empty() -> Self {
        HashMap::default()
    }

    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], depth: Depth) -> Rest<'a> {
        nested(wire, input, depth, |body, depth| {
            let (key, value) = entry(body, depth)?;
            self.insert(key.into(), value);
            Ok(())
        })
    }
}

/// Decodes an entry of a map where it is to stay.
#[inline(always)]
fn push<V: Merge>(map: &mut Map<V>, body: &[u8], depth: Depth) -> Result<(), DecodeError> {
    // An entry is its key and its value, once each, in this order, in all that Mixer writes.
    let (key, body) = match body {
        [0x0A, body @ ..] => {
            string(WireType::Len, body).map_err(|error| error.in_field("key").in_entry(&""))?
        }
        _ => ("", body),
    };
    let (key, value) = map.push_unsettled(key.into(), V::empty());
    let body = match body {
        [0x12, body @ ..] => value
            .merge(WireType::Len, body, depth)
            .map_err(|error| error.in_entry(key))?,
        _ => body,
    };
    entry_fields(key, value, body, depth)
}

fn entry<V: Merge>(body: &[u8], depth: Depth) -> Result<(Str, V), DecodeError> {
    let (mut key, mut value) = (Str::empty(), V::empty());
    entry_fields(&mut key, &mut value, body, depth)?;
    Ok((key, value))
}

/// An entry of a map is a message whose field 1 is the key and field 2 the value; either may be
/// left out where it is empty.
#[inline]
fn entry_fields<V: Merge>(
    key: &mut Str,
    value: &mut V,
    body: &[u8],
    depth: Depth,
) -> Result<(), DecodeError> {
    let decoded = message(body, |number, wire, input| match number {
        1 => key
            .merge(wire, input, depth)
            .map_err(|error| error.in_field("key")),
        2 => value.merge(wire, input, depth),
        _ => skip(number, wire, input),
    });
    if let Err(error) = decoded {
        return Err(error.in_entry(key));
    }
    value.settle();
    Ok(())
}

/// Decodes a field that holds a message, of which `fields` takes the content.
#[inline(always)]
pub(crate) fn nested<'a>(
    wire: WireType,
    input: &'a [u8],
    depth: Depth,
    fields: impl FnOnce(&'a [u8], Depth) -> Result<(), DecodeError>,
) -> Rest<'a> {
    let (body, rest) = bytes(wire, input)?;
    fields(body, depth.deeper()?)?;
    Ok(rest)
}
