//! An adapter that gathers what it gets and writes it later, as real ones do; with faults on demand.

use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use adapter_runtime::Restart;
use adapter_runtime::prelude::*;
use adapter_runtime::template::metric;

#[derive(AdapterConfig, Clone, Debug)]
pub(crate) struct Params {
    /// The file that names of metrics are written to.
    pub file: String,
    /// How often.
    #[config(default = "1h")]
    pub every: Duration,
    /// What goes wrong: `daemon` panics as soon as it starts, `close` panics after it has written.
    pub fault: String,
}

/// Writes the names of metrics to a file, now and then.
#[mixer_adapter(name = "exporter", package = "test.exporter", templates = ["metric"])]
pub(crate) struct Exporter {
    queue: Arc<Queue>,
    env: Env,
    fault: String,
}

struct Queue {
    file: PathBuf,
    names: Mutex<Vec<String>>,
}

impl Queue {
    /// Writes what has gathered, not quickly.
    async fn flush(&self) {
        let names = std::mem::take(&mut *self.names());
        for names in names.chunks(50) {
            tokio::time::sleep(Duration::from_millis(2)).await;
            let file = std::fs::File::options()
                .create(true)
                .append(true)
                .open(&self.file);
            let lines = names.join("\n") + "\n";
            file.and_then(|mut file| file.write_all(lines.as_bytes()))
                .expect("a file that can be written");
        }
    }

    fn names(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Adapter for Exporter {
    type Config = Params;

    async fn build(params: Params, setup: Setup) -> Result<Exporter, BuildError> {
        let queue = Arc::new(Queue {
            file: params.file.into(),
            names: Mutex::default(),
        });
        let (daemon, every) = (queue.clone(), params.every);
        setup.env.schedule_daemon(move |stop| {
            let queue = daemon.clone();
            async move {
                while stop.sleep(every).await {
                    queue.flush().await;
                }
                queue.flush().await;
            }
        });
        if params.fault == "daemon" {
            let restart = Restart::Never;
            setup
                .env
                .schedule_daemon_with(restart, |_| async { panic!("no luck") });
        }
        Ok(Exporter {
            queue,
            env: setup.env,
            fault: params.fault,
        })
    }

    async fn close(&self) {
        // The daemon still runs; both write, each what it takes.
        self.queue.flush().await;
        // What is scheduled now is waited for too.
        let queue = self.queue.clone();
        self.env.schedule_work(async move {
            queue.names().push("closed".into());
            queue.flush().await;
        });
        assert_ne!(self.fault, "close", "no luck either");
    }
}

impl metric::Handler for Exporter {
    async fn handle_metric(
        &self,
        _: &Call,
        instances: Vec<metric::Instance>,
    ) -> Result<(), HandlerError> {
        let names = instances.into_iter().map(|metric| metric.name.to_string());
        self.queue.names().extend(names);
        Ok(())
    }
}
