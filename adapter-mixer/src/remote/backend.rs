//! One address of an adapter, and the connection to it: made when it is needed, made again when it
//! breaks, and not tried too often while nobody answers.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::dial::{Endpoint, Link, dial};
use super::security::Security;

/// How long connecting may take, as in gRPC.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long nobody tries after a first failure, and after many.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(120);

/// An address with its connection.
#[derive(Debug)]
pub(super) struct Backend {
    pub(super) endpoint: Endpoint,
    security: Arc<Security>,
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    /// Nothing has been tried, or what stood has ended.
    Idle,
    /// Somebody tries. The receiver hears when that is over.
    Connecting(watch::Receiver<()>),
    Ready(Link),
    /// It failed, and is not tried before some time.
    Failed {
        until: Instant,
        failures: u32,
        error: Arc<str>,
    },
}

impl Backend {
    pub(super) fn new(endpoint: Endpoint, security: Arc<Security>) -> Backend {
        Backend {
            endpoint,
            security,
            state: Mutex::new(State::Idle),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection, if it stands.
    pub(super) fn ready(&self) -> Option<Link> {
        match &*self.state() {
            State::Ready(link) if !link.has_ended() => Some(link.clone()),
            _ => None,
        }
    }

    /// The connection, as soon as it stands; why it doesn't, if it was tried in vain a moment ago.
    pub(super) async fn link(self: &Arc<Self>) -> Result<Link, Arc<str>> {
        loop {
            let mut over = match self.begin() {
                Begun::Ready(link) => return Ok(link),
                Begun::Failed(error) => return Err(error),
                Begun::Connecting(over) => over,
            };
            // Its end, or that of the task that was to tell it.
            let _ = over.changed().await;
        }
    }

    /// Connects, unless that has been done or is not to be done yet.
    pub(super) fn begin(self: &Arc<Self>) -> Begun {
        let mut state = self.state();
        let failures = match &*state {
            State::Ready(link) if !link.has_ended() => return Begun::Ready(link.clone()),
            // One that is dropped without a word was the end of a runtime.
            State::Connecting(over) if over.has_changed().is_ok() => {
                return Begun::Connecting(over.clone());
            }
            State::Failed { until, error, .. } if Instant::now() < *until => {
                return Begun::Failed(error.clone());
            }
            State::Failed { failures, .. } => *failures,
            _ => 0,
        };
        let (over, receiver) = watch::channel(());
        *state = State::Connecting(receiver.clone());
        drop(state);
        let backend = self.clone();
        tokio::spawn(async move {
            let dialled = timeout(PATIENCE, dial(&backend.endpoint, &backend.security)).await;
            let dialled = dialled.unwrap_or_else(|_| {
                Err(format!("nobody answered within {} s", PATIENCE.as_secs()))
            });
            *backend.state() = match dialled {
                Ok(link) => State::Ready(link),
                Err(error) => State::Failed {
                    until: Instant::now() + pause(failures),
                    failures: failures.saturating_add(1),
                    error: error.into(),
                },
            };
            drop(over);
        });
        Begun::Connecting(receiver)
    }
}

/// What comes of an attempt to connect.
#[derive(Debug)]
pub(super) enum Begun {
    Ready(Link),
    Connecting(watch::Receiver<()>),
    Failed(Arc<str>),
}

/// How long to wait after so many failures: longer each time, and never quite as long as others.
fn pause(failures: u32) -> Duration {
    let factor = 1.6_f64.powi(failures.min(20).cast_signed());
    let pause = SHORTEST_PAUSE.mul_f64(factor).min(LONGEST_PAUSE);
    let random = RandomState::new().build_hasher().finish();
    let jitter = (random % 1000) as f64 / 1000.0;
    pause.mul_f64(0.8 + 0.4 * jitter)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_PAUSE, SHORTEST_PAUSE, pause};

    #[test]
    fn pauses_grow_and_have_an_end() {
        for (failures, shortest) in [(0, 0.8), (1, 1.28), (5, 8.3), (100, 96.0)] {
            let pause = pause(failures).as_secs_f64();
            assert!(pause >= shortest, "{failures}: {pause}");
            assert!(pause <= shortest * 1.51, "{failures}: {pause}");
        }
        assert!(pause(u32::MAX) <= LONGEST_PAUSE.mul_f64(1.2));
        assert!(pause(0) <= SHORTEST_PAUSE.mul_f64(1.2));
    }
}
