//! Random bytes of messages, in every form that a writer may choose.

/// A generator of numbers that gives the same for the same seed: SplitMix64.
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    /// Gives the same numbers for the same seed.
    #[must_use]
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// Any number.
    #[must_use]
    pub fn any(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below a bound.
    #[must_use]
    pub fn below(&mut self, bound: u64) -> u64 {
        self.any() % bound
    }

    /// True once in so many times.
    #[must_use]
    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// A number of any size, small ones as often as large ones.
    #[must_use]
    pub fn number(&mut self) -> u64 {
        let bits = self.below(65);
        if bits == 0 {
            0
        } else {
            self.any() >> (64 - bits)
        }
    }
}

/// Few different texts, so that keys repeat.
pub fn string(random: &mut Random, field: u32, out: &mut Vec<u8>) {
    let text = match random.below(6) {
        0 => String::new(),
        1 => "ü€𝄞".to_owned(),
        2 => "x".repeat(random.below(60) as usize),
        _ => format!("key{}", random.below(5)),
    };
    bytes(random, field, text.as_bytes(), out);
}

/// A field that the message doesn't have, of any wire type.
pub fn unknown(random: &mut Random, out: &mut Vec<u8>) {
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

/// A field of bytes.
pub fn bytes(random: &mut Random, field: u32, bytes: &[u8], out: &mut Vec<u8>) {
    key(random, field, 2, out);
    varint(random, bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

/// The key of a field.
pub fn key(random: &mut Random, field: u32, wire: u32, out: &mut Vec<u8>) {
    varint(random, u64::from(field << 3 | wire), out);
}

/// A varint, often longer than it need be, as Mixer writes lengths.
pub fn varint(random: &mut Random, mut value: u64, out: &mut Vec<u8>) {
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

/// Changes, removes or adds a few bytes.
pub fn damage(random: &mut Random, message: &mut Vec<u8>) {
    if message.is_empty() {
        return;
    }
    for _ in 0..=random.below(2) {
        let at = random.below(message.len() as u64) as usize;
        match random.below(4) {
            0 => message.truncate(at + 1),
            1 => message[at] = random.any() as u8,
            2 => message[at] ^= 1 << random.below(8),
            _ => message.insert(at, random.any() as u8),
        }
    }
}
