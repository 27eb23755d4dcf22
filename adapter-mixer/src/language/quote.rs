//! Texts in quotes, as Go's messages show them.

use std::fmt::Write as _;

/// A text in double quotes. Bytes that are no text are written as escapes.
pub(crate) fn quoted(text: &[u8]) -> String {
    let mut all = String::from("\"");
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' => all.push_str("\\\""),
                c => push(&mut all, c),
            }
        }
        for byte in chunk.invalid() {
            // Writing to a string can't fail.
            let _ = write!(all, "\\x{byte:02x}");
        }
    }
    all.push('"');
    all
}

/// A character in single quotes.
pub(super) fn quoted_char(c: char) -> String {
    let mut all = String::from("'");
    match c {
        '\'' => all.push_str("\\'"),
        c => push(&mut all, c),
    }
    all.push('\'');
    all
}

fn push(all: &mut String, c: char) {
    let short = match c {
        '\x07' => "\\a",
        '\x08' => "\\b",
        '\x0c' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\x0b' => "\\v",
        '\\' => "\\\\",
        c if is_printable(c) => return all.push(c),
        c => {
            let code = c as u32;
            let _ = match code {
                0..0x80 => write!(all, "\\x{code:02x}"),
                0x80..0x1_0000 => write!(all, "\\u{code:04x}"),
                _ => write!(all, "\\U{code:08x}"),
            };
            return;
        }
    };
    all.push_str(short);
}

/// Letters, marks, numbers, punctuation, symbols, and of the blanks only that of ASCII.
pub(super) fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return (' '..='~').contains(&c);
    }
    // A mark that stands at the beginning of a text would be escaped.
    let mut text = String::from("a");
    text.push(c);
    !c.is_whitespace() && text.escape_debug().count() == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_as_go_escapes_them() {
        for (text, shown) in [
            ("a'b é", "\"a'b é\""),
            ("\"\\", r#""\"\\""#),
            ("\0\x07\n\x1b\x7f", r#""\x00\a\n\x1b\x7f""#),
            ("\u{a0}\u{ad}\u{feff}", r#""\u00a0\u00ad\ufeff""#),
            ("\u{301}\u{e0001}", "\"\u{301}\\U000e0001\""),
        ] {
            assert_eq!(quoted(text.as_bytes()), shown, "{text:?}");
        }
        assert_eq!(quoted(b"%a\xc3"), r#""%a\xc3""#);
        assert_eq!(quoted_char('\''), r"'\''");
        assert_eq!(quoted_char('\u{1}'), r"'\x01'");
    }
}
