//! Decoding and dropping of captured reports, against prost in the same run.
//!
//! `cargo bench -p tests --bench decode` prints ratios, which are steady where times are not: of the
//! time, and of the instructions and allocations, which valgrind counts, if it is installed, in
//! further runs of this program. So nothing that counts slows down what is timed.
//!
//! Given `ours` or `prost`, the name of a capture and a number, the program does no more than decode
//! the capture so many times, for a profiler to look at.

use std::collections::HashMap;
use std::env;
use std::hint::black_box;

use adapter_runtime::proto::policy;
use adapter_runtime::template::{decode, metric};
use prost::Message;
use tests::conformance;
use tests::measure::{Counted, print_ratio, shortest};

const CAPTURES: [&str; 2] = ["istio_HandleMetric", "report_many50_HandleMetric"];

/// The request as prost's own generator has it.
#[derive(Clone, PartialEq, prost::Message)]
struct Report {
    #[prost(message, repeated, tag = "1")]
    instances: Vec<Instance>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Instance {
    #[prost(message, optional, tag = "1")]
    value: Option<policy::Value>,
    #[prost(map = "string, message", tag = "2")]
    dimensions: HashMap<String, policy::Value>,
    #[prost(string, tag = "3")]
    monitored_resource_type: String,
    #[prost(map = "string, message", tag = "4")]
    monitored_resource_dimensions: HashMap<String, policy::Value>,
    #[prost(string, tag = "72295727")]
    name: String,
}

fn ours(request: &[u8]) {
    let instances = decode::instances::<metric::Instance>(black_box(request));
    black_box(instances.expect("a captured request"));
}

fn prost(request: &[u8]) {
    black_box(Report::decode(black_box(request)).expect("a captured request"));
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [decoder, capture, times] = arguments.as_slice() {
        let decode = if decoder == "ours" { ours } else { prost };
        let request = conformance::capture(capture).expect("the captures");
        let times: u32 = times.parse().expect("a number");
        (0..times).for_each(|_| decode(&request));
        return;
    }
    for capture in CAPTURES {
        let Some(request) = conformance::capture(capture) else {
            return;
        };
        println!("{capture}, {} bytes, ours to prost's:", request.len());
        let repetitions = 200_000 / request.len().max(1) as u32 + 1;
        let time = |decode: fn(&[u8])| shortest(repetitions, || decode(&request));
        let (a, b) = (time(ours), time(prost));
        let ratio = a.as_secs_f64() / b.as_secs_f64();
        println!("  time          {ratio:.3}  ({a:.2?}, {b:.2?})");
        for what in [Counted::Instructions, Counted::Allocations] {
            print_ratio(what, &["ours", capture], &["prost", capture]);
        }
    }
}
