//! What an adapter has running beside its calls, and what it has gathered, when its handler ends.

use std::path::Path;
use std::time::Duration;

use adapter_runtime::{AdapterConfig as _, Registration, Server};
use tests::client::{Client, METRIC};
use tests::programs::Serving;
use tests::served::Served;

use crate::captures::append_config;
use crate::exporter::{Exporter, Params};
use crate::lifecycle::until;

const ITEMS: usize = 500;

pub(crate) fn params(file: &Path, fault: &str) -> Params {
    Params {
        file: file.to_str().expect("UTF-8").to_owned(),
        fault: fault.to_owned(),
        ..Params::defaults()
    }
}

/// A report of one metric.
pub(crate) fn report(name: &str, params: &Params) -> Vec<u8> {
    // instances: { name }
    let mut instance = vec![0xfa, 0xd2, 0xe4, 0x93, 0x02, name.len() as u8];
    instance.extend(name.as_bytes());
    let mut request = vec![0x0a, instance.len() as u8];
    request.extend(instance);
    append_config(&mut request, "test.exporter.Params", &params.encode());
    request
}

async fn fill(client: &Client, params: &Params) {
    for item in 0..ITEMS {
        let request = report(&format!("item{item}"), params);
        client.call(METRIC, &request).await.expect("it is taken");
    }
}

/// Whether every item was written, once, and after the last of them what `close` schedules.
fn complete(file: &Path) -> bool {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let mut lines: Vec<_> = text.lines().collect();
    let last = lines.pop();
    lines.sort_unstable();
    let mut items: Vec<_> = (0..ITEMS).map(|item| format!("item{item}")).collect();
    items.sort_unstable();
    last == Some("closed") && lines == items
}

async fn exporter(configure: impl FnOnce(Server) -> Server) -> (Served, adapter_runtime::Metrics) {
    let mut metrics = None;
    let served = Served::with([Registration::new::<Exporter>()], |server| {
        metrics = Some(server.metrics());
        configure(server)
    });
    let served = served.await;
    (served, metrics.expect("it was configured"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_loses_nothing_that_was_gathered() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("names");
    let (served, metrics) = exporter(|server| server).await;
    fill(&served.client().await, &params(&file, "")).await;
    assert!(!file.exists(), "it is gathered until the end");
    served.stop().await;
    assert!(complete(&file));
    assert_eq!(count(&metrics, "mixer_adapter_tasks"), 0);
    assert_eq!(count(&metrics, "mixer_adapter_daemons"), 0);
    assert_eq!(count(&metrics, "mixer_adapter_handlers"), 0);
    assert_eq!(count(&metrics, "mixer_adapter_handlers_closed_total"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_handler_loses_nothing_either() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("names");
    let idle = Duration::from_millis(500);
    let (served, metrics) = exporter(|server| server.idle_close(idle)).await;
    fill(&served.client().await, &params(&file, "")).await;
    until(|| count(&metrics, "mixer_adapter_handlers_closed_total") == 1).await;
    assert!(complete(&file));
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_loses_nothing_either() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("names");
    let mut program = Serving::start("exporter", &["serve", "0"], folder.path());
    let client = Client::connect(program.address).await;
    fill(&client, &params(&file, "")).await;
    let status = tokio::task::spawn_blocking(move || program.end("TERM"));
    assert!(status.await.expect("no panic").success());
    assert!(complete(&file));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_that_panics_harms_nobody_and_is_counted_and_logged() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("names");
    let mut program = Serving::start("exporter", &["serve", "0"], folder.path());
    let client = Client::connect(program.address).await;
    fill(&client, &params(&file, "daemon")).await;
    let log = program.log();
    let line = log.lines().find(|line| line.contains("the daemon at"));
    let line = line.unwrap_or_else(|| panic!("{log}"));
    assert!(line.contains("no luck"), "{line}");
    assert!(line.contains("exporter.rs:"), "{line}");
    assert!(line.contains("adapter=\"exporter\""), "{line}");
    assert!(line.contains("handler=\"exporter-"), "{line}");
    assert!(program.end("TERM").success());
    assert!(complete(&file));
}

#[tokio::test(flavor = "multi_thread")]
async fn panics_are_counted_by_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let (served, metrics) = exporter(|server| server).await;
    let client = served.client().await;
    fill(&client, &params(&folder.path().join("a"), "daemon")).await;
    let file = folder.path().join("b");
    fill(&client, &params(&file, "close")).await;
    assert_eq!(count(&metrics, "mixer_adapter_daemons"), 2);
    served.stop().await;
    assert!(
        complete(&file),
        "what `close` had scheduled before it panicked"
    );
    let text = metrics.encode();
    for place in ["daemon", "close"] {
        let line = format!(r#"mixer_adapter_panics_total{{adapter="exporter",place="{place}"}} 1"#);
        assert!(text.contains(&line), "{text}");
    }
}

/// The value of a metric that has only the adapter as its label, of the only adapter.
pub(crate) fn count(metrics: &adapter_runtime::Metrics, name: &str) -> i64 {
    let text = metrics.encode();
    let start = format!("{name}{{adapter=");
    let line = text.lines().find(|line| line.starts_with(&start));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok())
        .unwrap_or_else(|| panic!("no {name} in {text}"))
}
