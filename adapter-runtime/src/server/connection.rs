//! One HTTP/2 connection, with its streams polled in its own task.
//!
//! A library's server spawns a task for each stream, and on a multi-thread runtime every response
//! is then flushed alone. Polled together, the responses that are ready leave in one write.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use hyper::rt::Executor;

use super::activity::Activity;
use crate::future::{Contained, contain};

/// Takes the streams that a connection accepts.
#[derive(Clone, Default)]
pub(super) struct Streams(Arc<Mutex<Vec<Contained<'static, ()>>>>);

impl Streams {
    fn take(&self) -> Vec<Contained<'static, ()>> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Streams {
    fn execute(&self, stream: F) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(contain(Box::pin(stream)));
    }
}

/// A connection and its streams, as one future.
pub(super) struct Connection<C> {
    connection: Pin<Box<C>>,
    accepted: Streams,
    streams: FuturesUnordered<Contained<'static, ()>>,
    activity: Arc<Activity>,
}

/// How a connection has ended.
pub(super) enum End<T> {
    /// By itself.
    Itself(T),
    /// It gives up more requests than it may.
    Hostile,
}

impl<C> Connection<C> {
    /// The connection must execute its streams on `accepted`.
    pub(super) fn new(connection: C, accepted: Streams, activity: Arc<Activity>) -> Connection<C> {
        Connection {
            connection: Box::pin(connection),
            accepted,
            streams: FuturesUnordered::new(),
            activity,
        }
    }

    /// How many streams are open.
    pub(super) fn streams(&self) -> usize {
        self.streams.len()
    }

    /// The connection itself, to shut it down.
    pub(super) fn connection(&mut self) -> Pin<&mut C> {
        self.connection.as_mut()
    }
}

impl<C: Future> Future for Connection<C> {
    type Output = End<C::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<End<C::Output>> {
        if let Poll::Ready(end) = self.connection.as_mut().poll(cx) {
            return Poll::Ready(End::Itself(end));
        }
        let accepted = self.accepted.take();
        self.streams.extend(accepted);
        // A stream that has something to send wakes the connection, which is this task: all that
        // is ready now is then written at once.
        while let Poll::Ready(Some(_)) = self.streams.poll_next_unpin(cx) {}
        match self.activity.is_hostile() {
            true => Poll::Ready(End::Hostile),
            false => Poll::Pending,
        }
    }
}
