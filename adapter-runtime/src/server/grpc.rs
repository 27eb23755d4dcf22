//! gRPC's framing of a unary call, with the message left as bytes.
//!
//! Ours rather than a library's: templates of any crate are dispatched without generated services,
//! the request is decoded once and in place, and a request that is too large is refused before it
//! is read, with RESOURCE_EXHAUSTED.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Request, Response, header};
use http_body::Body;
use http_body_util::BodyExt;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::activity::Activity;
use super::answer::Answer;
use super::core::Core;
use crate::code::Code;
use crate::metrics::Refusal;
use crate::status::Status;

const GRPC: HeaderValue = HeaderValue::from_static("application/grpc");
/// A flag and a length of four bytes stand before the message.
pub(super) const PREFIX: usize = 5;
/// What `grpc-message` must not hold as it is.
const ENCODED: &AsciiSet = &CONTROLS.add(b'%');
/// A text is cut at this many bytes, encoded: it travels in a header, and clients take 8 KiB of
/// headers.
const MAX_MESSAGE: usize = 4096;

/// Whether the request is gRPC at all; if it isn't, the answer to give.
pub(super) fn check_protocol<B>(request: &Request<B>) -> Result<(), http::StatusCode> {
    if request.method() != http::Method::POST {
        return Err(http::StatusCode::METHOD_NOT_ALLOWED);
    }
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let content_type = content_type.map(|value| value.as_bytes().trim_ascii().to_ascii_lowercase());
    let content_type = content_type.unwrap_or_default();
    match content_type.strip_prefix(b"application/grpc") {
        Some(b"" | [b'+' | b';', ..]) => Ok(()),
        _ => Err(http::StatusCode::UNSUPPORTED_MEDIA_TYPE),
    }
}

/// How long the caller will wait, if it says so.
pub(super) fn timeout(headers: &HeaderMap) -> Result<Option<Duration>, Status> {
    let Some(value) = headers.get("grpc-timeout") else {
        return Ok(None);
    };
    let parsed = value.to_str().ok().and_then(parse_timeout);
    parsed.map(Some).ok_or_else(|| {
        Status::new(
            Code::InvalidArgument,
            format!(
                "the header grpc-timeout is {value:?}: it must be one to eight digits and a unit \
                 of H, M, S, m, u or n"
            ),
        )
    })
}

fn parse_timeout(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number * 3600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

/// How many of the largest requests a connection may have unfinished at a time.
const UNFINISHED: usize = 4;

/// Reads the one message of a unary call.
pub(super) async fn read_message<B>(
    body: &mut B,
    core: &Core,
    activity: &Activity,
) -> Result<Bytes, Status>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    let max = core.settings.max_request_bytes;
    let mut reading = activity.read();
    let mut received = Received::default();
    let mut memory = None;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            Status::new(
                Code::Cancelled,
                format!("the request could not be read: {error}"),
            )
        })?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        let unfinished = reading.part(data.len());
        received.push(data, max, core)?;
        // Most are complete at once, and wait for nobody.
        if !received.is_complete() {
            if unfinished > max.saturating_mul(UNFINISHED) {
                core.refused(Refusal::Memory);
                return Err(Status::new(
                    Code::ResourceExhausted,
                    format!(
                        "{unfinished} bytes of unfinished requests are on this connection: send fewer at a \
                         time, or raise the server's `max-request-bytes`, of which {UNFINISHED} may be"
                    ),
                ));
            }
            drop(memory.take());
            memory = Some(core.load.memory(received.bytes().len(), core.metrics())?);
        }
    }
    drop(memory);
    received.message()
}

/// What was read of a request so far. Most requests are one frame, which is not copied.
#[derive(Default)]
struct Received {
    first: Bytes,
    all: BytesMut,
}

impl Received {
    fn push(&mut self, data: Bytes, max: usize, core: &Core) -> Result<(), Status> {
        if self.first.is_empty() && self.all.is_empty() {
            self.first = data;
        } else {
            if self.all.is_empty() {
                self.all.extend_from_slice(&std::mem::take(&mut self.first));
            }
            self.all.extend_from_slice(&data);
        }
        self.check_flag()?;
        match self.declared_len() {
            Some(len) if len > max => {
                core.refused(Refusal::RequestBytes);
                Err(Status::new(
                    Code::ResourceExhausted,
                    format!(
                        "the request has {len} bytes; at most {max} are accepted: send less at a time, or \
                         raise the server's `max-request-bytes`"
                    ),
                ))
            }
            Some(len) if self.bytes().len() > PREFIX + len => Err(Status::new(
                Code::InvalidArgument,
                "more than one message was sent; the call takes one",
            )),
            _ => Ok(()),
        }
    }

    fn bytes(&self) -> &[u8] {
        if self.all.is_empty() {
            &self.first
        } else {
            &self.all
        }
    }

    fn declared_len(&self) -> Option<usize> {
        let length = self.bytes().get(1..PREFIX)?;
        let length = <[u8; 4]>::try_from(length).expect("the range has four bytes");
        Some(u32::from_be_bytes(length) as usize)
    }

    fn is_complete(&self) -> bool {
        let len = self.declared_len();
        len.is_some_and(|len| self.bytes().len() == PREFIX + len)
    }

    fn check_flag(&self) -> Result<(), Status> {
        match self.bytes().first() {
            None | Some(0) => Ok(()),
            Some(1) => Err(Status::new(
                Code::Unimplemented,
                "the request is compressed; send it uncompressed",
            )),
            Some(flag) => Err(Status::new(
                Code::InvalidArgument,
                format!("the request's compression flag is {flag}; it must be 0"),
            )),
        }
    }

