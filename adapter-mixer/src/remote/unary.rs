//! One call: a message there and a message back, on a connection that stands.

use bytes::{Buf, Bytes, BytesMut};
use h2::{Reason, RecvStream};
use http::{HeaderMap, Request, StatusCode};
use percent_encoding::percent_decode;

use super::call_error::{CallError, code};
use super::dial::Link;

/// As much as an answer may be: gRPC's default.
const MOST: usize = 4 << 20;

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// The adapter has not seen the request, so that it may be sent again.
    Unseen(String),
    /// It may have seen it.
    Final(CallError),
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Failure {
        Failure::Final(error)
    }
}

/// Sends a request, whose body has its prefix, and waits for the answer's message. Dropped before
/// that, it tells the adapter that nobody waits any more.
pub(super) async fn call(link: &Link, head: Request<()>, body: Bytes) -> Result<Bytes, Failure> {
    let unseen = |error: h2::Error| {
        link.give_up();
        Failure::Unseen(error.to_string())
    };
    let mut sender = link.sender.clone().ready().await.map_err(unseen)?;
    let (answer, mut body_sender) = sender.send_request(head, false).map_err(unseen)?;
    // What is wrong here shows in the answer, too, and there with its reason.
    let sent = body_sender.send_data(body, true);
    let (head, content) = match answer.await {
        Ok(answer) => answer.into_parts(),
        Err(error) => return Err(unanswered(link, &error)),
    };
    drop(sent);
    if head.status != StatusCode::OK {
        let status = head.status;
        let text = status.canonical_reason().unwrap_or_default();
        let error = format!(
            "{text}: HTTP status code {}; transport: missing content-type field",
            status.as_u16()
        );
        // A status of gRPC counts more.
        return Err(match head.headers.contains_key(STATUS) {
            true => ok(&head.headers)
                .err()
                .unwrap_or_else(|| CallError::new(of_http(status), error)),
            false => CallError::new(of_http(status), error),
        }
        .into());
    }
    let content_type = head.headers.get(http::header::CONTENT_TYPE);
    let is_grpc = content_type.is_some_and(|it| it.as_bytes().starts_with(b"application/grpc"));
    if !is_grpc {
        let found = content_type.map(|it| String::from_utf8_lossy(it.as_bytes()).into_owned());
        let found = found.unwrap_or_default();
        let error = format!("transport: received the unexpected content-type \"{found}\"");
        return Err(CallError::new(code::UNKNOWN, error).into());
    }
    if content.is_end_stream() && head.headers.contains_key(STATUS) {
        ok(&head.headers)?;
        return Err(
            CallError::new(code::INTERNAL, "the adapter answered OK without a message").into(),
        );
    }
    let encoding = head.headers.get("grpc-encoding");
    let encoding = encoding.map(|it| String::from_utf8_lossy(it.as_bytes()).into_owned());
    message(content, encoding).await
}

const STATUS: &str = "grpc-status";

/// The one message, if the status behind it is OK.
async fn message(mut content: RecvStream, encoding: Option<String>) -> Result<Bytes, Failure> {
    let mut received = BytesMut::new();
    while let Some(data) = content.data().await {
        let data = data.map_err(|error| broken(&error))?;
        // The stream is still there.
        let _ = content.flow_control().release_capacity(data.len());
        received.extend_from_slice(&data);
        if let [flag, a, b, c, d, ..] = received[..] {
            let len = u32::from_be_bytes([a, b, c, d]) as usize;
            if len > MOST {
                let error = format!("grpc: received message larger than max ({len} vs. {MOST})");
                return Err(CallError::new(code::RESOURCE_EXHAUSTED, error).into());
            }
            if flag != 0 {
                let encoding = encoding.unwrap_or_default();
                let error =
                    format!("grpc: Decompressor is not installed for grpc-encoding \"{encoding}\"");
                return Err(CallError::new(code::UNIMPLEMENTED, error).into());
            }
            if received.len() > 5 + len {
                let error = "grpc: client streaming protocol violation: more than one message";
                return Err(CallError::new(code::INTERNAL, error).into());
            }
        }
    }
    let trailers = content.trailers().await;
    match trailers.map_err(|error| broken(&error))? {
        Some(trailers) => ok(&trailers)?,
        None => {
            let error = "server closed the stream without sending trailers";
            return Err(CallError::new(code::INTERNAL, error).into());
        }
    }
    let mut message = received.freeze();
    let whole = message.len() >= 5 && {
        let len = message.slice(1..5).get_u32() as usize;
        message.len() == 5 + len
    };
    if !whole {
        let error = match message.is_empty() {
            true => "the adapter answered OK without a message",
            false => "unexpected EOF",
        };
        return Err(CallError::new(code::INTERNAL, error).into());
    }
    message.advance(5);
    Ok(message)
}

/// The status of an answer.
fn ok(headers: &HeaderMap) -> Result<(), CallError> {
    let Some(status) = headers.get(STATUS) else {
        let error = "the answer has no status of gRPC";
        return Err(CallError::new(code::UNKNOWN, error));
    };
    let number = status.to_str().ok().and_then(|text| text.parse().ok());
    let Some(code) = number else {
        let error = format!("transport: malformed grpc-status: {status:?}");
        return Err(CallError::new(code::UNKNOWN, error));
    };
    if code == 0 {
        return Ok(());
    }
    let message = headers.get("grpc-message");
    let message = message.map_or(&b""[..], |it| it.as_bytes());
    let message = percent_decode(message).decode_utf8_lossy();
    Err(CallError::new(code, message))
}

/// What a status of HTTP means in gRPC.
fn of_http(status: StatusCode) -> i32 {
    match status.as_u16() {
        400 => code::INTERNAL,
        401 => code::UNAUTHENTICATED,
        403 => code::PERMISSION_DENIED,
        404 => code::UNIMPLEMENTED,
        429 | 502..=504 => code::UNAVAILABLE,
        _ => code::UNKNOWN,
    }
}

/// A stream or a connection that ended before there was an answer.
fn unanswered(link: &Link, error: &h2::Error) -> Failure {
    if error.is_go_away() && error.is_remote() {
        // What the peer has seen it answers before it goes.
        link.give_up();
        return Failure::Unseen(error.to_string());
    }
    match error.is_reset() && error.reason() == Some(Reason::REFUSED_STREAM) {
        true => Failure::Unseen(error.to_string()),
        false => broken(error),
    }
}

/// A stream or a connection that ended before its time.
fn broken(error: &h2::Error) -> Failure {
    if !error.is_reset() {
        let error = format!("transport is closing: {error}");
        return CallError::new(code::UNAVAILABLE, error).into();
    }
    let reason = error.reason().unwrap_or(Reason::INTERNAL_ERROR);
    let code = match reason {
        Reason::REFUSED_STREAM => code::UNAVAILABLE,
        Reason::CANCEL => code::CANCELLED,
        Reason::ENHANCE_YOUR_CALM | Reason::FLOW_CONTROL_ERROR => code::RESOURCE_EXHAUSTED,
        Reason::INADEQUATE_SECURITY => code::PERMISSION_DENIED,
        _ => code::INTERNAL,
    };
    let name = format!("{reason:?}");
    let error = format!("stream terminated by RST_STREAM with error code: {name}");
    CallError::new(code, error).into()
}
