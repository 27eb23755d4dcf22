//! Tokens of a token server, by OAuth's client credentials grant.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine};
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use http::{Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::call_error::{CallError, code};
use super::caller::RemoteBuildError;
use super::connection::OAuth;
use super::tls;

/// How long before its end a token is not used any more.
const EARLY: Duration = Duration::from_secs(10);
/// How long the token server may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// As much as its answer may be.
const MOST: usize = 1 << 20;

/// What stays as it is in the fields of a form.
const FORM: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Gets tokens, and keeps one as long as it is good.
pub(super) struct OAuthClient {
    url: Uri,
    client_id: String,
    secret: String,
    form: Vec<(String, String)>,
    connector: Option<TlsConnector>,
    /// The token that is in force, or being fetched by the first that needs it.
    current: Mutex<Arc<OnceCell<Token>>>,
}

#[derive(Debug)]
struct Token {
    header: HeaderValue,
    good_until: Option<Instant>,
}

/// The answer of a token server.
#[derive(serde::Deserialize)]
struct Granted {
    access_token: String,
    token_type: Option<String>,
    #[serde(default)]
    expires_in: Option<serde_json::Value>,
}

impl OAuthClient {
    pub(super) fn new(oauth: &OAuth) -> Result<OAuthClient, RemoteBuildError> {
        let failed = |error: String| {
            RemoteBuildError(format!(
                "failed build tls dial option: cannot get grpc per rpc credentials {error}"
            ))
        };
        let path = &oauth.client_secret;
        let secret = std::fs::read_to_string(path)
            .map_err(|error| failed(format!("open {}: {error}", path.display())))?;
        let no_url = || failed(format!("`{}` is no URL of a token server", oauth.token_url));
        let url: Uri = oauth.token_url.parse().map_err(|_| no_url())?;
        let connector = match (url.scheme_str(), url.host()) {
            (Some("http"), Some(_)) => None,
            (Some("https"), Some(_)) => {
                let roots = tls::roots(None).map_err(failed)?;
                Some(Arc::new(tls::client(roots)?).into())
            }
            _ => return Err(no_url()),
        };
        let mut form = vec![("grant_type".to_owned(), "client_credentials".to_owned())];
        if !oauth.scopes.is_empty() {
            form.push(("scope".to_owned(), oauth.scopes.join(" ")));
        }
        let params = oauth.endpoint_params.iter();
        form.extend(params.map(|(key, value)| (key.clone(), value.clone())));
        Ok(OAuthClient {
            url,
            client_id: oauth.client_id.clone(),
            secret,
            form,
            connector,
            current: Mutex::default(),
        })
    }

    /// The token in its header. It is fetched once, however many calls need it.
    pub(super) async fn token(&self) -> Result<HeaderValue, CallError> {
        let cell = {
            let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
            let is_over = |token: &Token| token.good_until.is_some_and(|it| it <= Instant::now());
            if current.get().is_some_and(is_over) {
                *current = Arc::default();
            }
            current.clone()
        };
        let token = cell.get_or_try_init(|| self.fetch()).await;
        let token = token.map_err(|error| {
            let error = format!("transport: oauth2: cannot fetch token: {error}");
            CallError::new(code::UNAUTHENTICATED, error)
        })?;
        Ok(token.header.clone())
    }

    async fn fetch(&self) -> Result<Token, String> {
        // Most servers want the secret in a header, some in the form.
        let asked = timeout(PATIENCE, async {
            match self.ask(true).await? {
                (status, _) if status.is_client_error() => self.ask(false).await,
                answer => Ok(answer),
            }
        });
        let (status, body) = asked
            .await
            .unwrap_or_else(|_| Err(format!("no answer within {} s", PATIENCE.as_secs())))?;
        if !status.is_success() {
            let body = String::from_utf8_lossy(&body).into_owned();
            return Err(format!("{status}\nResponse: {body}"));
        }
        let granted: Granted =
            serde_json::from_slice(&body).map_err(|error| format!("cannot parse json: {error}"))?;
        if granted.access_token.is_empty() {
            return Err("server response missing access_token".into());
        }
        let ty = match granted.token_type.as_deref() {
            None | Some("") => "Bearer",
            Some(ty) if ty.eq_ignore_ascii_case("bearer") => "Bearer",
            Some(ty) => ty,
        };
        let mut header = HeaderValue::try_from(format!("{ty} {}", granted.access_token))
            .map_err(|_| "the token can't be a header".to_owned())?;
        header.set_sensitive(true);
        // Some servers write the number as a text.
        let seconds = granted.expires_in.and_then(|it| match it {
            serde_json::Value::String(text) => text.parse().ok(),
            number => number.as_u64(),
        });
        let good_for = seconds.filter(|it| *it > 0).map(Duration::from_secs);
        let good_until = good_for
            .and_then(|good_for| Instant::now().checked_add(good_for.saturating_sub(EARLY)));
        Ok(Token { header, good_until })
    }

    /// Asks the server; its status and what it says.
    async fn ask(&self, in_header: bool) -> Result<(StatusCode, Bytes), String> {
        let mut form: Vec<_> = self
            .form
            .iter()
            .map(|(key, value)| (&**key, &**value))
            .collect();
        if !in_header {
            form.push(("client_id", &self.client_id));
            form.push(("client_secret", &self.secret));
        }
        let encoded = |text: &str| utf8_percent_encode(text, FORM).to_string();
        let form: Vec<_> = form
            .into_iter()
            .map(|(key, value)| format!("{}={}", encoded(key), encoded(value)))
            .collect();
        let host = self.url.host().unwrap_or_default();
        let path = self.url.path_and_query().map_or("/", |it| it.as_str());
        let mut request = Request::new(Full::new(Bytes::from(form.join("&"))));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = path.parse().map_err(|_| "the URL has no path".to_owned())?;
        let headers = request.headers_mut();
        let authority = self.url.authority().map_or(host, |it| it.as_str());
        let authority = authority.rsplit('@').next().unwrap_or_default();
        headers.insert(
            HOST,
            HeaderValue::from_str(authority).map_err(|_| "the URL has no host".to_owned())?,
        );
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(CONTENT_TYPE, form);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if in_header {
            let user = format!("{}:{}", encoded(&self.client_id), encoded(&self.secret));
            let basic = format!("Basic {}", BASE64_STANDARD.encode(user));
            headers.insert(AUTHORIZATION, HeaderValue::try_from(basic).expect("base64"));
        }
        let port = match &self.connector {
            Some(_) => 443,
            None => 80,
        };
        let port = self.url.port_u16().unwrap_or(port);
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((bare, port)).await;
        let stream = stream.map_err(|error| format!("connect to {host}:{port}: {error}"))?;
        match &self.connector {
            None => post(stream, request).await,
            Some(connector) => {
                let name = ServerName::try_from(bare.to_owned());
                let name = name.map_err(|_| format!("`{bare}` is no name of a server"))?;
                let stream = connector.connect(name, stream).await;
                post(stream.map_err(|error| error.to_string())?, request).await
            }
        }
    }
}

async fn post<S>(stream: S, request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes), String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let failed = |error: hyper::Error| error.to_string();
    let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(failed)?;
    let driver = tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(failed)?;
    let status = answer.status();
    let body = Limited::new(answer.into_body(), MOST).collect().await;
    let body = body.map_err(|error| error.to_string())?.to_bytes();
    driver.abort();
    Ok((status, body))
}
