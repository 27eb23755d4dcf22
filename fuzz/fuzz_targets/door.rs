//! The door of the server: whatever a client sends, as HTTP/2 or not, nothing panics, the connection
//! ends, and the others are served.
//!
//! An input is a list of things to send, each a byte that says what and one that says how; most are
//! frames that HTTP/2 knows, since a mutation seldom makes one.
#![no_main]

use std::net::SocketAddr;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use adapter_runtime::prelude::*;
use adapter_runtime::template::metric;
use adapter_runtime::Registration;
use libfuzzer_sys::fuzz_target;
use tests::client::{Client, METRIC};
use tests::http2::{self, frame};
use tests::raw::framed;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::time::timeout;

/// Takes everything.
#[mixer_adapter(package = "fuzz.taker", templates = ["metric"])]
struct Taker;

impl Adapter for Taker {
    type Config = NoConfig;

    async fn build(_: NoConfig, _: Setup) -> Result<Taker, BuildError> {
        Ok(Taker)
    }
}

impl metric::Handler for Taker {
    async fn handle_metric(
        &self,
        _: &Call,
        _: Vec<metric::Instance>,
    ) -> Result<(), HandlerError> {
        tokio::task::yield_now().await;
        Ok(())
    }
}

struct Served {
    runtime: Runtime,
    address: SocketAddr,
}

static SERVED: LazyLock<Served> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let address = runtime.block_on(async {
        let registry = Registry::new([Registration::new::<Taker>()]).expect("an adapter");
        let server = Server::new(registry).listen("127.0.0.1:0").configure(|settings| {
            settings.handshake_timeout = Duration::from_millis(500);
            settings.read_timeout = Duration::from_millis(500);
            settings.write_timeout = Duration::from_millis(500);
            settings.max_header_bytes = 2000;
            settings.max_request_bytes = 2000;
            settings.max_streams = 8;
        });
        let server = server.bind().await.expect("a port");
        let address = server.addresses()[0];
        tokio::spawn(server.run(std::future::pending()));
        address
    });
    Served { runtime, address }
});

const PATHS: [&str; 6] = [
    METRIC,
    "/grpc.health.v1.Health/Check",
    "/grpc.health.v1.Health/Watch",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/istio.mixer.adapter.model.v1beta1.InfrastructureBackend/CreateSession",
    "/no.Such/Method",
];

/// What is sent for an input.
fn sent(mut input: &[u8]) -> Vec<u8> {
    let mut sent = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    sent.extend(frame(http2::SETTINGS, 0, 0, &[]));
    while let [what, how, rest @ ..] = input {
        let stream = u32::from(how & 0x0F) * 2 + 1;
        let flags = how >> 4;
        let len = usize::from(*what >> 4) * 4;
        let (payload, rest) = rest.split_at(len.min(rest.len()));
        input = rest;
        match what & 0x0F {
            0..=2 => {
                let path = PATHS[usize::from(flags) % PATHS.len()];
                let timeout = [("grpc-timeout", "20m")];
                let more: &[_] = if flags & 8 == 0 { &[] } else { &timeout };
                let end = 4 | (what & 1);
                sent.extend(frame(http2::HEADERS, end, stream, &http2::headers(path, more)));
            }
            3 | 4 => sent.extend(frame(http2::DATA, flags & 1, stream, &framed(payload))),
            5 => sent.extend(frame(http2::DATA, flags, stream, payload)),
            6 => sent.extend(frame(http2::RST_STREAM, 0, stream, &[0, 0, 0, flags])),
            7 => sent.extend(frame(http2::HEADERS, flags, stream, payload)),
            8 => sent.extend(frame(http2::SETTINGS, flags & 1, 0, payload)),
            9 => sent.extend(frame(8, 0, stream - 1, payload)),
            10 => sent.extend(frame(http2::PING, 0, 0, &[0; 8])),
            11 => sent.extend(frame(9, flags, stream, payload)),
            12 => sent.extend(frame(*how, flags, stream, payload)),
            13 => sent.extend(frame(http2::GOAWAY, 0, 0, &[0; 8])),
            14 => sent.extend(payload),
            // Without the preface.
            _ => sent = payload.to_vec(),
        }
    }
    sent
}

static RUNS: AtomicU32 = AtomicU32::new(0);

fuzz_target!(|input: &[u8]| {
    let Served { runtime, address } = &*SERVED;
    let bytes = sent(input);
    runtime.block_on(async {
        let mut stream = TcpStream::connect(address).await.expect("it listens");
        // A server that closes before it has read everything resets the connection.
        let _ = stream.write_all(&bytes).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let end = timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
        let _ = end.expect("the connection ends");
        if RUNS.fetch_add(1, Ordering::Relaxed) % 256 == 0 {
            let client = Client::connect(*address).await;
            client.call(METRIC, &[]).await.expect("others are served");
        }
    });
});
