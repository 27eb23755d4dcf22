//! TLS, tokens and certificates on both sides, against a server that is not ours.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use adapter_mixer::remote::{Answer, CallError, Connection, RemoteHandler};
use adapter_runtime::document::{self, Problems};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    SanType,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use tempfile::TempDir;
use tests::peer::{Peer, Reply};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::calls::check;

const MIXER: &str = "spiffe://cluster.local/ns/istio-system/sa/istio-mixer-service-account";

/// Files of certificates, keys and tokens.
struct Files {
    folder: TempDir,
    ca: CertifiedIssuer<'static, KeyPair>,
}

impl Files {
    fn new() -> Files {
        let mut params = CertificateParams::new(Vec::new()).expect("params");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let ca = CertifiedIssuer::self_signed(params, key).expect("a certificate");
        let files = Files {
            folder: tempfile::tempdir().expect("a folder"),
            ca,
        };
        files.write("ca.pem", &files.ca.pem());
        files
    }

    fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).expect("a file");
        path
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A certificate of the authority, in `<name>.pem` and `<name>.key`.
    fn certificate(&self, name: &str, names: &[SanType]) {
        let mut params = CertificateParams::new(Vec::new()).expect("params");
        params.subject_alt_names = names.to_vec();
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.ca).expect("a certificate");
        self.write(&format!("{name}.pem"), &certificate.pem());
        self.write(&format!("{name}.key"), &key.serialize_pem());
    }

    /// A server with a certificate, which asks for one if it is to.
    fn acceptor(&self, name: &str, mutual: bool) -> TlsAcceptor {
        let certificate = CertificateDer::from_pem_file(self.path(&format!("{name}.pem")));
        let key = PrivateKeyDer::from_pem_file(self.path(&format!("{name}.key")));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone());
        let builder = builder
            .with_safe_default_protocol_versions()
            .expect("versions");
        let builder = match mutual {
            false => builder.with_no_client_auth(),
            true => {
                let mut roots = rustls::RootCertStore::empty();
                roots.add(self.ca.der().clone()).expect("a root");
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder.with_client_cert_verifier(verifier.build().expect("a verifier"))
            }
        };
        let chain = vec![certificate.expect("a certificate")];
        let config = builder.with_single_cert(chain, key.expect("a key"));
        let mut config = config.expect("a configuration");
        config.alpn_protocols = vec![b"h2".to_vec()];
        Arc::new(config).into()
    }

    async fn peer(&self, name: &str, mutual: bool) -> Peer {
        let acceptor = self.acceptor(name, mutual);
        Peer::listen(
            "127.0.0.1:0",
            Some(acceptor),
            |_| Reply::Message(Vec::new()),
        )
        .await
    }
}

fn dns(name: &str) -> SanType {
    SanType::DnsName(name.try_into().expect("ASCII"))
}

fn uri(name: &str) -> SanType {
    SanType::URI(name.try_into().expect("ASCII"))
}

/// A handler with the `authentication` that an operator wrote.
fn handler(address: &str, authentication: &str) -> Result<RemoteHandler, String> {
    let yaml = format!("address: {address}\nauthentication: {authentication}");
    let mut problems = Problems::new();
    let documents = document::parse("h.yaml", &yaml, &mut problems);
    let connection = Connection::read(&documents[0], &mut problems);
    assert!(problems.is_empty(), "{problems}");
    let handler = RemoteHandler::new("h", &connection.expect("a connection"), None);
    handler.map_err(|error| error.to_string())
}

