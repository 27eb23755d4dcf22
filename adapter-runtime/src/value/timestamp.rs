//! Points in time.

use std::fmt;
use std::time::{Duration as StdDuration, SystemTime};

const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// A point in time: `istio.policy.v1beta1.TimeStamp`, in seconds and nanoseconds since
/// 1970-01-01T00:00:00Z. Holds exactly what was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeStamp {
    seconds: i64,
    nanos: i32,
}

impl TimeStamp {
    /// A time from its two parts as `google.protobuf.Timestamp` has them: nanoseconds count
    /// forward, also before 1970.
    #[must_use]
    pub const fn new(seconds: i64, nanos: i32) -> TimeStamp {
        TimeStamp { seconds, nanos }
    }

    /// Seconds since 1970-01-01T00:00:00Z, negative before it.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds after [`seconds`](TimeStamp::seconds), 0 to 999,999,999 if the sender kept to
    /// the rules.
    #[must_use]
    pub const fn nanos(self) -> i32 {
        self.nanos
    }

    /// The time as the standard library has it; `None` if it is beyond what the system can hold.
    #[must_use]
    pub fn to_system_time(self) -> Option<SystemTime> {
        let total =
            i128::from(self.seconds) * i128::from(NANOS_PER_SECOND) + i128::from(self.nanos);
        let seconds = u64::try_from(total.unsigned_abs() / NANOS_PER_SECOND as u128).ok()?;
        let nanos = (total.unsigned_abs() % NANOS_PER_SECOND as u128) as u32;
        let distance = StdDuration::new(seconds, nanos);
        if total >= 0 {
            SystemTime::UNIX_EPOCH.checked_add(distance)
        } else {
            SystemTime::UNIX_EPOCH.checked_sub(distance)
        }
    }

    pub(crate) fn parts_mut(&mut self) -> (&mut i64, &mut i32) {
        (&mut self.seconds, &mut self.nanos)
    }
}

impl From<SystemTime> for TimeStamp {
    fn from(time: SystemTime) -> TimeStamp {
        match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => TimeStamp::new(after.as_secs() as i64, after.subsec_nanos() as i32),
            Err(before) => {
                let distance = before.duration();
                let seconds = -(distance.as_secs() as i64);
                match distance.subsec_nanos() as i32 {
                    0 => TimeStamp::new(seconds, 0),
                    nanos => TimeStamp::new(seconds - 1, NANOS_PER_SECOND as i32 - nanos),
                }
            }
        }
    }
}

impl fmt::Display for TimeStamp {
    /// UTC with six digits after the second, `2026-01-02T03:04:05.000000Z`; what is beyond the
    /// calendar's years -9999 to 9999 as seconds since 1970.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::new(self.seconds, self.nanos) {
            Ok(time) => write!(f, "{time:.6}"),
            Err(_) => write!(f, "{}s{:+}ns since 1970", self.seconds, self.nanos),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_utc_with_six_digits_truncated() {
        for (seconds, nanos, text) in [
            (0, 0, "1970-01-01T00:00:00.000000Z"),
            (1_767_323_045, 123_456_999, "2026-01-02T03:04:05.123456Z"),
            (-1, 500_000_000, "1969-12-31T23:59:59.500000Z"),
            (i64::MAX, 5, "9223372036854775807s+5ns since 1970"),
        ] {
            assert_eq!(TimeStamp::new(seconds, nanos).to_string(), text);
        }
    }

    #[test]
    fn system_times_survive_both_ways() {
        for (seconds, nanos) in [(0, 0), (5, 7), (-1, 500_000_000), (-3, 0)] {
            let time = TimeStamp::new(seconds, nanos);
            let system = time.to_system_time().expect("a time near 1970");
            assert_eq!(TimeStamp::from(system), time);
        }
        assert_eq!(TimeStamp::new(i64::MIN, -1).to_system_time(), None);
    }
}
