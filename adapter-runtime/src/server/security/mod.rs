//! Who may connect and call: TLS, the names of clients, tokens; all of it from files that may change.

#[cfg(feature = "tls")]
mod der;
#[cfg(feature = "tls")]
mod identity;
#[cfg(feature = "tls")]
mod tls;
mod tokens;

use http::HeaderMap;

use super::core::Core;
use super::peer::Peer;
use super::settings::Settings;
use crate::code::Code;
use crate::metrics::{Refusal, ServerMetrics};
use crate::status::{Status, shortened};
#[cfg(feature = "tls")]
pub(super) use tls::{Tls, explain};
use tokens::Tokens;

/// Who may connect and call. By default everybody.
#[derive(Default)]
pub(super) struct Security {
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
    tokens: Option<Tokens>,
}

/// What is wrong with a setting that is about security.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) setting: &'static str,
    pub(super) text: String,
}

impl Problem {
    fn new(setting: &'static str, text: impl Into<String>) -> Problem {
        Problem {
            setting,
            text: text.into(),
        }
    }
}

impl Security {
    /// Reads everything for the first time.
    pub(super) fn of(settings: &Settings, metrics: &ServerMetrics) -> Result<Security, Problem> {
        consistent(settings)?;
        let _ = metrics;
        Ok(Security {
            #[cfg(feature = "tls")]
            tls: match &settings.tls_cert {
                Some(_) => Some(Tls::load(settings, metrics)?),
                None => None,
            },
            tokens: match settings.token_files.is_empty() {
                true => None,
                false => Some(Tokens::load(settings)?),
            },
        })
    }

    /// How connections are encrypted, if they are.
    #[cfg(feature = "tls")]
    pub(super) fn tls(&self) -> Option<&Tls> {
        self.tls.as_ref()
    }

    /// Whether there are files that may change.
    pub(super) fn has_files(&self) -> bool {
        #[cfg(feature = "tls")]
        if self.tls.is_some() {
            return true;
        }
        self.tokens.is_some()
    }

    /// Looks whether files have changed, and reads those again. What was valid before stays so where
    /// they are wrong.
    pub(super) fn reload(&self, settings: &Settings, metrics: &ServerMetrics) {
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.tls {
            report("tls", tls.reload(settings, metrics), metrics);
        }
        if let Some(tokens) = &self.tokens {
            report("tokens", tokens.reload(settings), metrics);
        }
    }

    /// Whether a client may call.
    pub(super) fn check(
        &self,
        headers: &HeaderMap,
        peer: &Peer,
        core: &Core,
    ) -> Result<(), Status> {
        let wanted = &core.settings.tls_client_names;
        if !wanted.is_empty() && !peer.is_one_of(wanted) {
            core.refused(Refusal::ClientName);
            let names = peer.names.as_deref().unwrap_or_default();
            let has = match names {
                [] => "has no URI and no DNS name".to_owned(),
                names => format!("is for {}", shortened(&names.join(", "))),
            };
            return Err(Status::new(
                Code::PermissionDenied,
                format!(
                    "the client's certificate {has}, which is none of the server's `tls-client-names`"
                ),
            ));
        }
        if let Some(tokens) = &self.tokens {
            tokens
                .check(headers)
                .inspect_err(|_| core.refused(Refusal::Token))?;
        }
        Ok(())
    }
}

/// Says how reading again went; `None` if nothing has changed.
fn report(files: &'static str, result: Option<Result<(), Problem>>, metrics: &ServerMetrics) {
    match result {
        None => {}
        Some(Ok(())) => {
            metrics.reloaded(files, true);
            tracing::info!("changed files were read again: {files}");
        }
        Some(Err(Problem { setting, text })) => {
            metrics.reloaded(files, false);
            tracing::error!(
                "changed files can't be used, what was read before stays valid: `{setting}`: {text}"
            );
        }
    }
}

