//! What literals stand for.

use std::str::Chars;

use adapter_runtime::value::{Duration, Str, Value};

use super::token::Token;

/// The value of a literal that the lexer found no mistake in.
///
/// # Errors
///
/// If Mixer has no value for it, in the words of Go.
pub(super) fn parse(token: Token, source: &str) -> Result<Value, String> {
    match token {
        Token::Int => integer(source).map(Value::Int64),
        Token::Float => float(source).map(Value::Double),
        Token::Char | Token::String => {
            let text = unquote(source)?;
            // A text that reads as a duration is one, wherever it stands.
            Ok(match duration(&text) {
                Some(nanos) => Value::Duration(nanoseconds(nanos)),
                None => Value::String(Str::from(text)),
            })
        }
        _ => Err("invalid syntax".to_owned()),
    }
}

/// Digits are decimal, also after a 0.
fn integer(source: &str) -> Result<i64, String> {
    let wrong = |what| format!("strconv.ParseInt: parsing \"{source}\": {what}");
    if !source.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong("invalid syntax"));
    }
    source.parse().map_err(|_| wrong("value out of range"))
}

fn float(source: &str) -> Result<f64, String> {
    let digits: String = source.chars().filter(|c| *c != '_').collect();
    let value = match digits.get(..2) {
        Some("0x" | "0X") => hexadecimal(&digits[2..]),
        _ => digits.parse().ok(),
    };
    let wrong = |what| format!("strconv.ParseFloat: parsing \"{source}\": {what}");
    match value {
        None => Err(wrong("invalid syntax")),
        Some(value) if value.is_infinite() => Err(wrong("value out of range")),
        Some(value) => Ok(value),
    }
}

