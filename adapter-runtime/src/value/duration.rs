//! Spans of time.

use std::fmt;
use std::str::FromStr;
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

/// Why a text is no duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseDurationError {
    /// There is no text.
    #[error("it is empty")]
    Empty,
    /// A number without a unit that there is.
    #[error("the units are `ns`, `us`, `ms`, `s`, `m` and `h`, one after each number")]
    Unit,
    /// A unit without a number that is one.
    #[error("a number in it is missing or malformed")]
    Number,
    /// More than protobuf has.
    #[error("it is longer than 10,000 years")]
    TooLong,
}

/// The longest span of `google.protobuf.Duration`, in seconds.
const MAX_SECONDS: i128 = 315_576_000_000;

const UNITS: [(&str, i128); 8] = [
    ("ns", 1),
    ("us", 1_000),
    // The micro sign, and the Greek letter.
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", NANOS_PER_SECOND),
    ("m", 60 * NANOS_PER_SECOND),
    ("h", 3_600 * NANOS_PER_SECOND),
];

impl FromStr for Duration {
    type Err = ParseDurationError;

    /// As Go writes it: `1h30m`, `1.5s`, `-250ms`, `0`. The form of protobuf's JSON, `600s`, is one
    /// of these. What is finer than a nanosecond is cut off.
    fn from_str(text: &str) -> Result<Duration, ParseDurationError> {
        let (sign, mut rest) = match text.as_bytes() {
            [b'-', ..] => (-1, &text[1..]),
            [b'+', ..] => (1, &text[1..]),
            _ => (1, text),
        };
        if rest == "0" {
            return Ok(Duration::default());
        }
        if rest.is_empty() {
            return Err(ParseDurationError::Empty);
        }
        let mut nanos = 0_i128;
        while !rest.is_empty() {
            let (number, after) = split(rest, |c| c.is_ascii_digit() || c == '.');
            let (unit, after) = split(after, |c| !c.is_ascii_digit() && c != '.');
            if number.is_empty() {
                return Err(ParseDurationError::Number);
            }
            let Some((_, unit)) = UNITS.iter().find(|(name, _)| *name == unit) else {
                return Err(ParseDurationError::Unit);
            };
            // Neither can overflow: each number is bounded.
            nanos += nanos_of(number, *unit)?;
            if nanos > MAX_SECONDS * NANOS_PER_SECOND {
                return Err(ParseDurationError::TooLong);
            }
            rest = after;
        }
        let nanos = sign * nanos;
        // Both fit: the sum is bounded.
        Ok(Duration::new(
            (nanos / NANOS_PER_SECOND) as i64,
            (nanos % NANOS_PER_SECOND) as i32,
        ))
    }
}

/// A text up to the first character that is no part of it, and the rest.
fn split(text: &str, part: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !part(c)).unwrap_or(text.len()))
}

/// A decimal number of a unit.
fn nanos_of(number: &str, unit: i128) -> Result<i128, ParseDurationError> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.len() + fraction.len() == 0 || fraction.contains('.') {
        return Err(ParseDurationError::Number);
    }
    let mut nanos = 0_i128;
    for digit in whole.bytes() {
        nanos = nanos * 10 + i128::from(digit - b'0') * unit;
        if nanos > MAX_SECONDS * NANOS_PER_SECOND {
            return Err(ParseDurationError::TooLong);
        }
    }
    // Of an hour, more than 18 digits are finer than a nanosecond.
    let mut scale = 1_i128;
    let mut parts = 0_i128;
    for digit in fraction.bytes().take(18) {
        scale *= 10;
        parts = parts * 10 + i128::from(digit - b'0');
    }
    Ok(nanos + parts * unit / scale)
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
    fn texts_are_read_as_go_and_protobuf_write_them() {
        for (text, seconds, nanos) in [
            ("600s", 600, 0),
            ("1m30s", 90, 0),
            ("1.5h", 5_400, 0),
            ("-1h2m3.5s", -3_723, -500_000_000),
            ("+.5s", 0, 500_000_000),
            ("1.s", 1, 0),
            ("1\u{b5}s1\u{3bc}s1us1ns", 0, 3_001),
            ("0.0000000001s", 0, 0),
            ("0.9999999999999999999999999999s", 0, 999_999_999),
            ("-0", 0, 0),
            ("315576000000s", 315_576_000_000, 0),
        ] {
            assert_eq!(text.parse(), Ok(Duration::new(seconds, nanos)), "{text}");
        }
    }

    #[test]
    fn texts_that_are_no_durations_are_refused() {
        use ParseDurationError::*;

        let digits = "9".repeat(60);
        for (text, error) in [
            ("", Empty),
            ("-", Empty),
            ("s", Number),
            (".s", Number),
            ("1.2.3s", Number),
            ("90", Unit),
            ("90 s", Unit),
            ("1d", Unit),
            ("1s2", Unit),
            ("1S", Unit),
            ("--1s", Number),
            ("315576000001s", TooLong),
            (&format!("{digits}h"), TooLong),
        ] {
            assert_eq!(text.parse::<Duration>(), Err(error), "{text}");
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
