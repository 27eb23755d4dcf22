//! All that is in force at one time.

use std::sync::Arc;

use super::handlers::{Building, Handlers};
use super::routing::Table;
use crate::config::Snapshot;

/// A configuration that is in force: its snapshot, its handlers and its table. A request keeps the
/// one that it began with.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) handlers: Handlers,
    pub(crate) table: Table,
    /// Whether there will be no other: the Mixer is shutting down.
    pub(crate) closed: bool,
}

impl State {
    /// Builds the handlers of a snapshot and the table to them. What is wrong is added to the
    /// snapshot's problems.
    pub(crate) async fn build(
        mut snapshot: Snapshot,
        before: &State,
        building: &Building<'_>,
        default_namespace: &str,
    ) -> State {
        let (handlers, mut problems) = Handlers::build(&snapshot, &before.handlers, building).await;
        let (table, more) = Table::build(&snapshot, &handlers, default_namespace);
        problems.extend(more);
        snapshot.problems.extend(problems);
        State {
            snapshot: Arc::new(snapshot),
            handlers,
            table,
            closed: false,
        }
    }

    /// What is in force at the end: nothing.
    pub(crate) fn closed(snapshot: Arc<Snapshot>) -> State {
        State {
            snapshot,
            closed: true,
            ..State::default()
        }
    }
}
