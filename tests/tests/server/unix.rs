//! A Unix socket, as Mixer calls it.

use adapter_runtime::{Registration, Registry, Server};
use bytes::Bytes;
use http::Request;
use tests::client::LIST_ENTRY;
use tests::raw;
use tokio::net::UnixStream;

use crate::gate::{Gate, request};

/// Calls twice on one connection, with this authority; the status of each. The second time the
/// authority comes out of the table of headers.
async fn call(path: &std::path::Path, authority: &'static str) -> [String; 2] {
    let stream = UnixStream::connect(path).await.expect("it listens");
    let (client, connection) = h2::client::handshake(stream).await.expect("HTTP/2");
    tokio::spawn(connection);
    let mut client = client.ready().await.expect("room for a stream");
    let mut statuses = Vec::new();
    for _ in 0..2 {
        let request_head = Request::builder()
            .method("POST")
            .uri(
                http::Uri::builder()
                    .scheme("http")
                    .authority(authority)
                    .path_and_query(LIST_ENTRY)
                    .build()
                    .expect("a URI"),
            )
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(())
            .expect("a request");
        let (answer, mut body) = client
            .send_request(request_head, false)
            .expect("it is sent");
        let message = Bytes::from(raw::framed(&request("allow")));
        body.send_data(message, true).expect("it is sent");
        let mut received = answer.await.expect("an answer").into_body();
        while let Some(data) = received.data().await {
            let len = data.expect("data").len();
            received
                .flow_control()
                .release_capacity(len)
                .expect("it came");
        }
        let trailers = received
            .trailers()
            .await
            .expect("the end")
            .expect("trailers");
        let status = trailers["grpc-status"].to_str().expect("ASCII");
        statuses.push(status.to_owned());
    }
    statuses.try_into().expect("two")
}

#[tokio::test]
async fn a_unix_socket_is_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("adapter.sock");
    let bind = async |address: String| {
        let registry = Registry::new([Registration::new::<Gate>()]).expect("an adapter");
        Server::new(registry).listen(address).bind().await
    };
    // One that a killed server left behind is in nobody's way.
    drop(std::os::unix::net::UnixListener::bind(&path).expect("a socket"));
    let server = bind(format!("unix://{}", path.display()))
        .await
        .expect("it is free");
    let listening: Vec<_> = server.listening().collect();
    assert_eq!(listening, [format!("unix:{}", path.display())]);
    let taken = bind(format!("unix:{}", path.display())).await;
    assert!(taken.is_err(), "somebody listens there");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(server.run(async {
        let _ = stopped.await;
    }));
    assert_eq!(call(&path, "localhost").await, ["0", "0"]);
    stop.send(()).expect("it runs");
    running.await.expect("no panic");
    assert!(!path.exists(), "it is cleaned up");
}

/// `unix:///path` as the authority, which no library of ours sends.
#[tokio::test]
async fn the_authority_that_mixer_sends_is_taken() {
    use tests::http2::{DATA, HEADERS, SETTINGS, frame, headers};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("adapter.sock");
    let registry = Registry::new([Registration::new::<Gate>()]).expect("an adapter");
    let server = Server::new(registry).listen(format!("unix:{}", path.display()));
    let server = server.bind().await.expect("it is free");
    tokio::spawn(server.run(std::future::pending()));
    let mut stream = UnixStream::connect(&path).await.expect("it listens");
    let authority = format!("unix://{}", path.display());
    // What comes before and after it, without the authority that a test sends.
    let mut block = Vec::new();
    let all = headers(LIST_ENTRY, &[]);
    let at = all
        .windows(10)
        .position(|it| it == b":authority")
        .expect("it is there")
        - 2;
    block.extend(&all[..at]);
    // Into the table, as Mixer's library has it.
    block.extend([0x41, authority.len() as u8]);
    block.extend(authority.bytes());
    block.extend(&all[at + 2 + 10 + 1 + 4..]);
    let mut hello = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    hello.extend(frame(SETTINGS, 0, 0, &[]));
    hello.extend(frame(HEADERS, 4, 1, &block));
    hello.extend(frame(DATA, 1, 1, &raw::framed(&request("allow"))));
    stream.write_all(&hello).await.expect("it is open");
    let mut answered = Vec::new();
    while !answered.windows(11).any(|it| it == b"grpc-status") {
        let mut head = [0; 9];
        stream
            .read_exact(&mut head)
            .await
            .expect("an answer, and no GOAWAY");
        assert!(
            !matches!(head[3], 3 | 7),
            "the stream or the connection is refused"
        );
        let mut payload = vec![0; usize::from(head[1]) << 8 | usize::from(head[2])];
        stream.read_exact(&mut payload).await.expect("a frame");
        if head[3] == HEADERS && head[4] & 1 != 0 {
            return;
        }
        answered.extend(payload);
    }
}
