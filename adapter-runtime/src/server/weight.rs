//! How much memory what is decoded from a request takes.

use crate::wire::{WireType, message, skip};

/// The most that a byte of a request becomes: an empty instance has two bytes and becomes a struct.
pub(super) const MOST: usize = 80;
/// What an element takes beside its bytes: an instance with nothing in it, or an entry of a map.
const INSTANCE: usize = 192;
const ENTRY: usize = 96;
/// How deep it is looked at; what is nested deeper is in what was counted.
const DEPTH: u32 = 3;

/// How much a request becomes, at most. Looks at every field, which decoding does too.
pub(super) fn of(request: &[u8]) -> usize {
    let mut weight = 2 * request.len();
    add(request, DEPTH, INSTANCE, &mut weight);
    weight
}

fn add(bytes: &[u8], depth: u32, each: usize, weight: &mut usize) {
    // What is no message is a text, which was counted with its bytes.
    let _ = message(bytes, |number, wire, input| {
        let rest = skip(number, wire, input)?;
        if wire == WireType::Len {
            *weight += each;
            if depth > 1 {
                let field = &input[..input.len() - rest.len()];
                let length = field.iter().position(|byte| byte & 0x80 == 0).unwrap_or(0);
                add(&field[length + 1..], depth - 1, ENTRY, weight);
            }
        }
        Ok(rest)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_weigh_more_than_their_bytes() {
        let empty = [0x0A, 0].repeat(1000);
        assert!(of(&empty) >= 1000 * INSTANCE);
        assert!(of(&empty) <= empty.len() * 2 * MOST);
        let text = [&[0x0A, 100][..], &[0x12, 98], &[b'x'; 98]].concat();
        assert!(of(&text) < 600, "{}", of(&text));
        // Entries of a map in an instance.
        let mut entries = vec![0x0A, 0x80, 0x01];
        entries.extend([0x12, 0].repeat(64));
        assert!(of(&entries) >= 64 * ENTRY);
        assert_eq!(of(b""), 0);
        assert_eq!(of(b"\xff\xff"), 4);
    }
}
