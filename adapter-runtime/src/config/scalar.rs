//! The scalar types of configurations.

use prost::encoding::{WireType as Out, encode_key, encode_varint};
use serde_json::Value as Json;

use super::field::{ConfigElement, ConfigField, ConfigMember, encode_bytes};
use super::place::{At, Encoding, Path, Slot};
use super::rules::{Bound, Check};
use super::{Kind, Scalar};
use crate::error::ConfigErrors;
use crate::wire::{Merge, Rest, WireType, fixed, number};

impl ConfigField for bool {
    fn empty() -> bool {
        false
    }

    fn kind(_: Encoding) -> Kind {
        Kind::Scalar(Scalar::Bool)
    }

    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], at: At<'_>) -> Rest<'a> {
        Merge::merge(self, wire, input, at.depth)
    }

    fn encode(&self, slot: Slot, out: &mut Vec<u8>) {
        encode_key(slot.tag, Out::Varint, out);
        encode_varint((*self).into(), out);
    }

    fn show(&self) -> Json {
        (*self).into()
    }

    fn check(&mut self, _: Check<'_>, _: &Path<'_>, _: &mut ConfigErrors) {}
}

impl ConfigElement for bool {
    fn packed(_: Encoding) -> Option<WireType> {
        Some(WireType::Varint)
    }
}

impl ConfigMember for bool {}

macro_rules! integers {
    ($($type:ident: $plain:ident $zigzag:ident $fixed:ident, $wire:ident $out:ident,
        |$value:ident| $raw:expr, |$from:ident| $unzigzag:expr, |$to:ident| $to_zigzag:expr;)+) => {$(
        impl ConfigField for $type {
            fn empty() -> $type {
                0
            }

            fn kind(encoding: Encoding) -> Kind {
                Kind::Scalar(encoding.of(Scalar::$plain, Scalar::$zigzag, Scalar::$fixed))
            }

            fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], at: At<'_>) -> Rest<'a> {
                match at.encoding {
                    Encoding::Plain => Merge::merge(self, wire, input, at.depth),
                    Encoding::Zigzag => {
                        let ($from, rest) = number(wire, input)?;
                        *self = $unzigzag;
                        Ok(rest)
                    }
                    Encoding::Fixed => {
                        let (bytes, rest) = fixed(WireType::$wire, wire, input)?;
                        *self = $type::from_le_bytes(bytes);
                        Ok(rest)
                    }
                }
            }

            fn encode(&self, slot: Slot, out: &mut Vec<u8>) {
                match slot.encoding {
                    Encoding::Plain => {
                        let $value = *self;
                        encode_key(slot.tag, Out::Varint, out);
                        encode_varint($raw, out);
                    }
                    Encoding::Zigzag => {
                        let $to = *self;
                        encode_key(slot.tag, Out::Varint, out);
                        encode_varint($to_zigzag, out);
                    }
                    Encoding::Fixed => {
                        encode_key(slot.tag, Out::$out, out);
                        out.extend_from_slice(&self.to_le_bytes());
                    }
                }
            }

            fn show(&self) -> Json {
                (*self).into()
            }

            fn check(&mut self, check: Check<'_>, path: &Path<'_>, errors: &mut ConfigErrors) {
                check.bounds(&Bound::Integer((*self).into()), path, errors);
            }
        }

        impl ConfigElement for $type {
            fn packed(encoding: Encoding) -> Option<WireType> {
                Some(match encoding {
                    Encoding::Plain | Encoding::Zigzag => WireType::Varint,
                    Encoding::Fixed => WireType::$wire,
                })
            }
        }

        impl ConfigMember for $type {}
    )+};
}

// The derive takes no zigzag for unsigned numbers.
integers! {
    i32: Int32 Sint32 Sfixed32, Fixed32 ThirtyTwoBit, |value| i64::from(value) as u64,
        |raw| (raw as u32 >> 1) as i32 ^ -(raw as i32 & 1),
        |value| u64::from(((value << 1) ^ (value >> 31)) as u32);
    i64: Int64 Sint64 Sfixed64, Fixed64 SixtyFourBit, |value| value as u64,
        |raw| (raw >> 1) as i64 ^ -(raw as i64 & 1),
        |value| ((value << 1) ^ (value >> 63)) as u64;
    u32: Uint32 Uint32 Fixed32, Fixed32 ThirtyTwoBit, |value| value.into(),
        |raw| raw as u32, |value| value.into();
    u64: Uint64 Uint64 Fixed64, Fixed64 SixtyFourBit, |value| value,
        |raw| raw, |value| value;
}

macro_rules! floats {
    ($($type:ty: $scalar:ident, $wire:ident $out:ident;)+) => {$(
        impl ConfigField for $type {
            fn empty() -> $type {
                0.0
            }

            fn kind(_: Encoding) -> Kind {
                Kind::Scalar(Scalar::$scalar)
            }

            fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], at: At<'_>) -> Rest<'a> {
                Merge::merge(self, wire, input, at.depth)
            }

            fn encode(&self, slot: Slot, out: &mut Vec<u8>) {
                encode_key(slot.tag, Out::$out, out);
                out.extend_from_slice(&self.to_le_bytes());
            }

            fn show(&self) -> Json {
                match shortest((*self).into(), *self) {
                    number if number.is_finite() => number.into(),
                    number => number.to_string().into(),
                }
            }

            fn check(&mut self, check: Check<'_>, path: &Path<'_>, errors: &mut ConfigErrors) {
                let number = shortest((*self).into(), *self);
                check.bounds(&Bound::Float(number), path, errors);
            }
        }

        impl ConfigElement for $type {
            fn packed(_: Encoding) -> Option<WireType> {
                Some(WireType::$wire)
            }
        }

        impl ConfigMember for $type {}
    )+};
}

floats! {
    f32: Float, Fixed32 ThirtyTwoBit;
    f64: Double, Fixed64 SixtyFourBit;
}

/// The number with the shortest text that means `number`, which may be of the smaller type: 0.1,
/// not 0.10000000149011612.
pub(super) fn shortest(exact: f64, number: impl ToString) -> f64 {
    number.to_string().parse().unwrap_or(exact)
}

impl ConfigField for String {
    fn empty() -> String {
        String::new()
    }

    fn kind(_: Encoding) -> Kind {
        Kind::Scalar(Scalar::String)
    }

    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], at: At<'_>) -> Rest<'a> {
        Merge::merge(self, wire, input, at.depth)
    }

    fn encode(&self, slot: Slot, out: &mut Vec<u8>) {
        encode_bytes(slot.tag, self.as_bytes(), out);
    }

    fn show(&self) -> Json {
        self.as_str().into()
    }

    fn check(&mut self, check: Check<'_>, path: &Path<'_>, errors: &mut ConfigErrors) {
        check.text(self, Some(self), path, errors);
    }
}

impl ConfigElement for String {}

impl ConfigMember for String {}
