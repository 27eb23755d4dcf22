//! Adapters served in this process, on a loopback port.

use std::net::SocketAddr;

use adapter_runtime::{Metrics, Registration, Registry, Server};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::client::Client;

/// A server that runs until it is stopped.
#[derive(Debug)]
pub struct Served {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where operators ask, if anywhere.
    pub ops: Option<SocketAddr>,
    /// What it counts.
    pub metrics: Metrics,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Served {
    /// Serves adapters with the usual limits.
    pub async fn start(adapters: impl IntoIterator<Item = Registration>) -> Served {
        Served::with(adapters, |server| server).await
    }

    /// Serves adapters on a server that `configure` changes.
    ///
    /// # Panics
    /// If the adapters can't be served together.
    pub async fn with(
        adapters: impl IntoIterator<Item = Registration>,
        configure: impl FnOnce(Server) -> Server,
    ) -> Served {
        let registry = Registry::new(adapters).expect("the adapters fit together");
        let server = configure(Server::new(registry)).listen("127.0.0.1:0");
        let metrics = server.metrics();
        let server = server.bind().await.expect("a free port");
        let (address, ops) = (server.addresses()[0], server.ops_address());
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Served {
            address,
            ops,
            metrics,
            stop,
            running,
        }
    }

    /// A new connection to it.
    pub async fn client(&self) -> Client {
        Client::connect(self.address).await
    }

    /// The value of a metric with these labels, as `{limit="handshake"}`; 0 if there is none.
    ///
    /// # Panics
    /// If it is no number.
    #[must_use]
    pub fn metric(&self, name: &str, labels: &str) -> u64 {
        let start = format!("mixer_adapter_{name}{labels} ");
        let text = self.metrics.encode();
        let value = text.lines().find_map(|line| line.strip_prefix(&start));
        value.map_or(0, |value| value.parse().expect("a number"))
    }

    /// How often a limit has refused something.
    #[must_use]
    pub fn refusals(&self, limit: &str) -> u64 {
        self.metric("refusals_total", &format!("{{limit=\"{limit}\"}}"))
    }

    /// Tells it to stop, and goes on.
    ///
    /// # Panics
    /// If the server has ended.
    #[must_use]
    pub fn begin_stop(self) -> JoinHandle<()> {
        self.stop.send(()).expect("the server runs until now");
        self.running
    }

    /// Stops it and waits until its handlers are closed.
    ///
    /// # Panics
    /// If the server did.
    pub async fn stop(self) {
        self.stop.send(()).expect("the server runs until now");
        self.running.await.expect("the server doesn't panic");
    }
}
