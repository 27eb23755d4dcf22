//! Every limit is kept, says which setting it is, and is counted.

use std::time::Duration;

use adapter_runtime::Settings;
use tests::client::{Client, LIST_ENTRY, METRIC};
use tests::http2::{self, Caller, DATA, GOAWAY, HEADERS, Http2, frame};
use tests::raw;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tonic::Code;

use crate::gate::{given_up, hanging, released, request, request_with, serve, succeed, until};

/// Calls that hang are counted for all tests, so those that hang take turns.
static HANG: Mutex<()> = Mutex::const_new(());

const MILLIS: fn(u64) -> Duration = Duration::from_millis;

#[tokio::test]
async fn connections_beyond_the_most_are_closed() {
    let served = serve(|settings| settings.max_connections = 2).await;
    let (one, other) = (served.client().await, served.client().await);
    let mut third = TcpStream::connect(served.address)
        .await
        .expect("it listens");
    assert_eq!(
        third.read(&mut [0; 100]).await.unwrap_or(0),
        0,
        "it is closed"
    );
    succeed(&one).await;
    succeed(&other).await;
    assert_eq!(served.refusals("max-connections"), 1);
    drop(other);
    until("there is room again", || {
        served.metric("connections", "") == 1
    })
    .await;
    succeed(&served.client().await).await;
    served.stop().await;
}

#[tokio::test]
async fn who_says_nothing_is_not_waited_for() {
    let served = serve(|settings| settings.handshake_timeout = MILLIS(50)).await;
    for said in [&b""[..], b"PRI * HTTP/2.0\r\n"] {
        let mut silent = TcpStream::connect(served.address)
            .await
            .expect("it listens");
        silent.write_all(said).await.expect("it is open");
        assert_eq!(
            silent.read(&mut [0; 100]).await.unwrap_or(0),
            0,
            "it is closed"
        );
    }
    assert_eq!(served.refusals("handshake-timeout"), 2);
    served.stop().await;
}

#[tokio::test]
async fn requests_beyond_the_most_are_refused_at_once() {
    let _turn = HANG.lock().await;
    let served = serve(|settings| settings.max_requests_in_flight = 2).await;
    let client = served.client().await;
    let hang = || {
        let client = client.clone();
        tokio::spawn(async move { client.call(LIST_ENTRY, &request("hang")).await })
    };
    let calls = [hang(), hang()];
    until("both hang", || hanging() == 2).await;
    let (code, message) = client.fail(LIST_ENTRY, &request("allow")).await;
    assert_eq!(code, Code::ResourceExhausted);
    assert!(message.contains("`max-requests-in-flight`"), "{message}");
    assert_eq!(served.refusals("max-requests-in-flight"), 1);
    released().add_permits(2);
    for call in calls {
        call.await.expect("no panic").expect("it was accepted");
    }
    succeed(&client).await;
    served.stop().await;
}

#[tokio::test]
async fn headers_beyond_the_most_are_refused() {
    let served = serve(|settings| settings.max_header_bytes = 1000).await;
    let long: &'static str = "x".repeat(900).leak();
    let body = raw::framed(&request("allow"));
    let answer = raw::post(served.address, LIST_ENTRY, &[("x-long", long)], &body).await;
    let (code, message) = answer.grpc();
    assert_eq!(code, Code::ResourceExhausted);
    assert!(message.contains("`max-header-bytes`"), "{message}");
    assert_eq!(served.refusals("max-header-bytes"), 1);
    // Far beyond, HTTP/2 refuses them without reading them.
    let longer: &'static str = "x".repeat(10_000).leak();
    let answer = raw::post(served.address, LIST_ENTRY, &[("x-long", longer)], &body).await;
    assert_eq!(answer.http, 431);
    succeed(&served.client().await).await;
    served.stop().await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let served = serve(|settings| settings.read_timeout = MILLIS(50)).await;
    let mut slow = Http2::connect(served.address, &[]).await;
    let head = frame(HEADERS, 4, 1, &http2::headers(LIST_ENTRY, &[]));
    slow.send(&[head, frame(DATA, 0, 1, &[0, 0, 0, 0, 100, 1])].concat())
        .await;
    let answer = slow.next_of(HEADERS).await.expect("an answer");
    let text = String::from_utf8_lossy(&answer.payload).into_owned();
    assert!(answer.payload.len() > 20, "{text}");
    assert_eq!(served.refusals("read-timeout"), 1);
    let code = r#"{adapter="",template="",code="DEADLINE_EXCEEDED"}"#;
    assert_eq!(served.metric("requests_total", code), 1);
    served.stop().await;
}

