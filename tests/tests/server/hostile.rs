//! Whatever some clients do, the others are served.

use std::time::Duration;

use tests::client::LIST_ENTRY;
use tests::http2::{self, DATA, HEADERS, Http2, frame};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::gate::{request, serve, succeed, until};

#[tokio::test]
async fn who_speaks_something_else_is_told_so() {
    let served = serve(|_| {}).await;
    let mut browser = TcpStream::connect(served.address)
        .await
        .expect("it listens");
    let get = b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n";
    browser.write_all(get).await.expect("it is open");
    let mut answer = String::new();
    browser
        .read_to_string(&mut answer)
        .await
        .expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("gRPC"), "{answer}");
    for said in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"\xff\xff\xff",
    ] {
        let mut other = TcpStream::connect(served.address)
            .await
            .expect("it listens");
        other.write_all(said).await.expect("it is open");
        assert_eq!(other.read(&mut [0; 100]).await.unwrap_or(0), 0);
    }
    assert_eq!(served.refusals("handshake"), 3);
    succeed(&served.client().await).await;
    served.stop().await;
}

/// All kinds at once, and a good client among them.
#[tokio::test(flavor = "multi_thread")]
async fn good_clients_are_served_among_bad_ones() {
    let served = serve(|settings| {
        settings.handshake_timeout = Duration::from_millis(500);
        settings.read_timeout = Duration::from_secs(3);
        settings.write_timeout = Duration::from_secs(3);
        settings.max_resets = 200;
    })
    .await;
    let address = served.address;
    let mut bad = JoinSet::new();
    for _ in 0..4 {
        // Says nothing.
        bad.spawn(async move {
            let mut silent = TcpStream::connect(address).await.expect("it listens");
            let _ = silent.read(&mut [0; 1]).await;
        });
        // Never reads.
        bad.spawn(async move {
            let mut greedy = Http2::connect(address, &[(4, 0)]).await;
            for n in 0..500 {
                if !greedy
                    .request(2 * n + 1, LIST_ENTRY, &request("deny"))
                    .await
                {
                    break;
                }
            }
            greedy.until_end().await;
        });
        // Sends a byte now and then.
        bad.spawn(async move {
            let mut slow = Http2::connect(address, &[]).await;
            let head = frame(HEADERS, 4, 1, &http2::headers(LIST_ENTRY, &[]));
            slow.send(&head).await;
            for _ in 0..40 {
                slow.send(&frame(DATA, 0, 1, &[0])).await;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        // Opens and resets.
        bad.spawn(async move {
            let mut rapid = Http2::connect(address, &[]).await;
            let headers = http2::headers(LIST_ENTRY, &[]);
            for n in 0..20_000 {
                let id = 2 * n + 1;
                let open = frame(HEADERS, 4, id, &headers);
                let reset = frame(http2::RST_STREAM, 0, id, &8_u32.to_be_bytes());
                if !rapid.send(&[open, reset].concat()).await {
                    break;
                }
            }
            rapid.until_end().await;
        });
        // Headers without end.
        bad.spawn(async move {
            let mut endless = Http2::connect(address, &[]).await;
            let long = "x".repeat(10_000);
            let headers = http2::headers(LIST_ENTRY, &[("x-long", &long)]);
            endless.send(&frame(HEADERS, 0, 1, &headers)).await;
            while endless.send(&frame(9, 0, 1, &headers)).await {}
        });
        // Noise.
        bad.spawn(async move {
            let mut noise = TcpStream::connect(address).await.expect("it listens");
            let _ = noise.write_all(&[0xFF; 10_000]).await;
        });
    }
    let good = served.client().await;
    let mut calls = 0;
    while !bad.is_empty() {
        succeed(&good).await;
        calls += 1;
        while bad.try_join_next().is_some() {}
    }
    assert!(calls > 100, "{calls}");
    until("only the good one is connected", || {
        served.metric("connections", "") == 1
    })
    .await;
    served.stop().await;
}

/// Streams are not a thing that runs out.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_takes_a_hundred_thousand_streams() {
    let served = serve(|settings| settings.max_connection_age = None).await;
    let client = served.client().await;
    // In a debug build so many take long.
    let each = if cfg!(debug_assertions) { 200 } else { 1000 };
    let calls = (0..100).map(|_| async {
        for _ in 0..each {
            succeed(&client).await;
        }
    });
    futures_util::future::join_all(calls).await;
    assert_eq!(served.metric("connections_accepted_total", ""), 1);
    let code = r#"{adapter="gate",template="listentry",code="OK"}"#;
    assert_eq!(served.metric("requests_total", code), 100 * each);
    served.stop().await;
}
