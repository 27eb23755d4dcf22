//! Tokens. CEXL's are those of Go, for Mixer reads an expression with Go's own parser, and what an
//! operator is told of a mistake are that parser's words.

use std::sync::LazyLock;

use regex::Regex;

use super::error::Span;
use super::quote::is_printable;

/// What a token is. Its text is what its span covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// The end of the text.
    End,
    /// The end of a line after which a statement could end.
    Newline,
    Identifier,
    Keyword,
    Int,
    Float,
    Imaginary,
    Char,
    String,
    /// An operator or a delimiter, longest match first.
    Symbol(&'static str),
    /// A character that starts no token.
    Illegal,
}

/// Go's keywords, none of which can be a part of a name.
const KEYWORDS: [&str; 25] = [
    "break",
    "case",
    "chan",
    "const",
    "continue",
    "default",
    "defer",
    "else",
    "fallthrough",
    "for",
    "func",
    "go",
    "goto",
    "if",
    "import",
    "interface",
    "map",
    "package",
    "range",
    "return",
    "select",
    "struct",
    "switch",
    "type",
    "var",
];

/// Longer ones before their beginnings.
const SYMBOLS: [&str; 48] = [
    "<<=", ">>=", "&^=", "...", "<<", ">>", "&^", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
    "&&", "||", "<-", "++", "--", "==", "!=", "<=", ">=", ":=", "+", "-", "*", "/", "%", "&", "|",
    "^", "<", ">", "=", "!", "~", "(", ")", "[", "]", "{", "}", ",", ".", ";", ":",
];

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Splits a text into tokens. Mistakes inside tokens don't stop it.
#[derive(Debug)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    /// Whether the end of the line would end a statement.
    ends_line: bool,
    errors: Vec<(usize, String)>,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Lexer<'t> {
        Lexer {
            text,
            // A byte order mark at the very beginning is no part of the text.
            at: if text.starts_with(BYTE_ORDER_MARK) {
                3
            } else {
                0
            },
            ends_line: false,
            errors: Vec::new(),
        }
    }

    /// The mistakes so far, with the places where they are.
    pub(super) fn errors(&self) -> &[(usize, String)] {
        &self.errors
    }

    pub(super) fn into_errors(self) -> Vec<(usize, String)> {
        self.errors
    }

    /// The next token; the end again and again after the last.
    pub(super) fn next(&mut self) -> (Token, Span) {
        if let Some(newline) = self.skip_blanks() {
            self.ends_line = false;
            return (Token::Newline, newline);
        }
        let start = self.at;
        let token = self.scan();
        self.ends_line = match token {
            Token::Identifier | Token::Int | Token::Float | Token::Imaginary => true,
            Token::Char | Token::String | Token::Symbol(")" | "]" | "}" | "++" | "--") => true,
            Token::Keyword => matches!(
                &self.text[start..self.at],
                "break" | "continue" | "fallthrough" | "return"
            ),
            Token::Illegal => self.ends_line,
            _ => false,
        };
        (token, Span::new(start, self.at))
    }

    /// Skips white space and comments; stops at the end of a line that ends a statement.
    fn skip_blanks(&mut self) -> Option<Span> {
        loop {
            let rest = self.rest();
            if self.ends_line && (rest.is_empty() || rest.starts_with('\n')) {
                let start = self.at;
                self.at += rest.len().min(1);
                return Some(Span::new(start, self.at));
            }
            if rest.starts_with([' ', '\t', '\n', '\r']) {
                self.at += 1;
                continue;
            }
            let length = if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                rest.find("*/").map_or(rest.len(), |end| end + 2)
            } else {
                return None;
            };
            let comment = &rest[..length];
            if self.ends_line && ends_line(comment, &rest[length..]) {
                // The comment is skipped afterwards.
                return Some(Span::new(self.at, self.at));
            }
            if comment.starts_with("/*") && !(comment.len() >= 4 && comment.ends_with("*/")) {
                self.error(self.at, "comment not terminated");
            }
            self.at += length;
        }
    }

    fn scan(&mut self) -> Token {
        let start = self.at;
        let mut rest = self.rest().chars();
        let Some(first) = rest.next() else {
            return Token::End;
        };
        if is_letter(first) {
            self.skip_while(|c| is_letter(c) || is_digit(c));
            if KEYWORDS.contains(&&self.text[start..self.at]) {
                return Token::Keyword;
            }
            return Token::Identifier;
        }
        let fraction = first == '.' && rest.next().is_some_and(|c| c.is_ascii_digit());
        if first.is_ascii_digit() || fraction {
            return self.number();
        }
        match first {
            '"' => return self.string(),
            '\'' => return self.character(),
            '`' => return self.raw_string(),
            _ => {}
        }
        if let Some(symbol) = SYMBOLS.iter().find(|it| self.rest().starts_with(**it)) {
            self.at += symbol.len();
            return Token::Symbol(symbol);
        }
        self.at += first.len_utf8();
        self.error(
            start,
            match first {
                BYTE_ORDER_MARK => "illegal byte order mark".to_owned(),
                first => format!("illegal character {}", name(first)),
            },
        );
        Token::Illegal
    }

    fn string(&mut self) -> Token {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                None | Some('\n') => {
                    self.error(start, "string literal not terminated");
                    return Token::String;
                }
                Some(c) => self.at += c.len_utf8(),
            }
            match self.text.as_bytes()[self.at - 1] {
                b'"' => return Token::String,
                b'\\' => drop(self.escape('"')),
                _ => {}
            }
        }
    }

    fn raw_string(&mut self) -> Token {
        let start = self.at;
        match self.text[start + 1..].find('`') {
            Some(length) => self.at += length + 2,
            None => {
                self.at = self.text.len();
                self.error(start, "raw string literal not terminated");
            }
        }
        Token::String
    }

    fn character(&mut self) -> Token {
        let start = self.at;
        self.at += 1;
        let (mut characters, mut valid) = (0, true);
        loop {
            match self.peek() {
                None | Some('\n') => {
                    if valid {
                        self.error(start, "rune literal not terminated");
                    }
                    return Token::Char;
                }
                Some('\'') => {
                    self.at += 1;
                    break;
                }
                Some(c) => {
                    self.at += c.len_utf8();
                    characters += 1;
                    if c == '\\' && !self.escape('\'') {
                        valid = false;
                    }
                }
            }
        }
        if valid && characters != 1 {
            self.error(start, "illegal rune literal");
        }
        Token::Char
    }

    /// What follows a backslash.
    fn escape(&mut self, quote: char) -> bool {
        let start = self.at;
        let (digits, base, max) = match self.peek() {
            Some(c) if c == quote || "abfnrtv\\".contains(c) => {
                self.at += 1;
                return true;
            }
            Some('0'..='7') => (3, 8, 255),
            Some('x') => (2, 16, 255),
            Some('u') => (4, 16, 0x0010_ffff),
            Some('U') => (8, 16, 0x0010_ffff),
            Some(_) => {
                self.error(start, "unknown escape sequence");
                return false;
            }
            None => {
                self.error(start, "escape sequence not terminated");
                return false;
            }
        };
        if base == 16 {
            self.at += 1;
        }
        let mut code = 0_u32;
        for _ in 0..digits {
            let Some(next) = self.peek() else {
                self.error(self.at, "escape sequence not terminated");
                return false;
            };
            let Some(digit) = next.to_digit(base) else {
                let text = format!("illegal character {} in escape sequence", name(next));
                self.error(self.at, text);
                return false;
            };
            code = code.wrapping_mul(base).wrapping_add(digit);
            self.at += 1;
        }
        let valid = code <= max && !(0xd800..0xe000).contains(&code);
        if !valid {
            self.error(start, "escape sequence is invalid Unicode code point");
        }
        valid
    }

    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn text_from(&self, start: usize) -> &'t str {
        &self.text[start..self.at]
    }

    /// Skips the next character if it is one of these, all ASCII.
    pub(super) fn skip(&mut self, any: &[char]) -> Option<char> {
        let next = self.peek().filter(|next| any.contains(next))?;
        self.at += 1;
        Some(next)
    }

    pub(super) fn skip_while(&mut self, is_part: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    }

    pub(super) fn error(&mut self, at: usize, text: impl Into<String>) {
        self.errors.push((at, text.into()));
    }
}

