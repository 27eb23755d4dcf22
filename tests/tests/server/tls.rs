//! TLS with real certificates: who may connect, who may not, and what changes while clients call.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use adapter_runtime::{Registration, Registry, Server, Settings};
use tests::certificates::{Authority, Identity, MIXER, Mounted, Validity};
use tests::client::{Client, LIST_ENTRY};
use tests::served::Served;
use tonic::Code;

use crate::gate::{Gate, request, serve, succeed, until};

const NAME: &str = "adapter.istio-system.svc";

/// A server's files.
fn files<'a>(own: &'a Identity, clients: &'a Authority) -> [(&'a str, &'a str); 3] {
    [
        ("tls.crt", &own.cert),
        ("tls.key", &own.key),
        ("ca.crt", &clients.pem),
    ]
}

fn mutual(settings: &mut Settings, mounted: &Mounted) {
    one_way(settings, mounted);
    settings.tls_client_ca = Some(mounted.path("ca.crt"));
}

fn one_way(settings: &mut Settings, mounted: &Mounted) {
    settings.tls_cert = Some(mounted.path("tls.crt"));
    settings.tls_key = Some(mounted.path("tls.key"));
    settings.reload_interval = Duration::from_millis(20);
}

async fn refused(served: &Served, authority: &Authority, own: Option<&Identity>) {
    let connected = Client::connect_tls(served.address, NAME, authority, own).await;
    let Ok(client) = connected else {
        return;
    };
    // In TLS 1.3 a client learns only then that its certificate was refused.
    let answer = client.call(LIST_ENTRY, &request("allow")).await;
    let status = answer.expect_err("it must be refused");
    assert!(
        matches!(
            status.code(),
            Code::Unavailable | Code::Unknown | Code::Internal
        ),
        "{status:?}"
    );
}

#[tokio::test]
async fn a_client_checks_the_server() {
    let authority = Authority::new();
    let own = authority.issue(&[NAME, MIXER], Validity::Now);
    let mounted = Mounted::new(&files(&own, &authority));
    let served = serve(|settings| one_way(settings, &mounted)).await;
    let client = Client::connect_tls(served.address, NAME, &authority, None).await;
    succeed(&client.expect("the authority and the name are right")).await;
    let other = Authority::new();
    refused(&served, &other, None).await;
    let wrong = Client::connect_tls(served.address, "other.name", &authority, None).await;
    assert!(wrong.is_err(), "the name is wrong");
    until("both are counted", || served.refusals("handshake") >= 2).await;
    let expiry = r#"{certificate="server"}"#;
    let expiry = served.metric("certificate_expiry_timestamp_seconds", expiry);
    assert_eq!(expiry, 4_102_444_800, "2100-01-01");
    served.stop().await;
}

#[tokio::test]
async fn a_certificate_that_has_expired_is_refused() {
    let authority = Authority::new();
    let own = authority.issue(&[NAME], Validity::Expired);
    let mounted = Mounted::new(&files(&own, &authority));
    let served = serve(|settings| one_way(settings, &mounted)).await;
    let client = Client::connect_tls(served.address, NAME, &authority, None).await;
    assert!(client.is_err(), "the server's has");
    served.stop().await;

    let own = authority.issue(&[NAME], Validity::Now);
    mounted.swap(&files(&own, &authority));
    let served = serve(|settings| mutual(settings, &mounted)).await;
    let expired = authority.issue(&[MIXER], Validity::Expired);
    refused(&served, &authority, Some(&expired)).await;
    served.stop().await;
}

