//! Adapters served in this process, on a loopback port.

use std::net::SocketAddr;

use adapter_runtime::{Registration, Registry, Server};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::client::Client;

/// A server that runs until it is stopped.
#[derive(Debug)]
pub struct Served {
    /// Where it listens.
    pub address: SocketAddr,
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
        let server = server.bind().await.expect("a free port");
        let address = server.addresses()[0];
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Served {
            address,
            stop,
            running,
        }
    }

    /// A new connection to it.
    pub async fn client(&self) -> Client {
        Client::connect(self.address).await
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
