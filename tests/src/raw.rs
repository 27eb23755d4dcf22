//! Requests that no gRPC client would send, over plain HTTP/2.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderMap, Request};
use percent_encoding::percent_decode_str;
use tokio::net::TcpStream;
use tonic::Code;

use crate::http2::{DATA, GOAWAY, HEADERS, Http2, frame, headers};

/// An answer as HTTP/2 carries it.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub http: u16,
    /// The headers, and the trailers over them.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The gRPC status and its message.
    ///
    /// # Panics
    /// If the answer has no status.
    pub fn grpc(&self) -> (Code, String) {
        let text = |name| {
            self.headers
                .get(name)
                .map(|value| value.to_str().expect("ASCII"))
        };
        let code = text("grpc-status")
            .expect("a status")
            .parse()
            .expect("a number");
        let message = percent_decode_str(text("grpc-message").unwrap_or_default());
        (
            Code::from_i32(code),
            message.decode_utf8().expect("UTF-8").into_owned(),
        )
    }
}

/// A message with its prefix, as the body of a request.
pub fn framed(message: &[u8]) -> Vec<u8> {
    let len = u32::try_from(message.len()).expect("a test's message is small");
    [&[0], len.to_be_bytes().as_slice(), message].concat()
}

/// Sends a POST with gRPC's headers, unless `headers` says otherwise.
pub async fn post(
    address: SocketAddr,
    path: &str,
    headers: &[(&'static str, &'static str)],
    body: &[u8],
) -> Answer {
    send(address, "POST", path, headers, body).await
}

/// Sends a request on a connection of its own.
///
/// # Panics
/// If the connection fails.
pub async fn send(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&'static str, &'static str)],
    body: &[u8],
) -> Answer {
    let stream = TcpStream::connect(address).await.expect("it listens");
    let (client, connection) = h2::client::handshake(stream).await.expect("HTTP/2");
    tokio::spawn(connection);
    let mut request = Request::builder()
        .method(method)
        .uri(format!("http://{address}{path}"))
        .body(())
        .expect("a request");
    let all = [("content-type", "application/grpc"), ("te", "trailers")];
    for &(name, value) in all.iter().chain(headers) {
        request
            .headers_mut()
            .insert(name, value.parse().expect("a header"));
    }
    let mut client = client.ready().await.expect("room for a stream");
    let (answer, mut sending) = client
        .send_request(request, false)
        .expect("the request is sent");
    sending
        .send_data(Bytes::copy_from_slice(body), true)
        .expect("the body is sent");
    let (head, mut received) = answer.await.expect("an answer").into_parts();
    let mut body = Vec::new();
    while let Some(data) = received.data().await {
        let data = data.expect("data");
        received
            .flow_control()
            .release_capacity(data.len())
            .expect("data that was received");
        body.extend_from_slice(&data);
    }
    let mut headers = head.headers;
    headers.extend(
        received
            .trailers()
            .await
            .expect("the end")
            .unwrap_or_default(),
    );
    Answer {
        http: head.status.as_u16(),
        headers,
        body,
    }
}

/// Sends requests on one connection, most of the body of each only when its answer has come: how
/// many were answered before the connection ended.
///
/// Frame by frame, since an HTTP/2 library would not send what the server no longer needs.
///
/// # Panics
/// If there is no connection.
pub async fn post_before_the_body(address: SocketAddr, path: &str, requests: u32) -> u32 {
    let mut connection = Http2::connect(address, &[]).await;
    let headers = headers(path, &[]);
    for answered in 0..requests {
        let id = 2 * answered + 1;
        let head = [frame(HEADERS, 4, id, &headers), frame(DATA, 0, id, &[0; 8])].concat();
        if !connection.send(&head).await {
            return answered;
        }
        loop {
            match connection.next().await {
                Some(frame) if frame.kind == HEADERS && frame.stream == id => break,
                Some(frame) if frame.kind == GOAWAY => return answered,
                None => return answered,
                Some(_) => {}
            }
        }
        let rest = [frame(DATA, 0, id, &[0; 100]), frame(DATA, 1, id, &[0; 100])].concat();
        if !connection.send(&rest).await {
            return answered;
        }
    }
    requests
}
