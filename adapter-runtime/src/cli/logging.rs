//! The log of `serve`: its form, what is in it, and that nobody waits for it.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::log::{ByAdapter, Flush, Levels, Pipe};
use crate::metrics::Metrics;
use crate::server::{LogFormat, Settings};

/// How long the end of the program waits for its last lines to be read.
const PATIENCE: Duration = Duration::from_millis(500);

/// The log, as far as it is ours.
pub(super) struct Logging {
    /// None where the program has a subscriber of its own, which then is the one to use.
    pub(super) levels: Option<Arc<Levels>>,
    flush: Option<Flush>,
}

impl Logging {
    pub(super) fn start(settings: &Settings, metrics: &Metrics) -> std::io::Result<Logging> {
        let levels = Arc::new(Levels::new(settings.log_level.clone()));
        let dropped = metrics.server().lines_dropped();
        let pipe = Pipe::new(std::io::stderr(), dropped)?;
        let flush = pipe.flush();
        let layer = tracing_subscriber::fmt::layer()
            .with_writer(pipe)
            // It would be reported to the same place, which is gone, and panic.
            .log_internal_errors(false);
        let terminal = std::io::stderr().is_terminal();
        let layer = match settings.log_format {
            LogFormat::Json => layer
                .json()
                .flatten_event(true)
                .with_span_list(false)
                .boxed(),
            _ => layer.with_ansi(terminal).boxed(),
        };
        let layer = layer.with_filter(ByAdapter(levels.clone()));
        if tracing_subscriber::registry()
            .with(layer)
            .try_init()
            .is_err()
        {
            return Ok(Logging {
                levels: None,
                flush: None,
            });
        }
        log_panics();
        Ok(Logging {
            levels: Some(levels),
            flush: Some(flush),
        })
    }

    /// Says something before the process ends, even if nobody listens.
    pub(super) fn last_words(&self, text: String) {
        let said = std::thread::spawn(move || tracing::error!("{text}"));
        if self.flush.is_some() {
            let _ = said.join();
        }
        self.end();
    }

    /// Waits until the log is written, but not for long.
    pub(super) fn end(&self) {
        match &self.flush {
            Some(flush) => flush.wait(PATIENCE),
            None => std::thread::sleep(PATIENCE / 5),
        }
    }
}

/// Panics are logged as everything else is: what they print by default would wait for a reader.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let backtrace = std::backtrace::Backtrace::capture();
        let backtrace = match backtrace.status() {
            std::backtrace::BacktraceStatus::Captured => format!("\n{backtrace}"),
            _ => String::new(),
        };
        tracing::error!("{panic}{backtrace}");
    }));
}
