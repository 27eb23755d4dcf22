//! Tokens: right, wrong, missing, exchanged.

use std::time::Duration;

use tests::certificates::Mounted;
use tests::client::{Client, LIST_ENTRY};
use tests::raw;
use tests::served::Served;
use tonic::{Code, Request};

use crate::gate::{request, serve, until};

async fn with_tokens(mounted: &Mounted, header: &'static str) -> Served {
    serve(|settings| {
        settings.token_files = vec![mounted.path("token")];
        settings.token_header = header.parse().expect("a header");
        settings.token_without_tls = true;
        settings.reload_interval = Duration::from_millis(20);
    })
    .await
}

/// Calls with a header.
async fn call(client: &Client, header: &'static str, value: &str) -> Result<(), Code> {
    let mut call = Request::new(bytes::Bytes::from(request("allow")));
    call.metadata_mut()
        .insert(header, value.parse().expect("a header"));
    let answer = client.send(LIST_ENTRY, call).await;
    answer.map(drop).map_err(|status| status.code())
}

#[tokio::test]
async fn a_call_needs_a_token_that_is_valid_now() {
    let mounted = Mounted::new(&[("token", "first\nsecond\n")]);
    let served = with_tokens(&mounted, "authorization").await;
    let client = served.client().await;
    for value in ["Bearer first", "second", "bearer second"] {
        assert_eq!(
            call(&client, "authorization", value).await,
            Ok(()),
            "{value}"
        );
    }
    for value in ["Bearer third", "firstsecond", "Bearer", "Basic first"] {
        let refused = call(&client, "authorization", value).await;
        assert_eq!(refused, Err(Code::Unauthenticated), "{value}");
    }
    let (code, message) = client.fail(LIST_ENTRY, &request("allow")).await;
    assert_eq!(code, Code::Unauthenticated);
    assert!(message.contains("`authorization`"), "{message}");
    assert_eq!(served.refusals("token-files"), 5);
    // Who has no token learns nothing, not even what is served.
    let (code, _) = client.fail("/no.Such/Method", &[]).await;
    assert_eq!(code, Code::Unauthenticated);
    // But whether the server is well.
    let health = client.call("/grpc.health.v1.Health/Check", &[]).await;
    assert_eq!(&health.expect("it is healthy")[..], [8, 1]);

    mounted.swap(&[("token", "third")]);
    let reloads = r#"{files="tokens",result="ok"}"#;
    until("it is read", || {
        served.metric("reloads_total", reloads) == 1
    })
    .await;
    assert_eq!(call(&client, "authorization", "Bearer third").await, Ok(()));
    let old = call(&client, "authorization", "Bearer first").await;
    assert_eq!(old, Err(Code::Unauthenticated));
    served.stop().await;
}

#[tokio::test]
async fn the_header_may_be_another() {
    let mounted = Mounted::new(&[("token", "hunter2")]);
    let served = with_tokens(&mounted, "x-mixer-token").await;
    let client = served.client().await;
    assert_eq!(call(&client, "x-mixer-token", "hunter2").await, Ok(()));
    let other = call(&client, "authorization", "hunter2").await;
    assert_eq!(other, Err(Code::Unauthenticated));
    let twice = [("x-mixer-token", "wrong")];
    let answer = raw::post(served.address, LIST_ENTRY, &twice, b"").await;
    let (code, message) = answer.grpc();
    assert_eq!(code, Code::Unauthenticated);
    assert!(
        !message.contains("hunter2") && !message.contains("wrong"),
        "{message}"
    );
    served.stop().await;
}
