//! The decoders of templates agree with prost's, on whatever may be on the wire.
//!
//! `DECODE_CASES=1000000 cargo test -p tests --test decode` tries a million messages.

mod generate;
mod oracle;

use adapter_runtime::template::{decode, metric};
use prost::Message;
use tests::random::{Random, damage};

/// How many messages are tried: what `DECODE_CASES` says, or few enough for every run.
fn cases() -> u64 {
    match std::env::var("DECODE_CASES") {
        Ok(cases) => cases.parse().expect("DECODE_CASES is a number"),
        Err(_) => 200_000,
    }
}

#[test]
fn decoders_agree_with_prost() {
    let (mut accepted, mut refused, mut stricter) = (0_u64, 0_u64, 0_u64);
    for seed in 0..cases() {
        let mut random = Random::new(seed);
        let mut request = generate::report(&mut random);
        // Every other one as it is, for most damage makes a message that both refuse.
        if seed % 2 == 0 {
            damage(&mut random, &mut request);
        }
        let ours = decode::instances::<metric::Instance>(&request);
        let theirs = oracle::Report::decode(request.as_slice());
        match (ours, theirs) {
            (Ok(ours), Ok(theirs)) => {
                let theirs: Vec<_> = theirs.instances.into_iter().map(Into::into).collect();
                assert!(
                    same(&ours, &theirs),
                    "seed {seed}: {ours:?} is not {theirs:?}"
                );
                accepted += 1;
            }
            (Err(_), Err(_)) => refused += 1,
            // prost doesn't look at the wire types within the entries of a map.
            (Err(error), Ok(_)) if error.problem().starts_with("expected ") => stricter += 1,
            (Err(error), Ok(_)) => panic!("seed {seed}: only ours refuses it: {error}"),
            (Ok(_), Err(error)) => panic!("seed {seed}: only prost refuses it: {error}"),
        }
    }
    println!("{accepted} accepted, {refused} refused by both, {stricter} by ours alone");
    assert!(
        accepted > cases() / 2,
        "the generator makes too few valid messages"
    );
    assert!(refused > cases() / 20, "the damage does too little");
    assert!(stricter < cases() / 50, "ours refuses too much");
}

/// Equal, doubles that are not numbers included.
fn same(ours: &[metric::Instance], theirs: &[metric::Instance]) -> bool {
    format!("{ours:?}") == format!("{theirs:?}")
}
