//! The scalar types of configurations, and durations.

use std::time::Duration;

use prost::encoding::{WireType as Out, encode_key, encode_varint};

use super::field::encode_bytes;
use super::{ConfigElement, ConfigField, Kind};
use crate::value;
use crate::value::wire::seconds_and_nanos;
use crate::wire::{DecodeError, Depth, Merge, Rest, WireType};

macro_rules! varints {
    ($($type:ty: $name:literal, |$value:ident| $raw:expr;)+) => {$(
        impl ConfigField for $type {
            fn kind() -> Kind {
                Kind::Scalar($name)
            }

            fn encode(&self, tag: u32, out: &mut Vec<u8>) {
                let $value = *self;
                encode_key(tag, Out::Varint, out);
                encode_varint($raw, out);
            }

            fn show(&self) -> serde_json::Value {
                (*self).into()
            }
        }

        impl ConfigElement for $type {
            const PACKED: Option<WireType> = Some(WireType::Varint);
        }
    )+};
}

varints! {
    bool: "bool", |value| value.into();
    i32: "int32", |value| i64::from(value) as u64;
    i64: "int64", |value| value as u64;
    u32: "uint32", |value| value.into();
    u64: "uint64", |value| value;
}

macro_rules! floats {
    ($($type:ty: $name:literal, $wire:ident, $out:ident;)+) => {$(
        impl ConfigField for $type {
            fn kind() -> Kind {
                Kind::Scalar($name)
            }

            fn encode(&self, tag: u32, out: &mut Vec<u8>) {
                encode_key(tag, Out::$out, out);
                out.extend_from_slice(&self.to_le_bytes());
            }

            fn show(&self) -> serde_json::Value {
                // The shortest text that means this number, also of the smaller type.
                match self.to_string().parse::<f64>() {
                    Ok(number) if number.is_finite() => number.into(),
                    _ => self.to_string().into(),
                }
            }
        }

        impl ConfigElement for $type {
            const PACKED: Option<WireType> = Some(WireType::$wire);
        }
    )+};
}

floats! {
    f32: "float", Fixed32, ThirtyTwoBit;
    f64: "double", Fixed64, SixtyFourBit;
}

impl ConfigField for String {
    fn kind() -> Kind {
        Kind::Scalar("string")
    }

    fn encode(&self, tag: u32, out: &mut Vec<u8>) {
        encode_bytes(tag, self.as_bytes(), out);
    }

    fn show(&self) -> serde_json::Value {
        self.as_str().into()
    }
}

impl ConfigElement for String {}

/// `google.protobuf.Duration`. A negative one is refused.
impl Merge for Duration {
    fn empty() -> Duration {
        Duration::ZERO
    }

    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], depth: Depth) -> Rest<'a> {
        // What was decoded before is merged with, as of every message that occurs again.
        let (mut seconds, mut nanos) = parts(*self);
        let rest = seconds_and_nanos(&mut seconds, &mut nanos, wire, input, depth)?;
        let duration = value::Duration::new(seconds, nanos);
        *self = Duration::try_from(duration).map_err(|_| {
            DecodeError::invalid(format!(
                "a duration must not be negative, got {duration}: write `0s` or more"
            ))
        })?;
        Ok(rest)
    }
}

impl ConfigField for Duration {
    fn kind() -> Kind {
        Kind::Message("google.protobuf.Duration")
    }

    fn encode(&self, tag: u32, out: &mut Vec<u8>) {
        let (seconds, nanos) = parts(*self);
        let mut message = Vec::new();
        seconds.encode(1, &mut message);
        nanos.encode(2, &mut message);
        encode_bytes(tag, &message, out);
    }

    fn show(&self) -> serde_json::Value {
        let (seconds, nanos) = parts(*self);
        value::Duration::new(seconds, nanos).to_string().into()
    }
}

fn parts(duration: Duration) -> (i64, i32) {
    // Protobuf's own limit is 10,000 years, so no real duration is cut here.
    let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    (seconds, duration.subsec_nanos() as i32)
}
