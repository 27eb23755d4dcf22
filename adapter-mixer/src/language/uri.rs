//! URIs, as Go's package for URLs reads them.

use std::fmt::Write as _;

use super::dns;

/// The parts of a URI.
#[derive(Debug)]
pub(super) struct Url {
    /// In small letters; empty if there is none.
    scheme: String,
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
    let (a, b) = (Url::parse(a)?, Url::parse(b)?);
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
        let wrong = |text: &str, reason: String| format!("parse {text:?}: {reason}");
        let mut url = Url::without_fragment(before).map_err(|reason| wrong(before, reason))?;
        unescape(fragment, Part::Other).map_err(|reason| wrong(text, reason))?;
        url.fragment = canonical(fragment);
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
        }
        unescape(path, Part::Other)?;
        url.path = canonical(path);
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
            Some((name, password)) => (name, Some(unescape(password, Part::Other)?)),
            None => (user, None),
        };
        self.user = Some((unescape(name, Part::Other)?, password));
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
            false => Err(format!("invalid port {port:?} after host")),
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
                let c = char::from(byte).to_string();
                return Err(format!("invalid character {c:?} in host name"));
            }
            all.push(byte);
            at += 1;
            continue;
        }
        let digits = bytes.get(at + 1..at + 3).unwrap_or_default();
        let digit = |place: usize| char::from(*digits.get(place)?).to_digit(16);
        let escape = String::from_utf8_lossy(&bytes[at..bytes.len().min(at + 3)]);
        let value = match (digit(0), digit(1)) {
            (Some(high), Some(low)) => (high << 4 | low) as u8,
            _ => return Err(format!("invalid URL escape {escape:?}")),
        };
        let allowed = match part {
            Part::Other => true,
            _ if escape == "%25" => true,
            Part::Host => !value.is_ascii(),
            Part::Zone => value == b' ' || is_host(value),
        };
        if !allowed {
            return Err(format!("invalid URL escape {escape:?}"));
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
/// anything that has to be is not.
fn canonical(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@".contains(&byte);
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
