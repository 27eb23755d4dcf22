//! The end of a server: nothing that was accepted is lost, and nobody holds it up.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tests::client::{Client, LIST_ENTRY, METRIC};
use tests::http2::{self, Caller, DATA, Failed, GOAWAY, HEADERS, Http2, frame};
use tests::programs::Serving;
use tokio::task::JoinSet;
use tonic::Code;

use crate::gate::{request, serve, succeed, until};
use crate::operations::get;

/// Long before the default's end.
const SOON: Duration = Duration::from_secs(8);

#[tokio::test]
async fn nobody_holds_it_up() {
    let served = serve(|_| {}).await;
    let idle = served.client().await;
    succeed(&idle).await;
    // A body that never ends, and another that goes on and on.
    let mut stuck = Http2::connect(served.address, &[]).await;
    let head = |id| frame(HEADERS, 4, id, &http2::headers(LIST_ENTRY, &[]));
    stuck
        .send(&[head(1), frame(DATA, 0, 1, &[0])].concat())
        .await;
    // Answers that nobody reads.
    let mut greedy = Http2::connect(served.address, &[(4, 0)]).await;
    greedy.request(1, LIST_ENTRY, &request("deny")).await;
    // Somebody who watches the health.
    let mut watching = Http2::connect(served.address, &[]).await;
    watching
        .request(1, "/grpc.health.v1.Health/Watch", &[])
        .await;
    watching.next_of(DATA).await.expect("it is healthy");
    let code = r#"{adapter="gate",template="listentry",code="OK"}"#;
    until("the calls are answered", || {
        served.metric("requests_total", code) == 2
    })
    .await;
    let stopped = tokio::time::timeout(SOON, served.stop());
    stopped.await.expect("long before the drain timeout");
}

#[tokio::test]
async fn it_says_that_it_is_not_ready_before_it_ends() {
    let served = serve(|settings| {
        settings.ops_address = Some("127.0.0.1:0".into());
        settings.shutdown_delay = Duration::from_millis(500);
    })
    .await;
    let (ops, client) = (served.ops.expect("a port"), served.client().await);
    assert_eq!(get(ops, "/readyz").await.0, 200);
    let mut health = client
        .stream("/grpc.health.v1.Health/Watch", &[])
        .await
        .expect("it can be watched");
    let message = health
        .message()
        .await
        .expect("no error")
        .expect("a message");
    assert_eq!(&message[..], [8, 1], "it serves");
    let mut other = Http2::connect(served.address, &[]).await;
    let metrics = served.metrics.clone();
    let stopping = served.begin_stop();
    let message = health
        .message()
        .await
        .expect("no error")
        .expect("a message");
    assert_eq!(&message[..], [8, 2], "it doesn't any more");
    assert_eq!(get(ops, "/readyz").await, (503, "shutting down\n".into()));
    assert_eq!(get(ops, "/healthz").await.0, 200, "it is well all the same");
    assert!(metrics.encode().contains("mixer_adapter_ready 0"));
    // Who has not noticed yet is still served.
    succeed(&client).await;
    assert!(other.next_of(GOAWAY).await.is_some());
    stopping.await.expect("no panic");
}

/// Reports of a client until there is no server any more: those that were acknowledged, and how it
/// ended.
async fn report(address: SocketAddr, name: String, params: Vec<u8>) -> (Vec<String>, Failed) {
    let mut client = Caller::new(address);
    let mut taken = Vec::new();
    loop {
        let item = format!("{name}-{}", taken.len());
        match client.call(METRIC, &instance(&item, &params)).await {
            Ok(()) => taken.push(item),
            Err(failed) => return (taken, failed),
        }
    }
}

fn instance(name: &str, params: &[u8]) -> Vec<u8> {
    let mut instance = vec![0xfa, 0xd2, 0xe4, 0x93, 0x02, name.len() as u8];
    instance.extend(name.as_bytes());
    let mut request = vec![0x0a, instance.len() as u8];
    request.extend(instance);
    let any = prost_types::Any {
        type_url: "type.googleapis.com/test.exporter.Params".into(),
        value: params.into(),
    };
    prost::encoding::message::encode(2, &any, &mut request);
    request
}

/// The configuration of the program `exporter`: `file` is its first field.
fn exporter_params(file: &std::path::Path) -> Vec<u8> {
    let mut params = Vec::new();
    let file = file.to_str().expect("UTF-8").to_owned();
    prost::encoding::string::encode(1, &file, &mut params);
    params
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_under_the_load_of_64_clients_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("items");
    let arguments = [
        "serve",
        "0",
        "--ops-address",
        "none",
        "--drain-timeout",
        "20s",
    ];
    let mut program = Serving::start("exporter", &arguments, folder.path());
    let mut clients = JoinSet::new();
    for client in 0..64 {
        let (name, params) = (format!("c{client}"), exporter_params(&file));
        clients.spawn(report(program.address, name, params));
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let begun = Instant::now();
    let ended = tokio::task::spawn_blocking(move || program.end("TERM"));
    let status = ended.await.expect("no panic");
    assert!(status.success(), "{status}");
    assert!(begun.elapsed() < Duration::from_secs(22));
    let mut taken = Vec::new();
    for (of_one, ended) in clients.join_all().await {
        taken.extend(of_one);
        assert_eq!(ended, Failed::Gone);
    }
    assert!(taken.len() > 640, "{}", taken.len());
    let text = std::fs::read_to_string(&file).expect("the items");
    let written: std::collections::HashSet<&str> = text.lines().collect();
    for item in &taken {
        assert!(written.contains(item.as_str()), "{item} was acknowledged");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_recover_when_a_killed_server_is_started_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("items");
    let first = ["serve", "0", "--ops-address", "none"];
    let mut program = Serving::start("exporter", &first, folder.path());
    let address = program.address;
    let client = Client::connect(address).await;
    let request = instance("item", &exporter_params(&file));
    client.call(METRIC, &request).await.expect("it is served");
    program.end("KILL");
    let (code, _) = client.fail(METRIC, &request).await;
    assert_eq!(code, Code::Unavailable);
    let port = address.port().to_string();
    let again = [
        "serve",
        &port,
        "--address",
        "127.0.0.1",
        "--ops-address",
        "none",
    ];
    let mut program = Serving::start("exporter", &again, folder.path());
    client
        .call(METRIC, &request)
        .await
        .expect("the same client is served");
    assert!(program.end("TERM").success());
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = [
        "serve",
        "0",
        "--ops-address",
        "none",
        "--shutdown-delay",
        "1h",
    ];
    let mut program = Serving::start("exporter", &arguments, folder.path());
    program.signal("TERM");
    program.wait_for_log("SIGTERM: shutting down");
    // Those of the first second count as one.
    std::thread::sleep(Duration::from_millis(1500));
    let status = program.end("TERM");
    assert_eq!(status.code(), Some(1));
    program.wait_for_log("SIGTERM again");
}
