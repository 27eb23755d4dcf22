//! A gRPC server that answers what a test says, down to what no gRPC server would.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use h2::Reason;
use h2::server::SendResponse;
use http::{HeaderMap, Request, Response};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use crate::raw::framed;

/// What a peer has received.
#[derive(Clone, Debug)]
pub struct Received {
    /// The path.
    pub path: String,
    /// `:authority`.
    pub authority: String,
    /// `:scheme`.
    pub scheme: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The message, without its prefix.
    pub message: Vec<u8>,
}

impl Received {
    /// A header as text.
    ///
    /// # Panics
    /// If it is none.
    pub fn header(&self, name: &str) -> Option<&str> {
        let value = self.headers.get(name)?;
        Some(value.to_str().expect("ASCII"))
    }
}

/// What a peer answers.
#[derive(Clone, Debug)]
pub enum Reply {
    /// A message and the status OK.
    Message(Vec<u8>),
    /// A status alone: a code and a message.
    Status(i32, &'static str),
    /// A body as it is, and the status OK.
    Body(Vec<u8>),
    /// A body without a status.
    NoStatus(Vec<u8>),
    /// A status of HTTP.
    Http(u16),
    /// A content type.
    ContentType(&'static str),
    /// Another end of the stream.
    Reset(Reason),
    /// Nothing, until the caller gives up.
    Silence,
    /// The end of the connection.
    HangUp,
}

/// A running peer.
#[derive(Debug)]
pub struct Peer {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    running: JoinHandle<()>,
}

struct Shared {
    reply: Box<dyn Fn(&Received) -> Reply + Send + Sync>,
    received: Mutex<Vec<Received>>,
    connections: AtomicUsize,
    open: AtomicUsize,
    cancelled: Notify,
    changed: Notify,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shared")
    }
}

impl Peer {
    /// Listens on a port of its own.
    pub async fn start(reply: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Peer {
        Peer::listen("127.0.0.1:0", None, reply).await
    }

    /// Listens at an address, with TLS or without.
    ///
    /// # Panics
    /// If it can't.
    pub async fn listen(
        address: &str,
        tls: Option<TlsAcceptor>,
        reply: impl Fn(&Received) -> Reply + Send + Sync + 'static,
    ) -> Peer {
        let listener = TcpListener::bind(address).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            reply: Box::new(reply),
            received: Mutex::default(),
            connections: AtomicUsize::new(0),
            open: AtomicUsize::new(0),
            cancelled: Notify::new(),
            changed: Notify::new(),
        });
        let of_task = shared.clone();
        let running = tokio::spawn(async move {
            // Its tasks end with it, and so do their connections.
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                let (shared, tls) = (of_task.clone(), tls.clone());
                shared.connections.fetch_add(1, Ordering::SeqCst);
                connections.spawn(async move {
                    match tls {
                        None => serve(stream, shared).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, shared).await;
                            }
                        }
                    }
                });
            }
        });
        Peer {
            address,
            shared,
            running,
        }
    }

    /// What has been received so far, in its order.
    ///
    /// # Panics
    /// If another test did.
    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().expect("no panic").clone()
    }

    /// How many connections there have been.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Waits until a call is cancelled by its caller.
    ///
    /// # Panics
    /// If none is.
    pub async fn cancelled(&self) {
        let cancelled = self.shared.cancelled.notified();
        let waited = tokio::time::timeout(Duration::from_secs(20), cancelled).await;
        waited.expect("a call is cancelled");
    }

    /// Waits until no connection is open.
    ///
    /// # Panics
    /// If one remains.
    pub async fn idle(&self) {
        let closed = async {
            loop {
                let changed = self.shared.changed.notified();
                if self.shared.open.load(Ordering::SeqCst) == 0 {
                    return;
                }
                changed.await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(20), closed).await;
        waited.expect("all connections end");
    }

    /// Ends it and its connections at once.
    pub async fn kill(self) {
        self.running.abort();
        let _ = self.running.await;
    }
}

/// Counts a connection as long as it is open.
struct Open(Arc<Shared>);

impl Open {
    fn new(shared: &Arc<Shared>) -> Open {
        shared.open.fetch_add(1, Ordering::SeqCst);
        Open(shared.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
        self.0.changed.notify_waiters();
    }
}

async fn serve<S>(stream: S, shared: Arc<Shared>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let _open = Open::new(&shared);
    let Ok(mut connection) = h2::server::handshake(stream).await else {
        return;
    };
    let mut calls = JoinSet::new();
    let hang_up = Arc::new(Notify::new());
    loop {
        let next = tokio::select! {
            next = connection.accept() => next,
            () = hang_up.notified() => return,
        };
        let Some(Ok((request, respond))) = next else {
            return;
        };
        calls.spawn(answer(request, respond, shared.clone(), hang_up.clone()));
    }
}

async fn answer(
    request: Request<h2::RecvStream>,
    mut respond: SendResponse<Bytes>,
    shared: Arc<Shared>,
    hang_up: Arc<Notify>,
) {
    let (head, mut content) = request.into_parts();
    let mut body = Vec::new();
    while let Some(Ok(data)) = content.data().await {
        let _ = content.flow_control().release_capacity(data.len());
        body.extend_from_slice(&data);
    }
    let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
    let received = Received {
        path: head.uri.path().to_owned(),
        authority: text(head.uri.authority().map(|it| it.as_str())),
        scheme: text(head.uri.scheme_str()),
        headers: head.headers,
        message: body.split_off(body.len().min(5)),
    };
    let reply = (shared.reply)(&received);
    shared.received.lock().expect("no panic").push(received);
    let mut status = HeaderMap::new();
    status.insert("grpc-status", "0".parse().expect("a header"));
    let response = |http: u16, content_type: &'static str| {
        let builder = Response::builder().status(http);
        let builder = builder.header("content-type", content_type);
        builder.body(()).expect("a response")
    };
    let grpc = || response(200, "application/grpc");
    let (response, body, trailers) = match reply {
        Reply::Message(message) => (grpc(), framed(&message), Some(status)),
        Reply::Body(body) => (grpc(), body, Some(status)),
        Reply::NoStatus(body) => (grpc(), body, None),
        Reply::ContentType(content_type) => (response(200, content_type), Vec::new(), None),
        Reply::Http(http) => (response(http, "text/plain"), Vec::new(), None),
        Reply::Status(code, message) => {
            let mut response = grpc();
            let headers = response.headers_mut();
            headers.insert("grpc-status", code.to_string().parse().expect("a header"));
            headers.insert("grpc-message", message.parse().expect("a header"));
            let _ = respond.send_response(response, true);
            return;
        }
        Reply::Reset(reason) => return respond.send_reset(reason),
        Reply::Silence => {
            let reason = std::future::poll_fn(|context| respond.poll_reset(context)).await;
            if let Ok(Reason::CANCEL) = reason {
                shared.cancelled.notify_one();
            }
            return;
        }
        Reply::HangUp => {
            hang_up.notify_one();
            // The stream is to end with the connection, not before it.
            return std::future::pending().await;
        }
    };
    let Ok(mut sender) = respond.send_response(response, false) else {
        return;
    };
    if sender.send_data(body.into(), trailers.is_none()).is_ok()
        && let Some(trailers) = trailers
    {
        let _ = sender.send_trailers(trailers);
    }
}
