//! Calls of another program's gRPC methods.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, TE, USER_AGENT};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Method, Request, Uri};
use tokio::time::timeout;

use super::address::Address;
use super::call_error::{CallError, code};
use super::channel::{Channel, NoLink};
use super::connection::Connection;
use super::security::{self, Credentials};
use super::unary::{self, Failure};

/// What Mixer says that it is.
const AGENT: HeaderValue = HeaderValue::from_static("grpc-go/1.23.0");
const GRPC: HeaderValue = HeaderValue::from_static("application/grpc");
const TRAILERS: HeaderValue = HeaderValue::from_static("trailers");
/// The length of what is before a message: a flag and the message's own length.
pub(crate) const PREFIX: usize = 5;
/// How often a request is sent that no adapter has seen.
const ATTEMPTS: usize = 3;

/// Somebody who is called over a connection of one's own. It is made with the first call, and again
/// whenever it breaks.
pub(crate) struct Caller {
    address: String,
    /// `Err` for an address that nobody can listen at: calls fail, as in Mixer.
    channel: Result<Channel, String>,
    authority: Authority,
    scheme: Scheme,
    credentials: Credentials,
    timeout: Option<Duration>,
}

/// Why a handler can't be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RemoteBuildError(pub(super) String);

impl Caller {
    /// Files of certificates and tokens are read now; nothing is connected yet.
    pub(crate) fn new(connection: &Connection) -> Result<Caller, RemoteBuildError> {
        if connection.address.is_empty() {
            return Err(RemoteBuildError("empty connection address".into()));
        }
        let address = Address::parse(&connection.address);
        let trust = security::of(connection.authentication.as_ref(), address.as_ref().ok())?;
        let authority = trust.server_name.as_deref();
        let authority =
            authority.unwrap_or_else(|| address.as_ref().map_or("localhost", Address::authority));
        let authority = authority
            .parse()
            .map_err(|_| RemoteBuildError(format!("`{authority}` is no name of a server")))?;
        let scheme = match trust.security {
            security::Security::Plain => Scheme::HTTP,
            #[cfg(feature = "tls")]
            security::Security::Tls { .. } => Scheme::HTTPS,
        };
        Ok(Caller {
            address: connection.address.clone(),
            channel: address.map(|address| Channel::new(address, trust.security)),
            authority,
            scheme,
            credentials: trust.credentials,
            timeout: connection.timeout.filter(|timeout| !timeout.is_zero()),
        })
    }

    /// As it was configured.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Calls a method with a message before which there are [`PREFIX`] bytes of room, and gives the
    /// message of the answer. It takes no longer than the connection's timeout, nor than until the
    /// deadline.
    pub(crate) async fn call(
        &self,
        path: &str,
        message: Vec<u8>,
        deadline: Option<Instant>,
    ) -> Result<Bytes, CallError> {
        let until = self.timeout.map(|timeout| Instant::now() + timeout);
        let until = [until, deadline].into_iter().flatten().min();
        let answered = self.send(path, framed(message), until);
        let Some(until) = until else {
            return answered.await;
        };
        let left = until.saturating_duration_since(Instant::now());
        timeout(left, answered).await.unwrap_or_else(|_| {
            let error = "context deadline exceeded";
            Err(CallError::new(code::DEADLINE_EXCEEDED, error))
        })
    }

    /// Makes no call any more. Those in flight come to their end, and the connection with the last.
    pub(crate) fn close(&self) {
        if let Ok(channel) = &self.channel {
            channel.close();
        }
    }

    async fn send(
        &self,
        path: &str,
        body: Bytes,
        until: Option<Instant>,
    ) -> Result<Bytes, CallError> {
        let unavailable = |error: &str| CallError::new(code::UNAVAILABLE, error);
        let channel = self.channel.as_ref().map_err(|error| unavailable(error))?;
        let credentials = self.credentials.header().await?;
        let mut unseen = String::new();
        for _ in 0..ATTEMPTS {
            let link = match channel.link().await {
                Ok(link) => link,
                Err(NoLink::Closed) => {
                    let error = "grpc: the client connection is closing";
                    return Err(CallError::new(code::CANCELLED, error));
                }
                Err(NoLink::Failed(error)) => {
                    return Err(unavailable(&format!(
                        "all SubConns are in TransientFailure, latest connection error: \
                         connection error: desc = \"transport: {error}\""
                    )));
                }
            };
            let head = self.head(path, credentials.as_ref(), until)?;
            match unary::call(&link, head, body.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Unseen(error)) => unseen = error,
            }
        }
        Err(unavailable(&format!("transport is closing: {unseen}")))
    }

    fn head(
        &self,
        path: &str,
        credentials: Option<&(HeaderName, HeaderValue)>,
        until: Option<Instant>,
    ) -> Result<Request<()>, CallError> {
        let path: Result<PathAndQuery, _> = path.parse();
        let uri = path.map(|path| {
            Uri::builder()
                .scheme(self.scheme.clone())
                .authority(self.authority.clone())
                .path_and_query(path)
                .build()
        });
        let Ok(Ok(uri)) = uri else {
            let error = "the name of the method is no path";
            return Err(CallError::new(code::INTERNAL, error));
        };
        let mut head = Request::new(());
        *head.method_mut() = Method::POST;
        *head.uri_mut() = uri;
        let headers = head.headers_mut();
        headers.insert(CONTENT_TYPE, GRPC);
        headers.insert(USER_AGENT, AGENT);
        headers.insert(TE, TRAILERS);
        if let Some(until) = until {
            let left = until.saturating_duration_since(Instant::now());
            headers.insert("grpc-timeout", time_left(left));
        }
        if let Some((name, value)) = credentials {
            headers.insert(name, value.clone());
        }
        Ok(head)
    }
}

/// Fills in the prefix of a message, for which there is room.
fn framed(mut message: Vec<u8>) -> Bytes {
    let len = message.len() - PREFIX;
    // Beyond 4 GiB no adapter would take it anyhow.
    let len = u32::try_from(len).unwrap_or(u32::MAX);
    message[1..PREFIX].copy_from_slice(&len.to_be_bytes());
    message.into()
}

/// A time as `grpc-timeout` has it: at most eight digits, rounded up, in the finest unit.
fn time_left(left: Duration) -> HeaderValue {
    let nanos = left.as_nanos();
    let units = [
        (1, 'n'),
        (1_000, 'u'),
        (1_000_000, 'm'),
        (1_000_000_000, 'S'),
        (60_000_000_000, 'M'),
    ];
    let fits = |(unit, _): &&(u128, char)| nanos.div_ceil(*unit) < 100_000_000;
    let (unit, name) = units.iter().find(fits).unwrap_or(&(3_600_000_000_000, 'H'));
    let text = format!("{}{name}", nanos.div_ceil(*unit));
    HeaderValue::from_str(&text).expect("digits and a letter")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::time_left;

    #[test]
    fn times_have_eight_digits_at_most() {
        for (nanos, text) in [
            (0, "0n"),
            (99_999_999, "99999999n"),
            (100_000_000, "100000u"),
            (4_999_968_001, "4999969u"),
            (100_000_000_000, "100000m"),
            (u64::MAX, "18446745S"),
        ] {
            assert_eq!(time_left(Duration::from_nanos(nanos)), text);
        }
        assert_eq!(time_left(Duration::from_secs(1 << 33)), "2386093H");
    }
}
