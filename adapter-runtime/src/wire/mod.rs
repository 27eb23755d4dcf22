//! Reading protobuf from a slice, without copying and without generated code.
//!
//! Every function takes the remaining bytes by value and returns what is left, so a decoder is a
//! chain of slices in registers. Lengths and numbers may be non-minimal varints, as Mixer writes
//! them. Nothing here panics on any input; nesting is bounded by [`Depth`].
//!
//! What is inlined is chosen by measurement, with `tests/benches/decode.rs`: reading keys, lengths
//! and numbers is part of the loop over the fields; what takes the content of a string or a message
//! is a function, which returns no more than whether that failed; errors are made out of line.

mod envelope;
mod error;
mod merge;

pub(crate) use envelope::{AnyRef, Envelope};
pub use error::DecodeError;
pub use merge::Merge;
pub(crate) use merge::nested;

use error::Problem;

/// What follows a field's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireType {
    /// A number of 1 to 10 bytes.
    Varint,
    /// 8 bytes.
    Fixed64,
    /// A length and that many bytes.
    Len,
    /// The start of a group, which proto3 doesn't use.
    StartGroup,
    /// The end of a group.
    EndGroup,
    /// 4 bytes.
    Fixed32,
}

impl WireType {
    #[inline(always)]
    fn of_key(key: u8) -> Option<WireType> {
        match key & 7 {
            0 => Some(WireType::Varint),
            1 => Some(WireType::Fixed64),
            2 => Some(WireType::Len),
            3 => Some(WireType::StartGroup),
            4 => Some(WireType::EndGroup),
            5 => Some(WireType::Fixed32),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            WireType::Varint => "a varint",
            WireType::Fixed64 => "8 bytes",
            WireType::Len => "a length and bytes",
            WireType::StartGroup => "the start of a group",
            WireType::EndGroup => "the end of a group",
            WireType::Fixed32 => "4 bytes",
        }
    }
}

/// How many more messages may be nested in one another.
#[derive(Clone, Copy, Debug)]
pub struct Depth(u8);

impl Depth {
    /// The depth of an outermost message: 100 may be nested in it, as in Google's own parsers.
    pub const ROOT: Depth = Depth(100);

    #[inline(always)]
    pub(crate) fn deeper(self) -> Result<Depth, DecodeError> {
        match self.0.checked_sub(1) {
            Some(left) => Ok(Depth(left)),
            None => Err(Problem::TooDeep.into()),
        }
    }
}

/// What is left of the input after something was read.
pub type Rest<'a> = Result<&'a [u8], DecodeError>;

/// Calls `field` for each field of a message with its number, its wire type and the bytes that
/// follow; `field` returns what is left after the field, for which [`skip`] helps.
#[inline(always)]
pub(crate) fn message<'a>(
    mut input: &'a [u8],
    mut field: impl FnMut(u32, WireType, &'a [u8]) -> Rest<'a>,
) -> Result<(), DecodeError> {
    while !input.is_empty() {
        let (number, wire, rest) = key(input)?;
        input = field(number, wire, rest)?;
    }
    Ok(())
}

#[inline(always)]
fn key(input: &[u8]) -> Result<(u32, WireType, &[u8]), DecodeError> {
    match input {
        // Numbers up to 15 leave the key one byte.
        [key @ 0x08..0x80, rest @ ..] if let Some(wire) = WireType::of_key(*key) => {
            Ok((u32::from(key >> 3), wire, rest))
        }
        _ => long_key(input),
    }
}

#[inline(never)]
fn long_key(input: &[u8]) -> Result<(u32, WireType, &[u8]), DecodeError> {
    let (key, rest) = varint(input)?;
    match (u32::try_from(key >> 3), WireType::of_key(key as u8)) {
        (Ok(number @ 1..=0x1FFF_FFFF), Some(wire)) => Ok((number, wire, rest)),
        _ => Err(Problem::Key(key).into()),
    }
}

#[inline(always)]
pub(crate) fn varint(input: &[u8]) -> Result<(u64, &[u8]), DecodeError> {
    match input {
        [byte @ ..0x80, rest @ ..] => Ok((u64::from(*byte), rest)),
        // Mixer writes lengths in two bytes, also where one would do.
        [low, high @ ..0x80, rest @ ..] => {
            Ok((u64::from(low & 0x7F) | u64::from(*high) << 7, rest))
        }
        _ => long_varint(input),
    }
}

#[cold]
fn long_varint(input: &[u8]) -> Result<(u64, &[u8]), DecodeError> {
    let mut value = 0_u64;
    for (index, &byte) in input.iter().enumerate().take(10) {
        // The tenth byte holds the 64th bit alone.
        if index == 9 && byte > 1 {
            return Err(Problem::Varint.into());
        }
        value |= u64::from(byte & 0x7F) << (7 * index);
        if byte < 0x80 {
            return Ok((value, &input[index + 1..]));
        }
    }
    Err(if input.len() < 10 {
        Problem::Truncated
    } else {
        Problem::Varint
    }
    .into())
}

