//! What operators write, as Mixer sees it: every number is a `float64`.

use adapter_runtime::document::{Content, Node};

use super::schema::Scalar;
use super::write;

/// The type of a value in Mixer's errors.
pub(super) fn go_type(node: &Node) -> &'static str {
    match node.content() {
        Content::Bool(_) => "bool",
        Content::Integer(_) | Content::Float(_) => "float64",
        Content::Text(_) => "string",
        Content::Sequence(_) => "[]interface {}",
        Content::Mapping(_) => "map[string]interface {}",
        _ => "<nil>",
    }
}

/// Why a value is no scalar of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// It is of another type.
    Type,
    /// It is a number that would not arrive as it is written.
    Range(String),
}

/// Writes a scalar without its key.
pub(super) fn write(scalar: Scalar, node: &Node, to: &mut Vec<u8>) -> Result<(), Unfit> {
    match (scalar, node.content()) {
        (Scalar::String, Content::Text(text)) => write::bytes(text.as_bytes(), to),
        (Scalar::Bool, Content::Bool(value)) => to.push(u8::from(*value)),
        (Scalar::String | Scalar::Bool, _) => return Err(Unfit::Type),
        (Scalar::Double, _) => to.extend(float(node)?.to_le_bytes()),
        (Scalar::Float, _) => to.extend((float(node)? as f32).to_le_bytes()),
        _ => integer(scalar, int(node)?, to)?,
    }
    Ok(())
}

/// A text as a key of a map.
pub(super) fn write_key(scalar: Scalar, text: &str, to: &mut Vec<u8>) -> Result<(), Unfit> {
    match scalar {
        Scalar::String => write::bytes(text.as_bytes(), to),
        Scalar::Bool | Scalar::Double | Scalar::Float => return Err(Unfit::Type),
        _ => integer(scalar, parse(text).ok_or(Unfit::Type)?, to)?,
    }
    Ok(())
}

/// Writes an integer that was written by an operator; Mixer would cut off what the type has no
/// room for.
fn integer(scalar: Scalar, number: i64, to: &mut Vec<u8>) -> Result<(), Unfit> {
    let fits = match scalar {
        Scalar::Int32 | Scalar::Sfixed32 | Scalar::Sint32 => i32::try_from(number).is_ok(),
        Scalar::Uint32 | Scalar::Fixed32 => u32::try_from(number).is_ok(),
        Scalar::Uint64 | Scalar::Fixed64 => number >= 0,
        _ => true,
    };
    if !fits {
        let name = scalar.proto_name().trim_start_matches("TYPE_");
        let name = name.to_ascii_lowercase();
        return Err(Unfit::Range(format!(
            "{number} is beyond what {name} holds"
        )));
    }
    any_integer(scalar, number, to);
    Ok(())
}

/// Writes an integer as the type has it, cutting off what it has no room for.
pub(super) fn any_integer(scalar: Scalar, number: i64, to: &mut Vec<u8>) {
    match scalar {
        Scalar::Fixed64 | Scalar::Sfixed64 => to.extend(number.to_le_bytes()),
        Scalar::Fixed32 | Scalar::Sfixed32 => to.extend((number as u32).to_le_bytes()),
        Scalar::Sint32 => {
            let number = number as i32;
            let zigzag = (number << 1) ^ (number >> 31);
            write::varint(u64::from(zigzag.cast_unsigned()), to);
        }
        Scalar::Sint64 => write::varint(((number << 1) ^ (number >> 63)).cast_unsigned(), to),
        _ => write::varint(number.cast_unsigned(), to),
    }
}

fn float(node: &Node) -> Result<f64, Unfit> {
    match node.content() {
        Content::Integer(number) => Ok(*number as f64),
        Content::Float(number) => Ok(*number),
        _ => int(node).map(|number| number as f64),
    }
}

/// An integer: a number, or a text with one.
pub(super) fn int(node: &Node) -> Result<i64, Unfit> {
    match node.content() {
        Content::Integer(number) => {
            if (*number as f64) as i128 != *number {
                let error = format!("{number} is no float64, which all numbers are in Mixer");
                return Err(Unfit::Range(error));
            }
            let too_big = || Unfit::Range(format!("{number} is beyond what int64 holds"));
            i64::try_from(*number).map_err(|_| too_big())
        }
        Content::Float(number) => {
            // The bounds are exact; the upper one is no int64 any more.
            let fits = (-2_f64.powi(63)..2_f64.powi(63)).contains(number);
            match fits && number.fract() == 0.0 {
                true => Ok(*number as i64),
                false => Err(Unfit::Type),
            }
        }
        Content::Text(text) => parse(text).ok_or(Unfit::Type),
        _ => Err(Unfit::Type),
    }
}

/// An integer as Go 1.12 reads one of any base.
fn parse(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix(['-', '+']) {
        Some(digits) => (&text[..1], digits),
        None => ("", text),
    };
    let (radix, digits) = match digits.strip_prefix(['0']) {
        None | Some("") => (10, digits),
        Some(rest) => match rest.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => (16, hexadecimal),
            None => (8, rest),
        },
    };
    match digits.starts_with(['+', '-']) {
        true => None,
        false => i64::from_str_radix(&format!("{sign}{digits}"), radix).ok(),
    }
}

/// A text without the quotes that make it a constant, if it has them.
pub(super) fn unquoted(text: &str) -> Option<&str> {
    let within = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
    within('\'').or_else(|| within('"'))
}

#[cfg(test)]
mod tests {
    use super::{parse, unquoted};

    #[test]
    fn integers_are_those_of_go() {
        for (text, number) in [
            ("0", Some(0)),
            ("-12", Some(-12)),
            ("+7", Some(7)),
            ("0x1F", Some(31)),
            ("010", Some(8)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("9223372036854775808", None),
            ("08", None),
            ("1.5", None),
            ("--1", None),
            ("0x", None),
            ("", None),
        ] {
            assert_eq!(parse(text), number, "{text}");
        }
    }

    #[test]
    fn constants_have_quotes_on_both_sides() {
        for (text, constant) in [
            ("'abc'", Some("abc")),
            (r#""a'c""#, Some("a'c")),
            ("''", Some("")),
            ("'", None),
            ("'abc", None),
            ("`abc`", None),
            (".", None),
        ] {
            assert_eq!(unquoted(text), constant, "{text}");
        }
    }
}