    fn message(self) -> Result<Bytes, Status> {
        let error = match self.declared_len() {
            Some(len) if self.bytes().len() == PREFIX + len => {
                let all = if self.all.is_empty() {
                    self.first
                } else {
                    self.all.freeze()
                };
                return Ok(all.slice(PREFIX..));
            }
            _ if self.bytes().is_empty() => "no message was sent",
            _ => "the request ends within its message",
        };
        Err(Status::new(Code::InvalidArgument, error))
    }
}

/// Reads what is left of a request that was answered already, within bounds. A client that is
/// still sending would count as one that breaks the protocol otherwise, and lose its connection.
pub(super) async fn discard<B: Body + Unpin>(mut body: B) {
    const MAX_FRAMES: usize = 8192;
    const PATIENCE: Duration = Duration::from_secs(10);
    let read = async {
        for _ in 0..MAX_FRAMES {
            match body.frame().await {
                Some(Ok(_)) => {}
                Some(Err(_)) | None => break,
            }
        }
    };
    let _ = tokio::time::timeout(PATIENCE, read).await;
}

/// The headers of an answer.
pub(super) fn response(answer: Answer) -> Response<Answer> {
    let mut response = Response::new(answer);
    response.headers_mut().insert(header::CONTENT_TYPE, GRPC);
    response
}

/// An error, in headers alone.
pub(super) fn failure(status: &Status) -> Response<Answer> {
    let mut response = response(Answer::Empty);
    insert_status(Some(status), response.headers_mut());
    response
}

/// What stands after the messages; `None` is OK.
pub(super) fn trailers(status: Option<&Status>) -> HeaderMap {
    let mut trailers = HeaderMap::with_capacity(2);
    insert_status(status, &mut trailers);
    trailers
}

fn insert_status(status: Option<&Status>, headers: &mut HeaderMap) {
    match status {
        None => {
            headers.insert("grpc-status", HeaderValue::from_static("0"));
        }
        Some(status) => {
            headers.insert("grpc-status", HeaderValue::from(status.code() as i32));
            headers.insert("grpc-message", encode_text(status.message()));
        }
    }
}

/// The client no longer waits.
pub(super) fn too_late() -> Status {
    Status::new(
        Code::DeadlineExceeded,
        "no answer within the time that the caller waits, its grpc-timeout",
    )
}

/// An answer to what is not gRPC.
pub(super) fn refusal(status: http::StatusCode) -> Response<Answer> {
    let mut response = Response::new(Answer::Empty);
    *response.status_mut() = status;
    response
}

fn encode_text(text: &str) -> HeaderValue {
    let mut encoded = String::new();
    // HTTP would take off blanks; line breaks are encoded, and stay.
    for c in text.trim_matches(' ').chars() {
        let mut bytes = [0; 4];
        let c = utf8_percent_encode(c.encode_utf8(&mut bytes), ENCODED).to_string();
        if encoded.len() + c.len() > MAX_MESSAGE {
            encoded.push_str("...");
            break;
        }
        encoded.push_str(&c);
    }
    HeaderValue::try_from(encoded).expect("only printable ASCII is left")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(chunks: &[&[u8]], max: usize) -> Result<Bytes, Code> {
        let mut received = Received::default();
        let core = Core::of_defaults();
        for chunk in chunks {
            received
                .push(Bytes::copy_from_slice(chunk), max, &core)
                .map_err(|status| status.code())?;
        }
        received.message().map_err(|status| status.code())
    }

    #[test]
    fn a_message_may_come_in_any_pieces() {
        let framed = b"\0\0\0\0\x03abc";
        for at in 0..framed.len() {
            let (head, tail) = framed.split_at(at);
            assert_eq!(read(&[head, &[], tail], 3), Ok(Bytes::from_static(b"abc")));
        }
    }

    #[test]
    fn what_is_not_one_message_is_refused() {
        assert_eq!(read(&[b"\0\0\0\0\x04"], 3), Err(Code::ResourceExhausted));
        assert_eq!(read(&[b"\0\0\0\0\x03ab"], 3), Err(Code::InvalidArgument));
        assert_eq!(read(&[b"\0\0\0\0\x01ab"], 3), Err(Code::InvalidArgument));
        assert_eq!(read(&[b"\0\0\0"], 3), Err(Code::InvalidArgument));
        assert_eq!(read(&[], 3), Err(Code::InvalidArgument));
        assert_eq!(read(&[b"\x01\0\0\0\0"], 3), Err(Code::Unimplemented));
        assert_eq!(read(&[b"\x07\0\0\0\0"], 3), Err(Code::InvalidArgument));
    }

    #[test]
    fn timeouts_have_eight_digits_and_a_unit() {
        assert_eq!(
            parse_timeout("4999969u"),
            Some(Duration::from_micros(4_999_969))
        );
        assert_eq!(
            parse_timeout("99999999H"),
            Some(Duration::from_secs(99_999_999 * 3600))
        );
        for text in ["", "5", "S", "-5S", "+5S", "123456789S", "5s", "5é"] {
            assert_eq!(parse_timeout(text), None, "{text}");
        }
    }

    #[test]
    fn any_text_fits_into_a_header() {
        assert_eq!(encode_text(" 100% ü\n5 "), "100%25 %C3%BC%0A5");
        assert!(encode_text(&"ü".repeat(10_000)).len() <= MAX_MESSAGE + 3);
    }
}
