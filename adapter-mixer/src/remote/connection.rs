//! `connection` of a `handler` resource: where an adapter is, and how it is trusted.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use adapter_runtime::document::{Content, Entry, Node, Problem, Problems};

use super::address::Address;
use crate::suggest;

/// How the adapter of a handler is reached.
///
/// Istio: `istio.policy.v1beta1.Connection`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Connection {
    /// `host:port`, `dns:///host:port` for all addresses of a name in turn, or `unix:///path`.
    pub address: String,
    /// How long a call may take; `None` for any time, which is the default.
    pub timeout: Option<Duration>,
    /// How the two trust each other; `None` for a plain connection.
    pub authentication: Option<Authentication>,
}

/// How Mixer and an adapter trust each other: `istio.policy.v1beta1.Authentication`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Authentication {
    /// The adapter has a certificate, Mixer a token.
    Tls(Tls),
    /// Both have certificates.
    Mutual(Mutual),
}

/// `istio.policy.v1beta1.Tls`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Tls {
    /// A file of certificates to trust, beside the system's.
    pub ca_certificates: Option<PathBuf>,
    /// Where the token is from.
    pub token: TokenSource,
    /// The name in the adapter's certificate; by default the host of the address.
    pub server_name: Option<String>,
}

/// Where a token is from, and how it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenSource {
    /// A file, which is read once and sent as it is.
    File {
        /// The file.
        path: PathBuf,
        /// The header that it is sent in.
        header: TokenHeader,
    },
    /// A token server, by OAuth's client credentials grant; sent as `authorization: Bearer …`.
    OAuth(OAuth),
}

/// The header of a token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenHeader {
    /// `authorization: <token>`.
    Plain,
    /// `authorization: Bearer <token>`.
    Bearer,
    /// A header of this name, in lower case on the wire.
    Custom(String),
}

/// `istio.policy.v1beta1.OAuth`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct OAuth {
    /// Who asks.
    pub client_id: String,
    /// The file with the secret, which is used as it is.
    pub client_secret: PathBuf,
    /// The token server.
    pub token_url: String,
    /// What the token is to be good for.
    pub scopes: Vec<String>,
    /// More that is sent to the token server.
    pub endpoint_params: BTreeMap<String, String>,
}

/// `istio.policy.v1beta1.Mutual`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Mutual {
    /// The file with Mixer's key.
    pub private_key: PathBuf,
    /// The file with Mixer's certificates, its own first.
    pub client_certificate: PathBuf,
    /// A file of certificates to trust, beside the system's.
    pub ca_certificates: Option<PathBuf>,
    /// The name that is asked for; it need not be in the adapter's certificate.
    pub server_name: Option<String>,
}

impl Connection {
    /// A plain connection without a timeout.
    #[must_use]
    pub fn plain(address: impl Into<String>) -> Connection {
        Connection {
            address: address.into(),
            timeout: None,
            authentication: None,
        }
    }

    /// Reads what an operator wrote, in the names of the `.proto` file or those of protobuf's JSON.
    ///
    /// What Mixer refuses is an error; what it takes although no call can succeed, such as an
    /// address without a port, is a warning.
    pub fn read(node: &Node, problems: &mut Problems) -> Option<Connection> {
        let before = problems.len();
        let mut fields = Fields::of(node, &["address", "timeout", "authentication"], problems);
        let address = fields.text("address", problems);
        let timeout = match fields.take("timeout") {
            Some(timeout) => match timeout.as_duration().map(Duration::try_from) {
                Ok(Ok(Duration::ZERO)) => None,
                Ok(Ok(timeout)) => Some(timeout),
                Ok(Err(_)) => {
                    let error = "a timeout is not negative";
                    problems.push(Problem::error(timeout.span(), error));
                    None
                }
                Err(problem) => {
                    problems.push(problem);
                    None
                }
            },
            None => None,
        };
        let authentication = fields.take("authentication");
        let authentication = authentication.map(|node| Authentication::read(node, problems));
        let Some((address, at)) = address.filter(|(address, _)| !address.is_empty()) else {
            let help = "add `address: host:port`";
            problems.push(Problem::error(node.span(), "empty connection address").help(help));
            return None;
        };
        if let Err(error) = Address::parse(&address) {
            let help = "write `host:port`, `dns:///host:port` or `unix:///path`";
            problems.push(Problem::warning(at.span(), error).help(help));
        }
        let errors = problems.iter().skip(before).any(is_error);
        (!errors).then(|| Connection {
            address,
            timeout,
            authentication: authentication.flatten(),
        })
    }
}

