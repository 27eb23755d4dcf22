//! Mixer over a Unix socket calls the server `unix:///path`, in every request's `:authority`. That is no
//! authority, and HTTP/2 refuses such requests; so its slashes become hyphens before HTTP/2 sees it.
//!
//! The length stays, in letters and in bits, so that the table of headers that both sides keep stays the
//! same size.

use bytes::BytesMut;

const FRAME: usize = 9;
const HEADERS: u8 = 1;
const PADDED: u8 = 0x8;
const PRIORITY: u8 = 0x20;
/// The place of `:authority` in HPACK's static table.
const AUTHORITY: usize = 1;

/// Frames on their way, of which those with headers are held back until they are complete.
#[derive(Default)]
pub(super) struct Authority {
    held: BytesMut,
    /// How much of the frame that passes is still to come.
    passing: usize,
}

impl Authority {
    /// Takes what was read; what may be read on is added to `out`.
    pub(super) fn pass(&mut self, mut read: &[u8], out: &mut BytesMut) {
        while !read.is_empty() {
            if self.passing > 0 {
                let (now, rest) = read.split_at(self.passing.min(read.len()));
                out.extend_from_slice(now);
                self.passing -= now.len();
                read = rest;
                continue;
            }
            let wanted = match self.held.len() {
                head @ 0..FRAME => FRAME - head,
                held => FRAME + length(&self.held) - held,
            };
            let (now, rest) = read.split_at(wanted.min(read.len()));
            self.held.extend_from_slice(now);
            read = rest;
            if self.held.len() < FRAME {
                continue;
            }
            if self.held[3] != HEADERS {
                self.passing = length(&self.held);
            } else if self.held.len() < FRAME + length(&self.held) {
                continue;
            } else {
                // What can't be read is left to HTTP/2, which says what is wrong with it.
                let _ = correct(&mut self.held);
            }
            out.unsplit(self.held.split());
        }
    }
}

fn length(frame: &[u8]) -> usize {
    usize::from(frame[0]) << 16 | usize::from(frame[1]) << 8 | usize::from(frame[2])
}

/// Corrects the authority in a frame of headers.
fn correct(frame: &mut [u8]) -> Option<()> {
    let flags = frame[4];
    let mut at = FRAME;
    let mut end = frame.len();
    if flags & PADDED != 0 {
        end = end.checked_sub(usize::from(*frame.get(at)?))?;
        at += 1;
    }
    if flags & PRIORITY != 0 {
        at += 5;
    }
    let block = frame.get_mut(at..end)?;
    let mut at = 0;
    while let Some(first) = block.get(at) {
        // How many bits of the first byte are the index, and whether a value follows.
        let (bits, literal) = match first {
            0x80.. => (7, false),
            0x40.. => (6, true),
            0x20.. => (5, false),
            _ => (4, true),
        };
        let index = integer(block, &mut at, bits)?;
        if !literal {
            continue;
        }
        if index == 0 {
            let name = text(block, &mut at)?;
            at = name.end;
        }
        let huffman = block.get(at)? & 0x80 != 0;
        let value = text(block, &mut at)?;
        at = value.end;
        if index == AUTHORITY {
            match huffman {
                true => hyphenate_coded(&mut block[value])?,
                false => hyphenate(&mut block[value]),
            }
        }
    }
    Some(())
}

/// The place of a text's bytes, which begins with its length.
fn text(block: &[u8], at: &mut usize) -> Option<std::ops::Range<usize>> {
    let length = integer(block, at, 7)?;
    let end = at.checked_add(length)?;
    (end <= block.len()).then_some(*at..end)
}

