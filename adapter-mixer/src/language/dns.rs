//! DNS names, in the way of Go's package for internationalised domain names.

use idna::AsciiDenyList;
use idna::uts46::{Hyphens, Uts46};

/// Checks a name. Gives it with its `xn--` labels decoded, `None` if there are none: the name
/// stays as it is, in upper and lower case as written.
///
/// # Errors
///
/// If a label is empty, except for one after the last dot, begins or ends with a hyphen, has
/// hyphens at its third and fourth place, or does not decode.
pub(super) fn parse(name: &str) -> Result<Option<String>, String> {
    let labels = || name.strip_suffix('.').unwrap_or(name).split('.');
    let mut encoded = false;
    let mut first_error = None;
    for label in labels() {
        let wrong = if label.is_empty() {
            Some(name)
        } else if label.starts_with("xn--") {
            encoded = true;
            decode(label).is_none().then_some(label)
        } else {
            (!is_label(label)).then_some(label)
        };
        first_error = first_error.or(wrong);
    }
    if let Some(label) = first_error {
        return Err(invalid(label));
    }
    if !encoded {
        return Ok(None);
    }
    // Directions of writing must not be mixed where there are such labels.
    if lookup(name, AsciiDenyList::EMPTY).is_none() {
        return Err(invalid(labels().next().unwrap_or_default()));
    }
    let decoded: Vec<String> = labels()
        .map(|label| match label.starts_with("xn--") {
            true => decode(label).unwrap_or_default(),
            false => label.to_owned(),
        })
        .collect();
    let dot = if name.ends_with('.') { "." } else { "" };
    Ok(Some(decoded.join(".") + dot))
}

/// Whether two names are the same: without regard to case, to how their labels are encoded, and
/// to one dot at the end.
///
/// # Errors
///
/// If either can't be a name.
pub(super) fn equal(a: &str, b: &str) -> Result<bool, String> {
    let unicode = |name: &str| {
        lookup(name, AsciiDenyList::STD3).ok_or_else(|| {
            let allowed = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
            match name.chars().find(|c| c.is_ascii() && !allowed(*c)) {
                Some(c) => format!("idna: disallowed rune U+{:04X}", c as u32),
                None => invalid(name.split('.').find(|it| !is_label(it)).unwrap_or(name)),
            }
        })
    };
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

fn decode(label: &str) -> Option<String> {
    lookup(label, AsciiDenyList::EMPTY)
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
    format!("idna: invalid label {label:?}")
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
            ("xn--0.a", "xn--0"),
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
        assert!(equal("a-", "a").is_err() && equal("a_b", "a_b").is_err());
    }
}
