//! URIs, as Go's package for URLs reads them.

use std::fmt::Write as _;

use super::dns;
use super::quote::quoted;

/// The parts of a URI.
#[derive(Debug)]
pub(super) struct Url {
    /// In small letters; empty if there is none.
    scheme: String,
    /// Whether there is a scheme and a path, but not so much as an empty host: `file:/a`.
    without_host: bool,
    /// What follows a scheme without a slash.
    opaque: String,
    user: Option<(Vec<u8>, Option<Vec<u8>>)>,
    /// With the port.
    host: Vec<u8>,
    path: String,
    /// Without the question mark; `Some` also for nothing but that.
    query: Option<String>,
    fragment: String,
}

/// Whether two URIs are the same: schemes without regard to case, hosts of `http` and `https` as
/// DNS names, and everything else as it is written.
///
/// # Errors
///
/// If either is no URI, or its host no DNS name.
pub(super) fn equal(a: &str, b: &str) -> Result<bool, String> {
    let parsed = |text| {
        Url::parse(text)
            .map_err(|reason| format!("error converting string to uri '{text}': '{reason}'"))
    };
    let (a, b) = (parsed(a)?, parsed(b)?);
    if a.scheme != b.scheme {
        return Ok(false);
    }
    let same_host = if matches!(a.scheme.as_str(), "http" | "https") {
        let ((host_a, port_a), (host_b, port_b)) = (a.host_and_port(), b.host_and_port());
        dns::equal(&host_a, &host_b)? && port_a == port_b
    } else {
        a.host == b.host
    };
    Ok(same_host
        && a.opaque == b.opaque
        && a.without_host == b.without_host
        && a.user == b.user
        && a.path == b.path
        && a.query == b.query
        && a.fragment == b.fragment)
}

impl Url {
    /// # Errors
    ///
    /// If the text is no URI, in the words of Go.
    pub(super) fn parse(text: &str) -> Result<Url, String> {
        let (before, fragment) = text.split_once('#').unwrap_or((text, ""));
        let wrong = |text: &str, reason| format!("parse {}: {reason}", quoted(text.as_bytes()));
        let mut url = Url::without_fragment(before).map_err(|reason| wrong(before, reason))?;
        unescape(fragment, Part::Other).map_err(|reason| wrong(text, reason))?;
        url.fragment = canonical(fragment, "?");
        Ok(url)
    }

    fn without_fragment(text: &str) -> Result<Url, String> {
        if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
            return Err("net/url: invalid control character in URL".to_owned());
        }
        let (scheme, rest) = scheme(text)?;
        let (rest, query) = match rest.split_once('?') {
            Some((rest, query)) => (rest, Some(query.to_owned())),
            None => (rest, None),
        };
        let mut url = Url {
            scheme: scheme.to_ascii_lowercase(),
            without_host: false,
            opaque: String::new(),
            user: None,
            host: Vec::new(),
            path: String::new(),
            query,
            fragment: String::new(),
        };
        if !rest.starts_with('/') {
            if !url.scheme.is_empty() {
                url.opaque = rest.to_owned();
                return Ok(url);
            }
            if rest.split('/').next().is_some_and(|it| it.contains(':')) {
                return Err("first path segment in URL cannot contain colon".to_owned());
            }
        }
        let mut path = rest;
        let rooted = url.scheme.is_empty() && rest.starts_with("///");
        if let (Some(after), false) = (rest.strip_prefix("//"), rooted) {
            let end = after.find('/').unwrap_or(after.len());
            path = &after[end..];
            url.authority(&after[..end])?;
        } else {
            url.without_host = !url.scheme.is_empty();
        }
        unescape(path, Part::Other)?;
        url.path = canonical(path, "");
        Ok(url)
    }

    fn authority(&mut self, authority: &str) -> Result<(), String> {
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        self.host = parse_host(host)?;
        let Some(user) = user else {
            return Ok(());
        };
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
        if !user.chars().all(allowed) {
            return Err("net/url: invalid userinfo".to_owned());
        }
        let (name, password) = match user.split_once(':') {
            Some((name, password)) => (name, Some(password)),
            None => (user, None),
        };
        let name = unescape(name, Part::Other)?;
        let password = password.map(|it| unescape(it, Part::Other)).transpose()?;
        self.user = Some((name, password));
        Ok(())
    }

    /// An address of IPv6 without its brackets.
    fn host_and_port(&self) -> (String, String) {
        let all = String::from_utf8_lossy(&self.host);
        let (host, port) = match all.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (host, port),
            _ => (&*all, ""),
        };
        let bare = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        (bare.unwrap_or(host).to_owned(), port.to_owned())
    }
}

fn scheme(text: &str) -> Result<(&str, &str), String> {
    for (at, c) in text.char_indices() {
        match c {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if at > 0 => {}
            ':' if at == 0 => return Err("missing protocol scheme".to_owned()),
            ':' => return Ok((&text[..at], &text[at + 1..])),
            _ => break,
        }
    }
    Ok(("", text))
}

