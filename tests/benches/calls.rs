//! Calls over one connection of 64 streams, against plain tonic in the same run.
//!
//! `cargo bench -p tests --bench calls` prints ratios, which are steady where times are not:
//! - of a handler that computes for 200 µs, the throughput (goal: at least 0.9 of tonic's);
//! - of one that does nothing, the server's CPU time per call (goal: at most 0.7 of tonic's).
//!
//! The servers run in processes of their own, each on a multi-thread runtime of two workers; the
//! client is the same for both.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use adapter_runtime::prelude::*;
use adapter_runtime::template::listentry;
use adapter_runtime::{Registration, Server};
use bytes::Bytes;
use futures_util::future::join_all;
use tests::client::{Client, LIST_ENTRY, Raw};

const STREAMS: usize = 64;
const WORK: Duration = Duration::from_micros(200);

/// Computes for a while.
fn work() {
    let start = Instant::now();
    while start.elapsed() < WORK {
        std::hint::spin_loop();
    }
}

#[derive(AdapterConfig)]
struct Params {
    heavy: bool,
}

/// Allows everything.
#[mixer_adapter(package = "bench.allow", templates = ["listentry"])]
struct Allow(Params);

impl Adapter for Allow {
    type Config = Params;

    async fn build(params: Params, _: Setup) -> Result<Allow, BuildError> {
        Ok(Allow(params))
    }
}

impl listentry::Handler for Allow {
    async fn handle_list_entry(
        &self,
        _: &Call,
        _: listentry::Instance,
    ) -> Result<CheckResult, HandlerError> {
        if self.0.heavy {
            work();
        }
        Ok(CheckResult::allow())
    }
}

/// The same with tonic and prost.
mod plain {
    use std::convert::Infallible;
    use std::future::{Ready, ready};
    use std::task::{Context, Poll};

    use prost::Message;
    use tonic::body::Body;
    use tonic::codegen::{BoxFuture, Service, http};
    use tonic::server::{Grpc, NamedService, UnaryService};

    use super::{Raw, work};

    /// `HandleListEntryRequest`, as far as it is used.
    #[derive(Clone, PartialEq, Message)]
    struct Request {
        #[prost(message, optional, tag = "1")]
        instance: Option<Instance>,
        #[prost(message, optional, tag = "2")]
        adapter_config: Option<prost_types::Any>,
        #[prost(string, tag = "3")]
        dedup_id: String,
    }

    #[derive(Clone, PartialEq, Message)]
    struct Instance {
        #[prost(message, optional, tag = "1")]
        value: Option<adapter_runtime::proto::policy::Value>,
        #[prost(string, tag = "72295727")]
        name: String,
    }

    #[derive(Clone)]
    pub(super) struct Allow {
        pub(super) heavy: bool,
    }

    impl UnaryService<bytes::Bytes> for Allow {
        type Response = bytes::Bytes;
        type Future = Ready<Result<tonic::Response<bytes::Bytes>, tonic::Status>>;

        fn call(&mut self, request: tonic::Request<bytes::Bytes>) -> Self::Future {
            let request = Request::decode(request.into_inner()).expect("a request");
            std::hint::black_box(request);
            if self.heavy {
                work();
            }
            let result = adapter_runtime::proto::model::CheckResult::default();
            ready(Ok(tonic::Response::new(result.encode_to_vec().into())))
        }
    }

    impl NamedService for Allow {
        const NAME: &'static str = "listentry.HandleListEntryService";
    }

    impl Service<http::Request<Body>> for Allow {
        type Response = http::Response<Body>;
        type Error = Infallible;
        type Future = BoxFuture<Self::Response, Infallible>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: http::Request<Body>) -> Self::Future {
            let allow = self.clone();
            Box::pin(async move { Ok(Grpc::new(Raw).unary(allow, request).await) })
        }
    }
}

