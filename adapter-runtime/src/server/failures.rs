//! The log of calls that were refused or failed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::peer::Peer;
use crate::code::Code;
use crate::status::{Status, one_line, shortened};

/// What fails again and again is logged this often.
const INTERVAL: Duration = Duration::from_secs(10);
/// So many kinds of failure are told apart; an unknown path is the client's to invent.
const MAX_KINDS: usize = 256;

/// Logs failures: the first of a kind at once, then how many there were.
#[derive(Default)]
pub(super) struct Failures(Mutex<HashMap<(String, Code, Outcome), Kind>>);

/// What a failed call was answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Outcome {
    /// The error.
    Error,
    /// That the request may pass.
    Open,
    /// That the request may pass, since the adapter is in shadow mode.
    Shadowed,
}

struct Kind {
    logged: Instant,
    since: u64,
}

impl Failures {
    pub(super) fn log(&self, path: &str, peer: &Peer, status: &Status, outcome: Outcome) {
        let Some(more) = self.due(path, status.code(), outcome, Instant::now()) else {
            return;
        };
        let more = others(more);
        let (code, message) = (status.code(), one_line(status.message()));
        let path = shortened(path);
        let handler = status.handler();
        let open = match outcome {
            Outcome::Error => "",
            Outcome::Open => "failed open: ",
            Outcome::Shadowed => "shadow mode lets pass: ",
        };
        tracing::warn!(path, %peer, handler, "{open}{code}: {message}{more}");
    }

    /// A connection that came to nothing.
    pub(super) fn log_connection(&self, peer: &Peer, problem: &str) {
        let now = Instant::now();
        if let Some(more) = self.due(problem, Code::Unavailable, Outcome::Error, now) {
            let more = others(more);
            tracing::warn!(%peer, "{}{more}", one_line(problem));
        }
    }

    /// How many were not logged since the last line, if there is to be a line now.
    fn due(&self, path: &str, code: Code, outcome: Outcome, now: Instant) -> Option<u64> {
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (path.to_owned(), code, outcome);
        if let Some(kind) = kinds.get_mut(&key) {
            if now.duration_since(kind.logged) < INTERVAL {
                kind.since += 1;
                return None;
            }
            kind.logged = now;
            return Some(std::mem::take(&mut kind.since));
        }
        if kinds.len() >= MAX_KINDS {
            kinds.retain(|_, kind| now.duration_since(kind.logged) < INTERVAL);
        }
        if kinds.len() >= MAX_KINDS {
            return None;
        }
        let kind = Kind {
            logged: now,
            since: 0,
        };
        kinds.insert(key, kind);
        Some(0)
    }
}

fn others(more: u64) -> String {
    match more {
        0 => String::new(),
        more => format!(" (and {more} more since the last line like this)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storm_is_a_line_now_and_then() {
        let failures = Failures::default();
        let start = Instant::now();
        let due = |path: &str, after: Duration| {
            failures.due(path, Code::Internal, Outcome::Error, start + after)
        };
        assert_eq!(due("/a", Duration::ZERO), Some(0));
        for _ in 0..1000 {
            assert_eq!(due("/a", Duration::from_secs(1)), None);
        }
        assert_eq!(due("/b", Duration::from_secs(1)), Some(0));
        let open = failures.due("/a", Code::Internal, Outcome::Open, start);
        assert_eq!(open, Some(0));
        assert_eq!(due("/a", INTERVAL), Some(1000));
        for n in 0..10_000 {
            due(&n.to_string(), INTERVAL);
        }
        let kinds = failures.0.lock().expect("no panic").len();
        assert!(kinds <= MAX_KINDS, "{kinds}");
    }

    #[cfg(feature = "cli")]
    #[test]
    fn a_line_says_that_a_request_passed() {
        use std::io::Write;
        use std::sync::Arc;

        #[derive(Clone, Default)]
        struct Log(Arc<Mutex<Vec<u8>>>);

        impl Write for Log {
            fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
                self.0.lock().expect("no panic").write(line)
            }

            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }

        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(move || writer.clone())
            .with_ansi(false)
            .finish();
        let failures = Failures::default();
        let peer = Peer {
            address: Some(([10, 1, 2, 3], 5).into()),
            names: None,
        };
        let status = Status::new(Code::Unavailable, "the backend\nis away");
        tracing::subscriber::with_default(subscriber, || {
            for outcome in [Outcome::Open, Outcome::Error, Outcome::Open] {
                failures.log("/a.B/C", &peer, &status, outcome);
            }
        });
        let log = log.0.lock().expect("no panic");
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<_> = log.lines().collect();
        let [open, error] = lines.as_slice() else {
            panic!("{lines:?}");
        };
        assert!(
            open.contains("failed open: UNAVAILABLE: the backend is away")
                && open.contains("10.1.2.3:5"),
            "{open}"
        );
        assert!(!error.contains("failed open"), "{error}");
    }
}
