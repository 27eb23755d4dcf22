//! The port for operators: plain HTTP, for Prometheus, for the kubelet's probes and for people.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::core::{Core, Stage};
use super::settings::read_levels;
use super::socket::Socket;

/// Who asks here is one of a few.
const MAX_CONNECTIONS: usize = 64;
/// How long a connection may take for its headers, and in all.
const HEADERS: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(120);
const MAX_BODY: usize = 4096;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";

/// The port for operators.
pub(super) struct Ops {
    socket: TcpListener,
    address: SocketAddr,
    /// The name and the version of each adapter.
    adapters: Vec<(String, String)>,
}

impl Ops {
    pub(super) async fn bind(address: &str, adapters: Vec<(String, String)>) -> io::Result<Ops> {
        let address = super::address::full_address(address, None).map_err(io::Error::other)?;
        let (socket, address) = Socket::bind_tcp(&address).await?;
        Ok(Ops {
            socket,
            address,
            adapters,
        })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers for ever.
    pub(super) async fn run(self, core: Arc<Core>) {
        let ops = Arc::new(self);
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = ops.socket.accept(), if connections.len() < MAX_CONNECTIONS => {
                    match accepted {
                        Ok((stream, peer)) => {
                            connections.spawn(serve(stream, peer, ops.clone(), core.clone()));
                        }
                        Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                    }
                }
                Some(_) = connections.join_next() => {}
            }
        }
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
        core: &Core,
    ) -> Response<Full<Bytes>> {
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let path = request.uri().path().to_owned();
        match path.as_str() {
            "/loglevel" if !reads => set_levels(request, peer, core, &self.adapters).await,
            _ if !reads => {
                let mut refusal = text(StatusCode::METHOD_NOT_ALLOWED, "GET only");
                let allow = header::HeaderValue::from_static("GET, HEAD");
                refusal.headers_mut().insert(header::ALLOW, allow);
                refusal
            }
            "/metrics" => response(StatusCode::OK, OPEN_METRICS, core.all_metrics.encode()),
            "/healthz" => text(StatusCode::OK, "ok"),
            "/readyz" => match core.stage() {
                Stage::Ready => text(StatusCode::OK, "ready"),
                Stage::Starting => text(StatusCode::SERVICE_UNAVAILABLE, "starting"),
                Stage::Leaving | Stage::Draining => {
                    text(StatusCode::SERVICE_UNAVAILABLE, "shutting down")
                }
            },
            "/version" => {
                let adapters: serde_json::Map<_, _> = self
                    .adapters
                    .iter()
                    .map(|(name, version)| (name.clone(), version.as_str().into()))
                    .collect();
                let version = json!({
                    "adapter-runtime": env!("CARGO_PKG_VERSION"),
                    "adapters": adapters,
                });
                response(StatusCode::OK, JSON, format!("{version}\n"))
            }
            "/loglevel" => match &core.levels {
                Some(levels) => text(StatusCode::OK, &super::settings::show_levels(&levels.get())),
                None => text(StatusCode::NOT_FOUND, "this program has a log of its own"),
            },
            _ => text(
                StatusCode::NOT_FOUND,
                "there are /metrics, /healthz, /readyz, /version and /loglevel",
            ),
        }
    }
}

async fn serve(stream: TcpStream, peer: SocketAddr, ops: Arc<Ops>, core: Arc<Core>) {
    let service = service_fn(|request| {
        let (ops, core) = (ops.clone(), core.clone());
        async move { Ok::<_, Infallible>(ops.answer(request, peer, &core).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    if let Ok(Err(error)) = timeout(LONGEST, connection).await {
        tracing::debug!(%peer, "a connection to the port for operators ended: {error}");
    }
}

/// Changes what is logged, for who is on this machine: in Kubernetes, by `kubectl port-forward`.
async fn set_levels(
    request: Request<Incoming>,
    peer: SocketAddr,
    core: &Core,
    adapters: &[(String, String)],
) -> Response<Full<Bytes>> {
    if !peer.ip().to_canonical().is_loopback() {
        return text(
            StatusCode::FORBIDDEN,
            "from this machine alone: use `kubectl port-forward`, or change `log-level` in the file of \
             settings",
        );
    }
    let Some(levels) = &core.levels else {
        return text(StatusCode::NOT_FOUND, "this program has a log of its own");
    };
    if !matches!(*request.method(), Method::PUT | Method::POST) {
        return text(StatusCode::METHOD_NOT_ALLOWED, "GET, PUT or POST");
    }
    let body = Limited::new(request.into_body(), MAX_BODY).collect();
    let Ok(Ok(body)) = timeout(HEADERS, body).await else {
        return text(StatusCode::BAD_REQUEST, "the body can't be read");
    };
    let body = body.to_bytes();
    let known: Vec<&str> = adapters.iter().map(|(name, _)| name.as_str()).collect();
    let read = read_levels(String::from_utf8_lossy(&body).trim(), &known);
    match read {
        Ok(new) => {
            levels.set(new.clone());
            tracing::info!("the log's level was changed");
            text(StatusCode::OK, &super::settings::show_levels(&new))
        }
        Err(problem) => text(StatusCode::BAD_REQUEST, &problem),
    }
}

fn text(status: StatusCode, text: &str) -> Response<Full<Bytes>> {
    response(status, TEXT, format!("{text}\n"))
}

fn response(status: StatusCode, content_type: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    let content_type = header::HeaderValue::from_static(content_type);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, content_type);
    response
}
