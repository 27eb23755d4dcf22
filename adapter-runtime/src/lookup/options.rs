//! How long what was looked up is remembered.

use std::time::Duration;

/// How long a [`Lookup`](super::Lookup) remembers, and how much.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct LookupOptions {
    pub(super) refresh_after: Duration,
    pub(super) ttl: Duration,
    pub(super) retry_after: Duration,
    pub(super) timeout: Duration,
    pub(super) capacity: usize,
}

impl LookupOptions {
    /// The defaults, which the setters name.
    pub fn new() -> LookupOptions {
        LookupOptions {
            refresh_after: Duration::from_secs(60),
            ttl: Duration::from_secs(300),
            retry_after: Duration::from_secs(1),
            timeout: Duration::from_secs(10),
            capacity: 10_000,
        }
    }

    /// How long a value is fresh: it is fetched anew when somebody asks for it later than that. By
    /// default one minute.
    pub fn refresh_after(self, refresh_after: Duration) -> LookupOptions {
        LookupOptions {
            refresh_after,
            ..self
        }
    }

    /// How long a value is used if it can't be refreshed: its time to live. Less than
    /// [`refresh_after`](LookupOptions::refresh_after) is as long as that. By default five minutes.
    pub fn ttl(self, ttl: Duration) -> LookupOptions {
        LookupOptions { ttl, ..self }
    }

    /// How long after a failure the next attempt is made at the earliest. It doubles with each further
    /// failure, up to [`refresh_after`](LookupOptions::refresh_after). By default one second.
    pub fn retry_after(self, retry_after: Duration) -> LookupOptions {
        LookupOptions {
            retry_after,
            ..self
        }
    }

    /// How long a fetch may take. By default ten seconds.
    pub fn timeout(self, timeout: Duration) -> LookupOptions {
        LookupOptions { timeout, ..self }
    }

    /// How many keys are remembered, at least half of them those that were asked for last; and how
    /// many fetches may be under way. By default 10,000, at least 1.
    pub fn capacity(self, capacity: usize) -> LookupOptions {
        LookupOptions {
            capacity: capacity.max(1),
            ..self
        }
    }

    /// The time to live that holds.
    pub(super) fn lifetime(&self) -> Duration {
        self.ttl.max(self.refresh_after)
    }

    /// How long after so many failures in a row the next attempt is made.
    pub(super) fn pause(&self, failures: u32) -> Duration {
        let factor = 2_u32.saturating_pow(failures.saturating_sub(1));
        let longest = self.refresh_after.max(self.retry_after);
        self.retry_after.saturating_mul(factor).min(longest)
    }
}

impl Default for LookupOptions {
    fn default() -> LookupOptions {
        LookupOptions::new()
    }
}
