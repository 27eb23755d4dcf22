//! A list by https, for a program whose trusted roots are named in its environment.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use adapter_runtime::prelude::*;
use adapter_runtime::template::listentry;
use adapters::list::{List, Params};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use serde_json::json;
use tests::programs::Serving;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::support::Remote;

/// A server of a list with one entry, `a`; its port.
async fn serve(certified: &rcgen::CertifiedKey<rcgen::KeyPair>) -> u16 {
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der());
    let certificates = vec![certified.cert.der().clone()];
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("TLS")
        .with_no_client_auth()
        .with_single_cert(certificates, key.expect("a key"));
    let acceptor = TlsAcceptor::from(Arc::new(config.expect("a server")));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            // A client that doesn't trust it ends the handshake.
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na\n")
                .await;
            let _ = stream.shutdown().await;
        }
    });
    port
}

/// What the program answers to a question about `a`.
async fn ask(url: &str, roots: &Path) -> Result<i64, tonic::Status> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_adapters"));
    command
        .args(["serve", "0"])
        .env("SSL_CERT_FILE", roots)
        .env_remove("SSL_CERT_DIR");
    let program = Serving::spawn(command);
    let config = Params {
        provider_url: url.to_owned(),
        ..Params::defaults()
    };
    let list = Remote::at::<List>(program.address, &config).await;
    let value = json!({"stringValue": "a"});
    let request = json!({"instance": {"name": "a.instance.ns", "value": value}});
    loop {
        match list.call::<listentry::Template>(request.clone()).await {
            // A slow machine.
            Err(status) if status.message().contains("being fetched") => {}
            answer => return answer.map(|it| it["status"]["code"].as_i64().unwrap_or(0)),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_believed_if_its_certificate_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let certified = |name: &str| {
        let certified = rcgen::generate_simple_self_signed([name.to_owned()]);
        let certified = certified.expect("a certificate");
        let path = folder.path().join(name);
        std::fs::write(&path, certified.cert.pem()).expect("a file");
        (certified, path)
    };
    let (localhost, trusted) = certified("localhost");
    let port = serve(&localhost).await;
    let url = format!("https://localhost:{port}/list");
    assert_eq!(ask(&url, &trusted).await.expect("a verdict"), 0);
    let other_name = format!("https://127.0.0.1:{port}/list");
    let (_, other) = certified("other.example");
    for (url, roots) in [(&other_name, &trusted), (&url, &other)] {
        let status = ask(url, roots).await.expect_err("it is not believed");
        assert_eq!(status.code(), tonic::Code::Unavailable);
        assert!(status.message().contains("certificate"), "{status}");
    }
    let none = folder.path().join("none");
    let status = ask(&url, &none).await.expect_err("there are no roots");
    assert!(
        status.message().contains("there are no root certificates"),
        "{status}"
    );
}
