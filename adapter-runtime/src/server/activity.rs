//! What goes on on one connection, to tell one that is idle, stuck or hostile from one that is busy.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::core::Core;
use super::peer::Peer;

/// Requests that are given up sooner than this after they came count as resets.
const RAPID: Duration = Duration::from_secs(1);

pub(super) struct Activity {
    pub(super) core: Arc<Core>,
    pub(super) peer: Peer,
    /// Requests that have come, and those that are not answered yet.
    calls: AtomicUsize,
    open: AtomicUsize,
    /// Requests whose bodies are being read, and parts of bodies that have come.
    reading: AtomicUsize,
    parts: AtomicUsize,
    /// Bytes of bodies that are being read.
    unfinished: AtomicUsize,
    /// Answers that wait to be sent, and those that were.
    unsent: AtomicUsize,
    sent: AtomicUsize,
    resets: Mutex<Resets>,
    hostile: AtomicBool,
}

struct Resets {
    since: Instant,
    count: usize,
}

/// How much has happened so far.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) calls: usize,
    pub(super) parts: usize,
    pub(super) sent: usize,
}

impl Activity {
    pub(super) fn new(core: Arc<Core>, peer: Peer) -> Activity {
        let count = || AtomicUsize::new(0);
        Activity {
            core,
            peer,
            calls: count(),
            open: count(),
            reading: count(),
            parts: count(),
            unfinished: count(),
            unsent: count(),
            sent: count(),
            resets: Mutex::new(Resets {
                since: Instant::now(),
                count: 0,
            }),
            hostile: AtomicBool::new(false),
        }
    }

    pub(super) fn progress(&self) -> Progress {
        Progress {
            calls: get(&self.calls),
            parts: get(&self.parts),
            sent: get(&self.sent),
        }
    }

    /// A request has come.
    pub(super) fn call(&self, started: Instant) -> Open<'_> {
        add(&self.calls, 1);
        add(&self.open, 1);
        Open {
            activity: self,
            started,
            deadline: None,
            answered: false,
        }
    }

    /// How many requests have been read and are not answered yet.
    pub(super) fn computing(&self) -> usize {
        get(&self.open).saturating_sub(get(&self.reading))
    }

    /// How many answers wait to be sent.
    pub(super) fn unsent(&self) -> usize {
        get(&self.unsent)
    }

    /// Whether it is to be closed.
    pub(super) fn is_hostile(&self) -> bool {
        self.hostile.load(Ordering::Relaxed)
    }

    /// A body begins.
    pub(super) fn read(&self) -> Reading<'_> {
        add(&self.reading, 1);
        Reading {
            activity: self,
            bytes: 0,
        }
    }

    /// A request that came at `started` was given up.
    fn reset(&self, started: Instant, deadline: Option<Instant>) {
        let now = Instant::now();
        let due = deadline.is_some_and(|deadline| deadline <= now);
        if due || now.duration_since(started) >= RAPID {
            return;
        }
        let mut resets = self.resets.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(resets.since) >= Duration::from_secs(1) {
            resets.since = now;
            resets.count = 0;
        }
        resets.count += 1;
        if resets.count > self.core.settings.max_resets {
            self.hostile.store(true, Ordering::Relaxed);
        }
    }
}

/// A request that is not answered yet; given up, if it is dropped before.
pub(super) struct Open<'a> {
    activity: &'a Activity,
    started: Instant,
    /// Until when its client waits.
    pub(super) deadline: Option<Instant>,
    answered: bool,
}

impl Open<'_> {
    pub(super) fn answered(mut self) {
        self.answered = true;
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        take(&self.activity.open, 1);
        if !self.answered {
            self.activity.reset(self.started, self.deadline);
        }
    }
}

/// A body that is being read.
pub(super) struct Reading<'a> {
    activity: &'a Activity,
    bytes: usize,
}

impl Reading<'_> {
    /// A part of it has come. How many bytes of bodies the connection has now unfinished.
    pub(super) fn part(&mut self, bytes: usize) -> usize {
        self.bytes += bytes;
        add(&self.activity.parts, 1);
        self.activity.unfinished.fetch_add(bytes, Ordering::Relaxed) + bytes
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        take(&self.activity.reading, 1);
        take(&self.activity.unfinished, self.bytes);
    }
}

/// An answer from when it is made until it is sent.
pub(super) struct Unsent {
    activity: Arc<Activity>,
    bytes: usize,
}

impl Unsent {
    pub(super) fn new(activity: Arc<Activity>, bytes: usize) -> Unsent {
        add(&activity.unsent, 1);
        activity.core.load.keep_memory(bytes);
        Unsent { activity, bytes }
    }

    /// A part of it is sent.
    pub(super) fn part(&self) {
        add(&self.activity.sent, 1);
    }
}

impl Drop for Unsent {
    fn drop(&mut self) {
        take(&self.activity.unsent, 1);
        add(&self.activity.sent, 1);
        self.activity.core.load.free_memory(self.bytes);
    }
}

fn get(count: &AtomicUsize) -> usize {
    count.load(Ordering::Relaxed)
}

fn add(count: &AtomicUsize, more: usize) {
    count.fetch_add(more, Ordering::Relaxed);
}

fn take(count: &AtomicUsize, less: usize) {
    count.fetch_sub(less, Ordering::Relaxed);
}
