//! Random messages: valid ones in every form that a writer may choose, and damaged ones.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use tests::random::{Random, bytes, key, string, unknown, varint};

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
        Kind::String => string(random, number, out),
        Kind::Bytes => {
            let len = random.below(20);
            let content = Vec::from_iter((0..len).map(|_| random.any() as u8));
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
            out.extend(random.any().to_le_bytes());
        }
        other => panic!("no template has a field of {other:?}"),
    }
}