fn is_error(problem: &Problem) -> bool {
    problem.severity() == adapter_runtime::document::Severity::Error
}

impl Authentication {
    fn read(node: &Node, problems: &mut Problems) -> Option<Authentication> {
        let mut fields = Fields::of(node, &["tls", "mutual"], problems);
        match (fields.take("tls"), fields.take("mutual")) {
            (Some(tls), None) => Tls::read(tls, problems).map(Authentication::Tls),
            (None, Some(mutual)) => Mutual::read(mutual, problems).map(Authentication::Mutual),
            (first, second) => {
                let error = match (first, second) {
                    (None, None) => "authentication type is unexpected: there is none",
                    _ => "`tls` and `mutual` exclude each other",
                };
                let problem = Problem::error(node.span(), error);
                problems.push(problem.help("write one of `tls` and `mutual`"));
                None
            }
        }
    }
}

impl Tls {
    fn read(node: &Node, problems: &mut Problems) -> Option<Tls> {
        const NAMES: [&str; 6] = [
            "ca_certificates",
            "token_path",
            "oauth",
            "auth_header",
            "custom_header",
            "server_name",
        ];
        let mut fields = Fields::of(node, &NAMES, problems);
        let header = TokenHeader::read(&mut fields, node, problems);
        let token = match (fields.take("token_path"), fields.take("oauth")) {
            (Some(path), None) => {
                let path = text(path, problems).map(PathBuf::from);
                if path
                    .as_ref()
                    .is_some_and(|path| path.as_os_str().is_empty())
                {
                    let error = "token path should not be empty";
                    problems.push(Problem::error(node.span(), error));
                }
                if header.is_none() {
                    let error = "token type should be specified";
                    let problem = Problem::error(node.span(), error);
                    let help = "add `authHeader: BEARER`, `authHeader: PLAIN` or `customHeader: …`";
                    problems.push(problem.help(help));
                }
                let path = path.zip(header);
                path.map(|(path, header)| TokenSource::File { path, header })
            }
            (None, Some(oauth)) => OAuth::read(oauth, problems).map(TokenSource::OAuth),
            (first, _) => {
                let error = match first {
                    None => "unexpected tls token source type: there is none",
                    Some(_) => "`tokenPath` and `oauth` exclude each other",
                };
                let problem = Problem::error(node.span(), error);
                problems.push(problem.help("write one of `tokenPath` and `oauth`"));
                None
            }
        };
        Some(Tls {
            ca_certificates: fields.path("ca_certificates", problems),
            server_name: fields.optional_text("server_name", problems),
            token: token?,
        })
    }
}

impl TokenHeader {
    fn read(fields: &mut Fields<'_>, node: &Node, problems: &mut Problems) -> Option<TokenHeader> {
        let custom = fields.optional_text("custom_header", problems);
        let header = fields.take("auth_header");
        if custom.is_some() && header.is_some() {
            let error = "`authHeader` and `customHeader` exclude each other";
            problems.push(Problem::error(node.span(), error).help("write one of them"));
        }
        if let Some(custom) = custom {
            return Some(TokenHeader::Custom(custom));
        }
        let header = header?;
        match header.content() {
            Content::Text(text) if text == "PLAIN" => Some(TokenHeader::Plain),
            Content::Text(text) if text == "BEARER" => Some(TokenHeader::Bearer),
            Content::Integer(0) => Some(TokenHeader::Plain),
            Content::Integer(1) => Some(TokenHeader::Bearer),
            _ => {
                let error = "this is no kind of header";
                let problem = Problem::error(header.span(), error);
                problems.push(problem.help("write `PLAIN` or `BEARER`"));
                None
            }
        }
    }
}

