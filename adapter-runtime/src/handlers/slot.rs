//! The place of one handler in the table, from the first request for it on.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::Instant;

use super::handler::{Handler, Lease};
use super::{Found, Waiting};
use crate::status::Status;

pub(super) struct Slot {
    state: State,
    /// When it was built, or failed to be.
    built: Instant,
    /// One more than there are requests waiting for the build.
    waiting: Arc<()>,
    /// The oldest first.
    aliases: VecDeque<Arc<[u8]>>,
}

pub(super) enum State {
    /// The sender goes when the build has ended.
    Building(watch::Receiver<()>),
    Ready(Arc<Handler>),
    /// Why, and until when that is the answer.
    Failed(Status, Instant),
}

impl Slot {
    pub(super) fn new(building: watch::Receiver<()>) -> Slot {
        Slot {
            state: State::Building(building),
            built: Instant::now(),
            waiting: Arc::default(),
            aliases: VecDeque::new(),
        }
    }

    /// A build begins.
    pub(super) fn start(&mut self, building: watch::Receiver<()>) -> Waiting {
        self.state = State::Building(building.clone());
        self.wait(&building)
    }

    /// A build has ended.
    pub(super) fn finish(&mut self, state: State) {
        self.state = state;
        self.built = Instant::now();
    }

    /// The handler or the failure; `None` if it is to be built.
    pub(super) fn find(&self) -> Option<Result<Found, Status>> {
        match &self.state {
            State::Ready(handler) => Some(Ok(Found::Ready(Lease::new(handler)))),
            // A build whose task is gone will not end: there is another.
            State::Building(end) if end.has_changed().is_err() => None,
            State::Building(end) => Some(Ok(Found::Wait(self.wait(end)))),
            State::Failed(_, retry_at) if *retry_at <= Instant::now() => None,
            State::Failed(status, _) => Some(Err(status.clone())),
        }
    }

    pub(super) fn is_building(&self) -> bool {
        matches!(self.state, State::Building(_))
    }

    pub(super) fn is_ready(&self) -> bool {
        matches!(self.state, State::Ready(_))
    }

    /// When a call ended last, or the build.
    pub(super) fn last_use(&self) -> Instant {
        match &self.state {
            State::Ready(handler) => handler.last_use(),
            State::Building(_) | State::Failed(..) => self.built,
        }
    }

    /// Whether nobody needs it now.
    pub(super) fn is_idle(&self) -> bool {
        let in_use = match &self.state {
            State::Building(_) => true,
            State::Ready(handler) => handler.in_use(),
            State::Failed(..) => false,
        };
        !in_use && Arc::strong_count(&self.waiting) == 1
    }

    /// Adds a form of the configuration; the oldest, if there are too many.
    pub(super) fn add_alias(&mut self, alias: Arc<[u8]>, max: usize) -> Option<Arc<[u8]>> {
        self.aliases.push_back(alias);
        match self.aliases.len() > max {
            true => self.aliases.pop_front(),
            false => None,
        }
    }

    /// The forms of the configuration, and the handler if there is one.
    pub(super) fn into_parts(self) -> (VecDeque<Arc<[u8]>>, Option<Arc<Handler>>) {
        let handler = match self.state {
            State::Ready(handler) => Some(handler),
            State::Building(_) | State::Failed(..) => None,
        };
        (self.aliases, handler)
    }

    fn wait(&self, end: &watch::Receiver<()>) -> Waiting {
        Waiting {
            end: end.clone(),
            _counted: Some(self.waiting.clone()),
        }
    }
}
