//! Spans and points of time.

use std::time::{Duration, SystemTime};

use serde_json::Value as Json;

use super::Kind;
use super::field::{ConfigField, ConfigMember, encode_bytes};
use super::place::{At, Encoding, Path, Slot};
use super::rules::{Bound, Check};
use crate::error::ConfigErrors;
use crate::value::wire::seconds_and_nanos;
use crate::value::{self, TimeStamp};
use crate::wire::{DecodeError, Rest, WireType};

/// `google.protobuf.Duration`. A negative one is refused.
impl ConfigField for Duration {
    fn empty() -> Duration {
        Duration::ZERO
    }

    fn kind(_: Encoding) -> Kind {
        Kind::Duration
    }

    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], at: At<'_>) -> Rest<'a> {
        // A message that occurs again is merged, in the parts that arrived.
        let (seconds, nanos) = &mut at.arrived.parts;
        let rest = seconds_and_nanos(seconds, nanos, wire, input, at.depth)?;
        let duration = value::Duration::new(*seconds, *nanos);
        *self = Duration::try_from(duration).map_err(|_| {
            DecodeError::invalid(format!(
                "a duration must not be negative, got {duration}: write `0s` or more"
            ))
        })?;
        Ok(rest)
    }

    fn encode(&self, slot: Slot, out: &mut Vec<u8>) {
        let duration = to_value(*self);
        encode_parts(duration.seconds(), duration.nanos(), slot, out);
    }

    fn show(&self) -> Json {
        to_value(*self).to_string().into()
    }

    fn check(&mut self, check: Check<'_>, path: &Path<'_>, errors: &mut ConfigErrors) {
        check.bounds(&Bound::Duration(*self), path, errors);
    }
}

impl ConfigMember for Duration {}

/// The duration in the form that can be displayed.
pub(super) fn to_value(duration: Duration) -> value::Duration {
    // Protobuf's own limit is 10,000 years, so no real duration is cut here.
    let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    value::Duration::new(seconds, duration.subsec_nanos() as i32)
}

/// `google.protobuf.Timestamp`.
impl ConfigField for TimeStamp {
    fn empty() -> TimeStamp {
        TimeStamp::default()
    }

    fn kind(_: Encoding) -> Kind {
        Kind::Timestamp
    }

    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], at: At<'_>) -> Rest<'a> {
        let (seconds, nanos) = &mut at.arrived.parts;
        let rest = seconds_and_nanos(seconds, nanos, wire, input, at.depth)?;
        *self = TimeStamp::new(*seconds, *nanos);
        Ok(rest)
    }

    fn encode(&self, slot: Slot, out: &mut Vec<u8>) {
        encode_parts(self.seconds(), self.nanos(), slot, out);
    }

    fn show(&self) -> Json {
        let nanos = i128::from(self.seconds()) * 1_000_000_000 + i128::from(self.nanos());
        match jiff::Timestamp::from_nanosecond(nanos) {
            // With all that is beyond the second, and nothing where there is nothing.
            Ok(time) => time.to_string().into(),
            Err(_) => self.to_string().into(),
        }
    }

    fn check(&mut self, _: Check<'_>, _: &Path<'_>, _: &mut ConfigErrors) {}
}

impl ConfigMember for TimeStamp {}

/// `google.protobuf.Timestamp`; what the system can't hold is refused.
impl ConfigField for SystemTime {
    fn empty() -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn kind(_: Encoding) -> Kind {
        Kind::Timestamp
    }

    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], at: At<'_>) -> Rest<'a> {
        let mut time = TimeStamp::default();
        let rest = ConfigField::merge(&mut time, wire, input, at)?;
        *self = time.to_system_time().ok_or_else(|| {
            DecodeError::invalid(format!("a time must be one that there is, got {time}"))
        })?;
        Ok(rest)
    }

    fn encode(&self, slot: Slot, out: &mut Vec<u8>) {
        TimeStamp::from(*self).encode(slot, out);
    }

    fn show(&self) -> Json {
        TimeStamp::from(*self).show()
    }

    fn check(&mut self, _: Check<'_>, _: &Path<'_>, _: &mut ConfigErrors) {}
}

impl ConfigMember for SystemTime {}

fn encode_parts(seconds: i64, nanos: i32, slot: Slot, out: &mut Vec<u8>) {
    let mut message = Vec::new();
    seconds.encode(Slot::plain(1), &mut message);
    nanos.encode(Slot::plain(2), &mut message);
    encode_bytes(slot.tag, &message, out);
}
