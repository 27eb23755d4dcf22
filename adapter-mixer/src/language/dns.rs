//! DNS names, in the way of Go's package for internationalised domain names.

use idna::AsciiDenyList;
use idna::uts46::{Hyphens, Uts46};

use super::quote::quoted;

/// Longer labels can't be decoded. Names have at most 253 characters.
const MAX_ENCODED: usize = 1_000;

/// Checks a name. Gives it with its `xn--` labels decoded, `None` if there are none: the name
/// stays as it is, in upper and lower case as written.
///
/// # Errors
///
/// If a label is empty, except for one after the last dot, begins or ends with a hyphen, has
/// hyphens at its third and fourth place, or does not decode, or if directions of writing are
/// mixed.
pub(super) fn parse(name: &str) -> Result<Option<String>, String> {
    let labels = || name.strip_suffix('.').unwrap_or(name).split('.');
    let mut decoded = Vec::new();
    for (at, label) in labels().enumerate() {
        if label.is_empty() {
            return Err(invalid(name));
        }
        let Some(encoded) = label.strip_prefix("xn--") else {
            if !is_label(label) {
                return Err(invalid(label));
            }
            continue;
        };
        let label = decode(encoded)?;
        if label.is_empty() || !is_label(&label) || lookup(&label, AsciiDenyList::EMPTY).is_none() {
            return Err(invalid(&label));
        }
        decoded.push((at, label));
    }
    let is_right_to_left = name.chars().any(is_right_to_left)
        || decoded
            .iter()
            .any(|(_, label)| label.chars().any(is_right_to_left));
    if is_right_to_left && lookup(name, AsciiDenyList::EMPTY).is_none() {
        return Err(invalid(name));
    }
    if decoded.is_empty() {
        return Ok(None);
    }
    let mut all: Vec<&str> = labels().collect();
    for (at, label) in &decoded {
        all[*at] = label;
    }
    let dot = if name.ends_with('.') { "." } else { "" };
    Ok(Some(all.join(".") + dot))
}

/// Whether two names are the same: without regard to case, to how their labels are encoded, and
/// to one dot at the end.
///
/// # Errors
///
/// If either can't be a name.
pub(super) fn equal(a: &str, b: &str) -> Result<bool, String> {
    let unicode = |name: &str| lookup(name, AsciiDenyList::STD3).ok_or_else(|| not_found(name));
    let (a, b) = (unicode(a)?, unicode(b)?);
    if a.ends_with('.') == b.ends_with('.') {
        return Ok(a == b);
    }
    let bare = |name: &str| name.strip_suffix('.').unwrap_or(name).to_owned();
    Ok(bare(&a) == bare(&b))
}

/// A name as it is looked up, in Unicode and in small letters.
fn lookup(name: &str, denied: AsciiDenyList) -> Option<String> {
    let (unicode, valid) = Uts46::new().to_unicode(name.as_bytes(), denied, Hyphens::Check);
    valid.ok().map(|()| unicode.into_owned())
}

/// Why a name can't be looked up.
fn not_found(name: &str) -> String {
    if let Some(c) = name.chars().find(|c| is_disallowed(*c)) {
        return format!("idna: disallowed rune U+{:04X}", c as u32);
    }
    // Letters are small before labels are looked at.
    let name = name.to_lowercase();
    for label in name.split('.') {
        let decoded = match label.strip_prefix("xn--").map(decode) {
            Some(Err(reason)) => return reason,
            Some(Ok(decoded)) => decoded,
            None => label.to_owned(),
        };
        if !decoded.is_empty() && !is_label(&decoded) {
            return invalid(&decoded);
        }
        if decoded != label && lookup(label, AsciiDenyList::STD3).is_none() {
            return invalid(&decoded);
        }
    }
    invalid(&name)
}

/// Whether no name can have this character.
fn is_disallowed(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_alphanumeric() && c != '-' && c != '.';
    }
    let valid = |text: String| lookup(&text, AsciiDenyList::EMPTY).is_some();
    // Joiners stand between certain letters only, marks after one, and digits of Arabic not after
    // one of Latin.
    !matches!(c, '\u{200c}' | '\u{200d}') && !valid(format!("a{c}")) && !valid(format!("א{c}"))
}

