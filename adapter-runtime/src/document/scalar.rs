//! What a scalar without quotes is, as Mixer's parser of YAML has it.
//!
//! That parser is go-yaml 2: YAML 1.1 with `y` and `n` as booleans, but without numbers to base 60,
//! and with what looks like a date left a text.

/// What a scalar without quotes and tag is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scalar {
    Null,
    Bool(bool),
    Integer(i128),
    Float(f64),
    /// Infinite or not a number, which JSON can't hold.
    NotFinite,
    Text,
}

/// What a scalar in YAML is.
pub(super) fn yaml(text: &str) -> Scalar {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Scalar::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Scalar::Bool(false);
        }
        _ => {}
    }
    match text.as_bytes()[0] {
        b'.' => match text {
            ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN" => Scalar::NotFinite,
            _ => float(text),
        },
        b'0'..=b'9' | b'+' | b'-' => match &text[1..] {
            ".inf" | ".Inf" | ".INF" if !text.starts_with(|c: char| c.is_ascii_digit()) => {
                Scalar::NotFinite
            }
            _ => number(&text.replace('_', "")),
        },
        _ => Scalar::Text,
    }
}

/// What a scalar in JSON is, where all that has no quotes is a number or a word of JSON's.
pub(super) fn json(text: &str) -> Scalar {
    match text {
        "null" => Scalar::Null,
        "true" => Scalar::Bool(true),
        "false" => Scalar::Bool(false),
        _ => match integer(text) {
            Some(integer) => Scalar::Integer(integer),
            None => match text.parse::<f64>() {
                Ok(float) if float.is_finite() => Scalar::Float(float),
                _ => Scalar::NotFinite,
            },
        },
    }
}

fn number(text: &str) -> Scalar {
    match integer(text) {
        Some(integer) => Scalar::Integer(integer),
        None => float(text),
    }
}

/// An integer of 64 bits as Go writes it: decimal, or with one of its prefixes.
fn integer(text: &str) -> Option<i128> {
    let (sign, digits) = match text.as_bytes() {
        [b'-', ..] => (-1, &text[1..]),
        [b'+', ..] => (1, &text[1..]),
        _ => (1, text),
    };
    let (base, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    // Else a second sign would be read.
    if !digits.bytes().all(|digit| digit.is_ascii_alphanumeric()) {
        return None;
    }
    let value = sign * i128::from(u64::from_str_radix(digits, base).ok()?);
    let signed = text.starts_with(['-', '+']);
    (!signed || i64::try_from(value).is_ok()).then_some(value)
}

/// A decimal number, or a text where it is malformed or beyond all doubles.
fn float(text: &str) -> Scalar {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (
            mantissa,
            exponent.strip_prefix(['-', '+']).unwrap_or(exponent),
        ),
        None => (unsigned, "0"),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let well_formed = match mantissa.split_once('.') {
        Some(("", fraction)) => !fraction.is_empty() && digits(fraction),
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => !mantissa.is_empty() && digits(mantissa),
    };
    if !well_formed || exponent.is_empty() || !digits(exponent) {
        return Scalar::Text;
    }
    match text.parse::<f64>() {
        Ok(float) if float.is_finite() => Scalar::Float(float),
        _ => Scalar::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_and_nothing_are_those_of_yaml_1_1() {
        for text in [
            "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "TRUE",
        ] {
            assert_eq!(yaml(text), Scalar::Bool(true), "{text}");
        }
        for text in ["n", "N", "no", "No", "NO", "off", "Off", "OFF", "False"] {
            assert_eq!(yaml(text), Scalar::Bool(false), "{text}");
        }
        for text in ["", "~", "null", "Null", "NULL"] {
            assert_eq!(yaml(text), Scalar::Null, "{text}");
        }
    }

    #[test]
    fn numbers_are_gos() {
        for (text, value) in [
            ("0", 0),
            ("-0", 0),
            ("+1", 1),
            ("1_000", 1_000),
            ("1__0_", 10),
            ("017", 15),
            ("0o17", 15),
            ("-017", -15),
            ("0x1F", 31),
            ("0X_ff", 255),
            ("0b101", 5),
            ("-0b1", -1),
            ("9223372036854775808", 1 << 63),
            ("18446744073709551615", i128::from(u64::MAX)),
            ("-9223372036854775808", i128::from(i64::MIN)),
        ] {
            assert_eq!(yaml(text), Scalar::Integer(value), "{text}");
        }
        for (text, value) in [
            ("1e3", 1_000.0),
            ("1.", 1.0),
            ("-.5", -0.5),
            (".5", 0.5),
            (".5e1", 5.0),
            ("1_0.5", 10.5),
            ("08", 8.0),
            ("6.02E+23", 6.02e23),
            ("18446744073709551616", 18_446_744_073_709_551_616.0),
            ("+18446744073709551615", 18_446_744_073_709_551_615.0),
        ] {
            assert_eq!(yaml(text), Scalar::Float(value), "{text}");
        }
        for text in [".inf", "-.Inf", "+.INF", ".nan", ".NaN"] {
            assert_eq!(yaml(text), Scalar::NotFinite, "{text}");
        }
    }

    #[test]
    fn all_else_is_text() {
        for text in [
            "yEs",
            "yess",
            "nULL",
            "tRUE",
            "1:30",
            "2001-12-14",
            "_1",
            "0x",
            "0xg",
            "0b2",
            "-",
            "+",
            ".",
            "..",
            "1e",
            "e3",
            "1.2.3",
            "1e400",
            "--1",
            "0x-1",
            ".5_0",
            "1.inf",
            "<<",
            "=",
            "-0b",
            "1 000",
            "\u{661}",
            "0x1p-2",
        ] {
            assert_eq!(yaml(text), Scalar::Text, "{text}");
        }
    }

    #[test]
    fn json_has_no_traps() {
        assert_eq!(json("-5"), Scalar::Integer(-5));
        assert_eq!(json("1E2"), Scalar::Float(100.0));
        assert_eq!(json("1e400"), Scalar::NotFinite);
    }
}
