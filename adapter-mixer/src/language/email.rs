//! E-mail addresses: those of RFC 5322, as Go's package for mail reads them.

use super::dns;
use super::quote::{quoted, quoted_char};

/// Reads an address, and gives what is before and after its first `@`.
///
/// # Errors
///
/// If it is none, has a display name, or its domain can't be a DNS name.
pub(super) fn parse(text: &str) -> Result<(String, String), String> {
    let wrong = |reason: &str| format!("error converting '{text}' to e-mail: '{reason}'");
    let (name, address) = address(text).map_err(|reason| wrong(&reason))?;
    if !name.is_empty() {
        return Err(format!(
            "error converting '{text}' to e-mail: display names are not allowed"
        ));
    }
    let (local, domain) = parts(&address);
    dns::parse(domain).map_err(|reason| {
        wrong(&format!(
            "error converting '{domain}' to dns name: '{reason}'"
        ))
    })?;
    Ok((local.to_owned(), domain.to_owned()))
}

/// Whether two addresses are the same: domains as DNS names, what is before them letter by
/// letter, whether quoted or not.
///
/// # Errors
///
/// If either is no address.
pub(super) fn equal(a: &str, b: &str) -> Result<bool, String> {
    let (address_a, address_b) = (address(a)?.1, address(b)?.1);
    let ((local_a, domain_a), (local_b, domain_b)) = (parts(&address_a), parts(&address_b));
    let same_domain = dns::equal(domain_a, domain_b)
        .map_err(|reason| format!("error comparing e-mails '{a}' and '{b}': {reason}"))?;
    Ok(same_domain && local_a == local_b)
}

fn parts(address: &str) -> (&str, &str) {
    address.split_once('@').unwrap_or((address, ""))
}

/// The display name and the address.
fn address(text: &str) -> Result<(String, String), String> {
    let mut reader = Reader(text);
    let found = reader.address(true)?;
    reader.skip_comments()?;
    if !reader.0.is_empty() {
        let rest = quoted(reader.0.as_bytes());
        return Err(format!("mail: expected single address, got {rest}"));
    }
    Ok(found)
}

struct Reader<'t>(&'t str);

impl<'t> Reader<'t> {
    /// An address, possibly the only one of a group. There are no groups in groups.
    fn address(&mut self, or_group: bool) -> Result<(String, String), String> {
        self.skip_space();
        if self.0.is_empty() {
            return Err("mail: no address".to_owned());
        }
        let start = self.0;
        match self.specification() {
            Ok(address) => {
                self.skip_space();
                let name = match self.0.starts_with('(') {
                    true => self.comment()?,
                    false => String::new(),
                };
                return Ok((name, address));
            }
            Err(_) => self.0 = start,
        }
        let mut name = String::new();
        if !self.0.starts_with('<') {
            name = self.phrase()?;
        }
        self.skip_space();
        if or_group && self.accept(':') {
            return self.group();
        }
        if !self.accept('<') {
            let is_atom = name.chars().all(|c| is_atom(c, false));
            return Err(match is_atom {
                true => "mail: missing '@' or angle-addr",
                false => "mail: no angle-addr",
            }
            .to_owned());
        }
        let address = self.specification()?;
        if !self.accept('>') {
            return Err("mail: unclosed angle-addr".to_owned());
        }
        Ok((name, address))
    }

    /// The addresses of a group, of which there has to be one.
    fn group(&mut self) -> Result<(String, String), String> {
        let mut members = Vec::new();
        self.skip_space();
        if self.accept(';') {
            self.skip_comments()?;
            return Err("mail: empty group".to_owned());
        }
        loop {
            self.skip_space();
            members.push(self.address(false)?);
            self.skip_comments()?;
            if self.accept(';') {
                self.skip_comments()?;
                break;
            }
            if !self.accept(',') {
                return Err("mail: expected comma".to_owned());
            }
        }
        match members.len() {
            1 => Ok(members.remove(0)),
            _ => Err("mail: group with multiple addresses".to_owned()),
        }
    }

    /// `local@domain`.
    fn specification(&mut self) -> Result<String, String> {
        self.skip_space();
        if self.0.is_empty() {
            return Err("mail: no addr-spec".to_owned());
        }
        let local = match self.0.starts_with('"') {
            true => self.quoted().unwrap_or_default(),
            false => self.atom(false)?.to_owned(),
        };
        if local.is_empty() {
            return Err("mail: empty quoted string in addr-spec".to_owned());
        }
        if !self.accept('@') {
            return Err("mail: missing @ in addr-spec".to_owned());
        }
        self.skip_space();
        if self.0.is_empty() {
            return Err("mail: no domain in addr-spec".to_owned());
        }
        let domain = self.atom(false)?;
        Ok(format!("{local}@{domain}"))
    }

    /// Words before an address in angle brackets.
    fn phrase(&mut self) -> Result<String, String> {
        let mut words: Vec<String> = Vec::new();
        loop {
            if !words.is_empty() {
                self.skip_comments()?;
            }
            self.skip_space();
            let word = match self.0.starts_with('"') {
                true => self.quoted(),
                false => self.atom(true).map(str::to_owned),
            };
            match word {
                Ok(word) => words.push(word),
                Err(reason) if words.is_empty() => {
                    return Err(format!("mail: missing word in phrase: {reason}"));
                }
                Err(_) => return Ok(words.join(" ")),
            }
        }
    }

