//! The adapters of a test, served.

use std::net::SocketAddr;

use adapter_runtime::{Registry, ServeError, Server};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server of adapters. It ends with this.
pub(super) struct Served {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Served {
    pub(super) async fn start(registry: Registry) -> Result<Served, ServeError> {
        let server = Server::new(registry).listen("127.0.0.1:0").bind().await?;
        let address = server.addresses()[0];
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(server.run(async {
            // It stops, too, when the test forgets it.
            let _ = stopped.await;
        }));
        Ok(Served {
            address,
            stop,
            running,
        })
    }

    pub(super) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Answers calls in flight and closes the handlers.
    pub(super) async fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.running.await;
    }
}
