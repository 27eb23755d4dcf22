//! What the server is busy with, and how much of it there may be.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::settings::Settings;
use crate::code::Code;
use crate::metrics::{Refusal, ServerMetrics};
use crate::status::Status;

/// How much of each there is.
pub(super) struct Load {
    connections: Counted,
    requests: Counted,
    memory: Counted,
}

/// A number with a limit.
struct Counted {
    now: AtomicUsize,
    max: usize,
}

impl Counted {
    fn new(max: usize) -> Counted {
        Counted {
            now: AtomicUsize::new(0),
            max,
        }
    }

    /// Adds to it, up to the share of the limit that is `max`.
    fn take(&self, count: usize, max: usize) -> Option<Taken<'_>> {
        // Others may see it too large for a moment, and refuse a little early.
        let before = self.now.fetch_add(count, Ordering::Relaxed);
        let taken = Taken {
            counted: self,
            count,
        };
        // Dropped, it is given back.
        (before.saturating_add(count) <= max).then_some(taken)
    }
}

/// A part of what there may be, until it is dropped.
pub(super) struct Taken<'a> {
    counted: &'a Counted,
    count: usize,
}

impl Taken<'_> {
    /// Keeps it until it is given back by its size.
    fn forget(self) {
        std::mem::forget(self);
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.counted.now.fetch_sub(self.count, Ordering::Relaxed);
    }
}

impl Load {
    pub(super) fn new(settings: &Settings) -> Load {
        Load {
            connections: Counted::new(settings.max_connections),
            requests: Counted::new(settings.max_requests_in_flight),
            memory: Counted::new(settings.max_request_memory),
        }
    }

    /// A connection more, if there may be one.
    pub(super) fn connection(&self) -> Option<Taken<'_>> {
        self.connections.take(1, self.connections.max)
    }

    /// A request more, if there may be one.
    pub(super) fn request(&self, metrics: &ServerMetrics) -> Result<Taken<'_>, Status> {
        let max = self.requests.max;
        self.requests.take(1, max).ok_or_else(|| {
            metrics.refused(Refusal::InFlight);
            Status::new(
                Code::ResourceExhausted,
                format!(
                    "{max} requests are in flight, as many as there may be: send fewer at a time, or \
                     raise the server's `max-requests-in-flight`"
                ),
            )
        })
    }

    /// How many requests there are.
    pub(super) fn requests(&self) -> usize {
        self.requests.now.load(Ordering::Relaxed)
    }

    /// Memory for bytes that are there already.
    pub(super) fn memory(
        &self,
        bytes: usize,
        metrics: &ServerMetrics,
    ) -> Result<Taken<'_>, Status> {
        let max = self.memory.max;
        let taken = self.memory.take(bytes, max);
        taken.ok_or_else(|| self.out_of_memory(metrics))
    }

    /// Memory for a message and what is decoded from it. `most` is what it could become and is taken
    /// while half of the memory is free; after that `closely` says what it will become.
    pub(super) fn message(
        &self,
        most: usize,
        closely: impl FnOnce() -> usize,
        metrics: &ServerMetrics,
    ) -> Result<Taken<'_>, Status> {
        let max = self.memory.max;
        if let Some(taken) = self.memory.take(most, max / 2) {
            return Ok(taken);
        }
        self.memory(closely(), metrics)
    }

    /// Takes memory for an answer that is made, which can't be refused any more.
    pub(super) fn keep_memory(&self, bytes: usize) {
        if let Some(taken) = self.memory.take(bytes, usize::MAX) {
            taken.forget();
        }
    }

    /// Gives back what was [kept](Load::keep_memory).
    pub(super) fn free_memory(&self, bytes: usize) {
        self.memory.now.fetch_sub(bytes, Ordering::Relaxed);
    }

    fn out_of_memory(&self, metrics: &ServerMetrics) -> Status {
        metrics.refused(Refusal::Memory);
        let max = self.memory.max;
        Status::new(
            Code::ResourceExhausted,
            format!(
                "the requests in flight take up {max} bytes of memory, as many as they may: send fewer \
                 or smaller ones at a time, or raise the server's `max-request-memory`"
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_is_free_again() {
        let settings = Settings {
            max_requests_in_flight: 2,
            max_request_memory: 1000,
            ..Settings::default()
        };
        let (load, metrics) = (Load::new(&settings), ServerMetrics::default());
        let one = load.request(&metrics).expect("room for two");
        let _two = load.request(&metrics).expect("room for two");
        assert!(load.request(&metrics).is_err());
        drop(one);
        assert!(load.request(&metrics).is_ok());
        // Half of it goes to those that might be large, the rest to those that are known.
        let closely = || panic!("not looked at");
        let guess = load.message(400, closely, &metrics).expect("half is free");
        let known = load.message(400, || 600, &metrics).expect("there is room");
        assert!(load.message(1, || 1, &metrics).is_err());
        drop((guess, known));
        load.keep_memory(1000);
        assert!(load.memory(1, &metrics).is_err());
        load.free_memory(1000);
        assert!(load.memory(1000, &metrics).is_ok());
    }
}
