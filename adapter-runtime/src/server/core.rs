//! What all connections of a server share.

use std::sync::Arc;

use tokio::sync::watch;

use super::failures::Failures;
use super::load::Load;
use super::security::Security;
use super::settings::Settings;
use crate::log::Levels;
use crate::metrics::{CallMetrics, Metrics, Refusal, ServerMetrics};

pub(super) struct Core {
    pub(super) settings: Settings,
    pub(super) load: Load,
    pub(super) failures: Failures,
    pub(super) security: Security,
    /// Calls that are for no adapter.
    pub(super) strays: CallMetrics,
    pub(super) stage: watch::Sender<Stage>,
    pub(super) all_metrics: Metrics,
    /// What is logged, if that can be changed.
    pub(super) levels: Option<Arc<Levels>>,
}

/// How far a server has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Starting,
    Ready,
    /// It serves, but says that it is not ready.
    Leaving,
    /// It takes no new connections and calls.
    Draining,
}

impl Core {
    pub(super) fn new(settings: Settings, metrics: Metrics, security: Security) -> Core {
        Core {
            levels: None,
            load: Load::new(&settings),
            settings,
            failures: Failures::default(),
            security,
            strays: metrics.calls("", ""),
            stage: watch::Sender::new(Stage::Starting),
            all_metrics: metrics,
        }
    }

    #[cfg(test)]
    pub(super) fn of_defaults() -> Core {
        Core::new(Settings::default(), Metrics::new(), Security::default())
    }

    pub(super) fn metrics(&self) -> &ServerMetrics {
        self.all_metrics.server()
    }

    pub(super) fn refused(&self, why: Refusal) {
        self.metrics().refused(why);
    }

    /// The server comes to another stage.
    pub(super) fn enter(&self, stage: Stage) {
        self.metrics().ready(stage == Stage::Ready);
        self.stage.send_replace(stage);
    }

    pub(super) fn stage(&self) -> Stage {
        *self.stage.borrow()
    }

    /// Waits until a stage is reached.
    pub(super) async fn reached(&self, stage: Stage) {
        let mut stages = self.stage.subscribe();
        let _ = stages.wait_for(|now| *now >= stage).await.map(drop);
    }
}
