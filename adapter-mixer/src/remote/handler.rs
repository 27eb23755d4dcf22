//! Handlers whose adapters are other programs.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use adapter_runtime::QuotaArgs;
use adapter_runtime::template::Variety;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, TE, USER_AGENT};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Method, Request, Uri};
use tokio::time::timeout;

use super::address::Address;
use super::answer::Answer;
use super::call_error::{CallError, code};
use super::channel::{Channel, NoLink};
use super::connection::Connection;
use super::descriptor::DescriptorError;
use super::instance::EncodedInstance;
use super::security::{self, Credentials};
use super::template::RemoteTemplate;
use super::unary::{self, Failure};

/// What Mixer says that it is.
const AGENT: HeaderValue = HeaderValue::from_static("grpc-go/1.23.0");
const GRPC: HeaderValue = HeaderValue::from_static("application/grpc");
const TRAILERS: HeaderValue = HeaderValue::from_static("trailers");
/// A flag and the length of the message.
const PREFIX: usize = 5;
/// How often a request is sent that no adapter has seen.
const ATTEMPTS: usize = 3;

/// A handler of an adapter that is called over gRPC.
///
/// It has a connection of its own, which is made with the first call and again whenever it breaks.
/// Calls wait for a connection that is being made; while the adapter can't be reached they fail at
/// once. The configuration is sent with each call.
pub struct RemoteHandler {
    name: String,
    address: String,
    /// `Err` for an address that nobody can listen at: calls fail, as in Mixer.
    channel: Result<Channel, String>,
    authority: Authority,
    scheme: Scheme,
    credentials: Credentials,
    config: Option<Vec<u8>>,
    timeout: Option<Duration>,
    /// The next request's, where the caller gives none.
    dedup_id: AtomicU64,
}

/// Why a handler can't be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RemoteBuildError(pub(super) String);

impl RemoteHandler {
    /// A handler with its full name, e.g. `h1.handler.istio-system`. `config` is what
    /// [`ConfigDescriptor::encode`](super::ConfigDescriptor::encode) gave, `None` for an adapter
    /// that gets none. Files of certificates and tokens are read now; nothing is connected yet.
    ///
    /// # Errors
    /// The address is empty, or what the two are to trust each other by can't be read.
    pub fn new(
        name: impl Into<String>,
        connection: &Connection,
        config: Option<Vec<u8>>,
    ) -> Result<RemoteHandler, RemoteBuildError> {
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
        Ok(RemoteHandler {
            name: name.into(),
            address: connection.address.clone(),
            channel: address.map(|address| Channel::new(address, trust.security)),
            authority,
            scheme,
            credentials: trust.credentials,
            config,
            timeout: connection.timeout.filter(|timeout| !timeout.is_zero()),
            dedup_id: AtomicU64::new(RandomState::new().build_hasher().finish()),
        })
    }

    /// The full name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Calls the adapter: for a report with any number of instances of the template, otherwise with
    /// one, and for a quota with what is asked. The quota's deduplication id is sent with the
    /// request; otherwise it is a number that the handler counts.
    ///
    /// Dropped before its end, or at the deadline, the call is cancelled at the adapter, too.
    ///
    /// # Errors
    /// The adapter can't be reached, fails, or answers nothing that can be read.
    pub async fn call(
        &self,
        template: &RemoteTemplate,
        instances: &[EncodedInstance],
        quota: Option<&QuotaArgs>,
        deadline: Option<Instant>,
    ) -> Result<Answer, CallError> {
        if instances.is_empty() || (instances.len() > 1 && template.variety() != Variety::Report) {
            return Err(CallError::Instances(instances.len()));
        }
        let no_service = |error: &DescriptorError| CallError::Template(error.clone());
        let path = template.path().map_err(no_service)?;
        let counted;
        let dedup_id = match quota.map(|args| args.dedup_id.as_str()) {
            Some(given) if !given.is_empty() => given,
            _ => {
                counted = self.dedup_id.fetch_add(1, Ordering::Relaxed).to_string();
                &counted
            }
        };
        let config = self.config.as_deref();
        let body = template.encode_after(PREFIX, instances, config, dedup_id, quota);
        let body = framed(body.map_err(no_service)?);
        let until = self.timeout.map(|timeout| Instant::now() + timeout);
        let until = [until, deadline].into_iter().flatten().min();
        let answered = self.send(path, body, until);
        let answered = match until {
            None => answered.await,
            Some(until) => {
                let left = until.saturating_duration_since(Instant::now());
                timeout(left, answered).await.unwrap_or_else(|_| {
                    let error = "context deadline exceeded";
                    Err(CallError::new(code::DEADLINE_EXCEEDED, error))
                })
            }
        }?;
        let answer = template.read_answer(&answered).map_err(|error| {
            let error = format!("grpc: failed to unmarshal the received message {error}");
            CallError::new(code::INTERNAL, error)
        })?;
        if let (Answer::Quota(result), [instance]) = (&answer, instances)
            && !result.quotas.contains_key(&**instance.name())
        {
            return Err(CallError::NoQuota {
                instance: instance.name().to_string(),
                granted: result.quotas.keys().cloned().collect(),
            });
        }
        Ok(answer)
    }

    /// Makes no call any more. Those in flight come to their end, and the connection with the last.
    pub fn close(&self) {
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

impl fmt::Debug for RemoteHandler {
    // Without the configuration, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteHandler")
            .field("name", &self.name)
            .field("address", &self.address)
            .finish_non_exhaustive()
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
