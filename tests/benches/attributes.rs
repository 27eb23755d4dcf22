//! Reading the attributes of a captured report: a bag is made of the bytes and every attribute read
//! once, and noted. Against prost, in the same run, which only decodes the message.
//!
//! `cargo bench -p tests --bench attributes` prints ratios.

use std::env;
use std::hint::black_box;

use adapter_mixer::attribute::{Attributes, GlobalDictionary, Name, Tracked, WireBag};
use adapter_mixer::proto::ReceivedReport;
use adapter_mixer::proto::mixer::CompressedAttributes;
use prost::Message;
use tests::conformance;
use tests::measure::{Counted, print_ratio, shortest};

fn ours(message: &[u8], names: &[Name]) {
    let bag = WireBag::decode(black_box(message), GlobalDictionary::istio());
    let bag = Tracked::new(bag.expect("a captured request"));
    for name in names {
        black_box(bag.get_named(name));
    }
}

fn prost(message: &[u8]) {
    black_box(CompressedAttributes::decode(black_box(message)).expect("a captured request"));
}

fn main() {
    let Some(request) = conformance::capture("istio_Report") else {
        return;
    };
    let request = ReceivedReport::decode(&request).expect("a captured request");
    let message = request.attributes[0];
    let bag = WireBag::decode(message, GlobalDictionary::istio()).expect("a captured request");
    let names: Vec<Name> = bag.names().into_iter().map(Name::new).collect();
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [reader, times] = arguments.as_slice() {
        for _ in 0..times.parse().expect("a number") {
            match reader.as_str() {
                "ours" => ours(message, &names),
                _ => prost(message),
            }
        }
        return;
    }
    println!(
        "{} attributes in {} bytes, read and noted by us, to decoded by prost:",
        names.len(),
        message.len()
    );
    let (a, b) = (
        shortest(200, || ours(message, &names)),
        shortest(200, || prost(message)),
    );
    let ratio = a.as_secs_f64() / b.as_secs_f64();
    println!("  time          {ratio:.3}  ({a:.2?}, {b:.2?})");
    for what in [Counted::Instructions, Counted::Allocations] {
        print_ratio(what, &["ours"], &["prost"]);
    }
}
