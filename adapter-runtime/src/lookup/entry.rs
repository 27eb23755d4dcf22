//! What is remembered of one key.

use std::sync::Arc;

use tokio::time::Instant;

use super::LookupOptions;
use super::flight::Landing;
use crate::code::Code;
use crate::error::HandlerError;

/// What is remembered of one key.
pub(super) struct Entry<V> {
    options: LookupOptions,
    /// The value, and when it was fetched.
    value: Option<(V, Instant)>,
    /// The failure since then, and when the next attempt may be made.
    failure: Option<(Failure, Instant)>,
    /// How many attempts failed since the last that didn't.
    failures: u32,
    /// The fetch that is under way.
    pub(super) landing: Option<Landing<V>>,
    /// Whether it is refreshed without being asked for.
    pub(super) kept: bool,
}

/// What a fetch failed with, for all who waited and for those who ask later.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) code: Code,
    pub(super) message: Arc<str>,
}

impl<V: Clone> Entry<V> {
    pub(super) fn new(options: LookupOptions) -> Entry<V> {
        Entry {
            options,
            value: None,
            failure: None,
            failures: 0,
            landing: None,
            kept: false,
        }
    }

    /// The value, if it lives, else the failure.
    pub(super) fn known(&mut self, now: Instant) -> Option<Result<V, Failure>> {
        self.expire(now);
        match (&self.value, &self.failure) {
            (Some((value, _)), _) => Some(Ok(value.clone())),
            (None, Some((failure, _))) => Some(Err(failure.clone())),
            (None, None) => None,
        }
    }

    /// When it is to be fetched.
    pub(super) fn due(&self, now: Instant) -> Instant {
        match (&self.value, &self.failure) {
            (_, Some((_, retry))) => *retry,
            (Some((_, fetched)), None) => later(*fetched, self.options.refresh_after),
            (None, None) => now,
        }
    }

    /// When there is something to do for it: to fetch it, or to let go what is too old.
    pub(super) fn wake(&mut self, now: Instant) -> Instant {
        self.expire(now);
        let due = self.due(now);
        match &self.value {
            Some((_, fetched)) => due.min(later(*fetched, self.options.lifetime())),
            None => due,
        }
    }

    /// A fetch has ended.
    pub(super) fn land(&mut self, result: &Result<V, Failure>, now: Instant) {
        self.landing = None;
        match result {
            Ok(value) => {
                self.value = Some((value.clone(), now));
                self.failure = None;
                self.failures = 0;
            }
            Err(failure) => {
                self.failures = self.failures.saturating_add(1);
                let retry = later(now, self.options.pause(self.failures));
                self.failure = Some((failure.clone(), retry));
            }
        }
    }

    fn expire(&mut self, now: Instant) {
        let lifetime = self.options.lifetime();
        self.value
            .take_if(|(_, fetched)| now - *fetched >= lifetime);
    }
}

/// An hour of the far future where there is no such time.
fn later(time: Instant, duration: std::time::Duration) -> Instant {
    const FAR: std::time::Duration = std::time::Duration::from_secs(30 * 365 * 24 * 3600);
    time.checked_add(duration.min(FAR)).unwrap_or(time)
}

impl From<Failure> for HandlerError {
    fn from(failure: Failure) -> HandlerError {
        HandlerError::new(failure.code, &*failure.message)
    }
}

impl From<HandlerError> for Failure {
    fn from(error: HandlerError) -> Failure {
        Failure {
            code: error.code(),
            message: error.message().into(),
        }
    }
}