/// Whether a comment is the last thing of its line, apart from other comments.
fn ends_line<'t>(mut comment: &'t str, mut after: &'t str) -> bool {
    loop {
        if comment.starts_with("//") || comment.contains('\n') {
            return true;
        }
        after = after.trim_start_matches([' ', '\t', '\r']);
        if !after.starts_with("/*") {
            return after.is_empty() || after.starts_with('\n') || after.starts_with("//");
        }
        let length = after.find("*/").map_or(after.len(), |end| end + 2);
        (comment, after) = after.split_at(length);
    }
}

fn is_letter(c: char) -> bool {
    static LETTER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\pL").ok());
    c == '_' || c.is_ascii_alphabetic() || !c.is_ascii() && is_in(&LETTER, c)
}

fn is_digit(c: char) -> bool {
    static DIGIT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\p{Nd}").ok());
    c.is_ascii_digit() || !c.is_ascii() && is_in(&DIGIT, c)
}

fn is_in(class: &Option<Regex>, c: char) -> bool {
    class
        .as_ref()
        .is_some_and(|class| class.is_match(c.encode_utf8(&mut [0; 4])))
}

/// A character as Go names it: `U+003F '?'`.
fn name(c: char) -> String {
    let code = format!("U+{:04X}", c as u32);
    match is_printable(c) {
        true => format!("{code} '{c}'"),
        false => code,
    }
}
