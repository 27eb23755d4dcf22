//! What operators ask: health, reflection, metrics, the log.

use std::net::SocketAddr;

use prost::Message as _;
use prost_reflect::DescriptorPool;
use prost_types::FileDescriptorProto;
use tests::client::{Client, LIST_ENTRY};
use tests::programs::Serving;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::Code;

use crate::gate::{request, serve, succeed};

/// The status and the body of an answer over HTTP.
pub(crate) async fn get(address: SocketAddr, path: &str) -> (u16, String) {
    http(address, "GET", path, "").await
}

async fn http(address: SocketAddr, method: &str, path: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream
        .write_all(request.as_bytes())
        .await
        .expect("it is open");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).expect("a status");
    (status.parse().expect("a number"), body.to_owned())
}

#[tokio::test]
async fn operators_have_a_port() {
    let served = serve(|settings| settings.ops_address = Some("127.0.0.1:0".into())).await;
    let ops = served.ops.expect("a port");
    let client = served.client().await;
    succeed(&client).await;
    client
        .call(LIST_ENTRY, &request("error"))
        .await
        .expect_err("it fails");
    assert_eq!(get(ops, "/healthz").await, (200, "ok\n".into()));
    assert_eq!(get(ops, "/readyz").await, (200, "ready\n".into()));
    let (status, version) = get(ops, "/version").await;
    assert_eq!(status, 200);
    let version: serde_json::Value = serde_json::from_str(&version).expect("JSON");
    assert_eq!(version["adapters"]["gate"], env!("CARGO_PKG_VERSION"));
    let (status, metrics) = get(ops, "/metrics").await;
    assert_eq!(status, 200);
    for line in [
        r#"mixer_adapter_requests_total{adapter="gate",template="listentry",code="OK"} 1"#,
        r#"mixer_adapter_requests_total{adapter="gate",template="listentry",code="UNAVAILABLE"} 1"#,
        r#"mixer_adapter_request_duration_seconds_count{adapter="gate",template="listentry"} 2"#,
        r#"mixer_adapter_requests_in_flight{adapter="gate",template="listentry"} 0"#,
        r#"mixer_adapter_build_duration_seconds_count{adapter="gate"} 2"#,
        r#"mixer_adapter_handlers{adapter="gate"} 2"#,
        "mixer_adapter_connections 1",
        "mixer_adapter_ready 1",
    ] {
        assert!(metrics.lines().any(|it| it == line), "{line} in {metrics}");
    }
    let bytes = r#"{adapter="gate",template="listentry"}"#;
    let received = request("allow").len() + request("error").len();
    assert_eq!(
        served.metric("received_bytes_total", bytes),
        received as u64
    );
    assert!(metrics.ends_with("# EOF\n"), "it is OpenMetrics");
    assert_eq!(get(ops, "/else").await.0, 404);
    assert_eq!(http(ops, "POST", "/metrics", "").await.0, 405);
    // The log of a test is the test's own.
    assert_eq!(get(ops, "/loglevel").await.0, 404);
    served.stop().await;
    assert!(
        TcpStream::connect(ops).await.is_err(),
        "it ends with the server"
    );
}

#[tokio::test]
async fn health_is_told_for_each_service() {
    let served = serve(|_| {}).await;
    let client = served.client().await;
    let check = async |service: &str| {
        let mut request = Vec::new();
        prost::encoding::string::encode(1, &service.to_owned(), &mut request);
        client.call("/grpc.health.v1.Health/Check", &request).await
    };
    for service in [
        "",
        "metric.HandleMetricService",
        "listentry.HandleListEntryService",
    ] {
        let answer = check(service).await.expect("it is known");
        assert_eq!(&answer[..], [8, 1], "{service}");
    }
    let status = check("other.Service").await.expect_err("it is unknown");
    assert_eq!(status.code(), Code::NotFound);
    let unknown = b"\x0a\x05other";
    let mut watch = client
        .stream("/grpc.health.v1.Health/Watch", unknown)
        .await
        .expect("a stream");
    let message = watch.message().await.expect("no error").expect("a message");
    assert_eq!(
        &message[..],
        [8, 3],
        "SERVICE_UNKNOWN, and it may become known"
    );
    served.stop().await;
}

const REFLECTION: [&str; 2] = [
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];

