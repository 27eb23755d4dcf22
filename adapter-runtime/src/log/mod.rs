//! What is logged, and where to. What stands in a log is said with `tracing`, wherever it happens.

#[cfg(feature = "cli")]
mod filter;
#[cfg(feature = "cli")]
mod pipe;

use std::sync::{Arc, PoisonError, RwLock};

use tracing::level_filters::LevelFilter;

use crate::server::PerAdapter;
#[cfg(feature = "cli")]
pub(crate) use filter::ByAdapter;
#[cfg(feature = "cli")]
pub(crate) use pipe::{Flush, Pipe};

/// The levels that are logged, which may change while the program runs.
#[derive(Debug)]
pub(crate) struct Levels(RwLock<Arc<PerAdapter<LevelFilter>>>);

impl Levels {
    #[cfg(feature = "cli")]
    pub(crate) fn new(levels: PerAdapter<LevelFilter>) -> Levels {
        Levels(RwLock::new(Arc::new(levels)))
    }

    pub(crate) fn get(&self) -> Arc<PerAdapter<LevelFilter>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn set(&self, levels: PerAdapter<LevelFilter>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(levels);
        // Who logs remembers what was not to be logged.
        tracing::callsite::rebuild_interest_cache();
    }

    /// The most that any adapter logs.
    #[cfg(feature = "cli")]
    fn max(&self) -> LevelFilter {
        let levels = self.get();
        let of = levels.of.values().copied();
        of.fold(levels.all, std::cmp::max)
    }
}