fn text(result: Result<Answer, CallError>) -> String {
    match result {
        Ok(_) => "OK".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[tokio::test]
async fn a_token_is_sent_to_a_server_that_is_trusted() {
    let files = Files::new();
    files.certificate("adapter", &[dns("localhost"), dns("adapter.example")]);
    let peer = files.peer("adapter", false).await;
    let (ca, token) = (
        shown(&files.path("ca.pem")),
        shown(&files.write("token", "secret")),
    );
    let address = format!("localhost:{}", peer.address.port());
    for (header, name, value) in [
        ("authHeader: BEARER", "authorization", "Bearer secret"),
        ("authHeader: PLAIN", "authorization", "secret"),
        ("customHeader: X-Api-Key", "x-api-key", "secret"),
    ] {
        let tls = format!("{{tls: {{caCertificates: {ca}, tokenPath: {token}, {header}}}}}");
        let handler = handler(&address, &tls).expect("a handler");
        assert_eq!(text(check(&handler).await), "OK");
        let received = peer.received();
        let call = received.last().expect("a call");
        assert_eq!(call.header(name), Some(value));
        assert_eq!((call.scheme.as_str(), &call.authority), ("https", &address));
    }

    // By another name, which is then that of the request too.
    let tls = format!(
        "{{tls: {{caCertificates: {ca}, tokenPath: {token}, authHeader: PLAIN, serverName: \
         adapter.example}}}}"
    );
    let named = handler(&peer.address.to_string(), &tls).expect("a handler");
    assert_eq!(text(check(&named).await), "OK");
    assert_eq!(
        peer.received().last().expect("a call").authority,
        "adapter.example"
    );

    // One that the certificate is not for, and a certificate that nobody vouches for.
    let other = tls.replace("adapter.example", "other.example");
    let found = text(check(&handler(&address, &other).expect("a handler")).await);
    assert!(
        found.contains("code = Unavailable") && found.contains("other.example"),
        "{found}"
    );
    let stranger = Files::new();
    let unknown = tls.replace(&ca, &shown(&stranger.path("ca.pem")));
    let found = text(check(&handler(&address, &unknown).expect("a handler")).await);
    assert!(found.contains("authentication handshake failed"), "{found}");
    assert_eq!(peer.received().len(), 4);
}

#[tokio::test]
async fn two_certificates_of_one_identity_trust_each_other() {
    let files = Files::new();
    files.certificate("mixer", &[uri(MIXER)]);
    files.certificate("adapter", &[uri("spiffe://other"), uri(MIXER)]);
    files.certificate("stranger", &[uri("spiffe://other")]);
    files.certificate("host", &[dns("localhost")]);
    let path = |name: &str| shown(&files.path(name));
    let mutual = format!(
        "{{mutual: {{privateKey: {}, clientCertificate: {}, caCertificates: {}}}}}",
        path("mixer.key"),
        path("mixer.pem"),
        path("ca.pem")
    );
    let peer = files.peer("adapter", true).await;
    let called = handler(&peer.address.to_string(), &mutual).expect("a handler");
    assert_eq!(text(check(&called).await), "OK");
    let received = peer.received();
    assert_eq!(received[0].header("authorization"), None);

    for name in ["stranger", "host"] {
        let peer = files.peer(name, true).await;
        let found = handler(&format!("localhost:{}", peer.address.port()), &mutual);
        let found = text(check(&found.expect("a handler")).await);
        assert!(found.contains("code = Unavailable"), "{found}");
        assert!(found.contains("is not whitelisted"), "{found}");
        assert!(peer.received().is_empty());
    }

    // Of another authority.
    let other = Files::new();
    other.certificate("adapter", &[uri(MIXER)]);
    let peer = other.peer("adapter", false).await;
    let found = handler(&peer.address.to_string(), &mutual).expect("a handler");
    let found = text(check(&found).await);
    assert!(found.contains("authentication handshake failed"), "{found}");
}

#[tokio::test]
async fn a_plain_server_is_no_tls_server() {
    let files = Files::new();
    let token = shown(&files.write("token", "secret"));
    let peer = Peer::start(|_| Reply::Message(Vec::new())).await;
    let tls = format!("{{tls: {{tokenPath: {token}, authHeader: PLAIN}}}}");
    let found = text(check(&handler(&peer.address.to_string(), &tls).expect("one")).await);
    assert!(found.contains("authentication handshake failed"), "{found}");
}

#[tokio::test]
async fn what_cannot_be_read_is_told_when_the_handler_is_built() {
    let files = Files::new();
    files.certificate("mixer", &[uri(MIXER)]);
    let (ca, token) = (
        shown(&files.path("ca.pem")),
        shown(&files.write("token", "secret")),
    );
    let broken = shown(&files.write("broken", "secret\n"));
    let path = |name: &str| shown(&files.path(name));
    for (authentication, problem) in [
        (
            format!(
                "{{tls: {{tokenPath: {}, authHeader: PLAIN}}}}",
                path("none")
            ),
            "cannot get grpc per rpc credentials open",
        ),
        (
            format!("{{tls: {{tokenPath: {broken}, authHeader: PLAIN}}}}"),
            "ends with a line break",
        ),
        (
            format!("{{tls: {{tokenPath: {token}, customHeader: 'a b'}}}}"),
            "`a b` is no name of a header",
        ),
        (
            format!("{{tls: {{tokenPath: {token}, authHeader: PLAIN, caCertificates: {token}}}}}"),
            "there is no certificate in it",
        ),
        (
            format!(
                "{{mutual: {{privateKey: {ca}, clientCertificate: {}}}}}",
                path("mixer.pem")
            ),
            "load peer cert/key error",
        ),
        (
            format!(
                "{{mutual: {{privateKey: {}, clientCertificate: {}}}}}",
                path("mixer.key"),
                path("none")
            ),
            "load peer cert/key error",
        ),
        (
            format!(
                "{{tls: {{oauth: {{clientId: a, clientSecret: {token}, tokenUrl: 'ftp://x'}}}}}}"
            ),
            "`ftp://x` is no URL of a token server",
        ),
    ] {
        let error = handler("localhost:1", &authentication).expect_err("it can't be read");
        assert!(error.contains(problem), "{authentication}: {error}");
    }
}

/// A token server that gives a numbered token, or none.
async fn token_server(expires_in: &'static str, works: bool) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!(
        "http://{}/token",
        listener.local_addr().expect("an address")
    );
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut request = Vec::new();
            let mut buffer = [0; 1024];
            // The form is short, and stands behind the headers.
            while !request.windows(4).any(|it| it == b"%2Fb") {
                let read = stream.read(&mut buffer).await.expect("a request");
                request.extend_from_slice(&buffer[..read]);
            }
            let request = String::from_utf8(request).expect("text");
            assert!(request.starts_with("POST /token HTTP/1.1\r\n"), "{request}");
            // `client:se%2Fcret`
            let basic = request.contains("Basic Y2xpZW50OnNlJTJGY3JldA==");
            assert!(
                basic || request.contains("client_secret=se%2Fcret"),
                "{request}"
            );
            let form = "grant_type=client_credentials&scope=s1%20s2&audience=a%2Fb";
            assert!(request.contains(form), "{request}");
            let number = count.fetch_add(1, Ordering::SeqCst) + 1;
            let (status, body) = match works {
                true => (
                    "200 OK",
                    format!("{{\"access_token\":\"t{number}\",\"expires_in\":{expires_in}}}"),
                ),
                false => ("401 Unauthorized", "no such client".to_owned()),
            };
            let len = body.len();
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {len}\r\n\r\n{body}");
            stream
                .write_all(answer.as_bytes())
                .await
                .expect("an answer");
        }
    });
    (url, asked)
}

