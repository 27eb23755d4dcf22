//! Numbers, as Go writes them.

use super::token::{Lexer, Token};

/// What was found in a run of digits.
#[derive(Clone, Copy, Default)]
struct Digits {
    any: bool,
    separators: bool,
    /// Where the first digit is that the base lacks.
    invalid: Option<usize>,
}

impl Lexer<'_> {
    pub(super) fn number(&mut self) -> Token {
        let start = self.at();
        let mut token = Token::Int;
        let (mut base, mut prefix) = (10, None);
        let mut found = Digits::default();
        if self.peek() != Some('.') {
            if self.skip(&['0']).is_some() {
                prefix = self.skip(&['x', 'X', 'o', 'O', 'b', 'B']);
                prefix = prefix.map(|letter| letter.to_ascii_lowercase());
                base = match prefix {
                    Some('x') => 16,
                    Some('b') => 2,
                    Some(_) => 8,
                    None => {
                        found.any = true;
                        8
                    }
                };
                prefix = prefix.or(Some('0'));
            }
            found = self.digits(base, found);
        }
        let literal = match prefix {
            Some('x') => "hexadecimal literal",
            Some('b') => "binary literal",
            Some(_) => "octal literal",
            None => "decimal literal",
        };
        if self.peek() == Some('.') {
            token = Token::Float;
            if matches!(prefix, Some('o' | 'b')) {
                self.error(self.at(), format!("invalid radix point in {literal}"));
            }
            self.skip(&['.']);
            found = self.digits(base, found);
        }
        if !found.any {
            self.error(self.at(), format!("{literal} has no digits"));
        }
        let exponent_at = self.at();
        if let Some(letter) = self.skip(&['e', 'E', 'p', 'P']) {
            token = Token::Float;
            let decimal = letter.eq_ignore_ascii_case(&'e');
            if decimal && matches!(prefix, Some('x' | 'o' | 'b')) {
                let text = format!("'{letter}' exponent requires decimal mantissa");
                self.error(exponent_at, text);
            } else if !decimal && prefix != Some('x') {
                let text = format!("'{letter}' exponent requires hexadecimal mantissa");
                self.error(exponent_at, text);
            }
            self.skip(&['+', '-']);
            let exponent = self.digits(10, Digits::default());
            found.separators |= exponent.separators;
            if !exponent.any {
                self.error(self.at(), "exponent has no digits");
            }
        } else if prefix == Some('x') && token == Token::Float {
            self.error(self.at(), "hexadecimal mantissa requires a 'p' exponent");
        }
        if self.skip(&['i']).is_some() {
            token = Token::Imaginary;
        }
        let text = self.text_from(start);
        if let (Token::Int, Some(at)) = (token, found.invalid) {
            let digit = char::from(text.as_bytes()[at - start]);
            self.error(at, format!("invalid digit '{digit}' in {literal}"));
        }
        if found.separators
            && let Some(at) = misplaced_separator(text)
        {
            self.error(start + at, "'_' must separate successive digits");
        }
        token
    }

    fn digits(&mut self, base: u32, mut found: Digits) -> Digits {
        let in_run = |c: char| c == '_' || c.is_digit(base.max(10));
        let start = self.at();
        self.skip_while(in_run);
        for (at, digit) in (start..).zip(self.text_from(start).chars()) {
            if digit == '_' {
                found.separators = true;
                continue;
            }
            found.any = true;
            if !digit.is_digit(base) && found.invalid.is_none() {
                found.invalid = Some(at);
            }
        }
        found
    }
}

/// The place of a `_` that does not stand between two digits, or between a prefix and a digit.
fn misplaced_separator(number: &str) -> Option<usize> {
    let bytes = number.as_bytes();
    let hexadecimal = matches!(bytes, [b'0', b'x' | b'X', ..]);
    let prefixed = matches!(bytes, [b'0', b'x' | b'X' | b'o' | b'O' | b'b' | b'B', ..]);
    let is_digit = |at: usize| match bytes.get(at) {
        Some(byte) => {
            byte.is_ascii_digit() || hexadecimal && byte.is_ascii_hexdigit() || prefixed && at == 1
        }
        None => false,
    };
    (0..bytes.len()).find(|&at| {
        let follows_digit = at > 0 && is_digit(at - 1);
        let precedes_part = is_digit(at + 1) || bytes.get(at + 1) == Some(&b'_');
        bytes[at] == b'_' && !(follows_digit && precedes_part)
    })
}
