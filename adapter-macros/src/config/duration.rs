//! Durations as Go writes them.

use std::time::Duration;

const UNITS: [(&str, u128); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// A duration, or why it is none.
pub(super) fn parse(text: &str) -> Result<Duration, &'static str> {
    if text.starts_with('-') {
        return Err("a configuration's durations are not negative");
    }
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    if text.is_empty() {
        return Err("it is empty");
    }
    let mut rest = text;
    let mut total = 0_u128;
    while !rest.is_empty() {
        let (number, after) = rest.split_at(end_of(rest, |c| c.is_ascii_digit() || c == '.'));
        let (unit, after) = after.split_at(end_of(after, |c| !c.is_ascii_digit() && c != '.'));
        rest = after;
        let Some((_, unit)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            return Err("the units are `ns`, `us`, `ms`, `s`, `m` and `h`, one after each number");
        };
        total = nanos(number, *unit)
            .and_then(|nanos| total.checked_add(nanos))
            .ok_or("a number in it is missing, malformed or too large")?;
    }
    // Go counts nanoseconds in 64 bits.
    match u64::try_from(total) {
        Ok(nanos) if i64::try_from(nanos).is_ok() => Ok(Duration::from_nanos(nanos)),
        _ => Err("it is longer than 292 years"),
    }
}

fn end_of(text: &str, part: impl Fn(char) -> bool) -> usize {
    text.find(|c| !part(c)).unwrap_or(text.len())
}

/// A decimal number of a unit; what is finer than a nanosecond is cut off.
fn nanos(number: &str, unit: u128) -> Option<u128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let digits = |text: &str| {
        if text.is_empty() {
            Some(0)
        } else {
            text.parse::<u128>().ok()
        }
    };
    let scale = 10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let fraction = digits(fraction)?.checked_mul(unit)? / scale;
    digits(whole)?.checked_mul(unit)?.checked_add(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_gos() {
        for (text, seconds, nanos) in [
            ("90s", 90, 0),
            ("1m30s", 90, 0),
            ("1.5h", 5_400, 0),
            ("250ms", 0, 250_000_000),
            ("1h2m3.5s", 3_723, 500_000_000),
            (".5s", 0, 500_000_000),
            ("1.s", 1, 0),
            ("1µs", 0, 1_000),
            ("1us1ns", 0, 1_001),
            ("0.0000000001s", 0, 0),
            ("0", 0, 0),
            ("0s", 0, 0),
        ] {
            assert_eq!(parse(text), Ok(Duration::new(seconds, nanos)), "{text}");
        }
    }

    #[test]
    fn what_go_refuses_is_refused() {
        let digits = "9".repeat(60);
        for text in [
            "", "s", "90", "90 s", "1d", "-1s", "1.2.3s", ".s", "1s2", "1S", "2562048h", &digits,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(&format!("{digits}s")).is_err());
        assert!(parse(&format!("0.{digits}s")).is_err());
    }
}