#[tokio::test]
async fn answers_that_nobody_reads_are_not_kept() {
    let served = serve(|settings| settings.write_timeout = MILLIS(100)).await;
    // No answer may be sent.
    let mut greedy = Http2::connect(served.address, &[(4, 0)]).await;
    greedy.request(1, LIST_ENTRY, &request("deny")).await;
    greedy.until_end().await;
    assert_eq!(served.refusals("write-timeout"), 1);
    assert_eq!(served.metric("connections", ""), 0);
    succeed(&served.client().await).await;
    served.stop().await;
}

#[tokio::test]
async fn who_gives_up_too_fast_is_left() {
    let served = serve(|settings| settings.max_resets = 100).await;
    let good = served.client().await;
    let mut hostile = Http2::connect(served.address, &[]).await;
    let headers = http2::headers(LIST_ENTRY, &[]);
    for n in 0..50_000 {
        let (id, cancel) = (2 * n + 1, 8_u32.to_be_bytes());
        let open = frame(HEADERS, 4, id, &headers);
        let reset = frame(http2::RST_STREAM, 0, id, &cancel);
        if !hostile.send(&open).await || !hostile.send(&reset).await {
            break;
        }
        if n % 10 == 0 {
            tokio::task::yield_now().await;
        }
    }
    hostile.until_end().await;
    assert_eq!(served.refusals("max-resets"), 1);
    succeed(&good).await;
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_grow_old_and_no_request_fails() {
    let served = serve(|settings| settings.max_connection_age = Some(MILLIS(50))).await;
    let clients = (0..4).map(|_| async {
        let mut client = Caller::new(served.address);
        for _ in 0..300 {
            let answer = client.call(LIST_ENTRY, &request("allow")).await;
            assert_eq!(answer, Ok(()));
            tokio::time::sleep(MILLIS(1)).await;
        }
    });
    futures_util::future::join_all(clients).await;
    let ended = r#"{reason="max-connection-age"}"#;
    let ended = served.metric("connections_ended_total", ended);
    assert!(ended >= 8, "{ended} of four clients");
    served.stop().await;
}

#[tokio::test]
async fn idle_connections_are_closed_and_busy_ones_are_not() {
    let _turn = HANG.lock().await;
    let served = serve(|settings| settings.connection_idle_timeout = Some(MILLIS(100))).await;
    let busy = served.client().await;
    let call = {
        let client = busy.clone();
        tokio::spawn(async move { client.call(LIST_ENTRY, &request("hang")).await })
    };
    until("it hangs", || hanging() == 1).await;
    let mut idle = Http2::connect(served.address, &[]).await;
    assert!(idle.next_of(GOAWAY).await.is_some(), "it is told");
    let ended = r#"{reason="connection-idle-timeout"}"#;
    assert_eq!(served.metric("connections_ended_total", ended), 1);
    released().add_permits(1);
    call.await
        .expect("no panic")
        .expect("a call keeps a connection");
    served.stop().await;
}

#[tokio::test]
async fn who_is_gone_is_noticed() {
    let served = serve(|settings| {
        settings.keep_alive_interval = Some(MILLIS(50));
        settings.keep_alive_timeout = MILLIS(50);
    })
    .await;
    // It answers no ping.
    let mut gone = Http2::connect(served.address, &[]).await;
    assert!(gone.next_of(http2::PING).await.is_some());
    gone.until_end().await;
    until("nobody is connected", || {
        served.metric("connections", "") == 0
    })
    .await;
    served.stop().await;
}

/// The memory of requests is bounded where the bytes of each are few.
#[tokio::test]
async fn requests_that_become_large_are_refused() {
    let served = serve(|settings| settings.max_request_memory = 64 << 20).await;
    let client = served.client().await;
    // Two bytes for an empty instance, in Rust a struct of more than a hundred.
    let empty = [
        [0x0A, 0].repeat(2_000_000),
        request_with(&[])[21..].to_vec(),
    ]
    .concat();
    let (code, message) = client.fail(METRIC, &empty).await;
    assert_eq!(code, Code::ResourceExhausted);
    assert!(message.contains("`max-request-memory`"), "{message}");
    assert_eq!(served.refusals("max-request-memory"), 1);
    // As many bytes in few instances are fine.
    let mut large = Vec::new();
    prost::encoding::string::encode(3, &"x".repeat(4_000_000), &mut large);
    client.call(METRIC, &large).await.expect("it is served");
    served.stop().await;
}

#[tokio::test]
async fn unfinished_requests_share_the_memory() {
    let served = serve(|settings| {
        settings.max_request_memory = 50_000;
        settings.max_request_bytes = 50_000;
    })
    .await;
    let mut slow = Http2::connect(served.address, &[]).await;
    let headers = http2::headers(METRIC, &[]);
    let begun = [&[0, 0, 0, 0xC0, 0][..], &[0; 15_000]].concat();
    for id in [1, 3, 5, 7] {
        let head = frame(HEADERS, 4, id, &headers);
        slow.send(&[head, frame(DATA, 0, id, &begun)].concat())
            .await;
    }
    let refused = slow.next_of(HEADERS).await.expect("an answer");
    assert_eq!(refused.stream, 7, "those before it have room");
    assert_eq!(served.refusals("max-request-memory"), 1);
    served.stop().await;
}

#[tokio::test]
async fn answers_beyond_the_most_are_not_sent() {
    let served = serve(|settings| settings.max_response_bytes = 1000).await;
    let client = served.client().await;
    let (code, message) = client.fail(LIST_ENTRY, &request("large")).await;
    assert_eq!(code, Code::ResourceExhausted);
    assert!(message.contains("`max-response-bytes`"), "{message}");
    assert_eq!(served.refusals("max-response-bytes"), 1);
    succeed(&client).await;
    served.stop().await;
}

#[tokio::test]
async fn calls_end_in_time_whatever_the_adapter_does() {
    let _turn = HANG.lock().await;
    let change = |settings: &mut Settings| {
        settings.call_timeout.all = None;
        settings
            .call_timeout
            .of
            .insert("gate".into(), Some(MILLIS(50)));
    };
    let served = serve(change).await;
    let client = served.client().await;
    let before = given_up();
    let (code, message) = client.fail(LIST_ENTRY, &request("hang")).await;
    assert_eq!(code, Code::DeadlineExceeded);
    assert!(message.contains("`call-timeout`"), "{message}");
    assert_eq!(served.refusals("call-timeout"), 1);
    until("the handler's future is dropped", || {
        given_up() == before + 1
    })
    .await;
    served.stop().await;
}

#[tokio::test]
async fn a_reset_gives_the_call_up() {
    let _turn = HANG.lock().await;
    let served = serve(|_| {}).await;
    let client: Client = served.client().await;
    let before = given_up();
    let call = tokio::spawn(async move { client.call(LIST_ENTRY, &request("hang")).await });
    until("it hangs", || hanging() == 1).await;
    call.abort();
    until("the handler's future is dropped", || {
        given_up() == before + 1
    })
    .await;
    let code = r#"{adapter="gate",template="listentry",code="CANCELLED"}"#;
    until("it is counted", || {
        served.metric("requests_total", code) == 1
    })
    .await;
    served.stop().await;
}
