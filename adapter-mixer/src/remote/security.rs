//! How an adapter and its caller trust each other.

use http::header::{HeaderName, HeaderValue};

use super::address::Address;
use super::call_error::CallError;
use super::caller::RemoteBuildError;
use super::connection::Authentication;

/// What is around HTTP/2.
pub(super) enum Security {
    /// Nothing.
    Plain,
    #[cfg(feature = "tls")]
    Tls {
        connector: tokio_rustls::TlsConnector,
        name: rustls::pki_types::ServerName<'static>,
    },
}

impl std::fmt::Debug for Security {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Security::Plain => "Plain",
            #[cfg(feature = "tls")]
            Security::Tls { .. } => "Tls",
        })
    }
}

/// What is sent with each call.
pub(super) enum Credentials {
    None,
    #[cfg(feature = "tls")]
    Token(HeaderName, HeaderValue),
    #[cfg(feature = "tls")]
    OAuth(super::oauth::OAuthClient),
}

impl Credentials {
    #[cfg_attr(not(feature = "tls"), allow(clippy::unused_async))]
    pub(super) async fn header(&self) -> Result<Option<(HeaderName, HeaderValue)>, CallError> {
        match self {
            Credentials::None => Ok(None),
            #[cfg(feature = "tls")]
            Credentials::Token(name, value) => Ok(Some((name.clone(), value.clone()))),
            #[cfg(feature = "tls")]
            Credentials::OAuth(client) => {
                let token = client.token().await?;
                Ok(Some((http::header::AUTHORIZATION, token)))
            }
        }
    }
}

/// What an operator's `authentication` comes to.
pub(super) struct Trust {
    pub(super) security: Security,
    pub(super) credentials: Credentials,
    /// The name that the operator says the server has.
    pub(super) server_name: Option<String>,
}

/// Reads all files that are named.
pub(super) fn of(
    authentication: Option<&Authentication>,
    address: Option<&Address>,
) -> Result<Trust, RemoteBuildError> {
    let Some(authentication) = authentication else {
        return Ok(Trust {
            security: Security::Plain,
            credentials: Credentials::None,
            server_name: None,
        });
    };
    #[cfg(feature = "tls")]
    return super::tls::of(authentication, address);
    #[cfg(not(feature = "tls"))]
    {
        let _ = (authentication, address);
        Err(RemoteBuildError(
            "this program was built without TLS: enable the feature `tls` of `adapter-mixer`"
                .into(),
        ))
    }
}
