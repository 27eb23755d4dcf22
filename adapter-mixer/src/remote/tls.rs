//! TLS to adapters: whom to trust, and with what to be trusted.

use std::path::Path;
use std::sync::Arc;

use http::header::{AUTHORIZATION, HeaderValue};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use webpki::EndEntityCert;

use super::address::Address;
use super::caller::RemoteBuildError;
use super::connection::{Authentication, Mutual, Tls, TokenHeader, TokenSource};
use super::oauth::OAuthClient;
use super::security::{Credentials, Security, Trust};

/// Where systems keep the certificates that they trust.
const SYSTEM: [&str; 3] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
];

pub(super) fn of(
    authentication: &Authentication,
    address: Option<&Address>,
) -> Result<Trust, RemoteBuildError> {
    match authentication {
        Authentication::Tls(it) => tls(it, address),
        Authentication::Mutual(it) => mutual(it, address),
    }
}

fn tls(it: &Tls, address: Option<&Address>) -> Result<Trust, RemoteBuildError> {
    let roots = roots(it.ca_certificates.as_deref()).map_err(|error| {
        RemoteBuildError(format!(
            "failed build tls dial option: ca cert cannot be load {error}"
        ))
    })?;
    let credentials = match &it.token {
        TokenSource::File { path, header } => token(path, header)?,
        TokenSource::OAuth(oauth) => Credentials::OAuth(OAuthClient::new(oauth)?),
    };
    let config = client(roots)?;
    Ok(Trust {
        security: security(config, it.server_name.as_deref(), address)?,
        credentials,
        server_name: it.server_name.clone(),
    })
}

/// A client that knows servers by their names.
pub(super) fn client(roots: RootCertStore) -> Result<ClientConfig, RemoteBuildError> {
    let provider = provider();
    // Without any certificate there is nobody to trust, which is told when somebody is met.
    let verifier = match roots.is_empty() {
        true => None,
        false => {
            let roots = Arc::new(roots);
            let built =
                WebPkiServerVerifier::builder_with_provider(roots, provider.clone()).build();
            Some(built.map_err(|error| RemoteBuildError(error.to_string()))?)
        }
    };
    let versions =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = versions.map_err(|error| RemoteBuildError(error.to_string()))?;
    Ok(match verifier {
        Some(verifier) => builder.with_webpki_verifier(verifier).with_no_client_auth(),
        None => builder
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth(),
    })
}

/// A token in its header.
fn token(path: &Path, header: &TokenHeader) -> Result<Credentials, RemoteBuildError> {
    let failed = |error: String| {
        RemoteBuildError(format!(
            "failed build tls dial option: cannot get grpc per rpc credentials {error}"
        ))
    };
    let read = std::fs::read(path);
    let mut value = read.map_err(|error| failed(format!("open {}: {error}", path.display())))?;
    let ends = |end: &[u8]| value.ends_with(end);
    if ends(b"\n") || ends(b"\r") {
        let path = path.display();
        return Err(failed(format!(
            "the token in {path} ends with a line break, which no header may hold: write the file \
             without one, e.g. with `printf %s`"
        )));
    }
    let name = match header {
        TokenHeader::Plain => AUTHORIZATION,
        TokenHeader::Bearer => {
            value.splice(0..0, *b"Bearer ");
            AUTHORIZATION
        }
        TokenHeader::Custom(name) => name
            .to_ascii_lowercase()
            .parse()
            .map_err(|_| failed(format!("`{name}` is no name of a header")))?,
    };
    let mut value = HeaderValue::from_bytes(&value)
        .map_err(|_| failed(format!("the token in {} is no text", path.display())))?;
    value.set_sensitive(true);
    Ok(Credentials::Token(name, value))
}

fn mutual(it: &Mutual, address: Option<&Address>) -> Result<Trust, RemoteBuildError> {
    let failed = |error: String| RemoteBuildError(format!("load peer cert/key error: {error}"));
    let chain = certificates(&it.client_certificate).map_err(failed)?;
    let key = PrivateKeyDer::from_pem_file(&it.private_key)
        .map_err(|error| failed(format!("{}: {error}", it.private_key.display())))?;
    let own = uri_names(&chain[0])
        .map_err(|error| failed(format!("{}: {error}", it.client_certificate.display())))?;
    let roots = roots(it.ca_certificates.as_deref()).map_err(|error| {
        RemoteBuildError(format!(
            "failed to build TLS dial option: CA certificate cannot be loaded: {error}"
        ))
    })?;
    let provider = provider();
    let verifier = SameIdentity {
        roots,
        own,
        provider: provider.clone(),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier))
                .with_client_auth_cert(chain, key)
        })
        .map_err(|error| failed(error.to_string()))?;
    Ok(Trust {
        security: security(config, it.server_name.as_deref(), address)?,
        credentials: Credentials::None,
        server_name: it.server_name.clone(),
    })
}

fn security(
    mut config: ClientConfig,
    server_name: Option<&str>,
    address: Option<&Address>,
) -> Result<Security, RemoteBuildError> {
    config.alpn_protocols = vec![b"h2".to_vec()];
    let name = server_name.or_else(|| address.map(Address::server_name));
    let name = name.unwrap_or("localhost");
    let name = ServerName::try_from(name.to_owned())
        .map_err(|_| RemoteBuildError(format!("`{name}` is no name that a certificate has")))?;
    Ok(Security::Tls {
        connector: Arc::new(config).into(),
        name,
    })
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// The system's certificates, and those of a file.
pub(super) fn roots(file: Option<&Path>) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    if let Some(certificates) = SYSTEM
        .iter()
        .find_map(|path| certificates(Path::new(path)).ok())
    {
        roots.add_parsable_certificates(certificates);
    }
    if let Some(file) = file {
        for certificate in certificates(file)? {
            roots
                .add(certificate)
                .map_err(|error| format!("{}: {error}", file.display()))?;
        }
    }
    Ok(roots)
}

/// The certificates of a file, at least one.
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let in_file = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let bytes = std::fs::read(path).map_err(|error| in_file(&error))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let certificates = certificates.map_err(|error| in_file(&error))?;
    match certificates.is_empty() {
        true => Err(in_file(&"there is no certificate in it")),
        false => Ok(certificates),
    }
}

/// The URIs that a certificate is for.
fn uri_names(certificate: &CertificateDer<'_>) -> Result<Vec<String>, String> {
    let certificate = EndEntityCert::try_from(certificate).map_err(|error| error.to_string())?;
    Ok(certificate.valid_uri_names().map(str::to_owned).collect())
}

/// Trusts servers of whatever name that have a certificate for the client's own identity: both are
/// workloads of one service account, as Mixer expects it.
#[derive(Debug)]
struct SameIdentity {
    roots: RootCertStore,
    own: Vec<String>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for SameIdentity {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let algorithms = self.provider.signature_verification_algorithms.all;
        verify_server_cert_signed_by_trust_anchor(
            &ParsedCertificate::try_from(certificate)?,
            &self.roots,
            intermediates,
            now,
            algorithms,
        )?;
        let names = uri_names(certificate).map_err(Error::General)?;
        if names.iter().any(|name| self.own.contains(name)) {
            return Ok(ServerCertVerified::assertion());
        }
        let (names, own) = (names.join(" "), self.own.join(" "));
        let error = format!(
            "failed to authenticate, cert SAN [{names}] is not whitelisted: it must share a URI \
             with the client's own certificate, [{own}]"
        );
        Err(Error::InvalidCertificate(CertificateError::Other(
            rustls::OtherError(Arc::new(Refused(error))),
        )))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}

/// Why a certificate is not taken.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refused(String);