/// A number as HPACK writes it, in so many bits of the first byte and more where they don't suffice.
fn integer(block: &[u8], at: &mut usize, bits: u32) -> Option<usize> {
    let most = (1 << bits) - 1;
    let mut number = usize::from(*block.get(*at)?) & most;
    *at += 1;
    if number < most {
        return Some(number);
    }
    for shift in [0, 7, 14] {
        let byte = usize::from(*block.get(*at)?);
        *at += 1;
        number += (byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn hyphenate(text: &mut [u8]) {
    if text.starts_with(b"unix:") {
        text.iter_mut()
            .filter(|byte| **byte == b'/')
            .for_each(|byte| *byte = b'-');
    }
}

/// The same in Huffman's code, in which both have six bits. None if there are letters with codes of more
/// than eight, which paths seldom have.
fn hyphenate_coded(text: &mut [u8]) -> Option<()> {
    const SLASH: u32 = 0b01_1000;
    const HYPHEN: u32 = 0b01_0110;
    let mut at = 0;
    while at < 8 * text.len() {
        let code = |bits| bits_at(text, at, bits);
        let bits = match (code(5), code(6), code(7), code(8)) {
            (0..=9, ..) => 5,
            (_, 20..=45, ..) => 6,
            (_, _, 92..=123, _) => 7,
            (.., 248..=253) => 8,
            // What fills the last byte.
            _ if 8 * text.len() - at < 8 => break,
            _ => return None,
        };
        if bits == 6 && code(6) == SLASH {
            set_bits(text, at, HYPHEN);
        }
        at += bits;
    }
    Some(())
}

/// So many bits, filled up with ones behind the end.
fn bits_at(text: &[u8], at: usize, bits: usize) -> u32 {
    let byte = |place| u32::from(text.get(place).copied().unwrap_or(0xFF));
    let two = byte(at / 8) << 8 | byte(at / 8 + 1);
    (two >> (16 - bits - at % 8)) & ((1 << bits) - 1)
}

/// Sets six bits.
fn set_bits(text: &mut [u8], at: usize, bits: u32) {
    for offset in 0..6 {
        let (place, mask) = ((at + offset) / 8, 0x80 >> ((at + offset) % 8));
        match bits >> (5 - offset) & 1 {
            0 => text[place] &= !mask,
            _ => text[place] |= mask,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
        let length = (payload.len() as u32).to_be_bytes();
        [&length[1..], &[kind, flags, 0, 0, 0, 1], payload].concat()
    }

    /// Passes in pieces of every size.
    fn pass(bytes: &[u8]) -> Vec<u8> {
        let whole = passed(bytes, bytes.len());
        for size in 1..bytes.len() {
            assert_eq!(passed(bytes, size), whole, "in pieces of {size}");
        }
        whole
    }

    fn passed(bytes: &[u8], size: usize) -> Vec<u8> {
        let (mut authority, mut out) = (Authority::default(), BytesMut::new());
        for piece in bytes.chunks(size) {
            authority.pass(piece, &mut out);
        }
        out.to_vec()
    }

    #[test]
    fn slashes_of_the_authority_become_hyphens_and_others_stay() {
        // :method POST, a literal :path /a/b, a literal :authority unix:///tmp/x.
        let block = |authority: &[u8]| {
            let mut block = b"\x83\x04\x04/a/b\x41\x0d".to_vec();
            block.extend(authority);
            block
        };
        let (wrong, right) = (block(b"unix:///tmp/x"), block(b"unix:---tmp-x"));
        let data = frame(0, 0, b"unix:///tmp/x");
        let all = [frame(HEADERS, 4, &wrong), data.clone()].concat();
        let corrected = [frame(HEADERS, 4, &right), data].concat();
        assert_eq!(pass(&all), corrected);
        let padded = |block: &[u8]| [&[2, 0, 0, 0, 0, 1], block, &[0x41, 0x0d]].concat();
        assert_eq!(
            pass(&frame(HEADERS, 4 | PADDED | PRIORITY, &padded(&wrong))),
            frame(HEADERS, 4 | PADDED | PRIORITY, &padded(&right))
        );
        let host = block(b"example/com/a");
        assert_eq!(pass(&frame(HEADERS, 4, &host)), frame(HEADERS, 4, &host));
    }

    #[test]
    fn a_coded_authority_keeps_its_letters() {
        // `unix:///tmp/x` and `unix:---tmp-x` in Huffman's code.
        let code = |text: &str| {
            let letters: Vec<&str> = text.chars().map(letter).collect();
            let mut bits = letters.concat();
            while !bits.len().is_multiple_of(8) {
                bits.push('1');
            }
            let bytes = bits.as_bytes().chunks(8);
            let byte = |bits: &[u8]| bits.iter().fold(0, |byte, bit| byte << 1 | (bit - b'0'));
            bytes.map(byte).collect::<Vec<u8>>()
        };
        let block = |text: &str| {
            let coded = code(text);
            [&[0x41, 0x80 | coded.len() as u8], coded.as_slice()].concat()
        };
        assert_eq!(
            pass(&frame(HEADERS, 4, &block("unix:///tmp/x"))),
            frame(HEADERS, 4, &block("unix:---tmp-x"))
        );
    }

    fn letter(letter: char) -> &'static str {
        match letter {
            'u' => "101101",
            'n' => "101010",
            'i' => "00110",
            'x' => "1111001",
            ':' => "1011100",
            '/' => "011000",
            '-' => "010110",
            't' => "01001",
            'm' => "101001",
            'p' => "101011",
            other => panic!("{other} is not in the test"),
        }
    }

    #[test]
    fn what_is_malformed_passes_as_it_is() {
        for block in [
            &b"\x41\x7f\xff\xff\xff"[..],
            b"\x41",
            b"\x41\x8d\xff",
            b"\x00\x05ab",
        ] {
            let bytes = frame(HEADERS, 4, block);
            assert_eq!(pass(&bytes), bytes);
        }
        let bytes = frame(HEADERS, PADDED, b"");
        assert_eq!(pass(&bytes), bytes);
    }
}
