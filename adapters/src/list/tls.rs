//! TLS to the server of a list. Its certificate is verified against the roots of the system, or
//! those that the environment variables `SSL_CERT_FILE` and `SSL_CERT_DIR` name.

use std::io;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Reading the roots takes a while.
static CONFIG: OnceCell<Arc<ClientConfig>> = OnceCell::const_new();

pub(super) async fn connect(host: &str, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
    let config = CONFIG.get_or_try_init(|| async {
        let config = tokio::task::spawn_blocking(config).await?;
        config.map(Arc::new)
    });
    let connector = TlsConnector::from(config.await?.clone());
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    connector.connect(name, stream).await
}

fn config() -> io::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let errors = found.errors.iter().map(ToString::to_string);
        let errors = Vec::from_iter(errors).join("; ");
        return Err(io::Error::other(format!(
            "there are no root certificates ({errors}): install them, or name a file of them in \
             `SSL_CERT_FILE`"
        )));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider);
    let config = config.with_safe_default_protocol_versions();
    let config = config.map_err(io::Error::other)?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