fn parse_host(host: &str) -> Result<Vec<u8>, String> {
    let check_port = |port: &str| {
        let digits = port.strip_prefix(':').unwrap_or_default();
        let valid = port.is_empty()
            || port.starts_with(':') && digits.bytes().all(|byte| byte.is_ascii_digit());
        match valid {
            true => Ok(()),
            false => Err(format!(
                "invalid port {} after host",
                quoted(port.as_bytes())
            )),
        }
    };
    if host.starts_with('[') {
        let end = host.rfind(']').ok_or("missing ']' in host")?;
        check_port(&host[end + 1..])?;
        if let Some(zone) = host[..end].find("%25") {
            let mut all = unescape(&host[..zone], Part::Host)?;
            all.extend(unescape(&host[zone..end], Part::Zone)?);
            all.extend(unescape(&host[end..], Part::Host)?);
            return Ok(all);
        }
    } else if let Some(colon) = host.rfind(':') {
        check_port(&host[colon..])?;
    }
    unescape(host, Part::Host)
}

/// The parts in which different characters may be escaped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Host,
    Zone,
    Other,
}

fn unescape(text: &str, part: Part) -> Result<Vec<u8>, String> {
    let bytes = text.as_bytes();
    let mut all = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte != b'%' {
            if part != Part::Other && byte.is_ascii() && !is_host(byte) {
                let c = quoted(&[byte]);
                return Err(format!("invalid character {c} in host name"));
            }
            all.push(byte);
            at += 1;
            continue;
        }
        let digits = bytes.get(at + 1..at + 3).unwrap_or_default();
        let digit = |place: usize| char::from(*digits.get(place)?).to_digit(16);
        let escape = &bytes[at..bytes.len().min(at + 3)];
        let wrong = || format!("invalid URL escape {}", quoted(escape));
        let value = match (digit(0), digit(1)) {
            (Some(high), Some(low)) => (high << 4 | low) as u8,
            _ => return Err(wrong()),
        };
        let allowed = match part {
            Part::Other => true,
            _ if escape == b"%25" => true,
            Part::Host => !value.is_ascii(),
            Part::Zone => value == b' ' || is_host(value),
        };
        if !allowed {
            return Err(wrong());
        }
        all.push(value);
        at += 3;
    }
    Ok(all)
}

fn is_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!$&'()*+,;=:[]<>\"-_.~".contains(&byte)
}

/// A path or a fragment as Go writes it: as it is, or with all escaped that has to be, if
/// anything that has to be is not. Some characters are allowed `also`.
fn canonical(text: &str, also: &str) -> String {
    let plain = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || b"-_.~$&+,/:;=@".contains(&byte)
            || also.as_bytes().contains(&byte)
    };
    if text
        .bytes()
        .all(|byte| plain(byte) || b"!'()*[]%".contains(&byte))
    {
        return text.to_owned();
    }
    let mut all = String::new();
    for byte in unescape(text, Part::Other).unwrap_or_default() {
        if plain(byte) {
            all.push(char::from(byte));
        } else {
            // Writing to a string can't fail.
            let _ = write!(all, "%{byte:02X}");
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_in_gos_words() {
        for (text, message) in [
            (":/", r#"parse ":/": missing protocol scheme"#),
            (
                "a\x01",
                r#"parse "a\x01": net/url: invalid control character in URL"#,
            ),
            (
                "1:2",
                r#"parse "1:2": first path segment in URL cannot contain colon"#,
            ),
            (
                "http://a:b",
                r#"parse "http://a:b": invalid port ":b" after host"#,
            ),
            (
                "http://a b",
                r#"parse "http://a b": invalid character " " in host name"#,
            ),
            ("http://[::1", r#"parse "http://[::1": missing ']' in host"#),
            (
                "http://a%41",
                r#"parse "http://a%41": invalid URL escape "%41""#,
            ),
            ("/%aé", r#"parse "/%aé": invalid URL escape "%a\xc3""#),
            ("/#%", r##"parse "/#%": invalid URL escape "%""##),
            (
                "http://%x:%y@a",
                r#"parse "http://%x:%y@a": invalid URL escape "%x""#,
            ),
            (
                "http://u^@a",
                r#"parse "http://u^@a": net/url: invalid userinfo"#,
            ),
        ] {
            assert_eq!(Url::parse(text).err().as_deref(), Some(message));
        }
        assert_eq!(
            equal("a", ":/"),
            Err(
                "error converting string to uri ':/': 'parse \":/\": missing protocol scheme'"
                    .to_owned()
            )
        );
    }

    #[test]
    fn what_go_writes_alike_is_equal() {
        for (a, b, same) in [
            ("http://a/é", "http://a/%C3%A9", true),
            ("http://a/%61", "http://a/a", false),
            ("http://a?", "http://a", false),
            ("http://a#", "http://a", true),
            ("http:", "http://", true),
            ("file:/a", "file:///a", false),
            ("a#b?c", "a#b%3Fc", false),
            ("http://u%41@a", "http://uA@a", true),
            ("ftp://A/", "ftp://a/", false),
            ("http://a:80", "http://a", false),
        ] {
            assert_eq!(equal(a, b), Ok(same), "{a} {b}");
        }
        assert_eq!(
            equal("http://[::1]", "http://[::1]"),
            Err("idna: disallowed rune U+003A".to_owned())
        );
    }
}
