//! The names in certificates.

use rustls::pki_types::CertificateDer;
use webpki::EndEntityCert;

/// The names in a certificate.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub(super) uris: Vec<String>,
    pub(super) dns: Vec<String>,
}

impl Names {
    /// None if it is no certificate.
    pub(super) fn of(certificate: &CertificateDer<'_>) -> Option<Names> {
        let certificate = EndEntityCert::try_from(certificate).ok()?;
        Some(Names {
            uris: certificate.valid_uri_names().map(str::to_owned).collect(),
            dns: certificate.valid_dns_names().map(str::to_owned).collect(),
        })
    }

    /// The URIs first.
    pub(super) fn all(self) -> Vec<String> {
        self.uris.into_iter().chain(self.dns).collect()
    }
}
