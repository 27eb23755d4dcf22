//! The command `server`.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use adapter_runtime::Server;
use clap::Args;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::print;
use super::source::SourceArgs;
use crate::Mixer;
use crate::api::Api;
use crate::config::FolderStore;

#[derive(Debug, Args)]
#[command(after_help = "\
A folder is read again when it changes. Its resources have to declare the attributes.

Example:
  server --config operatorconfig --port 9091")]
pub(super) struct ServerArgs {
    #[command(flatten)]
    source: SourceArgs,
    /// The port that is served
    #[arg(short, long, default_value_t = 9091)]
    port: u16,
    /// The address that is served
    #[arg(long, value_name = "HOST", default_value = "127.0.0.1")]
    address: String,
}

impl ServerArgs {
    pub(super) async fn run(self) -> Result<(), Box<dyn Error>> {
        let mixer = self.mixer().await?;
        for problem in mixer.problems() {
            eprintln!("{problem}");
        }
        let address = format!("{}:{}", self.address, self.port);
        let running = Running::start(mixer, &address).await?;
        print(&format!("listening on \"{}\"\n", running.address))?;
        tokio::signal::ctrl_c().await?;
        running.stop().await;
        Ok(())
    }

    async fn mixer(&self) -> Result<Mixer, Box<dyn Error>> {
        let folder = self.source.folder().filter(|it| it.is_dir());
        let Some(folder) = folder else {
            return self.source.mixer().await;
        };
        let (store, options) = (FolderStore::new(folder), self.source.options());
        Ok(match SourceArgs::registry()? {
            Some(registry) => Mixer::with_options(registry, store, options).await?,
            None => Mixer::without_adapters(store, options).await,
        })
    }
}

/// A Mixer that serves its API.
#[derive(Debug)]
pub(super) struct Running {
    address: SocketAddr,
    mixer: Arc<Mixer>,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Running {
    pub(super) async fn start(mixer: Mixer, address: &str) -> Result<Running, Box<dyn Error>> {
        let mixer = Arc::new(mixer);
        let server = Arc::new(Api::new(mixer.clone())).serve(Server::without_adapters());
        let server = server.listen(address).bind().await?;
        let address = server.addresses()[0];
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Ok(Running {
            address,
            mixer,
            stop,
            served,
        })
    }

    pub(super) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Answers what has come, then closes the handlers.
    pub(super) async fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.served.await;
        if let Some(mixer) = Arc::into_inner(self.mixer) {
            mixer.shutdown().await;
        }
    }
}
