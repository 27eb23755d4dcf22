//! Accepting connections.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::activity::Activity;
use super::core::{Core, Stage};
use super::dispatch::Dispatch;
use super::door;
use super::lifetime;
use super::respond::respond;
use super::socket::{Accepted, Socket};
use crate::metrics::Refusal;

/// How long to wait when no connection can be accepted.
const PAUSE: Duration = Duration::from_millis(50);

/// A socket, and what is served there.
pub(super) struct Listener {
    socket: Socket,
    dispatch: Arc<Dispatch>,
}

impl Listener {
    pub(super) fn new(socket: Socket, dispatch: Dispatch) -> Listener {
        Listener {
            socket,
            dispatch: Arc::new(dispatch),
        }
    }

    pub(super) fn socket(&self) -> &Socket {
        &self.socket
    }

    /// Accepts until the server drains, then waits for the connections to end.
    pub(super) async fn run(self, core: Arc<Core>) {
        let mut connections = JoinSet::new();
        let draining = core.reached(Stage::Draining);
        tokio::pin!(draining);
        loop {
            tokio::select! {
                accepted = self.socket.accept() => match accepted {
                    Ok(accepted) => {
                        connections.spawn(serve(accepted, self.dispatch.clone(), core.clone()));
                    }
                    Err(error) => {
                        // Out of file descriptors, say: others may go on, and one may become free.
                        let socket = &self.socket;
                        tracing::warn!("a connection to {socket} can't be accepted: {error}");
                        tokio::time::sleep(PAUSE).await;
                    }
                },
                Some(_) = connections.join_next() => {}
                () = &mut draining => break,
            }
        }
        drop(self.socket);
        while connections.join_next().await.is_some() {}
    }
}

/// Serves one connection to its end.
async fn serve(accepted: Accepted, dispatch: Arc<Dispatch>, core: Arc<Core>) {
    let Some(_counted) = core.load.connection() else {
        core.refused(Refusal::Connections);
        let max = core.settings.max_connections;
        core.failures.log_connection(
            &accepted.peer(),
            &format!("there are {max} connections, as many as there may be: see `max-connections`"),
        );
        return;
    };
    let _connected = core.metrics().connected();
    let opened = tokio::select! {
        opened = door::open(accepted, &core) => opened,
        () = core.reached(Stage::Draining) => None,
    };
    let Some((stream, peer)) = opened else {
        return;
    };
    let activity = Arc::new(Activity::new(core.clone(), peer));
    let respond = |request| {
        let (dispatch, activity) = (dispatch.clone(), activity.clone());
        async move { respond(&dispatch, &activity, request).await }
    };
    lifetime::serve(stream, activity.clone(), respond).await;
}
