//! The API on a server: what it refuses, how long it waits, how it ends.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use adapter_mixer::Mixer;
use adapter_mixer::api::{Api, SheddingMode, SheddingOptions};
use adapter_mixer::attribute::{GlobalDictionary, compress};
use adapter_mixer::config::MemoryStore;
use adapter_mixer::proto::mixer::{CheckRequest, CheckResponse, ReportRequest};
use adapter_runtime::Server;
use adapter_runtime::prelude::*;
use adapter_runtime::template::{listentry, metric};
use bytes::Bytes;
use prost::Message;
use tests::client::Client;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::Code as GrpcCode;

const CHECK: &str = "/istio.mixer.v1.Mixer/Check";
const REPORT: &str = "/istio.mixer.v1.Mixer/Report";

/// An adapter that no rule of the captures refers to. It denies one word and is slow with another.
#[mixer_adapter(name = "nobody", templates = ["listentry", "metric"])]
pub(crate) struct Nobody;

impl Adapter for Nobody {
    type Config = NoConfig;

    async fn build(_: NoConfig, _: Setup) -> Result<Nobody, BuildError> {
        Ok(Nobody)
    }
}

impl listentry::Handler for Nobody {
    async fn handle_list_entry(
        &self,
        call: &Call,
        instance: listentry::Instance,
    ) -> Result<CheckResult, HandlerError> {
        match instance.value.as_str() {
            Some("slow") => {
                assert!(call.deadline.is_some(), "the caller's deadline is known");
                tokio::time::sleep(Duration::from_secs(600)).await;
                Ok(CheckResult::allow())
            }
            Some("panic") => panic!("on purpose"),
            Some("shut") => Ok(CheckResult::deny(Code::NotFound, "shut")),
            _ => Ok(CheckResult::allow()),
        }
    }
}

impl metric::Handler for Nobody {
    async fn handle_metric(&self, _: &Call, _: Vec<metric::Instance>) -> Result<(), HandlerError> {
        Ok(())
    }
}

const RESOURCES: &str = r#"
kind: attributemanifest
metadata: {name: own, namespace: istio-system}
spec: {attributes: {request.word: {valueType: STRING}}}
---
kind: handler
metadata: {name: nobody, namespace: istio-system}
spec: {compiledAdapter: nobody}
---
kind: instance
metadata: {name: word, namespace: istio-system}
spec: {compiledTemplate: listentry, params: {value: request.word}}
---
kind: instance
metadata: {name: count, namespace: istio-system}
spec: {compiledTemplate: metric, params: {value: request.word}}
---
kind: rule
metadata: {name: words, namespace: istio-system}
spec: {actions: [{handler: nobody, instances: [word, count]}]}
"#;

/// A Mixer behind its API.
pub(crate) struct Running {
    address: SocketAddr,
    mixer: Arc<Mixer>,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn start(store: MemoryStore) -> Running {
        let (mixer, server) = crate::captures::api(store).await;
        Running::serve(mixer, server).await
    }

    async fn serve(mixer: Arc<Mixer>, server: Server) -> Running {
        let server = server.listen("127.0.0.1:0").bind().await.expect("a port");
        let address = server.addresses()[0];
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Running {
            address,
            mixer,
            stop,
            running,
        }
    }

    pub(crate) async fn client(&self) -> Client {
        Client::connect(self.address).await
    }

    pub(crate) async fn stop(self) {
        self.stop.send(()).expect("it runs until now");
        self.running.await.expect("it doesn't panic");
        let mixer = Arc::into_inner(self.mixer).expect("nobody else has the Mixer");
        mixer.shutdown().await;
    }
}

fn check(word: &str) -> Vec<u8> {
    let word = Value::from(word);
    let attributes = compress([("request.word", &word)], GlobalDictionary::istio(), 0);
    let request = CheckRequest {
        attributes: Some(attributes),
        ..CheckRequest::default()
    };
    request.encode_to_vec()
}

fn code(answer: &Bytes) -> i32 {
    let response = CheckResponse::decode(answer.clone()).expect("a response");
    let precondition = response.precondition.expect("a precondition");
    precondition.status.expect("a status").code
}

#[tokio::test]
async fn a_panic_or_a_stranger_keeps_nobody_from_being_answered() {
    let running = Running::start(MemoryStore::from(RESOURCES)).await;
    let client = running.client().await;
    assert_eq!(
        code(&client.call(CHECK, &check("open")).await.expect("an answer")),
        0
    );
    assert_eq!(
        code(&client.call(CHECK, &check("shut")).await.expect("an answer")),
        5
    );

    let (status, message) = client.fail(CHECK, &check("panic")).await;
    assert_eq!(status, GrpcCode::Internal);
    assert!(
        message.contains("performing check operation failed: 1 error occurred"),
        "{message}"
    );
    let (status, message) = client.fail(CHECK, b"\x0a\x05x").await;
    assert_eq!(status, GrpcCode::Internal);
    assert!(
        message.starts_with("grpc: error unmarshalling request"),
        "{message}"
    );
    let (status, message) = client.fail("/istio.mixer.v1.Mixer/Chek", b"").await;
    assert_eq!(status, GrpcCode::Unimplemented);
    assert!(message.contains(CHECK), "{message}");

    assert_eq!(
        code(&client.call(CHECK, &check("open")).await.expect("an answer")),
        0
    );
    drop(client);
    running.stop().await;
}

#[tokio::test]
async fn a_caller_who_waits_no_longer_is_told_so() {
    let running = Running::start(MemoryStore::from(RESOURCES)).await;
    let client = running.client().await;
    let mut request = tonic::Request::new(Bytes::from(check("slow")));
    request.set_timeout(Duration::from_millis(200));
    let status = client
        .send(CHECK, request)
        .await
        .expect_err("it is too slow");
    let late = [
        GrpcCode::DeadlineExceeded,
        GrpcCode::Cancelled,
        GrpcCode::Internal,
    ];
    assert!(late.contains(&status.code()), "{status}");
    assert_eq!(
        code(&client.call(CHECK, &check("open")).await.expect("an answer")),
        0
    );
    drop(client);
    // Nothing of it is left.
    running.stop().await;
}

#[tokio::test]
async fn more_than_there_is_time_for_is_refused() {
    let mixer = Mixer::new(crate::captures::registry(), MemoryStore::from(RESOURCES)).await;
    let mixer = Arc::new(mixer.expect("no two templates of a name"));
    let mut options = SheddingOptions::default();
    options.mode = SheddingMode::Enforce;
    options.max_requests_per_second = 0.001;
    options.burst_size = 2;
    let api = Api::new(mixer.clone()).shedding(options);
    let running = Running::serve(mixer, Arc::new(api).serve(Server::without_adapters())).await;
    let client = running.client().await;
    let word = Value::from("open");
    let bag = compress([("request.word", &word)], GlobalDictionary::istio(), 0);
    let report = ReportRequest {
        attributes: vec![bag; 3],
        ..ReportRequest::default()
    };
    let overloaded = (
        GrpcCode::Unavailable,
        "Server is currently overloaded. Please try again.".to_owned(),
    );
    // Three bags are more than ever come at once.
    assert_eq!(
        client.fail(REPORT, &report.encode_to_vec()).await,
        overloaded
    );
    for _ in 0..2 {
        assert!(client.call(CHECK, &check("open")).await.is_ok());
    }
    assert_eq!(client.fail(CHECK, &check("open")).await, overloaded);
    drop(client);
    running.stop().await;
}
