//! What a server keeps when configurations never stop coming: nothing. A process of its own, since
//! its memory is what is looked at.
#![cfg(target_os = "linux")]

#[path = "wire/exporter.rs"]
mod exporter;

use adapter_runtime::Registration;
use adapter_runtime::prelude::*;
use tests::client::METRIC;
use tests::served::Served;

const CONFIGURATIONS: usize = 3_000;
/// Less than a kilobyte for each of those that come after the first third.
const MOST: usize = 2_000_000;

/// The memory that this process has in use.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages = statm.split_whitespace().nth(1).expect("a field");
    pages.parse::<usize>().expect("a number") * 4096
}

#[tokio::test]
async fn memory_is_flat_however_many_configurations_come() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("names");
    let served = Served::with([Registration::new::<exporter::Exporter>()], |server| {
        server.max_handlers(8)
    });
    let served = served.await;
    let client = served.client().await;
    let mut before = 0;
    for number in 0..CONFIGURATIONS {
        let params = exporter::Params {
            file: file.to_str().expect("UTF-8").to_owned(),
            // What makes it another configuration, and a large one.
            fault: format!("{number:01000}"),
            ..exporter::Params::defaults()
        };
        let any = prost_types::Any {
            type_url: "type.googleapis.com/test.exporter.Params".into(),
            value: params.encode(),
        };
        let mut request = Vec::new();
        prost::encoding::message::encode(2, &any, &mut request);
        client.call(METRIC, &request).await.expect("it is served");
        if number == CONFIGURATIONS / 3 {
            before = resident();
        }
    }
    let grown = resident().saturating_sub(before);
    println!(
        "grown by {grown} bytes over {} configurations",
        CONFIGURATIONS * 2 / 3
    );
    assert!(grown < MOST, "{grown} bytes");
    served.stop().await;
}
