//! What a server takes: how soon it serves, how much memory it has when nothing happens, and that this
//! doesn't grow under a load of 10,000 requests a second, with thousands of connections.
//!
//! `cargo run --release -p tests --example endure [SECONDS]` prints the figures; of a load of 60 seconds,
//! unless it is told otherwise. Linux only.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use adapter_runtime::prelude::*;
use adapter_runtime::template::{listentry, metric, quota};
use futures_util::future::join_all;
use tests::client::{Client, LIST_ENTRY};
use tokio::net::TcpStream;
use tokio::time::{MissedTickBehavior, interval};

const RATE: u64 = 10_000;
const LOADED: usize = 8;
const CONNECTIONS: usize = 2000;

macro_rules! adapter {
    ($name:ident, $package:literal, $template:literal) => {
        /// Allows everything.
        #[mixer_adapter(package = $package, templates = [$template])]
        struct $name;

        impl Adapter for $name {
            type Config = NoConfig;

            async fn build(_: NoConfig, _: Setup) -> Result<$name, BuildError> {
                Ok($name)
            }
        }
    };
}

adapter!(Checks, "endure.checks", "listentry");
adapter!(Reports, "endure.reports", "metric");
adapter!(Quotas, "endure.quotas", "quota");

impl listentry::Handler for Checks {
    async fn handle_list_entry(
        &self,
        _: &Call,
        _: listentry::Instance,
    ) -> Result<CheckResult, HandlerError> {
        Ok(CheckResult::allow())
    }
}

impl metric::Handler for Reports {
    async fn handle_metric(&self, _: &Call, _: Vec<metric::Instance>) -> Result<(), HandlerError> {
        Ok(())
    }
}

impl quota::Handler for Quotas {
    async fn handle_quota(
        &self,
        _: &Call,
        _: quota::Instance,
        args: QuotaArgs,
    ) -> Result<QuotaResult, HandlerError> {
        Ok(QuotaResult::grant(args.amount, Duration::from_secs(1)))
    }
}

/// The server, in a process of its own.
struct Serving {
    child: Child,
    address: SocketAddr,
}

impl Serving {
    fn start() -> Serving {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args([
                "serve",
                "0",
                "--address",
                "127.0.0.1",
                "--ops-address",
                "127.0.0.1:0",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("this program");
        let mut line = String::new();
        let output = child.stdout.take().expect("standard output");
        BufReader::new(output).read_line(&mut line).expect("a line");
        let address = line.split('"').nth(1).and_then(|it| it.parse().ok());
        Serving {
            child,
            address: address.expect("where it listens"),
        }
    }

    /// How much memory it has, in MB.
    fn memory(&self) -> f64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).expect("Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|it| it.trim().strip_suffix(" kB")?.parse::<f64>().ok());
        kilobytes.expect("its memory") / 1024.0
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn main() -> ExitCode {
    let argument = std::env::args().nth(1);
    if argument.as_deref() == Some("serve") {
        return adapter_runtime::main();
    }
    let seconds = argument.map_or(60, |it| it.parse().expect("a number of seconds"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(measure(seconds));
    ExitCode::SUCCESS
}

async fn measure(seconds: u64) {
    let starts = (0..10).map(|_| {
        let begun = Instant::now();
        let serving = Serving::start();
        std::net::TcpStream::connect(serving.address).expect("it accepts");
        begun.elapsed()
    });
    let mut starts: Vec<Duration> = starts.collect();
    starts.sort_unstable();
    println!(
        "from its start to accepting: {:.1?}, at most {:.1?}",
        starts[5], starts[9]
    );

    let serving = Serving::start();
    println!(
        "memory, idle, with three adapters: {:.1} MB",
        serving.memory()
    );

    let clients = join_all((0..LOADED).map(|_| Client::connect(serving.address))).await;
    // instance: { name: "i.instance.ns" }
    let request = b"\x0a\x13\xfa\xd2\xe4\x93\x02\x0di.instance.ns";
    let load = async |seconds: u64| {
        let begun = Instant::now();
        let streams = (0..8 * LOADED).map(|stream| {
            let client = &clients[stream % LOADED];
            async move {
                let streams = 8 * LOADED as u64;
                let mut ticks = interval(Duration::from_nanos(1_000_000_000 * streams / RATE));
                ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
                let mut failed = 0;
                for _ in 0..RATE * seconds / streams {
                    ticks.tick().await;
                    failed += usize::from(client.call(LIST_ENTRY, request).await.is_err());
                }
                failed
            }
        });
        let failed: usize = join_all(streams).await.into_iter().sum();
        (
            RATE as f64 * seconds as f64 / begun.elapsed().as_secs_f64(),
            failed,
        )
    };
    load(2).await;
    let before = serving.memory();
    let (rate, failed) = load(seconds).await;
    println!(
        "{seconds} s of load: {rate:.0} requests/s, {failed} failed, memory {before:.1} MB before and {:.1} \
         MB after",
        serving.memory()
    );

    let idle: Vec<_> = (0..CONNECTIONS)
        .map(|_| TcpStream::connect(serving.address))
        .collect();
    let idle = join_all(idle).await;
    let idle: Vec<_> = idle
        .into_iter()
        .collect::<Result<_, _>>()
        .expect("it accepts");
    println!(
        "memory with {} connections that say nothing: {:.1} MB",
        idle.len(),
        serving.memory()
    );
    drop(idle);
    let busy = join_all((0..CONNECTIONS).map(|_| Client::connect(serving.address))).await;
    let called = join_all(busy.iter().map(|client| client.call(LIST_ENTRY, request))).await;
    let failed = called.iter().filter(|answer| answer.is_err()).count();
    if let Some(error) = called.iter().find_map(|answer| answer.as_ref().err()) {
        println!("the first of the calls that failed: {error:?}");
    }
    println!(
        "memory with {} connections that have called: {:.1} MB, {failed} calls failed",
        busy.len(),
        serving.memory()
    );
    let (rate, failed) = load(5).await;
    println!("5 s of load beside them: {rate:.0} requests/s, {failed} failed");
}