/// What follows `xn--` in a label.
fn decode(encoded: &str) -> Result<String, String> {
    let short = Some(encoded).filter(|encoded| encoded.len() <= MAX_ENCODED);
    short
        .and_then(idna::punycode::decode_to_string)
        .ok_or_else(|| invalid(encoded))
}

/// Whether a character is in one of the blocks of scripts that are written from right to left.
fn is_right_to_left(c: char) -> bool {
    matches!(
        c,
        '\u{590}'..='\u{8ff}'
            | '\u{200f}'
            | '\u{fb1d}'..='\u{fdff}'
            | '\u{fe70}'..='\u{feff}'
            | '\u{10800}'..='\u{10fff}'
            | '\u{1e800}'..='\u{1efff}'
    )
}

/// The rules for a label that is not encoded. Which characters it has is not looked at.
fn is_label(label: &str) -> bool {
    let bytes = label.as_bytes();
    let hyphens = bytes.starts_with(b"-")
        || bytes.ends_with(b"-")
        || (bytes.len() > 4 && &bytes[2..4] == b"--");
    let valid = |text: &str| lookup(text, AsciiDenyList::EMPTY).is_some();
    // A mark can stand after a letter and not alone; joiners only between certain letters.
    let marked = label.chars().next().is_some_and(|first| {
        !first.is_ascii() && !valid(&first.to_string()) && valid(&format!("a{first}"))
    });
    let joiners = label.contains(['\u{200c}', '\u{200d}']);
    !hyphens && !marked && (!joiners || valid(label))
}

fn invalid(label: &str) -> String {
    format!("idna: invalid label {}", quoted(label.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_as_they_are_written() {
        for name in [
            "foo",
            "Foo.BAR.",
            "a_b",
            "*.x",
            "bücher.example",
            "a-b",
            "x--y.z",
        ] {
            assert_eq!(parse(name), Ok(None), "{name}");
        }
        for (name, decoded) in [
            ("xn--bcher-kva.Example", "bücher.Example"),
            ("a.xn--bcher-kva.", "a.bücher."),
        ] {
            assert_eq!(parse(name), Ok(Some(decoded.to_owned())), "{name}");
        }
    }

    #[test]
    fn the_wrong_label_is_named() {
        for (name, label) in [
            ("", ""),
            (".", "."),
            ("b..c", "b..c"),
            (".a", ".a"),
            ("a..", "a.."),
            ("-a.b", "-a"),
            ("a.b-", "b-"),
            ("ab--c.d", "ab--c"),
            ("xn--0.a", "0"),
            ("xn--.a", ""),
            ("a.אb", "a.אb"),
            ("a\u{1}b.-", "-"),
            ("\u{301}a.b", "\u{301}a"),
        ] {
            assert_eq!(parse(name), Err(invalid(label)), "{name}");
        }
    }

    #[test]
    fn case_encoding_and_the_last_dot_make_no_difference() {
        assert_eq!(equal("FOO.bar", "foo.BAR."), Ok(true));
        assert_eq!(equal("xn--bcher-kva", "BÜCHER"), Ok(true));
        assert_eq!(equal("foo", "bar"), Ok(false));
        assert_eq!(equal("", ""), Ok(true));
        for (name, message) in [
            ("A-", r#"idna: invalid label "a-""#),
            ("x.ab--Cd", r#"idna: invalid label "ab--cd""#),
            ("a_b", "idna: disallowed rune U+005F"),
            ("b-.ü\u{2028}", "idna: disallowed rune U+2028"),
            ("xn--0", r#"idna: invalid label "0""#),
            ("אa", r#"idna: invalid label "אa""#),
        ] {
            assert_eq!(equal(name, "a"), Err(message.to_owned()));
            assert_eq!(equal("a", name), Err(message.to_owned()));
        }
    }
}
