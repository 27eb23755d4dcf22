//! Calls of our server against plain tonic and prost, with the same requests, clients and threads in
//! the same run.
//!
//! `cargo bench -p tests --bench calls` prints ratios, which are steadier than times where others use
//! the machine too; each is the median of several runs that alternate:
//! - of a handler that computes for 200 µs, the throughput (goal: at least 0.9 of tonic's);
//! - for each request and number of connections and streams, the server's CPU time per call (goals at
//!   8 connections of 8 streams: at most 0.55 of tonic's for the report of 1 kB, 0.4 for that of
//!   40 kB), the throughput, and the time within which 99 % of the calls are answered.
//!
//! A number as the argument is how many runs there are of each, 3 unless given.

mod ours;
mod plain;
mod requests;
mod server;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use requests::Request;
use server::Serving;
use tests::client::Client;

const WORK: Duration = Duration::from_micros(200);
const CONNECTIONS: [usize; 3] = [1, 4, 8];
const STREAMS: [usize; 3] = [1, 8, 64];

/// Computes for a while.
fn work() {
    let start = Instant::now();
    while start.elapsed() < WORK {
        std::hint::spin_loop();
    }
}

/// What was measured of a server.
#[derive(Clone, Copy)]
struct Measured {
    cpu: f64,
    took: f64,
    p99: f64,
}

/// Calls by so many connections, each of so many streams; how long it took, and each of the calls.
async fn load(
    address: SocketAddr,
    request: &Request,
    shape: (usize, usize),
    calls: usize,
) -> (Duration, Vec<Duration>) {
    let (connections, streams) = shape;
    let clients: Vec<Client> = join_all((0..connections).map(|_| Client::connect(address))).await;
    let call = async |client: &Client| {
        let start = Instant::now();
        let answer = client.call(request.path, &request.message).await;
        answer.expect("an answer");
        start.elapsed()
    };
    // The handler is built.
    call(&clients[0]).await;
    let each = (calls / (connections * streams)).max(1);
    let start = Instant::now();
    let streams = (0..connections * streams).map(|stream| {
        let client = &clients[stream % connections];
        async move {
            let mut times = Vec::with_capacity(each);
            for _ in 0..each {
                times.push(call(client).await);
            }
            times
        }
    });
    let times = join_all(streams).await;
    (start.elapsed(), times.concat())
}

/// Time and CPU time of a server for so many calls.
fn measure(kind: &str, request: &Request, shape: (usize, usize), calls: usize) -> Measured {
    let mut serving = Serving::start(kind);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let before = serving.cpu_time();
    let (took, mut times) = runtime.block_on(load(serving.address, request, shape, calls));
    let cpu = serving.cpu_time() - before;
    // With its connections, for which a server waits.
    drop(runtime);
    times.sort_unstable();
    let p99 = times[times.len() * 99 / 100];
    let calls = times.len() as f64;
    Measured {
        cpu: cpu.as_secs_f64() / calls,
        took: took.as_secs_f64() / calls,
        p99: p99.as_secs_f64(),
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let arguments: Vec<_> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--serve") {
        return server::serve(&arguments[at + 1]);
    }
    let runs = arguments.iter().find_map(|argument| argument.parse().ok());
    let runs: usize = runs.unwrap_or(3);
    let heavy = requests::heavy();
    let throughput = (0..runs).map(|_| {
        let tonic = measure("tonic heavy", &heavy, (1, 64), 3_200);
        let ours = measure("ours", &heavy, (1, 64), 3_200);
        tonic.took / ours.took
    });
    let throughput = median(throughput);
    println!(
        "{}, 1 x 64: throughput {throughput:.2} of tonic's",
        heavy.name
    );
    let Some(requests) = requests::all() else {
        return;
    };
    println!("\nrequest        | connections x streams | CPU per call      | throughput | p99");
    for request in &requests {
        let calls = 12_000_000 / (request.message.len() + 1000);
        for connections in CONNECTIONS {
            for streams in STREAMS {
                let shape = (connections, streams);
                let calls = if streams == 1 { calls / 4 } else { calls };
                let pairs: Vec<_> = (0..runs)
                    .map(|_| {
                        let tonic = measure("tonic", request, shape, calls);
                        (tonic, measure("ours", request, shape, calls))
                    })
                    .collect();
                let ratio = |of: fn(&Measured) -> f64| {
                    median(pairs.iter().map(|(tonic, ours)| of(ours) / of(tonic)))
                };
                let (cpu, took, p99) =
                    (ratio(|it| it.cpu), ratio(|it| it.took), ratio(|it| it.p99));
                let micros = median(pairs.iter().map(|(_, ours)| ours.cpu * 1e6));
                println!(
                    "{:14} | {connections} x {streams:<17} | {cpu:.2} ({micros:5.1} µs) | {:10.2} | {p99:.2}",
                    request.name,
                    1.0 / took
                );
            }
        }
    }
}
