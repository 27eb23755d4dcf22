//! One handler: calls are counted, so that it is closed after the last of them.

use std::fmt;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout};
use tracing::Instrument;

use super::lock;
use crate::definition::ErasedHandler;
use crate::env::Env;
use crate::future::{contain, contain_now};
use crate::metrics::Running;
use crate::status::{Status, one_line};

/// A handler whose calls compute for longer than this is heavy.
const HEAVY: Duration = Duration::from_micros(20);
/// One that computes for less than this is light again.
const LIGHT: Duration = Duration::from_micros(10);

/// An adapter with one configuration, and the calls that it is serving.
pub(crate) struct Handler {
    /// Taken when it is dropped.
    handler: Option<Box<dyn ErasedHandler>>,
    env: Env,
    calls: AtomicUsize,
    /// When the last call ended.
    ended: Mutex<Instant>,
    idle: Notify,
    pace: Pace,
    _counted: Running,
}

impl Handler {
    pub(crate) fn new(handler: Box<dyn ErasedHandler>, env: Env) -> Handler {
        let counted = Running::start(&env.metrics().handlers);
        Handler {
            handler: Some(handler),
            env,
            calls: AtomicUsize::new(0),
            ended: Mutex::new(Instant::now()),
            idle: Notify::new(),
            pace: Pace::default(),
            _counted: counted,
        }
    }

    pub(crate) fn adapter(&self) -> &dyn ErasedHandler {
        let handler = self.handler.as_deref();
        handler.expect("it is taken when this is dropped")
    }

    pub(crate) fn env(&self) -> &Env {
        &self.env
    }

    pub(super) fn in_use(&self) -> bool {
        self.calls.load(Ordering::Acquire) > 0
    }

    pub(super) fn last_use(&self) -> Instant {
        *lock(&self.ended)
    }

    /// Closes the handler after its last call, and then what it scheduled. `close` and the tasks have
    /// `limit` each.
    pub(crate) async fn close(&self, limit: Duration) {
        loop {
            // Created before the check, so that the last call's end isn't missed.
            let idle = self.idle.notified();
            if !self.in_use() {
                break;
            }
            idle.await;
        }
        async {
            match timeout(limit, contain(Box::pin(self.adapter().close()))).await {
                Ok(Ok(())) => {}
                Ok(Err(panic)) => {
                    self.env.metrics().panicked("close");
                    tracing::error!("panic in `close`: {}", one_line(&panic));
                }
                Err(_) => tracing::error!("`close` did not end within {limit:?} and was aborted"),
            }
            match self.env.end_tasks(Instant::now() + limit).await {
                0 => {}
                count => tracing::error!(
                    "{count} tasks did not end within {limit:?} after they were told to stop, and \
                     were aborted"
                ),
            }
            tracing::info!("handler closed");
        }
        .instrument(self.env.span().clone())
        .await;
        self.env.metrics().closed.inc();
    }
}

/// Whoever drops it last, the adapter's destructor panics nowhere but here.
impl Drop for Handler {
    fn drop(&mut self) {
        // Where the server was dropped instead of shut down.
        self.env.abort_tasks();
        let handler = self.handler.take();
        if let Err(panic) = contain_now(|| drop(handler)) {
            self.env.metrics().panicked("close");
            let _entered = self.env.span().enter();
            tracing::error!("panic in the destructor: {}", one_line(&panic));
        }
    }
}

/// The right to call a handler; it is not closed while one exists.
pub(crate) struct Lease(Arc<Handler>);

impl Lease {
    /// Called under the table's lock, which `close` takes the handler out of first.
    pub(super) fn new(handler: &Arc<Handler>) -> Lease {
        handler.calls.fetch_add(1, Ordering::AcqRel);
        Lease(handler.clone())
    }

    pub(crate) fn handler(&self) -> &dyn ErasedHandler {
        self.0.adapter()
    }

    pub(crate) fn env(&self) -> &Env {
        &self.0.env
    }

    /// Counts a panic in a call; what that is answered with.
    pub(crate) fn panicked(&self, panic: &str) -> Status {
        let env = self.env();
        env.metrics().panicked("call");
        Status::panicked(env.adapter(), "while it handled a call", panic)
    }

    pub(crate) fn pace(&self) -> &Pace {
        &self.0.pace
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        *lock(&self.0.ended) = Instant::now();
        if self.0.calls.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.idle.notify_waiters();
        }
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lease({})", self.0.env.handler())
    }
}

/// For how long a handler's calls compute: not how long they take, but for how long they keep the
/// task busy that they run in.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    /// The moving average, in nanoseconds. The highest bit says that it is heavy.
    average: AtomicU32,
}

const HEAVY_BIT: u32 = 1 << 31;

impl Pace {
    /// Whether calls should have tasks of their own, on which others don't wait.
    pub(crate) fn is_heavy(&self) -> bool {
        self.average.load(Ordering::Relaxed) & HEAVY_BIT != 0
    }

    /// Takes notice of a call. Two that do so at once may count as one.
    pub(crate) fn record(&self, busy: Duration) {
        let old = self.average.load(Ordering::Relaxed);
        let average = old & !HEAVY_BIT;
        let busy = u32::try_from(busy.as_nanos()).map_or(!HEAVY_BIT, |busy| busy & !HEAVY_BIT);
        let average = average - average / 8 + busy / 8;
        let limit = if old & HEAVY_BIT != 0 { LIGHT } else { HEAVY };
        let heavy = u128::from(average) >= limit.as_nanos();
        let bit = if heavy { HEAVY_BIT } else { 0 };
        self.average.store(average | bit, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(calls: &[(u32, Duration)]) -> bool {
        let pace = Pace::default();
        for (count, busy) in calls {
            (0..*count).for_each(|_| pace.record(*busy));
        }
        pace.is_heavy()
    }

    #[test]
    fn a_handler_is_heavy_when_it_computes_for_long_again_and_again() {
        let micros = Duration::from_micros;
        assert!(!after(&[]));
        assert!(!after(&[(1000, micros(15))]));
        assert!(after(&[(5, micros(50))]));
        // What blocks for a second is not called in line again.
        assert!(after(&[(1, Duration::from_secs(1))]));
        assert!(after(&[(1, Duration::from_secs(1_000_000))]));
        assert!(!after(&[
            (1000, micros(5)),
            (1, micros(100)),
            (1, micros(5))
        ]));
        // In between it stays what it was.
        assert!(after(&[(100, micros(200)), (1000, micros(15))]));
        assert!(!after(&[(100, micros(200)), (1000, micros(5))]));
    }
}