#[tokio::test]
async fn a_server_checks_its_clients() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let own = authority.issue(&[NAME, MIXER], Validity::Now);
    let mounted = Mounted::new(&files(&own, &authority));
    let served = serve(|settings| {
        mutual(settings, &mounted);
        settings.tls_client_names = vec![
            MIXER.into(),
            "spiffe://cluster.local/ns/tests/*".into(),
            "mixer.example.com".into(),
        ];
    })
    .await;
    let connect = async |authority: &Authority, names: &[&str]| {
        let own = authority.issue(names, Validity::Now);
        let connected = Client::connect_tls(served.address, NAME, authority, Some(&own)).await;
        connected.expect("the authority is right")
    };
    for names in [
        &[MIXER][..],
        &["spiffe://cluster.local/ns/tests/sa/any"],
        &["other", "mixer.example.com"],
    ] {
        succeed(&connect(&authority, names).await).await;
    }
    for names in [
        &["spiffe://cluster.local/ns/default/sa/any"][..],
        &["mixer.example.com.evil.com"],
        &[],
    ] {
        let client = connect(&authority, names).await;
        let (code, message) = client.fail(LIST_ENTRY, &request("allow")).await;
        assert_eq!(code, Code::PermissionDenied, "{names:?}");
        assert!(message.contains("`tls-client-names`"), "{message}");
    }
    assert_eq!(served.refusals("tls-client-names"), 3);
    refused(&served, &authority, None).await;
    // Signed by somebody else, though the name is right.
    let forged = stranger.issue(&[MIXER], Validity::Now);
    refused(&served, &authority, Some(&forged)).await;
    until("both are counted", || served.refusals("handshake") == 2).await;
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_exchanged_under_load_and_no_request_fails() {
    let (old, new) = (Authority::new(), Authority::new());
    let identity = |authority: &Authority| authority.issue(&[NAME, MIXER], Validity::Now);
    let mounted = Mounted::new(&files(&identity(&old), &old));
    let served = serve(|settings| mutual(settings, &mounted)).await;
    let of_old = identity(&old);
    let connected = Client::connect_tls(served.address, NAME, &old, Some(&of_old)).await;
    let client = connected.expect("the old authority is right");
    let stop = Arc::new(AtomicBool::new(false));
    let load = (0..8).map(|_| {
        let (client, stop) = (client.clone(), stop.clone());
        tokio::spawn(async move {
            let mut calls = 0;
            while !stop.load(Ordering::Relaxed) {
                succeed(&client).await;
                calls += 1;
            }
            calls
        })
    });
    let load: Vec<_> = load.collect();
    let reloaded = |result: &str, count: u64| {
        let labels = format!("{{files=\"tls\",result=\"{result}\"}}");
        served.metric("reloads_total", &labels) >= count
    };
    // A key that isn't the certificate's: what was before stays.
    let broken = Identity {
        key: identity(&new).key,
        ..identity(&new)
    };
    mounted.swap(&files(&broken, &new));
    until("the broken ones are noticed", || reloaded("failed", 1)).await;
    let again = Client::connect_tls(served.address, NAME, &old, Some(&of_old)).await;
    succeed(&again.expect("the old ones still hold")).await;
    mounted.swap(&files(&identity(&new), &new));
    until("the new ones are read", || reloaded("ok", 1)).await;
    let of_new = identity(&new);
    let connected = Client::connect_tls(served.address, NAME, &new, Some(&of_new)).await;
    succeed(&connected.expect("the new authority is right")).await;
    refused(&served, &old, Some(&of_old)).await;
    refused(&served, &new, Some(&of_old)).await;
    stop.store(true, Ordering::Relaxed);
    for calls in load {
        let calls = calls.await.expect("no request fails");
        assert!(calls > 0);
    }
    // The connection under load is still the first.
    until("only three were accepted", || {
        let accepted = served.metric("connections_accepted_total", "");
        accepted == served.refusals("handshake") + 3
    })
    .await;
    served.stop().await;
}

#[tokio::test]
async fn who_does_not_speak_tls_is_refused() {
    let authority = Authority::new();
    let own = authority.issue(&[NAME], Validity::Now);
    let mounted = Mounted::new(&files(&own, &authority));
    let served = serve(|settings| one_way(settings, &mounted)).await;
    let mut plain = tests::http2::Http2::connect(served.address, &[]).await;
    plain.until_end().await;
    until("it is counted", || served.refusals("handshake") == 1).await;
    served.stop().await;
}

#[tokio::test]
async fn files_that_can_not_be_used_are_said_at_the_start() {
    let authority = Authority::new();
    let (own, other) = (
        authority.issue(&[NAME], Validity::Now),
        authority.issue(&[NAME], Validity::Now),
    );
    let mounted = Mounted::new(&files(&own, &authority));
    let bind = async |change: &dyn Fn(&mut Settings)| {
        let registry = Registry::new([Registration::new::<Gate>()]).expect("an adapter");
        let server = Server::new(registry).listen("127.0.0.1:0");
        let server = server.configure(|settings| {
            mutual(settings, &mounted);
            change(settings);
        });
        server
            .bind()
            .await
            .map(drop)
            .map_err(|error| error.to_string())
    };
    assert_eq!(bind(&|_| {}).await, Ok(()));
    let error = bind(&|settings| settings.tls_cert = Some("/no/such/file".into())).await;
    let error = error.expect_err("there is none");
    assert!(
        error.starts_with("`tls-cert`: the file `/no/such/file` can't be read"),
        "{error}"
    );
    let error = bind(&|settings| settings.tls_cert = Some(mounted.path("tls.key"))).await;
    let error = error.expect_err("it is a key");
    assert_eq!(error, "`tls-cert`: the file has no certificate as PEM");
    let error = bind(&|settings| settings.tls_key = Some(mounted.path("tls.crt"))).await;
    let error = error.expect_err("it is a certificate");
    assert!(
        error.starts_with("`tls-key`: the file has no private key as PEM"),
        "{error}"
    );
    mounted.swap(&[
        ("tls.crt", &own.cert),
        ("tls.key", &other.key),
        ("ca.crt", &authority.pem),
    ]);
    assert_eq!(
        bind(&|_| {}).await.expect_err("they don't fit"),
        "`tls-key`: the key is not that of the certificate in `tls-cert`"
    );
}