/// A varint field.
#[inline(always)]
pub(crate) fn number(wire: WireType, input: &[u8]) -> Result<(u64, &[u8]), DecodeError> {
    expect(WireType::Varint, wire)?;
    varint(input)
}

/// A field of `N` bytes.
#[inline]
pub(crate) fn fixed<const N: usize>(
    expected: WireType,
    wire: WireType,
    input: &[u8],
) -> Result<([u8; N], &[u8]), DecodeError> {
    expect(expected, wire)?;
    match input.split_first_chunk() {
        Some((bytes, rest)) => Ok((*bytes, rest)),
        None => Err(Problem::Truncated.into()),
    }
}

/// A field of bytes: a string, a message, packed numbers.
#[inline(always)]
pub(crate) fn bytes(wire: WireType, input: &[u8]) -> Result<(&[u8], &[u8]), DecodeError> {
    expect(WireType::Len, wire)?;
    let (len, rest) = varint(input)?;
    match usize::try_from(len)
        .ok()
        .and_then(|len| rest.split_at_checked(len))
    {
        Some(split) => Ok(split),
        None => Err(Problem::Length {
            len,
            left: rest.len(),
        }
        .into()),
    }
}

/// A string field.
#[inline(always)]
pub(crate) fn string(wire: WireType, input: &[u8]) -> Result<(&str, &[u8]), DecodeError> {
    let (text, rest) = bytes(wire, input)?;
    Ok((utf8(text)?, rest))
}

/// The text of a string.
#[inline(always)]
pub(crate) fn utf8(text: &[u8]) -> Result<&str, DecodeError> {
    // Nearly all texts are ASCII, and this check takes a third of the other's time.
    match ascii::AsciiStr::from_ascii(text) {
        Ok(text) => Ok(text.as_str()),
        Err(_) => not_ascii(text),
    }
}

#[cold]
fn not_ascii(text: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(text).map_err(|error| Problem::Utf8(error.valid_up_to()).into())
}

/// Skips a field that the message doesn't know.
pub fn skip(number: u32, wire: WireType, input: &[u8]) -> Rest<'_> {
    match wire {
        WireType::Varint => Ok(varint(input)?.1),
        WireType::Fixed64 => Ok(fixed::<8>(wire, wire, input)?.1),
        WireType::Fixed32 => Ok(fixed::<4>(wire, wire, input)?.1),
        WireType::Len => Ok(bytes(wire, input)?.1),
        WireType::StartGroup => skip_group(number, input),
        WireType::EndGroup => Err(Problem::Group.into()),
    }
}

fn skip_group(number: u32, mut input: &[u8]) -> Rest<'_> {
    let mut open = vec![number];
    while let Some(&innermost) = open.last() {
        let (number, wire, rest) = key(input)?;
        input = match wire {
            WireType::StartGroup if open.len() >= usize::from(Depth::ROOT.0) => {
                return Err(Problem::TooDeep.into());
            }
            WireType::StartGroup => {
                open.push(number);
                rest
            }
            WireType::EndGroup if number == innermost => {
                open.pop();
                rest
            }
            _ => skip(number, wire, rest)?,
        };
    }
    Ok(input)
}

#[inline(always)]
fn expect(expected: WireType, found: WireType) -> Result<(), DecodeError> {
    if expected == found {
        return Ok(());
    }
    Err(unexpected(expected, found))
}

#[cold]
fn unexpected(expected: WireType, found: WireType) -> DecodeError {
    Problem::WireType {
        expected: expected.name(),
        found: found.name(),
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(input: &[u8]) -> Result<Vec<u32>, String> {
        let mut seen = Vec::new();
        message(input, |number, wire, rest| {
            seen.push(number);
            skip(number, wire, rest)
        })
        .map_err(|error| error.to_string())?;
        Ok(seen)
    }

    #[test]
    fn unknown_fields_of_every_wire_type_are_skipped() {
        let input = [
            0x08, 0x96, 0x81, 0x00, // 1: a non-minimal varint
            0x11, 1, 2, 3, 4, 5, 6, 7, 8, // 2: 8 bytes
            0x1A, 0x82, 0x00, b'h', b'i', // 3: a string with a non-minimal length
            0x23, 0x2B, 0x08, 0x01, 0x2C, 0x24, // 4: a group that holds group 5
            0x35, 1, 2, 3, 4, // 6: 4 bytes
        ];
        assert_eq!(numbers(&input), Ok(vec![1, 2, 3, 4, 6]));
        for end in 1..input.len() {
            let whole_fields = [4, 13, 18, 24];
            assert_eq!(
                numbers(&input[..end]).is_ok(),
                whole_fields.contains(&end),
                "{end}"
            );
        }
    }

    #[test]
    fn what_is_not_protobuf_is_refused() {
        for input in [
            &[0x07][..],                                             // wire type 7
            &[0x00, 0x01],                                           // field 0
            &[0x0C],                                                 // the end of no group
            &[0x0B, 0x14],                                           // the end of another group
            &[0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],             // a length beyond the input
            &[0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2], // 65 bits
            &[0xFF; 11],
        ] {
            assert!(numbers(input).is_err(), "{input:?}");
        }
        assert!(numbers(&[0x0B; 100_000]).is_err());
    }
}
