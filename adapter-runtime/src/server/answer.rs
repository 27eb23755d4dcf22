//! The body of an answer, in whatever form.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use futures_util::stream::Stream;
use http::HeaderMap;
use http_body::{Body, Frame};

use super::activity::{Activity, Unsent};
use super::grpc::{PREFIX, trailers};
use crate::status::Status;

/// The messages of an answer that has any number of them.
pub(super) type Messages = Pin<Box<dyn Stream<Item = Result<Vec<u8>, Status>> + Send>>;

/// The body of an answer.
pub(super) enum Answer {
    /// Nothing: all is in the headers.
    Empty,
    /// One message in one frame, and the trailers.
    Unary {
        message: Option<Piece>,
        trailers: Option<HeaderMap>,
    },
    /// Messages as they come.
    Streaming {
        /// None after the last.
        messages: Option<Messages>,
        activity: Arc<Activity>,
    },
}

impl Answer {
    pub(super) fn unary(message: &[u8], activity: &Arc<Activity>) -> Answer {
        Answer::Unary {
            message: Some(Piece::new(message, activity)),
            trailers: Some(trailers(None)),
        }
    }
}

/// A message with its prefix, counted until it is sent.
pub(super) struct Piece {
    bytes: Bytes,
    unsent: Unsent,
}

impl Piece {
    fn new(message: &[u8], activity: &Arc<Activity>) -> Piece {
        let mut framed = BytesMut::with_capacity(PREFIX + message.len());
        framed.put_u8(0);
        framed.put_u32(u32::try_from(message.len()).expect("an answer is far below 4 GiB"));
        framed.put_slice(message);
        let bytes = framed.freeze();
        Piece {
            unsent: Unsent::new(activity.clone(), bytes.len()),
            bytes,
        }
    }
}

impl Buf for Piece {
    fn remaining(&self) -> usize {
        self.bytes.remaining()
    }

    fn chunk(&self) -> &[u8] {
        self.bytes.chunk()
    }

    fn advance(&mut self, count: usize) {
        self.unsent.part();
        self.bytes.advance(count);
    }
}

impl Body for Answer {
    type Data = Piece;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Piece>, Infallible>>> {
        match &mut *self {
            Answer::Empty => Poll::Ready(None),
            Answer::Unary { message, trailers } => Poll::Ready(match message.take() {
                Some(message) => Some(Ok(Frame::data(message))),
                None => trailers.take().map(|it| Ok(Frame::trailers(it))),
            }),
            Answer::Streaming { messages, activity } => {
                let Some(stream) = messages else {
                    return Poll::Ready(None);
                };
                let status = match stream.as_mut().poll_next(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(Some(Ok(message))) => {
                        let piece = Piece::new(&message, activity);
                        return Poll::Ready(Some(Ok(Frame::data(piece))));
                    }
                    Poll::Ready(Some(Err(status))) => Some(status),
                    Poll::Ready(None) => None,
                };
                *messages = None;
                Poll::Ready(Some(Ok(Frame::trailers(trailers(status.as_ref())))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Answer::Empty => true,
            Answer::Unary { message, trailers } => message.is_none() && trailers.is_none(),
            Answer::Streaming { messages, .. } => messages.is_none(),
        }
    }
}
