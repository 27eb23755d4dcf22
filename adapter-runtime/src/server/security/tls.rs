//! TLS, with certificates that are read again when they change.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{AlertDescription, Error, InvalidMessage, RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;
use zeroize::Zeroizing;

use super::identity::Names;
use super::{Problem, der};
use crate::metrics::ServerMetrics;
use crate::server::settings::Settings;
use crate::server::stream::Stream;

/// How connections are encrypted.
pub(crate) struct Tls {
    now: RwLock<Arc<Loaded>>,
}

/// What was read last.
struct Loaded {
    files: Files,
    config: Arc<ServerConfig>,
}

/// The contents of the files.
#[derive(PartialEq)]
struct Files {
    cert: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
    client_ca: Option<Vec<u8>>,
}

impl Files {
    fn read(settings: &Settings) -> Result<Files, Problem> {
        let required = |setting, file: &Option<PathBuf>| match file {
            Some(file) => read(setting, file),
            None => Err(Problem::new(setting, "is missing")),
        };
        let client_ca = settings.tls_client_ca.as_deref();
        Ok(Files {
            cert: required("tls-cert", &settings.tls_cert)?,
            key: Zeroizing::new(required("tls-key", &settings.tls_key)?),
            client_ca: client_ca
                .map(|file| read("tls-client-ca", file))
                .transpose()?,
        })
    }
}

fn read(setting: &'static str, file: &Path) -> Result<Vec<u8>, Problem> {
    std::fs::read(file).map_err(|error| {
        let file = file.display();
        Problem::new(setting, format!("the file `{file}` can't be read: {error}"))
    })
}

impl Tls {
    pub(super) fn load(settings: &Settings, metrics: &ServerMetrics) -> Result<Tls, Problem> {
        let loaded = Loaded::new(Files::read(settings)?, metrics)?;
        Ok(Tls {
            now: RwLock::new(Arc::new(loaded)),
        })
    }

    /// Reads the files again; `None` if nothing has changed.
    pub(super) fn reload(
        &self,
        settings: &Settings,
        metrics: &ServerMetrics,
    ) -> Option<Result<(), Problem>> {
        let files = match Files::read(settings) {
            Ok(files) if files == self.now().files => return None,
            Ok(files) => files,
            Err(problem) => return Some(Err(problem)),
        };
        Some(Loaded::new(files, metrics).map(|loaded| {
            *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(loaded);
        }))
    }

    /// A client's connection as TLS, and the names in its certificate if it has one.
    pub(crate) async fn accept(&self, stream: Stream) -> io::Result<(Stream, Option<Vec<String>>)> {
        let config = self.now().config.clone();
        let stream = TlsAcceptor::from(config).accept(stream).await?;
        let certificates = stream.get_ref().1.peer_certificates();
        let names = certificates.and_then(|chain| Names::of(chain.first()?));
        Ok((Stream::Tls(Box::new(stream)), names.map(Names::all)))
    }

    fn now(&self) -> Arc<Loaded> {
        self.now
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Loaded {
    fn new(files: Files, metrics: &ServerMetrics) -> Result<Loaded, Problem> {
        let chain = certificates("tls-cert", &files.cert)?;
        let key = PrivateKeyDer::from_pem_slice(&files.key).map_err(|error| {
            Problem::new(
                "tls-key",
                format!("the file has no private key as PEM: {error}"),
            )
        })?;
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| Problem::new("tls-cert", error.to_string()))?;
        let builder = match &files.client_ca {
            None => builder.with_no_client_auth(),
            Some(file) => {
                let authorities = certificates("tls-client-ca", file)?;
                let expires = authorities.iter().filter_map(|it| der::not_after(it)).min();
                expires.inspect(|at| metrics.expires("client authority", *at));
                builder.with_client_cert_verifier(verifier(authorities, provider)?)
            }
        };
        let certificate = chain[0].clone();
        let mut config = builder
            .with_single_cert(chain, key)
            .map_err(|error| match error {
                Error::InconsistentKeys(_) => Problem::new(
                    "tls-key",
                    "the key is not that of the certificate in `tls-cert`",
                ),
                error => Problem::new("tls-cert", error.to_string()),
            })?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        let expires = der::not_after(&certificate);
        expires.inspect(|at| metrics.expires("server", *at));
        if expires.is_some_and(|at| at <= std::time::SystemTime::now()) {
            tracing::error!("the server's certificate has expired: clients will refuse it");
        }
        let uris = Names::of(&certificate).unwrap_or_default().uris;
        if files.client_ca.is_some() && uris.is_empty() {
            tracing::warn!(
                "the certificate in `tls-cert` has no URI as alternative name: a Mixer whose handler says \
                 `mutual` refuses it. It must have the same URI as Mixer's own certificate, such as \
                 spiffe://cluster.local/ns/istio-system/sa/istio-mixer-service-account"
            );
        }
        Ok(Loaded {
            config: Arc::new(config),
            files,
        })
    }
}

fn certificates(
    setting: &'static str,
    file: &[u8],
) -> Result<Vec<CertificateDer<'static>>, Problem> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(file).collect();
    let problem = match read {
        Ok(certificates) if !certificates.is_empty() => return Ok(certificates),
        Ok(_) => "the file has no certificate as PEM".to_owned(),
        Err(error) => format!("the file is no PEM: {error}"),
    };
    Err(Problem::new(setting, problem))
}

fn verifier(
    authorities: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn rustls::server::danger::ClientCertVerifier>, Problem> {
    let problem = |error: &dyn std::fmt::Display| {
        Problem::new(
            "tls-client-ca",
            format!("a certificate can't be used: {error}"),
        )
    };
    let mut roots = RootCertStore::empty();
    for authority in authorities {
        roots.add(authority).map_err(|error| problem(&error))?;
    }
    let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    builder.build().map_err(|error| problem(&error))
}

/// Why there is no TLS with a client, for the log.
pub(crate) fn explain(error: &io::Error) -> String {
    let tls = error
        .get_ref()
        .and_then(|error| error.downcast_ref::<Error>());
    let hint = match tls {
        Some(Error::InvalidMessage(InvalidMessage::InvalidContentType)) => {
            return "the client doesn't speak TLS: turn it on in the client (in Mixer's handler, \
                    `connection.authentication`)"
                .into();
        }
        Some(Error::NoCertificatesPresented) => {
            "; the client has to send one: in Mixer's handler, `connection.authentication.mutual`"
        }
        Some(Error::AlertReceived(
            AlertDescription::BadCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateExpired,
        )) => {
            "; the client refuses the server's certificate: it must come from an authority that the client \
             knows, be for the name that the client calls, and for Mixer's `mutual` have the same URI as \
             Mixer's own certificate"
        }
        _ => "",
    };
    format!("no TLS with the client: {error}{hint}")
}
