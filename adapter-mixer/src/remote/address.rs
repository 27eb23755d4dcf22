//! Where an adapter listens.

use std::path::PathBuf;

/// An address, in the forms that gRPC has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// A host with a port, of whose addresses the first is taken that answers.
    Host(Host),
    /// A name all of whose addresses are called in turn.
    Dns(Host),
    /// A socket of this machine.
    Unix(PathBuf),
}

/// `host:port`; an IPv6 address is in brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Host {
    /// Without brackets.
    pub(super) name: String,
    pub(super) port: u16,
    /// As it was written.
    pub(super) text: String,
}

impl Address {
    pub(super) fn parse(text: &str) -> Result<Address, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return match path.starts_with('/') {
                true => Ok(Address::Unix(path.into())),
                false => Err(format!("the path of `{text}` doesn't begin with a slash")),
            };
        }
        if let Some(rest) = text.strip_prefix("passthrough:") {
            let endpoint = rest.trim_start_matches('/');
            return Host::parse(endpoint).map(Address::Host);
        }
        match text.strip_prefix("dns:") {
            Some(rest) => {
                let endpoint = match rest.strip_prefix("//") {
                    None => rest,
                    Some(rest) => match rest.split_once('/') {
                        Some(("", endpoint)) => endpoint,
                        _ => {
                            return Err(format!(
                                "`{text}` names a DNS server, which can't be chosen"
                            ));
                        }
                    },
                };
                // As in gRPC, a name of the DNS has the port of HTTPS.
                let host = Host::parse(endpoint).or_else(|error| match endpoint.contains(':') {
                    true => Err(error),
                    false => Host::parse(&format!("{endpoint}:443")),
                });
                host.map(Address::Dns)
            }
            None => Host::parse(text).map(Address::Host),
        }
    }

    /// What stands in `:authority` where nothing else is said.
    pub(super) fn authority(&self) -> &str {
        match self {
            Address::Host(host) | Address::Dns(host) => &host.text,
            Address::Unix(_) => "localhost",
        }
    }

    /// The name that a certificate has to be for.
    #[cfg(feature = "tls")]
    pub(super) fn server_name(&self) -> &str {
        match self {
            Address::Host(host) | Address::Dns(host) => &host.name,
            Address::Unix(_) => "localhost",
        }
    }
}

impl Host {
    fn parse(text: &str) -> Result<Host, String> {
        let no_port = || format!("the address `{text}` has no port");
        let (name, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (name, rest) = rest.split_once(']').ok_or_else(no_port)?;
                (name, rest.strip_prefix(':').ok_or_else(no_port)?)
            }
            None => text.rsplit_once(':').ok_or_else(no_port)?,
        };
        if name.contains(':') && !text.starts_with('[') {
            return Err(format!("an IPv6 address is written in brackets: `{text}`"));
        }
        let port = port
            .parse()
            .map_err(|_| format!("`{port}` of the address `{text}` is no port"))?;
        // Go's empty host is this machine.
        let name = match name {
            "" => "localhost",
            name => name,
        };
        if name.contains(|c: char| c.is_whitespace() || c.is_control() || "/@?#".contains(c)) {
            return Err(format!("`{name}` of the address `{text}` is no host"));
        }
        Ok(Host {
            name: name.to_owned(),
            port,
            text: text.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn every_form_is_read() {
        for (text, form) in [
            ("127.0.0.1:7001", "Host 127.0.0.1 7001"),
            ("adapter.ns.svc:80", "Host adapter.ns.svc 80"),
            ("[::1]:7001", "Host ::1 7001"),
            (":7001", "Host localhost 7001"),
            ("passthrough:///a:1", "Host a 1"),
            ("dns:///a:1", "Dns a 1"),
            ("dns:a:1", "Dns a 1"),
            ("dns:///a", "Dns a 443"),
            ("unix:///run/a.sock", "Unix /run/a.sock"),
            ("unix:/run/a.sock", "Unix /run/a.sock"),
        ] {
            let found = match Address::parse(text) {
                Ok(Address::Host(host)) => format!("Host {} {}", host.name, host.port),
                Ok(Address::Dns(host)) => format!("Dns {} {}", host.name, host.port),
                Ok(Address::Unix(path)) => format!("Unix {}", path.display()),
                Err(error) => error,
            };
            assert_eq!(found, form);
        }
        for text in [
            "localhost",
            "a:port",
            "a:70000",
            "::1:7001",
            "unix:relative",
            "dns://8.8.8.8/a:1",
            "a b:1",
            "http://a:1",
            "",
        ] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
    }
}
