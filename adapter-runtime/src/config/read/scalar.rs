//! Values that hold no others.

use std::time::Duration;

use super::Encoder;
use crate::config::field::{ConfigField, encode_bytes};
use crate::config::place::{Encoding, Slot};
use crate::config::{EnumInfo, Kind, Scalar};
use crate::document::{Content, Node, Problem, quote};
use crate::suggest;
use crate::value::TimeStamp;

/// The first second of the year 1, with which protobuf's time begins.
const FIRST_SECOND: i64 = -62_135_596_800;

/// Appends the value of a field as Mixer does.
pub(super) fn encode(
    kind: &Kind,
    tag: u32,
    node: &Node,
    encoder: Encoder,
    out: &mut Vec<u8>,
) -> Result<(), Problem> {
    let slot = |encoding| Slot { tag, encoding };
    let (plain, zigzag, fixed) = (
        slot(Encoding::Plain),
        slot(Encoding::Zigzag),
        slot(Encoding::Fixed),
    );
    match kind {
        Kind::Scalar(scalar) => match scalar {
            Scalar::Bool => node.as_bool()?.encode(plain, out),
            Scalar::Int32 => node.as_integer::<i32>()?.encode(plain, out),
            Scalar::Int64 => node.as_integer::<i64>()?.encode(plain, out),
            Scalar::Uint32 => node.as_integer::<u32>()?.encode(plain, out),
            Scalar::Uint64 => node.as_integer::<u64>()?.encode(plain, out),
            Scalar::Sint32 => node.as_integer::<i32>()?.encode(zigzag, out),
            Scalar::Sint64 => node.as_integer::<i64>()?.encode(zigzag, out),
            Scalar::Fixed32 => node.as_integer::<u32>()?.encode(fixed, out),
            Scalar::Fixed64 => node.as_integer::<u64>()?.encode(fixed, out),
            Scalar::Sfixed32 => node.as_integer::<i32>()?.encode(fixed, out),
            Scalar::Sfixed64 => node.as_integer::<i64>()?.encode(fixed, out),
            Scalar::Float => float(node)?.encode(plain, out),
            Scalar::Double => node.as_f64()?.encode(plain, out),
            Scalar::String => encode_bytes(tag, node.as_str()?.as_bytes(), out),
        },
        Kind::Secret => encode_bytes(tag, node.as_secret_str()?.as_bytes(), out),
        Kind::Duration => duration(node)?.encode(plain, out),
        Kind::Timestamp => time(node)?.encode(plain, out),
        Kind::Enum(of) => number(of.info(), node, encoder)?.encode(plain, out),
        Kind::Message(_)
        | Kind::OneOf(_)
        | Kind::Optional(_)
        | Kind::Repeated(_)
        | Kind::Map(..) => {
            unreachable!("who calls this takes what holds other values apart")
        }
    }
    Ok(())
}

/// Something that has a value of this kind, for the place of one that can't be read: without it,
/// the elements behind it would have other indices.
pub(super) fn encode_empty(kind: &Kind, tag: u32, out: &mut Vec<u8>) {
    match kind {
        Kind::Scalar(Scalar::String) | Kind::Secret | Kind::Message(_) => {
            encode_bytes(tag, b"", out);
        }
        Kind::Scalar(Scalar::Double) => 0_f64.encode(Slot::plain(tag), out),
        Kind::Scalar(Scalar::Float) => 0_f32.encode(Slot::plain(tag), out),
        Kind::Scalar(Scalar::Fixed32 | Scalar::Sfixed32) => {
            let encoding = Encoding::Fixed;
            0_u32.encode(Slot { tag, encoding }, out);
        }
        Kind::Scalar(Scalar::Fixed64 | Scalar::Sfixed64) => {
            let encoding = Encoding::Fixed;
            0_u64.encode(Slot { tag, encoding }, out);
        }
        _ => 0_i32.encode(Slot::plain(tag), out),
    }
}

fn float(node: &Node) -> Result<f32, Problem> {
    let number = node.as_f64()? as f32;
    if number.is_finite() {
        return Ok(number);
    }
    let message = format!("{} is out of range", quote(node.span().text()));
    let (min, max) = (f32::MIN, f32::MAX);
    Err(Problem::error(node.span(), message).help(format!("write one from {min:e} to {max:e}")))
}

fn duration(node: &Node) -> Result<Duration, Problem> {
    let duration = node.as_duration()?;
    Duration::try_from(duration).map_err(|_| {
        let message = format!("a duration must not be negative, got {duration}");
        Problem::error(node.span(), message).help("write `0s` or more")
    })
}

/// A time as RFC 3339 has it, from the year 1 to 9999: what Mixer takes.
fn time(node: &Node) -> Result<TimeStamp, Problem> {
    let help = "write e.g. `2026-01-02T03:04:05Z`";
    let text = match node.content() {
        Content::Text(text) => text,
        _ => return Err(node.not("a time").help(help)),
    };
    let has_form = matches!(
        text.as_bytes(),
        [_, _, _, _, b'-', _, _, b'-', _, _, b'T', _, _, b':', _, _, b':', _, _, .., last]
            if matches!(last, b'Z' | b'0'..=b'9')
    );
    match text.parse::<jiff::Timestamp>() {
        Ok(time) if has_form && time.as_second() >= FIRST_SECOND => {
            // Nanoseconds count forward, which is not how this type has them before 1970.
            let nanos = time.as_nanosecond();
            let (seconds, nanos) = (
                nanos.div_euclid(1_000_000_000),
                nanos.rem_euclid(1_000_000_000),
            );
            Ok(TimeStamp::new(seconds as i64, nanos as i32))
        }
        _ => {
            let message = format!("{} is no time", quote(text));
            Err(Problem::error(node.span(), message).help(help))
        }
    }
}

/// The number of a value of an enum, which is written by its name.
fn number(info: &EnumInfo, node: &Node, encoder: Encoder) -> Result<i32, Problem> {
    let names: Vec<_> = info.values.iter().map(|value| value.name).collect();
    if let Content::Integer(number) = node.content() {
        let message = format!("expected a name, got the integer `{number}`");
        let value = info
            .values
            .iter()
            .find(|it| i128::from(it.number) == *number);
        let help = match value {
            Some(value) if encoder == Encoder::Compiled => return Ok(value.number),
            Some(value) => format!("write `{}`", value.name),
            None => suggest::instead("value", "", &names),
        };
        return Err(Problem::error(node.span(), message).help(help));
    }
    let name = node.as_str()?;
    let value = info.values.iter().find(|value| value.name == name);
    value.map(|value| value.number).ok_or_else(|| {
        let message = format!("{} is no value of `{}`", quote(name), info.name);
        Problem::error(node.span(), message).help(suggest::instead("value", name, &names))
    })
}
