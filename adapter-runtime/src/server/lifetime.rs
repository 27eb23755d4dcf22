//! A connection from its first request to its end, and why it ends.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, sleep_until};

use super::activity::{Activity, Progress};
use super::answer::Answer;
use super::connection::{Connection, End, Streams};
use super::core::Stage;
use crate::metrics::{Farewell, Refusal};

/// How much of its requests a connection may send before they are read, in bytes.
const WINDOW: u32 = 1024 * 1024;
/// How long a connection may do nothing at a shutdown before it is closed.
const SILENCE: Duration = Duration::from_secs(1);
/// HTTP/2 answers more headers than this with a status of its own, where gRPC's limit is to answer.
const HEADERS_FACTOR: usize = 4;

/// Serves one connection to its end.
pub(super) async fn serve<S, R, F>(stream: S, activity: Arc<Activity>, respond: R)
where
    S: AsyncRead + AsyncWrite + Unpin,
    R: Fn(Request<Incoming>) -> F,
    F: Future<Output = Response<Answer>> + Send + 'static,
{
    let core = activity.core.clone();
    let settings = &core.settings;
    let streams = Streams::default();
    let most = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let connection = http2::Builder::new(streams.clone())
        .timer(TokioTimer::new())
        .auto_date_header(false)
        .keep_alive_interval(settings.keep_alive_interval)
        .keep_alive_timeout(settings.keep_alive_timeout)
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .max_concurrent_streams(most(settings.max_streams))
        // Callers whose deadline passes while a handler is slow are no attack.
        .max_pending_accept_reset_streams(settings.max_streams)
        .max_header_list_size(most(
            settings.max_header_bytes.saturating_mul(HEADERS_FACTOR),
        ))
        .serve_connection(
            TokioIo::new(stream),
            service_fn(move |request| {
                let answer = respond(request);
                async move { Ok::<_, Infallible>(answer.await) }
            }),
        );
    let mut connection = Connection::new(connection, streams, activity.clone());
    let mut watch = Watch::new(&activity);
    let mut draining = pin!(core.reached(Stage::Draining));
    let ended = loop {
        tokio::select! {
            biased;
            ended = &mut connection => break ended,
            () = &mut draining, if !watch.draining => {
                watch.draining = true;
                core.metrics().ended(Farewell::Shutdown);
                if !watch.leaving {
                    connection.connection().graceful_shutdown();
                }
                watch.leave();
            }
            () = sleep_until(watch.next()) => match watch.look(connection.streams()) {
                Verdict::Live => {}
                Verdict::Leave(why) => {
                    core.metrics().ended(why);
                    connection.connection().graceful_shutdown();
                }
                Verdict::Close(why) => {
                    if let Some(why) = why {
                        core.refused(why);
                        let problem = "the client doesn't read its answers: the connection is closed, \
                                       see `write-timeout`";
                        core.failures.log_connection(&activity.peer, problem);
                    }
                    return;
                }
            },
        }
    };
    let peer = &activity.peer;
    match ended {
        End::Itself(Ok(())) => {}
        End::Itself(Err(error)) => {
            if is_flood(&error) {
                core.refused(Refusal::Resets);
            }
            tracing::debug!(%peer, "the connection ended: {error}");
        }
        End::Hostile => {
            core.refused(Refusal::Resets);
            let problem = "the client gives up its requests too fast: the connection is closed, see \
                           `max-resets`";
            core.failures.log_connection(peer, problem);
        }
    }
}

/// Whether HTTP/2 itself found that the client does too much in vain.
fn is_flood(error: &hyper::Error) -> bool {
    let source = std::error::Error::source(error);
    let h2 = source.and_then(|source| source.downcast_ref::<h2::Error>());
    h2.is_some_and(|error| error.reason() == Some(h2::Reason::ENHANCE_YOUR_CALM))
}

/// Looks at a connection now and then.
struct Watch<'a> {
    activity: &'a Activity,
    /// When it is old.
    old: Option<Instant>,
    /// Whether it has got its GOAWAY.
    leaving: bool,
    draining: bool,
    seen: Progress,
    /// When it last did something.
    active: Instant,
    /// When an answer was last read, or there was none to read.
    read: Instant,
    looked: Instant,
}

enum Verdict {
    Live,
    Leave(Farewell),
    Close(Option<Refusal>),
}

impl<'a> Watch<'a> {
    fn new(activity: &'a Activity) -> Watch<'a> {
        let now = Instant::now();
        let age = activity.core.settings.max_connection_age;
        Watch {
            activity,
            old: age.map(|age| now + jittered(age)),
            leaving: false,
            draining: false,
            seen: activity.progress(),
            active: now,
            read: now,
            looked: now,
        }
    }

    /// It gets its GOAWAY.
    fn leave(&mut self) {
        self.leaving = true;
        self.active = Instant::now();
        self.looked = self.active;
    }

    /// When to look the next time.
    fn next(&self) -> Instant {
        let settings = &self.activity.core.settings;
        let mut pause = settings.write_timeout;
        if let Some(idle) = settings.connection_idle_timeout {
            pause = pause.min(idle);
        }
        if self.leaving {
            pause = pause.min(SILENCE);
        }
        let next = self.looked + (pause / 4).max(Duration::from_millis(5));
        match self.old {
            Some(old) if !self.leaving => next.min(old),
            _ => next,
        }
    }

    fn look(&mut self, streams: usize) -> Verdict {
        let (now, activity) = (Instant::now(), self.activity);
        let settings = &activity.core.settings;
        self.looked = now;
        let progress = activity.progress();
        if activity.unsent() == 0 || progress.sent != self.seen.sent {
            self.read = now;
        } else if now - self.read >= settings.write_timeout {
            return Verdict::Close(Some(Refusal::WriteTimeout));
        }
        if progress != self.seen || activity.computing() > 0 {
            self.active = now;
        }
        self.seen = progress;
        if self.leaving {
            // A client that got its GOAWAY closes the connection. One that doesn't, or doesn't go on
            // with its requests, must not hold up a shutdown.
            let patience = match self.draining {
                true => SILENCE,
                false => settings.keep_alive_timeout,
            };
            return match now - self.active >= patience {
                true => Verdict::Close(None),
                false => Verdict::Live,
            };
        }
        if streams > 0 {
            self.active = now;
        }
        let farewell = match settings.connection_idle_timeout {
            _ if self.old.is_some_and(|old| old <= now) => Farewell::Age,
            Some(idle) if now - self.active >= idle => Farewell::Idle,
            _ => return Verdict::Live,
        };
        self.leave();
        Verdict::Leave(farewell)
    }
}

/// A tenth sooner or later, by chance.
fn jittered(age: Duration) -> Duration {
    use std::hash::{BuildHasher, RandomState};

    let chance = RandomState::new().hash_one(0) as f64 / u64::MAX as f64;
    age.mul_f64(0.9 + 0.2 * chance)
}
