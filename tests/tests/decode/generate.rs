//! Random messages: valid ones in every form that a writer may choose, and damaged ones.

use tests::random::{Random, bytes, key, string, unknown, varint};

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
                out.extend(random.any().to_le_bytes());
            }
            5 => {
                let len = random.below(20) as usize;
                let address: Vec<u8> = (0..len).map(|_| random.any() as u8).collect();
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
