//! Writing protobuf as Mixer does.

use adapter_runtime::value::{TimeStamp, ValueType};

use crate::attribute::ValueRef;

/// Room that is left for a length before it is known. Mixer fills it with a varint that may be
/// longer than it need be.
const LENGTH: usize = 2;

pub(super) fn varint(mut value: u64, to: &mut Vec<u8>) {
    while value > 0x7F {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

fn varint_len(value: u64) -> usize {
    // 7 bits a byte, and at least one.
    (u64::BITS - (value | 1).leading_zeros()).div_ceil(7) as usize
}

/// The wire type of a length and that many bytes.
pub(super) const LEN: u32 = 2;

pub(super) fn key(number: u32, wire_type: u32, to: &mut Vec<u8>) {
    varint(u64::from(number) << 3 | u64::from(wire_type), to);
}

/// A length and that many bytes.
pub(super) fn bytes(bytes: &[u8], to: &mut Vec<u8>) {
    varint(bytes.len() as u64, to);
    to.extend_from_slice(bytes);
}

/// A field of bytes, with its key.
pub(super) fn bytes_field(number: u32, content: &[u8], to: &mut Vec<u8>) {
    key(number, LEN, to);
    bytes(content, to);
}

/// Leaves room for the length of what follows; where that begins.
#[inline]
pub(super) fn begin(to: &mut Vec<u8>) -> usize {
    to.extend_from_slice(&[0; LENGTH]);
    to.len()
}

/// Fills in the length of what follows `start`, which [`begin`] gave.
#[inline]
pub(super) fn end(start: usize, to: &mut Vec<u8>) {
    let len = to.len() - start;
    if len < 1 << 14 {
        to[start - 2] = len as u8 | 0x80;
        to[start - 1] = (len >> 7) as u8;
    } else {
        let mut length = Vec::with_capacity(5);
        varint(len as u64, &mut length);
        to.splice(start - LENGTH..start, length);
    }
}

/// A value that is not of the type that it is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mismatch {
    /// It is of another type.
    Type,
    /// A time before the year 1 or after the year 9999, which protobuf has no form for.
    Time(TimeStamp),
}

/// Writes what `istio.policy.v1beta1.Value` holds of a type, with its length before it.
pub(super) fn value(ty: ValueType, value: &ValueRef<'_>, to: &mut Vec<u8>) -> Result<(), Mismatch> {
    match (ty, value) {
        (ValueType::String, ValueRef::String(text)) => {
            varint((1 + varint_len(text.len() as u64) + text.len()) as u64, to);
            to.push(0x0A);
            bytes(text.as_bytes(), to);
        }
        (ValueType::Int64, ValueRef::Int64(number)) => {
            let number = number.cast_unsigned();
            varint(1 + varint_len(number) as u64, to);
            to.push(0x10);
            varint(number, to);
        }
        (ValueType::Double, ValueRef::Double(number)) => {
            to.extend_from_slice(&[9, 0x19]);
            to.extend_from_slice(&number.to_le_bytes());
        }
        (ValueType::Bool, ValueRef::Bool(value)) => {
            to.extend_from_slice(&[2, 0x20, u8::from(*value)]);
        }
        _ => {
            let start = to.len();
            // The length of the member and its key; nearly all are shorter than 128 bytes.
            to.extend_from_slice(&[0, member(ty).ok_or(Mismatch::Type)?]);
            if let Err(mismatch) = named(ty, value, to) {
                to.truncate(start);
                return Err(mismatch);
            }
            let len = to.len() - start - 1;
            if len < 0x80 {
                to[start] = len as u8;
            } else {
                let mut length = Vec::with_capacity(5);
                varint(len as u64, &mut length);
                to.splice(start..=start, length);
            }
        }
    }
    Ok(())
}

/// The key of a member of `Value` that is a message.
fn member(ty: ValueType) -> Option<u8> {
    let number = match ty {
        ValueType::IpAddress => 5,
        ValueType::Timestamp => 6,
        ValueType::Duration => 7,
        ValueType::EmailAddress => 8,
        ValueType::DnsName => 9,
        ValueType::Uri => 10,
        _ => return None,
    };
    Some(number << 3 | LEN as u8)
}

/// Writes a message of `istio/policy/v1beta1/type.proto`, such as `IPAddress`, with its length
/// before it. What is empty or zero in it is left out.
pub(super) fn named(ty: ValueType, value: &ValueRef<'_>, to: &mut Vec<u8>) -> Result<(), Mismatch> {
    match (ty, value) {
        (ValueType::EmailAddress | ValueType::DnsName | ValueType::Uri, ValueRef::String(text)) => {
            wrapped(text.as_bytes(), to);
        }
        (ValueType::IpAddress, ValueRef::IpAddress(address)) => wrapped(address.as_bytes(), to),
        (ValueType::Timestamp, ValueRef::TimeStamp(time)) => {
            // Of the years 1 and 10000.
            const VALID: std::ops::Range<i64> = -62_135_596_800..253_402_300_800;
            if !VALID.contains(&time.seconds()) || !(0..1_000_000_000).contains(&time.nanos()) {
                return Err(Mismatch::Time(*time));
            }
            parts(time.seconds(), time.nanos(), to);
        }
        (ValueType::Duration, ValueRef::Duration(duration)) => {
            parts(duration.seconds(), duration.nanos(), to);
        }
        _ => return Err(Mismatch::Type),
    }
    Ok(())
}

fn wrapped(content: &[u8], to: &mut Vec<u8>) {
    match content.len() {
        0 => to.push(0),
        len => {
            varint((1 + varint_len(len as u64) + len) as u64, to);
            to.push(0x0A);
            bytes(content, to);
        }
    }
}

/// A `Duration` or a `TimeStamp` around that of `google.protobuf`.
fn parts(seconds: i64, nanos: i32, to: &mut Vec<u8>) {
    let start = to.len();
    to.extend_from_slice(&[0, 0x0A]);
    inner_parts(seconds, nanos, to);
    // Two varints of ten bytes at most.
    to[start] = (to.len() - start - 1) as u8;
}

/// `google.protobuf.Duration` or `Timestamp`, with its length before it.
pub(super) fn inner_parts(seconds: i64, nanos: i32, to: &mut Vec<u8>) {
    let start = to.len();
    to.push(0);
    if seconds != 0 {
        to.push(0x08);
        varint(seconds.cast_unsigned(), to);
    }
    if nanos != 0 {
        to.push(0x10);
        varint(i64::from(nanos).cast_unsigned(), to);
    }
    to[start] = (to.len() - start - 1) as u8;
}

#[cfg(test)]
mod tests {
    use super::{begin, end, varint};

    #[test]
    fn lengths_have_two_bytes_or_more() {
        for (len, expected) in [
            (0, &[0x80, 0x00][..]),
            (22, &[0x96, 0x00]),
            (300, &[0xAC, 0x02]),
            (16_383, &[0xFF, 0x7F]),
            (16_384, &[0x80, 0x80, 0x01]),
        ] {
            let mut bytes = vec![7];
            let start = begin(&mut bytes);
            bytes.resize(bytes.len() + len, 1);
            end(start, &mut bytes);
            assert_eq!(&bytes[1..=expected.len()], expected);
            assert_eq!(bytes.len(), 1 + expected.len() + len);
        }
    }

    #[test]
    fn varints_are_minimal() {
        for value in [0, 1, 127, 128, 1 << 14, u64::MAX] {
            let mut bytes = Vec::new();
            varint(value, &mut bytes);
            assert_eq!(bytes.len(), super::varint_len(value));
        }
    }
}