    fn quoted(&mut self) -> Result<String, String> {
        let mut text = String::new();
        let mut characters = self.0[1..].chars();
        loop {
            let c = characters.next().ok_or("mail: unclosed quoted-string")?;
            let c = match c {
                '"' => break,
                '\\' => characters.next().ok_or("mail: unclosed quoted-string")?,
                c => c,
            };
            if !(is_visible(c) || c == ' ' || c == '\t') {
                let c = quoted_char(c);
                return Err(format!("mail: bad character in quoted-string: {c}"));
            }
            text.push(c);
        }
        self.0 = characters.as_str();
        Ok(text)
    }

    /// Characters and dots.
    fn atom(&mut self, permissive: bool) -> Result<&'t str, String> {
        let end = self.0.find(|c| !is_atom(c, permissive));
        let (atom, rest) = self.0.split_at(end.unwrap_or(self.0.len()));
        if atom.is_empty() {
            return Err("mail: invalid string".to_owned());
        }
        self.0 = rest;
        let wrong = match atom {
            _ if permissive => None,
            _ if atom.starts_with('.') => Some("mail: leading dot in atom"),
            _ if atom.contains("..") => Some("mail: double dot in atom"),
            _ if atom.ends_with('.') => Some("mail: trailing dot in atom"),
            _ => None,
        };
        wrong.map_or(Ok(atom), |wrong| Err(wrong.to_owned()))
    }

    fn skip_comments(&mut self) -> Result<(), String> {
        self.skip_space();
        while self.0.starts_with('(') {
            self.comment()?;
            self.skip_space();
        }
        Ok(())
    }

    /// A comment in parentheses, without them and without blanks.
    fn comment(&mut self) -> Result<String, String> {
        let mut depth = 0;
        let mut text = String::new();
        let mut characters = self.0.chars();
        while let Some(mut c) = characters.next() {
            match c {
                // At the very end it stands for itself.
                '\\' => c = characters.next().unwrap_or(c),
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.0 = characters.as_str();
                return Ok(text);
            }
            if !(c == ' ' || c == '\t' || text.is_empty() && c == '(' && depth == 1) {
                text.push(c);
            }
        }
        Err("mail: misformatted parenthetical comment".to_owned())
    }

    fn skip_space(&mut self) {
        self.0 = self.0.trim_start_matches([' ', '\t']);
    }

    fn accept(&mut self, c: char) -> bool {
        let rest = self.0.strip_prefix(c);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }
}

fn is_atom(c: char, permissive: bool) -> bool {
    match c {
        '<' | '>' | '"' | ':' => false,
        '(' | ')' | '[' | ']' | ';' | '@' | '\\' | ',' => permissive,
        c => is_visible(c),
    }
}

fn is_visible(c: char) -> bool {
    ('!'..='~').contains(&c) || !c.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_that_go_reads() {
        for (text, local, domain) in [
            ("a@b", "a", "b"),
            (" <a.b@c.d> ", "a.b", "c.d"),
            ("\"a b\"@c", "a b", "c"),
            ("\"a\\\"@b\"@c", "a\"", "b@c"),
            ("a@b (( ) )", "", ""),
            ("a@b ( )", "a", "b"),
            ("g:<a@b>;", "a", "b"),
            ("<a@b> (x) (y)", "a", "b"),
            ("é@b", "é", "b"),
        ] {
            let found = parse(text);
            if local.is_empty() {
                let message = "to e-mail: display names are not allowed";
                assert!(found.is_err_and(|error| error.ends_with(message)), "{text}");
            } else {
                assert_eq!(found, Ok((local.to_owned(), domain.to_owned())), "{text}");
            }
        }
    }

    #[test]
    fn mistakes_are_in_gos_words() {
        for (text, reason) in [
            (" ", "mail: no address"),
            ("a b", "mail: no angle-addr"),
            ("a..b@c", "mail: no angle-addr"),
            ("a..b", "mail: missing '@' or angle-addr"),
            ("<a@b", "mail: unclosed angle-addr"),
            ("<a>", "mail: missing @ in addr-spec"),
            ("<>", "mail: invalid string"),
            ("<.a@b>", "mail: leading dot in atom"),
            ("<\"a@b>", "mail: empty quoted string in addr-spec"),
            (
                "\"a",
                "mail: missing word in phrase: mail: unclosed quoted-string",
            ),
            (
                "\"\u{1}\"@b",
                r"mail: missing word in phrase: mail: bad character in quoted-string: '\x01'",
            ),
            ("a@b, c@d", r#"mail: expected single address, got ", c@d""#),
            ("a@b (", "mail: misformatted parenthetical comment"),
            ("g:;", "mail: empty group"),
            ("g:a@b,c@d;", "mail: group with multiple addresses"),
            ("g:h:a@b;;", "mail: missing '@' or angle-addr"),
            (
                "a@-b",
                r#"error converting '-b' to dns name: 'idna: invalid label "-b"'"#,
            ),
        ] {
            let message = format!("error converting '{text}' to e-mail: '{reason}'");
            assert_eq!(parse(text), Err(message));
        }
        assert_eq!(
            equal("a@b_c", "a@b"),
            Err(
                "error comparing e-mails 'a@b_c' and 'a@b': idna: disallowed rune U+005F"
                    .to_owned()
            )
        );
    }

    #[test]
    fn groups_in_groups_are_refused_however_many() {
        assert!(parse(&"a:".repeat(500_000)).is_err());
    }
}
