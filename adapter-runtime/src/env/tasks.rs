//! What a handler has running beside its calls: counted, stopped, waited for, and no danger to the
//! process.

use std::future::Future;
use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use tracing::instrument::WithSubscriber;
use tracing::{Dispatch, Instrument, Span, dispatcher};

use super::Stop;
use crate::future::{contain, contain_now};
use crate::metrics::AdapterMetrics;
use crate::status::one_line;

/// A daemon that ended is started again after this long, and after twice as long each time that it
/// ends soon.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause. A daemon that ran for this long starts with the first pause again.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// What happens to a daemon that ended before its handler was closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Restart {
    /// It stays ended.
    Never,
    /// One that panicked is started again, after a pause of 1 s to 60 s; one that returned has done
    /// its work.
    #[default]
    AfterPanic,
    /// It is started again, whether it panicked or returned, after such a pause.
    Always,
}

/// The tasks of one handler.
#[derive(Debug)]
pub(super) struct Tasks {
    running: Mutex<Running>,
    stop: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Running {
    set: JoinSet<()>,
    closed: bool,
}

/// What is run: its name and place for the log.
#[derive(Clone, Copy)]
struct Task {
    kind: &'static str,
    place: &'static Location<'static>,
}

impl Tasks {
    pub(super) fn new() -> Tasks {
        Tasks {
            running: Mutex::default(),
            stop: watch::Sender::new(false),
        }
    }

    pub(super) fn stop(&self) -> Stop {
        Stop::new(&self.stop)
    }

    /// Runs a future in a task of its own.
    pub(super) fn work(
        &self,
        work: impl Future<Output = ()> + Send + 'static,
        place: &'static Location<'static>,
        span: &Span,
        metrics: &Arc<AdapterMetrics>,
    ) {
        let task = Task {
            kind: "work",
            place,
        };
        let metrics = metrics.clone();
        let work = async move {
            let _running = metrics.task_started();
            if let Err(panic) = contain(Box::pin(work)).await {
                task.panicked(&panic, &metrics);
            }
        };
        self.spawn(task, work.instrument(span.clone()), span);
    }

    /// Runs a daemon, again and again if `restart` says so.
    pub(super) fn daemon<F, R>(
        &self,
        restart: Restart,
        daemon: F,
        place: &'static Location<'static>,
        span: &Span,
        metrics: &Arc<AdapterMetrics>,
    ) where
        F: Fn(Stop) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        let task = Task {
            kind: "daemon",
            place,
        };
        let (stop, metrics) = (self.stop(), metrics.clone());
        let daemon = async move {
            let _running = metrics.daemon_started();
            let mut pause = FIRST_PAUSE;
            loop {
                let started = Instant::now();
                let ended = match contain_now(|| daemon(stop.clone())) {
                    Ok(future) => contain(Box::pin(future)).await,
                    Err(panic) => Err(panic),
                };
                if let Err(panic) = &ended {
                    task.panicked(panic, &metrics);
                }
                let again = match restart {
                    Restart::Never => false,
                    Restart::AfterPanic => ended.is_err(),
                    Restart::Always => true,
                };
                if !again || stop.is_stopped() {
                    return;
                }
                if started.elapsed() >= LONGEST_PAUSE {
                    pause = FIRST_PAUSE;
                }
                tracing::warn!("the daemon at {place} starts again in {pause:?}");
                if !stop.sleep(pause).await {
                    return;
                }
                metrics.daemon_restarted();
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        };
        self.spawn(task, daemon.instrument(span.clone()), span);
    }

    /// Runs work that blocks, on a thread for such work.
    pub(super) fn blocking(
        &self,
        work: impl FnOnce(Stop) + Send + 'static,
        place: &'static Location<'static>,
        span: &Span,
        metrics: &Arc<AdapterMetrics>,
    ) {
        let task = Task {
            kind: "blocking work",
            place,
        };
        let (stop, metrics, entered) = (self.stop(), metrics.clone(), span.clone());
        let subscriber = dispatcher::get_default(Dispatch::clone);
        let work = move || {
            let _running = metrics.task_started();
            let _subscriber = dispatcher::set_default(&subscriber);
            let _entered = entered.enter();
            if let Err(panic) = contain_now(|| work(stop)) {
                task.panicked(&panic, &metrics);
            }
        };
        if let Some(mut running) = self.open(task, span) {
            running.set.spawn_blocking(work);
        }
    }

    fn spawn(&self, task: Task, work: impl Future<Output = ()> + Send + 'static, span: &Span) {
        if let Some(mut running) = self.open(task, span) {
            running.set.spawn(work.with_current_subscriber());
        }
    }

    /// The running tasks, if one more may be added.
    fn open(&self, task: Task, span: &Span) -> Option<MutexGuard<'_, Running>> {
        let mut running = self.lock();
        if running.closed {
            drop(running);
            let Task { kind, place } = task;
            span.in_scope(|| {
                tracing::warn!("the {kind} at {place} does not start: the handler is closed");
            });
            return None;
        }
        // What has ended is let go, or a handler that schedules with every call would grow.
        while running.set.try_join_next().is_some() {}
        Some(running)
    }

    /// Gives the signal and waits until all has ended. What has not by the deadline is aborted;
    /// what blocks can't be, and is left to itself. Returns how much that was.
    pub(super) async fn end(&self, deadline: Instant) -> usize {
        let mut set = {
            let mut running = self.lock();
            running.closed = true;
            std::mem::take(&mut running.set)
        };
        self.stop.send_replace(true);
        let ended = async { while set.join_next().await.is_some() {} };
        match timeout_at(deadline, ended).await {
            Ok(()) => 0,
            // Dropping the set aborts them.
            Err(_) => set.len(),
        }
    }

    /// Aborts everything.
    pub(super) fn abort(&self) {
        self.stop.send_replace(true);
        let mut running = self.lock();
        running.closed = true;
        running.set.abort_all();
    }

    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.lock().set.len()
    }

    fn lock(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Task {
    fn panicked(self, panic: &str, metrics: &AdapterMetrics) {
        let Task { kind, place } = self;
        metrics.panicked(kind);
        tracing::error!("the {kind} at {place} panicked: {}", one_line(panic));
    }
}