/// `1.8p-3`, without the `0x` before it; rounded once, to the nearest, ties to even.
fn hexadecimal(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    // More than any double can use, and no exponent can overflow.
    let exponent: i64 = match exponent.parse::<i64>() {
        Ok(exponent) => exponent.clamp(-1 << 40, 1 << 40),
        Err(_) if exponent.starts_with('-') => -1 << 40,
        Err(_) => 1 << 40,
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let (mut bits, mut sticky, mut shift) = (0_u64, false, 0_i64);
    for digit in whole.chars().chain(fraction.chars()) {
        let digit = u64::from(digit.to_digit(16)?);
        if bits >> 58 == 0 {
            bits = bits << 4 | digit;
        } else {
            sticky |= digit != 0;
            shift += 4;
        }
    }
    shift += exponent - 4 * i64::try_from(fraction.len()).ok()?;
    if bits == 0 {
        return Some(0.0);
    }
    // To 64 bits, the highest one set.
    let zeros = bits.leading_zeros();
    bits <<= zeros;
    shift -= i64::from(zeros);
    // The value is bits × 2^shift; below the smallest normal number fewer bits are left.
    let lowest = (shift + 11).max(-1074);
    let drop = u32::try_from(lowest - shift)
        .ok()
        .filter(|drop| *drop <= 64);
    let Some(drop) = drop else {
        return Some(0.0);
    };
    let kept = bits.checked_shr(drop).unwrap_or(0);
    let rest = if drop == 64 {
        bits
    } else {
        bits << (64 - drop)
    };
    let half = 1_u64 << 63;
    let up = rest > half || rest == half && (sticky || kept & 1 == 1);
    let rounded = (kept + u64::from(up)) as f64;
    if lowest > 971 {
        return Some(f64::INFINITY);
    }
    // Both factors and the product are exact, or the product is infinite.
    let (first, second) = (lowest.clamp(-1000, 971), lowest - lowest.clamp(-1000, 971));
    Some(rounded * power_of_two(first) * power_of_two(second))
}

/// 2 to an exponent of a normal number.
fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// The text that a literal in double, single or back quotes stands for.
fn unquote(source: &str) -> Result<String, String> {
    let mut rest = source;
    let quote = rest.chars().next().unwrap_or_default();
    rest = rest
        .strip_prefix(quote)
        .and_then(|rest| rest.strip_suffix(quote))
        .ok_or("invalid syntax")?;
    if quote == '`' {
        return Ok(rest.replace('\r', ""));
    }
    let mut bytes = Vec::with_capacity(rest.len());
    let mut characters = rest.chars();
    while let Some(c) = characters.next() {
        let mut literally =
            |c: char| bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        if c != '\\' {
            literally(c);
            continue;
        }
        let escape = characters.next().ok_or("invalid syntax")?;
        let byte = match escape {
            'a' => 0x07,
            'b' => 0x08,
            'f' => 0x0c,
            'n' => 0x0a,
            'r' => 0x0d,
            't' => 0x09,
            'v' => 0x0b,
            'x' => code(&mut characters, 2, 16, 0),
            '0'..='7' => code(&mut characters, 2, 8, escape.to_digit(8).unwrap_or(0)),
            'u' | 'U' => {
                let digits = if escape == 'u' { 4 } else { 8 };
                let code = code(&mut characters, digits, 16, 0);
                literally(char::from_u32(code).ok_or("invalid syntax")?);
                continue;
            }
            other => {
                literally(other);
                continue;
            }
        };
        bytes.push(byte as u8);
    }
    // Go has texts of any bytes; attributes are texts of UTF-8, so nothing could equal this one.
    String::from_utf8(bytes).map_err(|_| format!("{source} is not UTF-8"))
}

/// The number that some digits stand for, after those already read.
fn code(characters: &mut Chars<'_>, digits: usize, base: u32, first: u32) -> u32 {
    characters.by_ref().take(digits).fold(first, |code, digit| {
        code.wrapping_mul(base)
            .wrapping_add(digit.to_digit(base).unwrap_or(0))
    })
}

/// A duration in nanoseconds.
pub(super) fn nanoseconds(nanos: i64) -> Duration {
    Duration::new(nanos / 1_000_000_000, (nanos % 1_000_000_000) as i32)
}

/// A text as a duration in nanoseconds, as Go reads one: `1h2m3.5s`, `-5ms`, `0`.
pub(super) fn duration(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let limit = i64::MIN.unsigned_abs();
    let mut total = 0_u64;
    while !rest.is_empty() {
        let (whole, after) = split_digits(rest);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => split_digits(after),
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let end = after
            .find(|c: char| c == '.' || c.is_ascii_digit())
            .unwrap_or(after.len());
        let unit: u64 = match &after[..end] {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        let whole = if whole.is_empty() {
            0
        } else {
            whole.parse().ok()?
        };
        let mut part = unit.checked_mul(whole).filter(|part| *part <= limit)?;
        part = part.checked_add(fraction_of(fraction, unit))?;
        total = total.checked_add(part).filter(|total| *total <= limit)?;
        rest = &after[end..];
    }
    if negative {
        return Some(0_i64.wrapping_sub_unsigned(total));
    }
    i64::try_from(total).ok()
}

fn split_digits(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end)
}

/// A decimal fraction of a unit, computed as Go does: in doubles, from the digits that fit.
fn fraction_of(digits: &str, unit: u64) -> u64 {
    let (mut value, mut scale) = (0_u64, 1.0_f64);
    for digit in digits.bytes() {
        if value > (i64::MAX as u64) / 10 {
            break;
        }
        let next = value * 10 + u64::from(digit - b'0');
        if next > i64::MIN.unsigned_abs() {
            break;
        }
        value = next;
        scale *= 10.0;
    }
    (value as f64 * (unit as f64 / scale)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_gos() {
        for (text, nanos) in [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("1h2m3s", Some(3_723_000_000_000)),
            ("-1.5h", Some(-5_400_000_000_000)),
            ("+5ms", Some(5_000_000)),
            (".5s", Some(500_000_000)),
            ("1.s", Some(1_000_000_000)),
            ("1µs1μs1us1ns", Some(3_001)),
            ("0.100000000000000000000h", Some(360_000_000_000)),
            ("9223372036854775807ns", Some(i64::MAX)),
            ("-9223372036854775808ns", Some(i64::MIN)),
            ("9223372036854775808ns", None),
            ("2562048h", None),
            ("", None),
            ("-", None),
            ("1", None),
            ("1 s", None),
            (".s", None),
            ("1d", None),
            ("0.0", None),
        ] {
            assert_eq!(duration(text), nanos, "{text}");
        }
    }

    #[test]
    fn floats_of_every_form_are_rounded_once() {
        for (text, value) in [
            ("1.5", 1.5),
            (".5", 0.5),
            ("5.", 5.0),
            ("1_0.2_5e1", 102.5),
            ("0x1p-2", 0.25),
            ("0x.8p1", 1.0),
            ("0x1.fffffffffffffp1023", f64::MAX),
            ("0x1p-1074", f64::from_bits(1)),
            ("0x1.8p-1074", f64::from_bits(2)),
            ("0x1p-1075", 0.0),
            ("0x1.00000000000008p0", 1.0),
            ("0x1.000000000000080001p0", 1.0 + f64::EPSILON),
            ("0x1p-99999999999999999999", 0.0),
        ] {
            assert_eq!(float(text), Ok(value), "{text}");
        }
        assert!(float("1e999").is_err() && float("0x1p1024").is_err());
    }

    #[test]
    fn escapes_are_gos() {
        for (source, text) in [
            (r#""\a\b\f\n\r\t\v\\\"""#, "\x07\x08\x0c\n\r\t\x0b\\\""),
            (r#""\101\x41\u0041\U00000041""#, "AAAA"),
            (r#""\xc3\xa9""#, "é"),
            (r"'\''", "'"),
            ("`a\\n\r\nb`", "a\\n\nb"),
        ] {
            assert_eq!(unquote(source).as_deref(), Ok(text), "{source}");
        }
        assert!(unquote(r#""\xff""#).is_err());
    }
}
