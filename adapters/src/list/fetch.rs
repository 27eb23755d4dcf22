//! A list from a server, over HTTP.

use std::io;

use http::header::{
    ACCEPT, AUTHORIZATION, ETAG, HOST, HeaderValue, IF_NONE_MATCH, LOCATION, TRANSFER_ENCODING,
    USER_AGENT,
};
use http::uri::{InvalidUri, Scheme};
use http::{Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// A list of this size has about two million entries.
const MAX_BYTES: usize = 32 << 20;
const MAX_REDIRECTS: usize = 10;

/// A list as it came, and how the server tells it from others.
pub(super) struct Fetched {
    pub(super) bytes: Vec<u8>,
    pub(super) etag: Option<HeaderValue>,
}

/// Why a list could not be fetched.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("can't connect to {0}")]
    Connect(String, #[source] io::Error),
    #[cfg(not(feature = "https"))]
    #[error("this program was built without the feature `https`")]
    NoTls,
    #[error(transparent)]
    Exchange(#[from] hyper::Error),
    #[error("it answers {0}")]
    Status(StatusCode),
    #[error("it redirects more than {MAX_REDIRECTS} times")]
    Redirects,
    #[error("it redirects to `{0}`, which is no URL that can be followed from here")]
    Redirect(String),
    #[error("the list has more than {MAX_BYTES} bytes")]
    TooLarge,
    #[error("it doesn't say how long the list is, so that a part would look like the whole")]
    NoLength,
}

/// Fetches a list; `None` if it is the one with this tag.
pub(super) async fn get(
    uri: &Uri,
    etag: Option<&HeaderValue>,
) -> Result<Option<Fetched>, FetchError> {
    let mut uri = uri.clone();
    for _ in 0..=MAX_REDIRECTS {
        let (response, _connection) = ask(&uri, etag).await?;
        match response.status() {
            StatusCode::OK => return body(response).await.map(Some),
            StatusCode::NOT_MODIFIED if etag.is_some() => return Ok(None),
            StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
                if response.headers().contains_key(LOCATION) =>
            {
                let location = response.headers()[LOCATION].as_bytes();
                let location = String::from_utf8_lossy(location);
                uri = join(&uri, &location)
                    .ok_or_else(|| FetchError::Redirect(location.escape_default().to_string()))?;
            }
            status => return Err(FetchError::Status(status)),
        }
    }
    Err(FetchError::Redirects)
}

/// Where a redirect leads: a URL, or a path on the same server; never from https to http.
fn join(from: &Uri, location: &str) -> Option<Uri> {
    let location = location.split('#').next().unwrap_or_default();
    let (scheme, authority) = (from.scheme()?, from.authority()?);
    let is_absolute = location.contains("://");
    let to: Result<Uri, InvalidUri> = match location {
        _ if is_absolute => location.parse(),
        _ if location.starts_with("//") => format!("{scheme}:{location}").parse(),
        _ if location.starts_with('/') => format!("{scheme}://{authority}{location}").parse(),
        _ => {
            let folder = from
                .path()
                .rsplit_once('/')
                .map_or("", |(folder, _)| folder);
            format!("{scheme}://{authority}{folder}/{location}").parse()
        }
    };
    let to = to.ok()?;
    to.host().filter(|host| !host.is_empty())?;
    let secure = to.scheme() == Some(&Scheme::HTTPS);
    let plain = to.scheme() == Some(&Scheme::HTTP) && from.scheme() == Some(&Scheme::HTTP);
    (secure || plain).then_some(to)
}

/// Asks a server. The connection lasts until what comes with the answer is dropped.
async fn ask(
    uri: &Uri,
    etag: Option<&HeaderValue>,
) -> Result<(Response<Incoming>, JoinSet<()>), FetchError> {
    let is_https = uri.scheme() == Some(&Scheme::HTTPS);
    let host = uri.host().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port = uri.port_u16().unwrap_or(if is_https { 443 } else { 80 });
    let connect = |error| FetchError::Connect(format!("{host}:{port}"), error);
    let stream = TcpStream::connect((host, port)).await.map_err(connect)?;
    let request = request(uri, etag);
    if !is_https {
        return exchange(stream, request).await;
    }
    #[cfg(feature = "https")]
    {
        let stream = super::tls::connect(host, stream).await.map_err(connect)?;
        exchange(stream, request).await
    }
    #[cfg(not(feature = "https"))]
    Err(FetchError::NoTls)
}

fn request(uri: &Uri, etag: Option<&HeaderValue>) -> Request<Empty<Bytes>> {
    // Of a URI without a path it is `/`, which the whole of path and query is not.
    let (path, query) = (uri.path(), uri.query().unwrap_or_default());
    let question = if query.is_empty() { "" } else { "?" };
    let path = format!("{path}{question}{query}");
    let authority = uri.authority().map_or("", |it| it.as_str());
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let mut request = Request::new(Empty::new());
    *request.uri_mut() = path.parse().expect("it is one of a URI");
    let headers = request.headers_mut();
    let value = |text: &str| HeaderValue::from_str(text).expect("a URI is ASCII");
    headers.insert(HOST, value(host));
    headers.insert(ACCEPT, HeaderValue::from_static("text/plain, */*;q=0.5"));
    let agent = concat!("adapters-list/", env!("CARGO_PKG_VERSION"));
    headers.insert(USER_AGENT, HeaderValue::from_static(agent));
    if !user.is_empty() {
        use base64::Engine as _;
        let user = percent_encoding::percent_decode_str(user).collect::<Vec<_>>();
        let user = base64::prelude::BASE64_STANDARD.encode(user);
        headers.insert(AUTHORIZATION, value(&format!("Basic {user}")));
    }
    if let Some(etag) = etag {
        headers.insert(IF_NONE_MATCH, etag.clone());
    }
    request
}

async fn exchange<S>(
    stream: S,
    request: Request<Empty<Bytes>>,
) -> Result<(Response<Incoming>, JoinSet<()>), FetchError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // Aborted when it is dropped, and that with the fetch.
    let mut driver = JoinSet::new();
    driver.spawn(async move {
        // What goes wrong is told to who reads the body.
        let _ = connection.await;
    });
    Ok((sender.send_request(request).await?, driver))
}

/// The whole body, or an error.
async fn body(response: Response<Incoming>) -> Result<Fetched, FetchError> {
    let (head, mut body) = response.into_parts();
    let length = body.size_hint().exact();
    if length.is_none() && !head.headers.contains_key(TRANSFER_ENCODING) {
        return Err(FetchError::NoLength);
    }
    let length = usize::try_from(length.unwrap_or(0)).unwrap_or(usize::MAX);
    if length > MAX_BYTES {
        return Err(FetchError::TooLarge);
    }
    let mut bytes = Vec::with_capacity(length);
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            if bytes.len() + data.len() > MAX_BYTES {
                return Err(FetchError::TooLarge);
            }
            bytes.extend_from_slice(&data);
        }
    }
    let etag = head.headers.get(ETAG).cloned();
    Ok(Fetched { bytes, etag })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_leads_somewhere_or_nowhere() {
        let join = |from: &str, location: &str| {
            let to = join(&from.parse().expect("a URI"), location);
            to.map(|uri| uri.to_string())
        };
        let http = "http://lists.example:81/a/b.txt?c=d";
        for (location, to) in [
            ("http://other.example/x", Some("http://other.example/x")),
            ("https://other.example/x", Some("https://other.example/x")),
            ("//other.example/x", Some("http://other.example/x")),
            ("/x?y=z#w", Some("http://lists.example:81/x?y=z")),
            ("x.txt", Some("http://lists.example:81/a/x.txt")),
            ("ftp://other.example/x", None),
            ("http://", None),
            ("http:// /", None),
            ("javascript:alert(1)//://", None),
        ] {
            assert_eq!(join(http, location).as_deref(), to, "{location}");
        }
        let https = "https://lists.example/a";
        assert_eq!(
            join(https, "/b").as_deref(),
            Some("https://lists.example/b")
        );
        assert_eq!(
            join(https, "http://lists.example/a"),
            None,
            "not in plain text"
        );
    }

    #[test]
    fn a_name_and_a_password_become_a_header() {
        let uri = "http://eve:p%40ss@lists.example:81/a"
            .parse()
            .expect("a URI");
        let request = request(&uri, None);
        assert_eq!(request.headers()[HOST], "lists.example:81");
        assert_eq!(request.headers()[AUTHORIZATION], "Basic ZXZlOnBAc3M=");
        assert_eq!(request.uri(), "/a");
        for (uri, path) in [
            ("http://a", "/"),
            ("http://a?b=c", "/?b=c"),
            ("http://a/?", "/"),
            ("http://[::1]:5/b%20c?d&e#f", "/b%20c?d&e"),
        ] {
            let uri = uri.parse().expect("a URI");
            assert_eq!(super::request(&uri, None).uri(), path, "{uri}");
        }
    }
}
