//! Accepting connections, and the calls on them.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;
use http::{Request, Response};
use hyper::body::{Body as _, Incoming as IncomingBody};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

use super::connection::{Connection, Streams};
use super::dispatch::{Dispatch, Incoming};
use super::failures::{Failures, Outcome};
use super::grpc::{self, UnaryBody};
use crate::code::Code;
use crate::status::Status;

/// How much of its requests a connection may send before they are read, in bytes.
const WINDOW: u32 = 1024 * 1024;
/// How long a connection without calls may take to end at a shutdown.
const SILENCE: Duration = Duration::from_secs(1);
/// After this long without a word, a peer is asked whether it is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(60);
const MAX_STREAMS: u32 = 1024;
const MAX_HEADER_BYTES: u32 = 16 * 1024;

/// A socket, and what is served there.
pub(super) struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    dispatch: Dispatch,
    max_request_bytes: usize,
    failures: Failures,
}

impl Listener {
    pub(super) fn new(
        socket: TcpListener,
        dispatch: Dispatch,
        max_request_bytes: usize,
    ) -> std::io::Result<Listener> {
        let address = socket.local_addr()?;
        Ok(Listener {
            socket,
            address,
            shared: Arc::new(Shared {
                dispatch,
                max_request_bytes,
                failures: Failures::default(),
            }),
        })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts until `stop`, then waits for the connections to end.
    pub(super) async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.socket.accept() => match accepted {
                    Ok((stream, peer)) => {
                        connections.spawn(serve(stream, peer, self.shared.clone(), stop.clone()));
                    }
                    Err(error) => {
                        // Out of file descriptors, say: others may go on, and one may become free.
                        tracing::warn!("a connection to {} can't be accepted: {error}", self.address);
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                },
                Some(_) = connections.join_next() => {}
                () = stopped(&mut stop) => break,
            }
        }
        drop(self.socket);
        while connections.join_next().await.is_some() {}
    }
}

/// Waits for the server to stop, which a server that is gone has done too.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await.map(drop);
}

/// Serves one connection to its end.
async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    shared: Arc<Shared>,
    mut stop: watch::Receiver<bool>,
) {
    // With Nagle's algorithm a small answer waits for the one before it to be acknowledged.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%peer, "TCP_NODELAY can't be set: {error}");
    }
    let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
    let service = service_fn(move |request| {
        let shared = shared.clone();
        async move { Ok::<_, Infallible>(shared.respond(request, peer).await) }
    });
    let streams = Streams::default();
    let connection = http2::Builder::new(streams.clone())
        .timer(TokioTimer::new())
        .keep_alive_interval(KEEP_ALIVE)
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .max_concurrent_streams(MAX_STREAMS)
        // Callers whose deadline passes while a handler is slow are no attack.
        .max_pending_accept_reset_streams(MAX_STREAMS as usize)
        .max_header_list_size(MAX_HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = Connection::new(connection, streams);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = stopped(&mut stop) => {
            connection.connection().graceful_shutdown();
            loop {
                match timeout(SILENCE, &mut connection).await {
                    Ok(ended) => break ended,
                    Err(_) if connection.has_calls() => {}
                    // A peer that doesn't answer must not hold up the shutdown.
                    Err(_) => break Ok(()),
                }
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, "the connection ended: {error}");
    }
}

impl Shared {
    async fn respond(
        &self,
        request: Request<IncomingBody>,
        peer: SocketAddr,
    ) -> Response<UnaryBody> {
        if let Err(refusal) = grpc::check_protocol(&request) {
            return grpc::refusal(refusal);
        }
        let (head, mut body) = request.into_parts();
        let answer = self.answer(&head, &mut body, peer).await;
        if let Err(status) = &answer {
            self.failures
                .log(head.uri.path(), peer, status, Outcome::Error);
            if !body.is_end_stream() {
                tokio::spawn(grpc::discard(body));
            }
        }
        grpc::response(answer)
    }

    async fn answer(
        &self,
        head: &Parts,
        body: &mut IncomingBody,
        peer: SocketAddr,
    ) -> Result<Vec<u8>, Status> {
        let target = self.dispatch.target(head.uri.path())?;
        let timeout = grpc::timeout(&head.headers)?;
        // A deadline beyond what the clock can hold is none.
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let answer = async {
            let message = grpc::read_message(body, self.max_request_bytes).await?;
            let incoming = Incoming {
                message,
                deadline,
                peer,
            };
            target.answer(incoming, &self.failures).await
        };
        match deadline {
            None => answer.await,
            Some(deadline) => timeout_at(deadline, answer).await.unwrap_or_else(|_| {
                Err(Status::new(
                    Code::DeadlineExceeded,
                    "no answer within the time that the caller waits, its grpc-timeout",
                ))
            }),
        }
    }
}
