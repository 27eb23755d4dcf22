//! Addresses as people write them.

/// An address with a port, from what a person writes: `8000`, `:8000`, `localhost:8000`,
/// `127.0.0.1`, `::1`, `[::1]:8000`. A port that is given apart is for an address without one.
///
/// What is `unix:/path` stays so.
pub(crate) fn full_address(text: &str, port: Option<u16>) -> Result<String, String> {
    if text.starts_with("unix:") {
        return Ok(text.to_owned());
    }
    let (host, own_port) = split(text);
    let own_port = own_port
        .map(|port| {
            port.parse::<u16>()
                .map_err(|_| format!("`{port}` in `{text}` is no port: write a number up to 65535"))
        })
        .transpose()?;
    let host = match host {
        "" => "[::]".to_owned(),
        host if host.contains('[') != host.contains(']') => {
            return Err(format!("`{text}` is no address: write e.g. `[::1]:8000`"));
        }
        host if host.contains(':') && !host.starts_with('[') => format!("[{host}]"),
        host => host.to_owned(),
    };
    match (own_port, port) {
        (Some(own), Some(apart)) if own != apart => Err(format!(
            "the port is {apart}, but the address `{text}` says {own}"
        )),
        (Some(port), _) | (None, Some(port)) => Ok(format!("{host}:{port}")),
        (None, None) => Err(format!("`{text}` has no port: write `{host}:8000`")),
    }
}

/// The host and, if there is one, the port.
fn split(text: &str) -> (&str, Option<&str>) {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return ("", Some(text));
    }
    let bracket = text.rfind(']').map_or(0, |at| at + 1);
    match text[bracket..].split_once(':') {
        // More colons than one: an IPv6 address without brackets.
        Some((_, port)) if bracket == 0 && port.contains(':') => (text, None),
        Some((_, port)) => (&text[..text.len() - port.len() - 1], Some(port)),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_what_a_person_writes() {
        for (text, port, address) in [
            ("[::]", Some(8000), "[::]:8000"),
            ("8000", None, "[::]:8000"),
            (":8000", None, "[::]:8000"),
            ("127.0.0.1", Some(80), "127.0.0.1:80"),
            ("127.0.0.1:81", None, "127.0.0.1:81"),
            ("::1", Some(80), "[::1]:80"),
            ("[::1]:81", Some(81), "[::1]:81"),
            ("localhost:0", None, "localhost:0"),
            ("unix:/run/adapter.sock", None, "unix:/run/adapter.sock"),
        ] {
            assert_eq!(full_address(text, port).as_deref(), Ok(address));
        }
        for (text, port) in [
            ("localhost", None),
            ("", None),
            ("a:b", None),
            ("a:65536", None),
            ("a:1", Some(2)),
            ("[::1", None),
            ("::1]:5", None),
        ] {
            assert!(full_address(text, port).is_err(), "{text}");
        }
    }
}
