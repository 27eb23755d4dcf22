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
use std::process::Command;
use std::time::{Duration, Instant};

use adapter_runtime::proto::policy;
use adapter_runtime::template::{decode, metric};
use prost::Message;
use tests::conformance;

const CAPTURES: [&str; 2] = ["istio_HandleMetric", "report_many50_HandleMetric"];

const CALLGRIND: &[&str] = &["--tool=callgrind", "--callgrind-out-file=/dev/null"];
const MEMCHECK: &[&str] = &["--tool=memcheck", "--leak-check=no"];

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

/// What one of valgrind's tools counts in a decoding: the number after `label` in its summary.
fn counted(tool: &[&str], label: &str, decoder: &str, capture: &str) -> Option<f64> {
    let run = |times: u32| {
        let output = Command::new("valgrind")
            .args(tool)
            .arg(env::current_exe().ok()?)
            .args([decoder, capture, &times.to_string()])
            .output()
            .ok()?;
        let summary = String::from_utf8_lossy(&output.stderr);
        let (_, rest) = summary.split_once(label)?;
        let number = rest.split_whitespace().next()?.replace(',', "");
        number.parse::<f64>().ok()
    };
    // The difference, without what the program does before and after.
    Some((run(600)? - run(100)?) / 500.0)
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
        let (a, b) = (shortest(ours, &request), shortest(prost, &request));
        let ratio = a.as_secs_f64() / b.as_secs_f64();
        println!("  time          {ratio:.3}  ({a:.2?}, {b:.2?})");
        for (what, tool, label) in [
            ("instructions", CALLGRIND, "Collected : "),
            ("allocations ", MEMCHECK, "total heap usage: "),
        ] {
            let count = |decoder| counted(tool, label, decoder, capture);
            match (count("ours"), count("prost")) {
                (Some(a), Some(b)) => println!("  {what}  {:.3}  ({a:.0}, {b:.0})", a / b),
                _ => println!("  {what}  not counted: is valgrind installed?"),
            }
        }
    }
}