#[tokio::test]
async fn a_token_of_a_token_server_is_fetched_once_and_again_when_it_is_over() {
    let files = Files::new();
    files.certificate("adapter", &[dns("localhost")]);
    let peer = files.peer("adapter", false).await;
    let (ca, secret) = (
        shown(&files.path("ca.pem")),
        shown(&files.write("secret", "se/cret")),
    );
    let address = format!("localhost:{}", peer.address.port());
    let oauth = |url: &str| {
        format!(
            "{{tls: {{caCertificates: {ca}, oauth: {{clientId: client, clientSecret: {secret}, \
             tokenUrl: '{url}', scopes: [s1, s2], endpointParams: {{audience: a/b}}}}}}}}"
        )
    };
    let (url, asked) = token_server("3600", true).await;
    let handler = self::handler(&address, &oauth(&url)).expect("a handler");
    let calls = futures_util::future::join_all((0..10).map(|_| check(&handler))).await;
    assert!(calls.iter().all(Result::is_ok), "{calls:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    let received = peer.received();
    assert!(
        received
            .iter()
            .all(|call| call.header("authorization") == Some("Bearer t1"))
    );

    // Good for less than the time before its end in which it isn't used any more.
    let (url, asked) = token_server("\"5\"", true).await;
    let handler = self::handler(&address, &oauth(&url)).expect("a handler");
    for _ in 0..2 {
        assert_eq!(text(check(&handler).await), "OK");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 2);

    let (url, asked) = token_server("1", false).await;
    let handler = self::handler(&address, &oauth(&url)).expect("a handler");
    let found = text(check(&handler).await);
    assert!(
        found.starts_with("rpc error: code = Unauthenticated desc = transport: oauth2"),
        "{found}"
    );
    assert!(
        found.contains("401 Unauthorized") && found.contains("no such client"),
        "{found}"
    );
    // With the secret in a header, and then in the form.
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}
