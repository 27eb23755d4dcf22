//! The servers, each in a process of its own: on a multi-thread runtime of two workers.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use adapter_runtime::{Registration, Registry, Server};

use super::ours::Allow;
use super::plain;

/// Serves until its standard input ends, then prints its CPU time in nanoseconds.
pub(super) fn serve(kind: &str) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let listening = |address: SocketAddr| {
        println!("{address}");
        std::io::stdout().flush().expect("standard output");
    };
    runtime.block_on(async {
        let (end, told) = tokio::sync::oneshot::channel();
        let told = async { drop(told.await) };
        // Whoever measures asks for the time so far, with a line.
        std::thread::spawn(move || {
            for line in std::io::stdin().lines() {
                drop(line);
                println!("{}", cpu_time().as_nanos());
            }
            let _ = end.send(());
        });
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
                    .add_service(plain::Allow::<plain::Check>::new(heavy))
                    .add_service(plain::Allow::<plain::Report>::new(false))
                    .add_service(plain::Allow::<plain::Quota>::new(false))
                    .serve_with_incoming_shutdown(incoming.with_nodelay(Some(true)), told);
                server.await.expect("it serves");
            }
        }
    });
}

/// The CPU time of this process, all threads, as Linux counts it.
fn cpu_time() -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux");
    let nanos = tasks.map(|task| {
        let path = task.expect("a thread").path().join("schedstat");
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let first = text.split_whitespace().next();
        first
            .and_then(|nanos| nanos.parse::<u64>().ok())
            .unwrap_or(0)
    });
    Duration::from_nanos(nanos.sum())
}

/// A server in a process of its own.
pub(super) struct Serving {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
    pub(super) address: SocketAddr,
}

impl Serving {
    pub(super) fn start(kind: &str) -> Serving {
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

    /// Its CPU time so far.
    pub(super) fn cpu_time(&mut self) -> Duration {
        let stdin = self.child.stdin.as_mut().expect("standard input");
        writeln!(stdin).expect("it reads");
        Duration::from_nanos(self.line().parse().expect("a number"))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
