//! Spans of time as Go writes them.

use std::str::FromStr;

use super::Duration;

/// Why a text is no [`Duration`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no duration: write numbers with units, such as `1h30m`, `2.5s` or `100ms`")]
pub struct ParseDurationError(String);

const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    // The micro sign and the Greek letter.
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

impl FromStr for Duration {
    type Err = ParseDurationError;

    /// Reads what [`Display`](std::fmt::Display) writes, and what Go reads beside it: `90m`,
    /// `1.5h`, `-2s`, `0`. What is shorter than a nanosecond is cut off; a span of more than 292
    /// years is an error, as it is to Go.
    fn from_str(text: &str) -> Result<Duration, ParseDurationError> {
        parse(text).ok_or_else(|| ParseDurationError(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Duration> {
    let (negative, mut rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Some(Duration::default());
    }
    let mut total = 0_u64;
    loop {
        let (whole, after) = digits(rest);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => digits(after),
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let end = after
            .find(|c: char| c == '.' || c.is_ascii_digit())
            .unwrap_or(after.len());
        let (_, unit) = UNITS.iter().find(|(name, _)| *name == &after[..end])?;
        let whole = match whole {
            "" => 0,
            whole => whole.parse::<u64>().ok()?.checked_mul(*unit)?,
        };
        total = total
            .checked_add(whole)?
            .checked_add(part(fraction, *unit))?;
        rest = &after[end..];
        if rest.is_empty() {
            break;
        }
    }
    let nanos = match negative {
        true => 0_i64.checked_sub_unsigned(total)?,
        false => i64::try_from(total).ok()?,
    };
    Some(Duration::new(
        nanos / 1_000_000_000,
        (nanos % 1_000_000_000) as i32,
    ))
}

fn digits(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end)
}

/// So much of a unit, in nanoseconds; `fraction` is what stands after the point.
fn part(fraction: &str, unit: u64) -> u64 {
    // Digits beyond these are less than a nanosecond of any unit.
    let fraction = &fraction[..fraction.len().min(18)];
    let numerator = fraction
        .bytes()
        .fold(0, |sum, digit| sum * 10 + u128::from(digit - b'0'));
    let part = numerator * u128::from(unit) / 10_u128.pow(fraction.len() as u32);
    u64::try_from(part).expect("a part of a unit is less than the unit")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_as_go_reads_it() {
        for (text, seconds, nanos) in [
            ("0", 0, 0),
            ("-0", 0, 0),
            ("0s", 0, 0),
            ("1h2m3.5s", 3723, 500_000_000),
            ("+90m", 5400, 0),
            ("-2.5s", -2, -500_000_000),
            (".5s", 0, 500_000_000),
            ("1.s", 1, 0),
            ("1.5\u{b5}s", 0, 1500),
            ("1.5\u{3bc}s", 0, 1500),
            ("2us3ns", 0, 2003),
            ("0.33333333333333333333h", 1199, 999_999_999),
            ("2562047h47m16.854775807s", 9_223_372_036, 854_775_807),
            ("-2562047h47m16.854775808s", -9_223_372_036, -854_775_808),
        ] {
            assert_eq!(text.parse(), Ok(Duration::new(seconds, nanos)), "{text}");
        }
        for text in [
            "",
            "-",
            "5",
            "s",
            ".s",
            ".",
            "1",
            "1d",
            "1 s",
            "s1",
            "1.5.5s",
            "--1s",
            "1S",
            "ü",
            "1ü",
            "2562047h47m16.854775808s",
            "99999999999999999999h",
            "10000000h",
        ] {
            let error = text.parse::<Duration>().expect_err(text).to_string();
            assert!(
                error.starts_with(&format!("`{text}` is no duration: write")),
                "{error}"
            );
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for (seconds, nanos) in [(0, 1), (0, 1_500), (3600, 0), (86_400, 5), (-60, -1)] {
            let duration = Duration::new(seconds, nanos);
            assert_eq!(duration.to_string().parse(), Ok(duration));
        }
    }
}