impl OAuth {
    fn read(node: &Node, problems: &mut Problems) -> Option<OAuth> {
        const NAMES: [&str; 5] = [
            "client_id",
            "client_secret",
            "token_url",
            "scopes",
            "endpoint_params",
        ];
        let mut fields = Fields::of(node, &NAMES, problems);
        let mut required = |name: &str, what: &str| {
            let found = fields.text(name, problems);
            let found = found.map(|(text, _)| text).filter(|text| !text.is_empty());
            if found.is_none() {
                let problem = Problem::error(node.span(), format!("{what} cannot be empty"));
                problems.push(problem.help(format!("add `{}: …`", json_name(name))));
            }
            found
        };
        let client_id = required("client_id", "oauth client ID");
        let client_secret = required("client_secret", "oauth secret");
        let token_url = required("token_url", "oauth token URL");
        let mut scopes = Vec::new();
        if let Some(list) = fields.take("scopes") {
            let items = problems.take(list.as_sequence()).unwrap_or_default();
            scopes.extend(items.iter().filter_map(|item| text(item, problems)));
        }
        let mut endpoint_params = BTreeMap::new();
        if let Some(node) = fields.take("endpoint_params")
            && let Some(mapping) = problems.take(node.as_mapping())
        {
            for entry in mapping.iter() {
                if let Some(value) = text(entry.value(), problems) {
                    endpoint_params.insert(entry.key().name().to_owned(), value);
                }
            }
        }
        Some(OAuth {
            client_id: client_id?,
            client_secret: client_secret?.into(),
            token_url: token_url?,
            scopes,
            endpoint_params,
        })
    }
}

impl Mutual {
    fn read(node: &Node, problems: &mut Problems) -> Option<Mutual> {
        const NAMES: [&str; 4] = [
            "private_key",
            "client_certificate",
            "ca_certificates",
            "server_name",
        ];
        let mut fields = Fields::of(node, &NAMES, problems);
        let mut required = |name: &str| {
            let found = fields.path(name, problems);
            if found.is_none() {
                let name = json_name(name);
                let error = format!("load peer cert/key error: there is no `{name}`");
                let problem = Problem::error(node.span(), error);
                problems.push(problem.help(format!("add `{name}: /path/to/file`")));
            }
            found
        };
        let private_key = required("private_key");
        let client_certificate = required("client_certificate");
        Some(Mutual {
            private_key: private_key?,
            client_certificate: client_certificate?,
            ca_certificates: fields.path("ca_certificates", problems),
            server_name: fields.optional_text("server_name", problems),
        })
    }
}

/// The fields of a message that an operator wrote.
struct Fields<'n> {
    found: Vec<(&'static str, &'n Node)>,
}

impl<'n> Fields<'n> {
    fn of(node: &'n Node, names: &[&'static str], problems: &mut Problems) -> Fields<'n> {
        let mut found: Vec<(&'static str, &'n Node)> = Vec::new();
        let mapping = match node.content() {
            Content::Null => None,
            _ => problems.take(node.as_mapping()),
        };
        for entry in mapping.into_iter().flat_map(|mapping| mapping.iter()) {
            match known(entry, names) {
                Ok(name) if found.iter().any(|(other, _)| *other == name) => {
                    let error = format!("`{}` is written twice", json_name(name));
                    problems.push(Problem::error(entry.key().span(), error).help("write it once"));
                }
                Ok(name) => found.push((name, entry.value())),
                Err(problem) => problems.push(problem),
            }
        }
        found.retain(|(_, value)| !value.is_null());
        Fields { found }
    }

    fn take(&mut self, name: &str) -> Option<&'n Node> {
        let at = self.found.iter().position(|(found, _)| *found == name)?;
        Some(self.found.swap_remove(at).1)
    }

    fn text(&mut self, name: &str, problems: &mut Problems) -> Option<(String, &'n Node)> {
        let node = self.take(name)?;
        Some((text(node, problems)?, node))
    }

    fn optional_text(&mut self, name: &str, problems: &mut Problems) -> Option<String> {
        let (text, _) = self.text(name, problems)?;
        (!text.is_empty()).then_some(text)
    }

    fn path(&mut self, name: &str, problems: &mut Problems) -> Option<PathBuf> {
        self.optional_text(name, problems).map(PathBuf::from)
    }
}