/// Whether the settings make sense together.
fn consistent(settings: &Settings) -> Result<(), Problem> {
    let Settings {
        tls_cert,
        tls_key,
        tls_client_ca,
        tls_client_names,
        token_files,
        token_without_tls,
        ..
    } = settings;
    match (tls_cert, tls_key) {
        (Some(_), None) => {
            return Err(Problem::new(
                "tls-key",
                "is missing: a certificate needs one",
            ));
        }
        (None, Some(_)) => return Err(Problem::new("tls-cert", "is missing: a key needs one")),
        _ => {}
    }
    if tls_cert.is_some() && cfg!(not(feature = "tls")) {
        let text = "this program is built without TLS: add the feature `tls` of adapter-runtime";
        return Err(Problem::new("tls-cert", text));
    }
    if tls_client_ca.is_some() && tls_cert.is_none() {
        let text =
            "without `tls-cert` and `tls-key` there is no TLS, and no client has a certificate";
        return Err(Problem::new("tls-client-ca", text));
    }
    if !tls_client_names.is_empty() && tls_client_ca.is_none() {
        let text = "without `tls-client-ca` no client has a certificate with a name";
        return Err(Problem::new("tls-client-names", text));
    }
    if !token_files.is_empty() && tls_cert.is_none() && !token_without_tls {
        let text = "without TLS everybody on the way can read the tokens: set `tls-cert` and `tls-key`, or \
                    `token-without-tls` if the network is safe";
        return Err(Problem::new("token-files", text));
    }
    Ok(())
}

impl Peer {
    /// Whether its certificate names one of these.
    fn is_one_of(&self, wanted: &[String]) -> bool {
        let names = self.names.iter().flatten();
        names
            .into_iter()
            .any(|name| wanted.iter().any(|wanted| matches(wanted, name)))
    }
}

/// Whether a name is the one that is wanted, or begins with what stands before its `*`. DNS names have
/// no case, URIs do.
fn matches(wanted: &str, name: &str) -> bool {
    let is_uri = name.contains(':');
    let same = |one: &str, other: &str| match is_uri {
        true => one == other,
        false => one.eq_ignore_ascii_case(other),
    };
    match wanted.strip_suffix('*') {
        Some(start) => name
            .get(..start.len())
            .is_some_and(|begin| same(start, begin)),
        None => same(wanted, name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_wholly_or_by_their_beginning() {
        let uri = "spiffe://cluster.local/ns/istio-system/sa/mixer";
        assert!(matches(uri, uri));
        assert!(matches("spiffe://cluster.local/ns/istio-system/*", uri));
        assert!(!matches("spiffe://cluster.local/ns/istio-system", uri));
        assert!(!matches("spiffe://cluster.local/ns/other/*", uri));
        assert!(!matches("SPIFFE://cluster.local/ns/istio-system/*", uri));
        assert!(matches("Mixer.istio-system", "mixer.istio-system"));
        assert!(matches("*", "anybody"));
        assert!(!matches("mixér*", "mixé"));
    }

    #[test]
    fn settings_that_make_no_sense_together_are_refused() {
        let refused = |change: fn(&mut Settings)| {
            let mut settings = Settings::default();
            change(&mut settings);
            consistent(&settings).map_err(|problem| problem.setting)
        };
        assert_eq!(refused(|_| {}), Ok(()));
        assert_eq!(refused(|it| it.tls_cert = Some("c".into())), Err("tls-key"));
        assert_eq!(refused(|it| it.tls_key = Some("k".into())), Err("tls-cert"));
        assert_eq!(
            refused(|it| it.tls_client_ca = Some("c".into())),
            Err("tls-client-ca")
        );
        assert_eq!(
            refused(|it| it.tls_client_names = vec!["mixer".into()]),
            Err("tls-client-names")
        );
        assert_eq!(
            refused(|it| it.token_files = vec!["t".into()]),
            Err("token-files")
        );
        assert_eq!(
            refused(|it| {
                it.token_files = vec!["t".into()];
                it.token_without_tls = true;
            }),
            Ok(())
        );
    }
}
