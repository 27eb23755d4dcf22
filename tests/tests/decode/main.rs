//! The decoders of templates agree with prost's, on whatever may be on the wire.
//!
//! `DECODE_CASES=1000000 cargo test -p tests --test decode` tries a million messages.

mod generate;

use tests::agreement::{self, Agreement, Verdict};
use tests::everything;
use tests::random::{Random, damage};

/// How many messages are tried: what `DECODE_CASES` says, or few enough for every run.
fn cases() -> u64 {
    match std::env::var("DECODE_CASES") {
        Ok(cases) => cases.parse().expect("DECODE_CASES is a number"),
        Err(_) => 30_000,
    }
}

#[test]
fn decoders_agree_with_prost() {
    let templates = agreement::all();
    let (mut accepted, mut refused, mut stricter) = (0_u64, 0_u64, 0_u64);
    for seed in 0..cases() {
        let template = &templates[seed as usize % templates.len()];
        let mut random = Random::new(seed);
        let mut request = generate::message(&mut random, template.request());
        let check = |request: &[u8]| {
            std::panic::catch_unwind(|| template.check(request))
                .unwrap_or_else(|_| panic!("seed {seed}: {request:02x?}"))
        };
        assert_eq!(check(&request), Verdict::Accepted, "seed {seed}");
        damage(&mut random, &mut request);
        match check(&request) {
            Verdict::Accepted => accepted += 1,
            Verdict::Refused => refused += 1,
            Verdict::Stricter => stricter += 1,
        }
    }
    println!("{accepted} accepted, {refused} refused by both, {stricter} by ours alone");
    assert!(accepted > cases() / 20, "the damage does too much");
    assert!(refused > cases() / 20, "the damage does too little");
    assert!(stricter < cases() / 50, "ours refuses too much");
}

#[test]
fn what_an_output_writes_is_read_back() {
    let template = Agreement::of::<everything::Template>();
    for seed in 0..cases() / 10 {
        let request = generate::message(&mut Random::new(seed), template.request());
        everything::check_output(&request);
    }
}

#[test]
fn a_hundred_messages_may_be_nested() {
    let template = Agreement::of::<everything::Template>();
    let verdict = |depth: usize| {
        // Outermost an entry of the instance's parts, which holds a part, which holds an entry, …
        let mut message = Vec::new();
        for level in (0..depth).rev() {
            let key = if level % 2 == 0 { 0x12 } else { 0x1A };
            message = wrap(&[key], &message);
        }
        let instance = wrap(&[0xBA, 0x01], &message);
        template.check(&wrap(&[0x0A], &instance))
    };
    // A hundred with the instance and its entry.
    assert_eq!(verdict(98), Verdict::Accepted);
    assert_ne!(verdict(99), Verdict::Accepted);
    assert_eq!(verdict(10_000), Verdict::Refused);
}

fn wrap(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut out = key.to_vec();
    prost::encoding::encode_varint(message.len() as u64, &mut out);
    out.extend(message);
    out
}
