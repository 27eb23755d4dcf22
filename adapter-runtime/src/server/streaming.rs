//! Methods with any number of messages: watching the health, and reflection.

use std::sync::Arc;

use bytes::{Buf, BytesMut};
use futures_util::stream::{self, StreamExt};
use http_body_util::BodyExt;
use hyper::body::Incoming as IncomingBody;

use super::activity::Activity;
use super::answer::Messages;
use super::core::Stage;
use super::dispatch::Dispatch;
use super::grpc::{self, PREFIX};
use super::health;
use super::reflection;
use crate::code::Code;
use crate::status::Status;

/// A method with any number of messages.
#[derive(Clone, Copy)]
pub(super) enum Streaming {
    HealthWatch,
    Reflection,
}

/// What these methods are asked is short.
const MAX_REQUEST: usize = 4096;

impl Streaming {
    pub(super) fn named(path: &str, with_reflection: bool) -> Option<Streaming> {
        match path {
            health::WATCH => Some(Streaming::HealthWatch),
            reflection::V1 | reflection::V1_ALPHA if with_reflection => Some(Streaming::Reflection),
            _ => None,
        }
    }

    /// Answers as long as somebody asks, or until the server ends.
    pub(super) fn answer(
        self,
        body: IncomingBody,
        dispatch: Arc<Dispatch>,
        activity: Arc<Activity>,
    ) -> Messages {
        let core = activity.core.clone();
        match self {
            Streaming::HealthWatch => Box::pin(
                stream::once(async move {
                    let mut requests = Requests::new(body);
                    let request = requests.next().await.ok_or_else(nothing_sent)??;
                    // What follows is not read, but who sends it may.
                    tokio::spawn(grpc::discard(requests.body));
                    health::watch(&dispatch, &core, &request)
                })
                .flat_map(|watched| match watched {
                    Ok(messages) => messages,
                    Err(status) => Box::pin(stream::iter([Err(status)])),
                }),
            ),
            Streaming::Reflection => {
                let requests = Requests::new(body);
                let state = Some((requests, dispatch));
                let answers = stream::unfold(state, |state| async move {
                    let (mut requests, dispatch) = state?;
                    match requests.next().await? {
                        Ok(request) => {
                            let answer = reflection::answer(&dispatch, &request);
                            let more = answer.is_ok().then_some((requests, dispatch));
                            Some((answer, more))
                        }
                        Err(status) => Some((Err(status), None)),
                    }
                });
                let draining = async move { core.reached(Stage::Draining).await };
                Box::pin(answers.take_until(Box::pin(draining)))
            }
        }
    }
}

fn nothing_sent() -> Status {
    Status::new(Code::InvalidArgument, "no message was sent")
}

/// The messages of a request.
struct Requests {
    body: IncomingBody,
    received: BytesMut,
}

impl Requests {
    fn new(body: IncomingBody) -> Requests {
        Requests {
            body,
            received: BytesMut::new(),
        }
    }

    async fn next(&mut self) -> Option<Result<Vec<u8>, Status>> {
        loop {
            let refused = |problem: &str| Some(Err(Status::new(Code::InvalidArgument, problem)));
            if let Some(prefix) = self.received.get(..PREFIX) {
                let length =
                    <[u8; 4]>::try_from(&prefix[1..]).expect("five bytes without the first");
                let length = u32::from_be_bytes(length) as usize;
                if prefix[0] != 0 {
                    return refused("the request is compressed; send it uncompressed");
                }
                if length > MAX_REQUEST {
                    return refused("the request is too long for this method");
                }
                if let Some(message) = self.received.get(PREFIX..PREFIX + length) {
                    let message = message.to_vec();
                    self.received.advance(PREFIX + length);
                    return Some(Ok(message));
                }
            }
            match self.body.frame().await {
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.received.extend_from_slice(&data);
                    }
                }
                Some(Err(error)) => {
                    let problem = format!("the request could not be read: {error}");
                    return Some(Err(Status::new(Code::Cancelled, problem)));
                }
                None if self.received.is_empty() => return None,
                None => return refused("the request ends within its message"),
            }
        }
    }
}