fn text(node: &Node, problems: &mut Problems) -> Option<String> {
    problems.take(node.as_str()).map(str::to_owned)
}

fn known(entry: &Entry, names: &[&'static str]) -> Result<&'static str, Problem> {
    let written = entry.key().name();
    let called = |name: &&&'static str| **name == written || json_name(name) == written;
    if let Some(name) = names.iter().find(called) {
        return Ok(name);
    }
    let json_names: Vec<_> = names.iter().map(|name| json_name(name)).collect();
    let problem = Problem::error(entry.key().span(), format!("unknown field `{written}`"));
    let nearest = suggest::nearest(written, json_names.iter().map(String::as_str));
    Err(problem.help(match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("the fields are `{}`", json_names.join("`, `")),
    }))
}

/// The name in protobuf's JSON.
fn json_name(name: &str) -> String {
    let mut upper = false;
    let mut json = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '_' => upper = true,
            c if std::mem::take(&mut upper) => json.push(c.to_ascii_uppercase()),
            c => json.push(c),
        }
    }
    json
}

#[cfg(test)]
mod tests {
    use adapter_runtime::document::{self, Problems};

    use super::{Authentication, Connection, TokenHeader, TokenSource};

    fn read(yaml: &str) -> (Option<Connection>, Vec<String>) {
        let mut problems = Problems::new();
        let documents = document::parse("h.yaml", yaml, &mut problems);
        let connection = Connection::read(&documents[0], &mut problems);
        let problems = problems.iter().map(|problem| {
            let remedy = problem.remedy().unwrap_or_default();
            format!("{}; {remedy}", problem.message())
        });
        (connection, problems.collect())
    }

    #[test]
    fn connections_are_read() {
        let (connection, problems) = read(
            "address: localhost:9070\ntimeout: 1.5s\nauthentication:\n  tls:\n    \
             caCertificates: /ca.pem\n    token_path: /token\n    authHeader: BEARER\n    \
             server_name: adapter",
        );
        assert_eq!(problems, [""; 0]);
        let connection = connection.expect("a connection");
        assert_eq!(connection.timeout.expect("one").as_millis(), 1500);
        let Some(Authentication::Tls(tls)) = connection.authentication else {
            panic!("no TLS");
        };
        assert_eq!(tls.server_name.as_deref(), Some("adapter"));
        let path = "/token".into();
        let header = TokenHeader::Bearer;
        assert_eq!(tls.token, TokenSource::File { path, header });
    }

    #[test]
    fn what_is_wrong_is_said_with_what_to_write() {
        for (yaml, problem) in [
            (
                "timeout: 1s",
                "empty connection address; add `address: host:port`",
            ),
            (
                "adress: x:1",
                "unknown field `adress`; did you mean `address`?",
            ),
            ("address: 7001", "expected a text"),
            ("{address: 'x:1', timeout: 5}", "expected a duration"),
            (
                "{address: 'x:1', timeout: -5s}",
                "a timeout is not negative",
            ),
            (
                "{address: 'x:1', authentication: {}}",
                "write one of `tls` and `mutual`",
            ),
            (
                "{address: 'x:1', authentication: {tls: {}}}",
                "one of `tokenPath` and `oauth`",
            ),
            (
                "{address: 'x:1', authentication: {tls: {tokenPath: /t}}}",
                "token type should be specified; add `authHeader: BEARER`",
            ),
            (
                "{address: 'x:1', authentication: {tls: {tokenPath: /t, authHeader: BARER}}}",
                "write `PLAIN` or `BEARER`",
            ),
            (
                "{address: 'x:1', authentication: {mutual: {privateKey: /k}}}",
                "there is no `clientCertificate`",
            ),
            (
                "{address: 'x:1', authentication: {tls: {oauth: {clientId: a, tokenUrl: b}}}}",
                "oauth secret cannot be empty",
            ),
        ] {
            let (connection, problems) = read(yaml);
            assert_eq!(connection, None, "{yaml}");
            let found = problems.iter().any(|found| found.contains(problem));
            assert!(found, "{yaml}: {problems:?}");
        }
        let (connection, problems) = read("address: localhost");
        assert!(connection.is_some(), "Mixer takes it");
        assert!(problems[0].contains("has no port"), "{problems:?}");
    }
}
