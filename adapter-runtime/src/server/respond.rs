//! From a request to its answer: what is allowed, what it costs, how long it may take.

use std::sync::Arc;

use http::request::Parts;
use http::{HeaderMap, Request, Response};
use hyper::body::{Body as _, Incoming as IncomingBody};
use tokio::time::{Instant, timeout_at};

use super::activity::{Activity, Open};
use super::answer::Answer;
use super::core::{Core, Stage};
use super::dispatch::{Dispatch, Incoming, Target};
use super::failures::Outcome;
use super::grpc;
use super::streaming::Streaming;
use crate::code::Code;
use crate::metrics::Refusal;
use crate::status::Status;

/// What a name and a value of a header take up beside their bytes, as HTTP/2 counts it.
const HEADER: usize = 32;

/// Answers a request.
pub(super) async fn respond(
    dispatch: &Arc<Dispatch>,
    activity: &Arc<Activity>,
    request: Request<IncomingBody>,
) -> Response<Answer> {
    let started = Instant::now();
    let mut open = activity.call(started.into_std());
    let core = &*activity.core;
    if let Err(refusal) = grpc::check_protocol(&request) {
        core.refused(Refusal::Protocol);
        open.answered();
        return grpc::refusal(refusal);
    }
    let (head, body) = request.into_parts();
    let mut call = Call {
        core,
        activity,
        head: &head,
        body: Some(body),
        started,
        given_up: false,
    };
    let answer = call.answer(dispatch, &mut open).await;
    if !call.given_up {
        open.answered();
    }
    let error = match answer {
        Ok(answer) => return grpc::response(answer),
        Err(error) => error,
    };
    let Call { body, .. } = call;
    let (path, peer) = (head.uri.path(), &activity.peer);
    core.failures.log(path, peer, &error, Outcome::Error);
    if let Some(body) = body
        && !body.is_end_stream()
    {
        tokio::spawn(grpc::discard(body));
    }
    grpc::failure(&error)
}

/// A request that is being answered.
struct Call<'a> {
    core: &'a Core,
    activity: &'a Arc<Activity>,
    head: &'a Parts,
    body: Option<IncomingBody>,
    started: Instant,
    /// Whether the client has reset it while it was read.
    given_up: bool,
}

impl Call<'_> {
    async fn answer(
        &mut self,
        dispatch: &Arc<Dispatch>,
        open: &mut Open<'_>,
    ) -> Result<Answer, Status> {
        let core = self.core;
        let started = self.started.into_std();
        // It is for no adapter yet.
        let stray = |status: Status| {
            core.strays.begin(started, 0).refuse(&status);
            status
        };
        let target = self.admit(dispatch).map_err(stray)?;
        let _in_flight = core.load.request(core.metrics()).map_err(stray)?;
        // A deadline beyond what the clock can hold is none.
        let timeout = grpc::timeout(&self.head.headers).map_err(stray)?;
        let deadline = timeout.and_then(|timeout| self.started.checked_add(timeout));
        open.deadline = deadline.map(Instant::into_std);
        if let Target::Streaming(method) = target {
            let body = self.body.take().expect("it is taken once");
            let messages = method.answer(body, dispatch.clone(), self.activity.clone());
            let activity = self.activity.clone();
            core.strays.begin(started, 0).record(&Ok(Vec::new()));
            return Ok(Answer::Streaming {
                messages: Some(messages),
                activity,
            });
        }
        let message = self.read(deadline).await.map_err(stray)?;
        let incoming = Incoming {
            message,
            started: self.started,
            deadline,
            peer: &self.activity.peer,
        };
        let answer = target.answer(dispatch, incoming, core).await?;
        Ok(Answer::unary(&answer, self.activity))
    }

    /// Whether it may be answered at all, and by what.
    fn admit<'a>(&self, dispatch: &'a Dispatch) -> Result<Target<'a>, Status> {
        let core = self.core;
        let max = core.settings.max_header_bytes;
        let bytes = header_bytes(&self.head.headers);
        if bytes > max {
            core.refused(Refusal::HeaderBytes);
            return Err(Status::new(
                Code::ResourceExhausted,
                format!(
                    "the request's headers have {bytes} bytes; at most {max} are accepted: send less, or \
                     raise the server's `max-header-bytes`"
                ),
            ));
        }
        let target = dispatch.target(self.head.uri.path());
        if !matches!(
            target,
            Ok(Target::HealthCheck | Target::Streaming(Streaming::HealthWatch))
        ) {
            core.security
                .check(&self.head.headers, &self.activity.peer, core)?;
        }
        if core.stage() == Stage::Draining && matches!(target, Ok(Target::Streaming(_))) {
            return Err(Status::new(
                Code::Unavailable,
                "the server is shutting down",
            ));
        }
        target
    }

    /// Reads the message, in the time that there is for it.
    async fn read(&mut self, deadline: Option<Instant>) -> Result<bytes::Bytes, Status> {
        let core = self.core;
        let body = self.body.as_mut().expect("it is taken once");
        let timeout = core.settings.read_timeout;
        let last = self.started + timeout;
        let until = deadline.map_or(last, |deadline| deadline.min(last));
        let message = grpc::read_message(body, core, self.activity);
        let read = timeout_at(until, message).await;
        self.given_up = matches!(&read, Ok(Err(status)) if status.code() == Code::Cancelled);
        read.unwrap_or_else(|_| {
            Err(if until < last {
                grpc::too_late()
            } else {
                core.refused(Refusal::ReadTimeout);
                Status::new(
                    Code::DeadlineExceeded,
                    format!(
                        "the request did not arrive within {timeout:?}, the server's `read-timeout`"
                    ),
                )
            })
        })
    }
}

fn header_bytes(headers: &HeaderMap) -> usize {
    let lengths = headers.iter();
    lengths
        .map(|(name, value)| name.as_str().len() + value.len() + HEADER)
        .sum()
}
