//! The forms that a text can be demanded to have.

use std::borrow::Cow;
use std::fmt;

use http::Uri;
use http::uri::Authority;

/// The form of a text. Displayed with its article and an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// An absolute URL with a host: `https://example.com/path`.
    Url,
    /// A host name, an IPv4 address or an IPv6 address in brackets, and a port: `example.com:443`.
    HostPort,
    /// A regular expression in the syntax of the crate `regex`.
    Regex,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Url => "a URL such as `https://example.com/path`",
            Format::HostPort => "a host and a port such as `example.com:443`",
            Format::Regex => "a regular expression",
        })
    }
}

/// Why a text doesn't have the form.
pub(super) struct Problem {
    text: Cow<'static, str>,
    /// The part that is wrong, for those who may see it.
    part: Option<String>,
}

impl Problem {
    /// For texts that nobody may see.
    pub(super) fn without_quotes(&self) -> String {
        self.text.clone().into_owned()
    }

    fn in_part(self, part: &str) -> Problem {
        let part = Some(part.to_owned());
        Problem { part, ..self }
    }
}

impl From<&'static str> for Problem {
    fn from(text: &'static str) -> Problem {
        let text = text.into();
        Problem { text, part: None }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        match &self.part {
            Some(part) => write!(f, ": `{part}`"),
            None => Ok(()),
        }
    }
}

impl Format {
    /// Whether a text has this form.
    pub(crate) fn fits(self, text: &str) -> bool {
        self.check(text).is_ok()
    }

    pub(super) fn check(self, text: &str) -> Result<(), Problem> {
        match self {
            Format::Url => url(text),
            Format::HostPort => host_port(text),
            Format::Regex => regex(text),
        }
    }
}

// `http` is linked anyway; a full parser of URLs comes with the tables of international names.
fn url(text: &str) -> Result<(), Problem> {
    if let Some(wrong) = text.chars().find(|c| !c.is_ascii_graphic()) {
        let problem = "there is a character in it that must be percent-encoded";
        return Err(Problem::from(problem).in_part(&wrong.escape_default().to_string()));
    }
    let Some((scheme @ [_, ..], rest)) = text.split_once("://").map(|(a, b)| (a.as_bytes(), b))
    else {
        return Err("the scheme is missing".into());
    };
    if !scheme[0].is_ascii_alphabetic() {
        return Err("the scheme is malformed".into());
    }
    if rest.is_empty() || rest.starts_with(['/', '?', '#', ':']) {
        return Err("the host is missing".into());
    }
    let uri: Uri = text.parse().map_err(|_| Problem::from("it is malformed"))?;
    let authority = uri.authority().ok_or("the host is missing")?;
    host(authority)?;
    port(authority).map(drop)
}

fn host_port(text: &str) -> Result<(), Problem> {
    if text.contains("://") {
        return Err("it has a scheme, which must be left out".into());
    }
    if text.contains(['/', '?', '#']) {
        return Err("it has a path, which must be left out".into());
    }
    if text.contains('@') {
        return Err("it has a user, who must be left out".into());
    }
    if text.matches(':').count() > 1 && !text.starts_with('[') {
        return Err("an IPv6 address must be in brackets, as in `[::1]:443`".into());
    }
    if text.starts_with(':') {
        return Err("the host is missing".into());
    }
    let authority: Authority = text.parse().map_err(|_| Problem::from("it is malformed"))?;
    host(&authority)?;
    match port(&authority)? {
        Some(0) => Err("0 is not a port that can be connected to".into()),
        Some(_) => Ok(()),
        None => Err("the port is missing".into()),
    }
}

fn host(authority: &Authority) -> Result<(), Problem> {
    let host = authority.host();
    let is_legal = match host.strip_prefix('[') {
        Some(address) => address
            .strip_suffix(']')
            .is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok()),
        None => {
            let legal = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
            let label = |label: &str| {
                (1..=63).contains(&label.len())
                    && label.chars().all(legal)
                    && !label.starts_with('-')
                    && !label.ends_with('-')
            };
            host.strip_suffix('.').unwrap_or(host).split('.').all(label)
        }
    };
    match is_legal {
        true => Ok(()),
        false => Err(Problem::from("the host is malformed").in_part(host)),
    }
}

