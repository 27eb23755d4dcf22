//! Decoding and dropping of captured reports, against prost in the same run.
//!
//! `cargo bench -p tests --bench decode` prints ratios, which are steady where times are not. For
//! instruction counts, run the binary that it names under `valgrind --tool=callgrind` with
//! `ours` or `prost` as its argument, which decodes each capture a thousand times.

#[path = "../tests/decode/oracle.rs"]
#[allow(dead_code)]
mod oracle;

use std::hint::black_box;
use std::time::{Duration, Instant};

use adapter_runtime::template::{decode, metric};
use prost::Message;
use tests::conformance;

const CAPTURES: [&str; 2] = ["istio_HandleMetric", "report_many50_HandleMetric"];

fn ours(request: &[u8]) {
    let instances = decode::instances::<metric::Instance>(black_box(request));
    black_box(instances.expect("a captured request"));
}

fn prost(request: &[u8]) {
    black_box(oracle::Report::decode(black_box(request)).expect("a captured request"));
}

/// The shortest of many short runs, which others on the machine disturb least.
fn shortest(decode: fn(&[u8]), request: &[u8]) -> Duration {
    let repetitions = 200_000 / request.len().max(1) + 1;
    let run = || {
        let start = Instant::now();
        (0..repetitions).for_each(|_| decode(request));
        start.elapsed() / repetitions as u32
    };
    (0..200).map(|_| run()).min().unwrap_or_default()
}

fn main() {
    let only = std::env::args().find_map(|argument| match argument.as_str() {
        "ours" => Some(ours as fn(&[u8])),
        "prost" => Some(prost as fn(&[u8])),
        _ => None,
    });
    for name in CAPTURES {
        let Some(request) = conformance::capture(name) else {
            return;
        };
        if let Some(decode) = only {
            (0..1000).for_each(|_| decode(&request));
            continue;
        }
        let (ours, prost) = (shortest(ours, &request), shortest(prost, &request));
        let ratio = ours.as_secs_f64() / prost.as_secs_f64();
        println!(
            "{name}, {} bytes: {ratio:.2} of prost ({ours:?}, {prost:?})",
            request.len()
        );
    }
}
