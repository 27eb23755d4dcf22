//! Random messages: valid ones in every form that a writer may choose, and damaged ones.

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

const NAME: u32 = 72_295_727;

/// A report of the metric template.
pub(crate) fn report(random: &mut Random) -> Vec<u8> {
    let mut out = Vec::new();
    for _ in 0..random.below(4) {
        let instance = instance(random);
        bytes(random, 1, &instance, &mut out);
        unknown(random, &mut out);
    }
    out
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

fn instance(random: &mut Random) -> Vec<u8> {
    let mut out = Vec::new();
    // Any field may come again: a message is merged, a map grows, a string is replaced.
    for _ in 0..random.below(8) {
        match random.below(6) {
            0 => {
                let value = value(random);
                bytes(random, 1, &value, &mut out);
            }
            field @ (1 | 2) => {
                let entry = entry(random, value);
                bytes(random, field as u32 * 2, &entry, &mut out);
            }
            3 => string(random, 3, &mut out),
            4 => string(random, NAME, &mut out),
            _ => unknown(random, &mut out),
        }
    }
    out
}

fn entry(random: &mut Random, value: fn(&mut Random) -> Vec<u8>) -> Vec<u8> {
    let mut out = Vec::new();
    for _ in 0..random.below(4) {
        match random.below(5) {
            0 | 1 => string(random, 1, &mut out),
            2 | 3 => {
                let value = value(random);
                bytes(random, 2, &value, &mut out);
            }
            _ => unknown(random, &mut out),
        }
    }
    out
}

fn value(random: &mut Random) -> Vec<u8> {
    let mut out = Vec::new();
    // A member of the oneof that follows another replaces it; the same one is merged.
    for _ in 0..=random.below(2) {
        match random.below(13) {
            1 => string(random, 1, &mut out),
            field @ (2 | 4) => {
                key(random, field as u32, 0, &mut out);
                let number = random.number();
                varint(random, number, &mut out);
            }
            3 => {
                key(random, 3, 1, &mut out);
                out.extend(random.next().to_le_bytes());
            }
            5 => {
                let len = random.below(20) as usize;
                let address: Vec<u8> = (0..len).map(|_| random.next() as u8).collect();
                let mut wrapper = Vec::new();
                bytes(random, 1, &address, &mut wrapper);
                bytes(random, 5, &wrapper, &mut out);
            }
            field @ (6 | 7) => {
                let mut wrapper = Vec::new();
                for _ in 0..random.below(3) {
                    let time = seconds_and_nanos(random);
                    bytes(random, 1, &time, &mut wrapper);
                }
                bytes(random, field as u32, &wrapper, &mut out);
            }
            field @ 8..=10 => {
                let mut wrapper = Vec::new();
                for _ in 0..random.below(3) {
                    string(random, 1, &mut wrapper);
                }
                bytes(random, field as u32, &wrapper, &mut out);
            }
            11 => {
                let mut wrapper = Vec::new();
                for _ in 0..random.below(4) {
                    let entry = text_entry(random);
                    bytes(random, 1, &entry, &mut wrapper);
                }
                bytes(random, 11, &wrapper, &mut out);
            }
            _ => unknown(random, &mut out),
        }
    }
    out
}

fn text_entry(random: &mut Random) -> Vec<u8> {
    let mut out = Vec::new();
    for _ in 0..random.below(4) {
        let field = 1 + random.below(2) as u32;
        string(random, field, &mut out);
    }
    out
}

fn seconds_and_nanos(random: &mut Random) -> Vec<u8> {
    let mut out = Vec::new();
    for _ in 0..random.below(3) {
        let field = 1 + random.below(2) as u32;
        key(random, field, 0, &mut out);
        let number = random.number();
        varint(random, number, &mut out);
    }
    out
}

/// Few different texts, so that keys repeat.
fn string(random: &mut Random, field: u32, out: &mut Vec<u8>) {
    let text = match random.below(6) {
        0 => String::new(),
        1 => "ü€𝄞".to_owned(),
        2 => "x".repeat(random.below(60) as usize),
        _ => format!("key{}", random.below(5)),
    };
    bytes(random, field, text.as_bytes(), out);
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