/// Asks for a field of the request; the answer's field and its bytes.
async fn reflect(client: &Client, path: &'static str, field: u8, text: &str) -> (u32, Vec<u8>) {
    let mut request = vec![field << 3 | 2, text.len() as u8];
    request.extend(text.bytes());
    let mut answers = client.stream(path, &request).await.expect("it is served");
    let answer = answers
        .message()
        .await
        .expect("no error")
        .expect("an answer");
    let mut found = None;
    let mut rest = &answer[..];
    while !rest.is_empty() {
        let (key, wire) = prost::encoding::decode_key(&mut rest).expect("a field");
        assert_eq!(wire, prost::encoding::WireType::LengthDelimited);
        let length = prost::encoding::decode_varint(&mut rest).expect("a length") as usize;
        let (bytes, after) = rest.split_at(length);
        rest = after;
        if key >= 4 {
            found = Some((key, bytes.to_vec()));
        }
    }
    found.expect("an answer to what was asked")
}

#[derive(Clone, PartialEq, prost::Message)]
struct Files {
    #[prost(bytes = "vec", repeated, tag = "1")]
    files: Vec<Vec<u8>>,
}

#[tokio::test]
async fn reflection_tells_all_that_a_client_needs_to_call() {
    let served = serve(|_| {}).await;
    let client = served.client().await;
    for path in REFLECTION {
        let (field, services) = reflect(&client, path, 7, "*").await;
        assert_eq!(field, 6);
        let services = String::from_utf8_lossy(&services).into_owned();
        for service in [
            "grpc.health.v1.Health",
            "listentry.HandleListEntryService",
            "metric.HandleMetricService",
        ] {
            assert!(services.contains(service), "{services}");
        }
        for symbol in [
            "metric.HandleMetricService",
            "metric.HandleMetricService.HandleMetric",
            "metric.InstanceMsg",
            "test.gate.Params",
            "istio.policy.v1beta1.Value",
            "grpc.health.v1.HealthCheckResponse.ServingStatus",
        ] {
            let (field, files) = reflect(&client, path, 4, symbol).await;
            assert_eq!(field, 4, "{symbol}");
            let files = Files::decode(files.as_slice()).expect("files");
            let mut pool = DescriptorPool::new();
            let decode = |bytes: &Vec<u8>| FileDescriptorProto::decode(bytes.as_slice());
            let files: Result<Vec<_>, _> = files.files.iter().map(decode).collect();
            pool.add_file_descriptor_protos(files.expect("descriptors"))
                .expect("all that is imported is there");
            let known = pool.get_service_by_name(symbol).is_some()
                || pool.get_message_by_name(symbol).is_some()
                || pool.get_enum_by_name(symbol).is_some()
                || pool
                    .services()
                    .flat_map(|it| it.methods().collect::<Vec<_>>())
                    .any(|method| method.full_name() == symbol);
            assert!(known, "{symbol}");
        }
        let file = "metric/template_handler_service.proto";
        assert_eq!(reflect(&client, path, 3, file).await.0, 4);
        assert_eq!(reflect(&client, path, 4, "no.Such").await.0, 7, "an error");
    }
    served.stop().await;
    let silent = serve(|settings| settings.reflection = false).await;
    let client = silent.client().await;
    let asked = client.stream(REFLECTION[0], &[]).await;
    assert_eq!(asked.expect_err("it is off").code(), Code::Unimplemented);
    silent.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_json_and_its_level_follows_the_file_and_the_port() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("server.yaml");
    let write = |level: &str| {
        let text = format!("log-format: json\nlog-level: [{level}]\nreload-interval: 20ms\n");
        std::fs::write(&file, text).expect("a file");
    };
    write("info");
    let path = file.to_str().expect("UTF-8");
    let arguments = [
        "serve",
        "0",
        "--settings",
        path,
        "--ops-address",
        "127.0.0.1:0",
    ];
    let mut program = Serving::start("exporter", &arguments, folder.path());
    program.wait_for_log("metrics and health are on http://");
    let log = program.log();
    let line: serde_json::Value =
        serde_json::from_str(log.lines().next().expect("a line")).expect("JSON");
    assert_eq!(line["level"], "INFO");
    let message = line["message"].as_str().expect("a text");
    let ops: SocketAddr = message
        .rsplit("//")
        .next()
        .and_then(|it| it.parse().ok())
        .expect(message);
    assert_eq!(get(ops, "/loglevel").await, (200, "info\n".into()));
    let set = http(ops, "PUT", "/loglevel", "warn,exporter=debug").await;
    assert_eq!(set, (200, "warn,exporter=debug\n".into()));
    let (status, problem) = http(ops, "PUT", "/loglevel", "info,exportre=debug").await;
    assert_eq!(status, 400);
    assert!(problem.contains("did you mean `exporter`?"), "{problem}");
    write("debug");
    let followed = async {
        while get(ops, "/loglevel").await.1 != "debug\n" {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let followed = tokio::time::timeout(std::time::Duration::from_secs(30), followed).await;
    followed.expect("the file is followed");
    let end = tokio::task::spawn_blocking(move || program.end("TERM"));
    assert!(end.await.expect("no panic").success());
}
