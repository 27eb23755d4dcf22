//! Spans of time.

use std::fmt;
use std::time::Duration as StdDuration;

const NANOS_PER_SECOND: i128 = 1_000_000_000;

/// A span of time: `istio.policy.v1beta1.Duration`. Unlike [`std::time::Duration`] it may be
/// negative. Holds exactly what was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Duration {
    seconds: i64,
    nanos: i32,
}

impl Duration {
    /// A span from its two parts as `google.protobuf.Duration` has them: both have the same sign.
    #[must_use]
    pub const fn new(seconds: i64, nanos: i32) -> Duration {
        Duration { seconds, nanos }
    }

    /// Whole seconds.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds beyond the whole [`seconds`](Duration::seconds), of the same sign, less than
    /// 1,000,000,000 if the sender kept to the rules.
    #[must_use]
    pub const fn nanos(self) -> i32 {
        self.nanos
    }

    /// The span in nanoseconds.
    #[must_use]
    pub const fn as_nanos(self) -> i128 {
        self.seconds as i128 * NANOS_PER_SECOND + self.nanos as i128
    }

    /// The span in seconds, with the precision of a double.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        self.seconds as f64 + f64::from(self.nanos) / 1e9
    }

    pub(crate) fn parts_mut(&mut self) -> (&mut i64, &mut i32) {
        (&mut self.seconds, &mut self.nanos)
    }
}

impl PartialOrd for Duration {
    fn partial_cmp(&self, other: &Duration) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Duration {
    fn cmp(&self, other: &Duration) -> std::cmp::Ordering {
        // By length first; unusual parts of one length are ordered too, so that this agrees with Eq.
        (self.as_nanos(), self.seconds).cmp(&(other.as_nanos(), other.seconds))
    }
}

/// A span that the target type can't hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("duration {0} is out of range")]
pub struct DurationOutOfRange(Duration);

impl TryFrom<Duration> for StdDuration {
    type Error = DurationOutOfRange;

    /// Fails for a negative span.
    fn try_from(duration: Duration) -> Result<StdDuration, DurationOutOfRange> {
        let nanos =
            u128::try_from(duration.as_nanos()).map_err(|_| DurationOutOfRange(duration))?;
        let seconds = u64::try_from(nanos / NANOS_PER_SECOND as u128)
            .map_err(|_| DurationOutOfRange(duration))?;
        Ok(StdDuration::new(
            seconds,
            (nanos % NANOS_PER_SECOND as u128) as u32,
        ))
    }
}

impl TryFrom<StdDuration> for Duration {
    type Error = DurationOutOfRange;

    /// Fails for a span of more than `i64::MAX` seconds.
    fn try_from(duration: StdDuration) -> Result<Duration, DurationOutOfRange> {
        let nanos = duration.subsec_nanos() as i32;
        match i64::try_from(duration.as_secs()) {
            Ok(seconds) => Ok(Duration::new(seconds, nanos)),
            Err(_) => Err(DurationOutOfRange(Duration::new(i64::MAX, nanos))),
        }
    }
}

impl fmt::Display for Duration {
    /// As Go writes it: `1h2m3.5s`, `90ms`, `1.5µs`, `0s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.as_nanos();
        if total < 0 {
            f.write_str("-")?;
        }
        let nanos = total.unsigned_abs();
        match nanos {
            0 => f.write_str("0s"),
            1..1_000 => write!(f, "{nanos}ns"),
            1_000..1_000_000 => fraction(f, nanos, 1_000, "µs"),
            1_000_000..1_000_000_000 => fraction(f, nanos, 1_000_000, "ms"),
            _ => {
                let minutes = nanos / 60_000_000_000;
                if minutes >= 60 {
                    write!(f, "{}h", minutes / 60)?;
                }
                if minutes > 0 {
                    write!(f, "{}m", minutes % 60)?;
                }
                fraction(f, nanos % 60_000_000_000, 1_000_000_000, "s")
            }
        }
    }
}

fn fraction(f: &mut fmt::Formatter<'_>, nanos: u128, unit: u128, name: &str) -> fmt::Result {
    write!(f, "{}", nanos / unit)?;
    let rest = nanos % unit;
    if rest > 0 {
        let width = unit.ilog10() as usize;
        let digits = format!("{rest:0width$}");
        write!(f, ".{}", digits.trim_end_matches('0'))?;
    }
    f.write_str(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_gos() {
        for (seconds, nanos, text) in [
            (0, 0, "0s"),
            (0, 1, "1ns"),
            (0, 1_500, "1.5µs"),
            (0, 42_000_000, "42ms"),
            (2, 500_000_000, "2.5s"),
            (60, 0, "1m0s"),
            (90, 500_000_000, "1m30.5s"),
            (3_600, 0, "1h0m0s"),
            (-2, -500_000_000, "-2.5s"),
            (315_576_000_000, 999_999_999, "87660000h0m0.999999999s"),
        ] {
            assert_eq!(Duration::new(seconds, nanos).to_string(), text);
        }
    }

    #[test]
    fn conversion_refuses_what_it_would_change() {
        assert!(StdDuration::try_from(Duration::new(-1, 0)).is_err());
        assert_eq!(
            StdDuration::try_from(Duration::new(2, 5)),
            Ok(StdDuration::new(2, 5))
        );
        assert!(Duration::try_from(StdDuration::MAX).is_err());
    }
}
