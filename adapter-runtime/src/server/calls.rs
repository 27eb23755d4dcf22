//! A call to a handler: in the task of its connection where the handler is quick, in one of its own
//! where it computes for long.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::task::JoinHandle;
use tracing::Span;
use tracing::instrument::WithSubscriber;

use crate::adapter::Call;
use crate::code::Code;
use crate::future::{Contained, contain, contain_now};
use crate::handlers::{Lease, Pace};
use crate::status::Status;

/// A call that owns all that it needs.
pub(super) struct Calling {
    pub(super) lease: Lease,
    /// The place of the template among the adapter's.
    pub(super) template: usize,
    pub(super) call: Call,
    pub(super) message: Bytes,
}

impl Calling {
    /// Calls the handler. Dropping the future gives the call up, wherever it runs.
    pub(super) async fn run(self) -> Result<Vec<u8>, Status> {
        let handler = self.call.handler.clone();
        let answer = if self.lease.pace().is_heavy() {
            // In the connection's task all its other streams would wait for this one.
            let serve = self.serve().with_current_subscriber();
            OwnTask(tokio::spawn(serve)).await.flatten()
        } else {
            self.serve().await
        };
        answer.map_err(|status| status.of_handler(&handler))
    }

    /// A panic is answered, and the process lives on.
    async fn serve(self) -> Result<Vec<u8>, Status> {
        let Calling {
            lease,
            template,
            call,
            message,
        } = &self;
        let span = lease.env().span();
        let started = Instant::now();
        let called = {
            let _entered = span.enter();
            contain_now(|| lease.handler().serve(*template, call, message))
        };
        // Recorded also where the call is given up.
        let mut busy = Busy::of(lease.pace());
        busy.time = started.elapsed();
        let answer = match called {
            Ok(Ok(answer)) => {
                let answer = contain(answer);
                Measured::new(answer, span, &mut busy).await
            }
            Ok(Err(error)) => return Err(Status::malformed(&error)),
            Err(panic) => Err(panic),
        };
        drop(busy);
        match answer {
            Ok(answer) => answer.map_err(Status::from),
            Err(panic) => Err(lease.panicked(&panic)),
        }
    }
}

/// How long a call kept its task busy.
pub(super) struct Busy<'a> {
    pace: &'a Pace,
    time: Duration,
}

impl Busy<'_> {
    pub(super) fn of(pace: &Pace) -> Busy<'_> {
        Busy {
            pace,
            time: Duration::ZERO,
        }
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.pace.record(self.time);
    }
}

/// An answer to come, with the time for which it kept its task busy.
pub(super) struct Measured<'a, T> {
    answer: Contained<'a, T>,
    span: &'a Span,
    busy: &'a mut Duration,
}

impl<'a, T> Measured<'a, T> {
    pub(super) fn new(
        answer: Contained<'a, T>,
        span: &'a Span,
        busy: &'a mut Busy<'_>,
    ) -> Measured<'a, T> {
        Measured {
            answer,
            span,
            busy: &mut busy.time,
        }
    }
}

impl<T> Future for Measured<'_, T> {
    type Output = Result<T, String>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let started = Instant::now();
        let entered = self.span.enter();
        let polled = Pin::new(&mut self.answer).poll(cx);
        drop(entered);
        *self.busy += started.elapsed();
        polled
    }
}

/// A task that ends with the future that waits for it.
pub(super) struct OwnTask<T>(pub(super) JoinHandle<T>);

impl<T> Future for OwnTask<T> {
    type Output = Result<T, Status>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map(|ended| {
            // Its panics are contained, so this is the end of the runtime.
            ended.map_err(|_| Status::new(Code::Unavailable, "the server is shutting down"))
        })
    }
}

impl<T> Drop for OwnTask<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
