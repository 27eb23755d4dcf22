//! Decoding one occurrence of a field into the value that it belongs to.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use super::{Depth, Rest, WireType, bytes, fixed, message, number, skip, string};
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

    #[inline]
    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], _: Depth) -> Rest<'a> {
        let (text, rest) = string(wire, input)?;
        *self = text.into();
        Ok(rest)
    }
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

    #[inline]
    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], depth: Depth) -> Rest<'a> {
        let (key, value) = self.push_unsettled(Str::default(), V::empty());
        entry(key, value, wire, input, depth)
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
        let (mut key, mut value) = (Str::default(), V::empty());
        let rest = entry(&mut key, &mut value, wire, input, depth)?;
        self.insert(key.into(), value);
        Ok(rest)
    }
}

impl<V: Merge, S: BuildHasher + Default> Merge for HashMap<String, V, S> {
    fn empty() -> Self {
        HashMap::default()
    }

    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], depth: Depth) -> Rest<'a> {
        let (mut key, mut value) = (Str::default(), V::empty());
        let rest = entry(&mut key, &mut value, wire, input, depth)?;
        self.insert(key.into(), value);
        Ok(rest)
    }
}

/// An entry of a map, written in place: a message whose field 1 is the key and field 2 the value;
/// either may be left out where it is empty.
#[inline]
fn entry<'a, V: Merge>(
    key: &mut Str,
    value: &mut V,
    wire: WireType,
    input: &'a [u8],
    depth: Depth,
) -> Rest<'a> {
    let (body, rest) = bytes(wire, input)?;
    let depth = depth.deeper()?;
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
    Ok(rest)
}

/// Decodes a field that holds a message, whose fields `field` takes.
#[inline]
pub(crate) fn nested<'a>(
    wire: WireType,
    input: &'a [u8],
    depth: Depth,
    mut field: impl FnMut(u32, WireType, &'a [u8], Depth) -> Rest<'a>,
) -> Rest<'a> {
    let (body, rest) = bytes(wire, input)?;
    let depth = depth.deeper()?;
    message(body, |number, wire, input| {
        field(number, wire, input, depth)
    })?;
    Ok(rest)
}
