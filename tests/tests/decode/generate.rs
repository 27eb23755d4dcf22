//! Random messages: valid ones in every form that a writer may choose, and damaged ones.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

/// A generator of numbers that gives the same for the same seed: SplitMix64.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// A number of any size, small ones as often as large ones.
    fn number(&mut self) -> u64 {
        let bits = self.below(65);
        if bits == 0 {
            0
        } else {
            self.next() >> (64 - bits)
        }
    }
}

/// A message with some of its fields, in any order. Any field may come again: a message is merged,
/// a map grows, a string is replaced, and so is a member of a oneof by another.
pub(crate) fn message(random: &mut Random, message: &MessageDescriptor) -> Vec<u8> {
    fields(random, message, 0)
}

fn fields(random: &mut Random, message: &MessageDescriptor, depth: usize) -> Vec<u8> {
    // Of a request, an instance, an entry, a `Value`, its wrapper, an entry of that; and of
    // messages that hold messages of their own kind.
    const MOST: [u64; 7] = [3, 8, 3, 2, 3, 3, 1];
    let mut out = Vec::new();
    let known = Vec::from_iter(message.fields());
    let most = MOST.get(depth).copied().unwrap_or_default();
    for _ in 0..random.below(most + 1) {
        if random.one_in(8) || known.is_empty() {
            unknown(random, &mut out);
        } else {
            let chosen = random.below(known.len() as u64) as usize;
            let often = if random.one_in(100) { 40 } else { 1 };
            (0..often).for_each(|_| field(random, &known[chosen], depth, &mut out));
        }
    }
    out
}

fn field(random: &mut Random, field: &FieldDescriptor, depth: usize, out: &mut Vec<u8>) {
    let number = field.number();
    match field.kind() {
        Kind::String => {
            let text = text(random);
            bytes(random, number, text.as_bytes(), out);
        }
        Kind::Bytes => {
            let len = random.below(20);
            let content = Vec::from_iter((0..len).map(|_| random.next() as u8));
            bytes(random, number, &content, out);
        }
        Kind::Message(message) => {
            let content = fields(random, &message, depth + 1);
            bytes(random, number, &content, out);
        }
        Kind::Int64 | Kind::Int32 | Kind::Bool => {
            key(random, number, 0, out);
            let value = random.number();
            varint(random, value, out);
        }
        Kind::Double => {
            key(random, number, 1, out);
            out.extend(random.next().to_le_bytes());
        }
        other => panic!("no template has a field of {other:?}"),
    }
}

/// Changes, removes or adds a few bytes.
pub(crate) fn damage(random: &mut Random, message: &mut Vec<u8>) {
    if message.is_empty() {
        return;
    }
    for _ in 0..=random.below(2) {
        let at = random.below(message.len() as u64) as usize;
        match random.below(4) {
            0 => message.truncate(at + 1),
            1 => message[at] = random.next() as u8,
            2 => message[at] ^= 1 << random.below(8),
            _ => message.insert(at, random.next() as u8),
        }
    }
}

/// Few different texts, so that keys repeat.
fn text(random: &mut Random) -> String {
    match random.below(6) {
        0 => String::new(),
        1 => "ü€𝄞".to_owned(),
        2 => "x".repeat(random.below(60) as usize),
        _ => format!("key{}", random.below(5)),
    }
}

/// A field that the message doesn't have, of any wire type.
fn unknown(random: &mut Random, out: &mut Vec<u8>) {
    let field = 100 + random.below(1000) as u32;
    match random.below(5) {
        0 => {
            key(random, field, 0, out);
            let number = random.number();
            varint(random, number, out);
        }
        1 => {
            key(random, field, 1, out);
            out.extend([7; 8]);
        }
        2 => bytes(random, field, b"unknown", out),
        3 => {
            key(random, field, 5, out);
            out.extend([7; 4]);
        }
        _ => {
            key(random, field, 3, out);
            if random.one_in(2) {
                unknown(random, out);
            }
            key(random, field, 4, out);
        }
    }
}

fn bytes(random: &mut Random, field: u32, bytes: &[u8], out: &mut Vec<u8>) {
    key(random, field, 2, out);
    varint(random, bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

fn key(random: &mut Random, field: u32, wire: u32, out: &mut Vec<u8>) {
    varint(random, u64::from(field << 3 | wire), out);
}

/// A varint, often longer than it need be, as Mixer writes lengths.
fn varint(random: &mut Random, mut value: u64, out: &mut Vec<u8>) {
    let mut len = 1;
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
        len += 1;
    }
    let mut last = value as u8;
    while len < 9 && random.one_in(3) {
        out.push(last | 0x80);
        last = 0;
        len += 1;
    }
    out.push(last);
}