fn port(authority: &Authority) -> Result<Option<u16>, Problem> {
    let text = authority.as_str();
    let after_user = text.rsplit_once('@').map_or(text, |(_, rest)| rest);
    let Some(port) = after_user[authority.host().len()..].strip_prefix(':') else {
        return Ok(None);
    };
    match port.parse() {
        Ok(number) if !port.starts_with('+') => Ok(Some(number)),
        _ => Err(Problem::from("the port is not a number up to 65535").in_part(port)),
    }
}

fn regex(text: &str) -> Result<(), Problem> {
    let (kind, span) = match regex_syntax::parse(text) {
        Ok(_) => return Ok(()),
        Err(regex_syntax::Error::Parse(error)) => (error.kind().to_string(), *error.span()),
        Err(regex_syntax::Error::Translate(error)) => (error.kind().to_string(), *error.span()),
        Err(_) => return Err("it is malformed".into()),
    };
    let at = span.start;
    let place = match at.line {
        1 => format!("{kind}, at character {}", at.column),
        line => format!("{kind}, at line {line}, character {}", at.column),
    };
    Err(Problem {
        text: place.into(),
        part: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(format: Format, text: &str) -> String {
        let problem = format.check(text).err();
        problem.map_or_else(String::new, |problem| problem.to_string())
    }

    #[test]
    fn urls() {
        for text in [
            "http://example.com",
            "https://user:word@example.com:8080/a?b=c#d",
            "https://[::1]/x",
            "tcp://10.0.0.1:5000",
            "http://my_service.ns.svc.cluster.local./",
        ] {
            assert_eq!(problem(Format::Url, text), "", "{text}");
        }
        for (text, expected) in [
            ("example.com", "the scheme is missing"),
            ("/path", "the scheme is missing"),
            ("mailto:a@b", "the scheme is missing"),
            ("://x", "the scheme is missing"),
            ("1a://x", "the scheme is malformed"),
            (
                "a b://x",
                "there is a character in it that must be percent-encoded: ` `",
            ),
            ("a_b://x", "it is malformed"),
            ("http://", "the host is missing"),
            ("http:///path", "the host is missing"),
            ("http://:80", "the host is missing"),
            (
                "http://a b",
                "there is a character in it that must be percent-encoded: ` `",
            ),
            (
                "http://ü",
                "there is a character in it that must be percent-encoded: `\\u{fc}`",
            ),
            ("http://a..b", "the host is malformed: `a..b`"),
            ("http://-a", "the host is malformed: `-a`"),
            ("http://[::g]/", "the host is malformed: `[::g]`"),
            (
                "http://a:99999",
                "the port is not a number up to 65535: `99999`",
            ),
        ] {
            assert_eq!(problem(Format::Url, text), expected, "{text}");
        }
    }

    #[test]
    fn hosts_and_ports() {
        for text in ["localhost:80", "10.0.0.1:65535", "[::1]:443", "a.b-c_d:1"] {
            assert_eq!(problem(Format::HostPort, text), "", "{text}");
        }
        for (text, expected) in [
            ("", "it is malformed"),
            ("localhost", "the port is missing"),
            ("[::1]", "the port is missing"),
            ("localhost:", "the port is not a number up to 65535: ``"),
            ("a:b", "the port is not a number up to 65535: `b`"),
            ("a:65536", "the port is not a number up to 65535: `65536`"),
            ("a:+5", "the port is not a number up to 65535: `+5`"),
            ("a:0", "0 is not a port that can be connected to"),
            (":80", "the host is missing"),
            (
                "::1:80",
                "an IPv6 address must be in brackets, as in `[::1]:443`",
            ),
            ("http://a:80", "it has a scheme, which must be left out"),
            ("a:80/b", "it has a path, which must be left out"),
            ("u@a:80", "it has a user, who must be left out"),
            ("a b:80", "it is malformed"),
        ] {
            assert_eq!(problem(Format::HostPort, text), expected, "{text}");
        }
    }

    #[test]
    fn regular_expressions() {
        for text in ["", "a|b", r"^/v1/\w+$", r"\p{Greek}"] {
            assert_eq!(problem(Format::Regex, text), "", "{text}");
        }
        for (text, expected) in [
            ("a(", "unclosed group, at character 2"),
            ("a\n[", "unclosed character class, at line 2, character 1"),
            (r"\p{Foo}", "Unicode property not found, at character 1"),
        ] {
            assert_eq!(problem(Format::Regex, text), expected, "{text}");
        }
    }
}