/// Serves until its standard input ends, then prints its CPU time in nanoseconds.
fn serve(kind: &str) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let listening = |address: SocketAddr| {
        println!("{address}");
        std::io::stdout().flush().expect("standard output");
    };
    let until_told = tokio::task::spawn_blocking;
    runtime.block_on(async {
        let told = until_told(|| std::io::stdin().lines().count());
        let told = async { drop(told.await) };
        match kind {
            "ours" => {
                let registry = Registry::new([Registration::new::<Allow>()]).expect("an adapter");
                let server = Server::new(registry).listen("127.0.0.1:0");
                let server = server.bind().await.expect("a port");
                listening(server.addresses()[0]);
                server.run(told).await;
            }
            _ => {
                let heavy = kind == "tonic heavy";
                let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await;
                let socket = socket.expect("a port");
                listening(socket.local_addr().expect("an address"));
                let incoming = tonic::transport::server::TcpIncoming::from(socket);
                let server = tonic::transport::Server::builder()
                    .add_service(plain::Allow { heavy })
                    .serve_with_incoming_shutdown(incoming.with_nodelay(Some(true)), told);
                server.await.expect("it serves");
            }
        }
    });
    println!("{}", cpu_time().as_nanos());
}

/// The CPU time of this process, all threads, as Linux counts it.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields = stat.rsplit(')').next().expect("the fields after the name");
    let ticks = |at: usize| -> u64 {
        let field = fields.split_whitespace().nth(at).expect("a field");
        field.parse().expect("a number")
    };
    // utime and stime, in hundredths of a second.
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}

struct Serving {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
    address: SocketAddr,
}

impl Serving {
    fn start(kind: &str) -> Serving {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--serve", kind])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program");
        let output = child.stdout.take().expect("standard output");
        let mut serving = Serving {
            child,
            output: BufReader::new(output),
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        serving.address = serving.line().parse().expect("an address");
        serving
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("a line");
        line.trim().to_owned()
    }

    /// Ends it; its CPU time.
    fn end(mut self) -> Duration {
        drop(self.child.stdin.take());
        let nanos = self.line().parse().expect("a number");
        self.child.wait().expect("it ends");
        Duration::from_nanos(nanos)
    }
}

/// A check with a configuration.
fn request(heavy: bool) -> Bytes {
    // instance: { value: { string_value: "productpage" }, name: "i.instance.ns" }
    let mut request =
        b"\x0a\x23\x0a\x0d\x0a\x0bproductpage\xfa\xd2\xe4\x93\x02\x0di.instance.ns".to_vec();
    request[1] = (request.len() - 2) as u8;
    let any = prost_types::Any {
        type_url: "type.googleapis.com/bench.allow.Params".into(),
        value: Params { heavy }.encode(),
    };
    prost::encoding::message::encode(2, &any, &mut request);
    request.into()
}

/// Calls one connection with 64 streams; how long it took.
async fn load(address: SocketAddr, request: &Bytes, calls: usize) -> Duration {
    let client = Client::connect(address).await;
    // The handler is built.
    client.call(LIST_ENTRY, request).await.expect("an answer");
    let start = Instant::now();
    join_all((0..STREAMS).map(|_| async {
        for _ in 0..calls / STREAMS {
            client.call(LIST_ENTRY, request).await.expect("an answer");
        }
    }))
    .await;
    start.elapsed()
}

/// Time and CPU time of the server for so many calls.
fn measure(kind: &str, heavy: bool, calls: usize) -> (Duration, Duration) {
    let serving = Serving::start(kind);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let took = runtime.block_on(load(serving.address, &request(heavy), calls));
    // With its connection, for which a server waits.
    drop(runtime);
    (took, serving.end())
}

fn main() {
    let arguments: Vec<_> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--serve") {
        return serve(&arguments[at + 1]);
    }
    // Alternating, so that what else runs on the machine disturbs both.
    let median = |mut ratios: Vec<f64>| {
        ratios.sort_by(f64::total_cmp);
        ratios[ratios.len() / 2]
    };
    let mut heavy = Vec::new();
    for _ in 0..3 {
        let (tonic, _) = measure("tonic heavy", true, 3_200);
        let (ours, _) = measure("ours", true, 3_200);
        heavy.push(tonic.as_secs_f64() / ours.as_secs_f64());
    }
    let mut light = Vec::new();
    for _ in 0..3 {
        let (_, tonic) = measure("tonic", false, 32_000);
        let (_, ours) = measure("ours", false, 32_000);
        light.push(ours.as_secs_f64() / tonic.as_secs_f64());
    }
    println!(
        "200 µs of computing, throughput: {:.2} of tonic's",
        median(heavy)
    );
    println!(
        "nothing to do, CPU per call: {:.2} of tonic's",
        median(light)
    );
}
