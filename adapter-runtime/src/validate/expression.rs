//! The syntax of expressions: what is wrong with it, and where.
//!
//! This knows how expressions are written, not what they mean: no attribute, no type. Whoever knows
//! these gives a checker of his own.

use std::ops::Range;

use super::{ExpressionError, Language};

/// How deep an expression may be nested.
const MAX_DEPTH: usize = 200;

/// The words that can't be a part of a name, since Mixer reads expressions with the parser of Go.
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

/// Operators between two operands that have a meaning.
const BINARY: [&str; 10] = ["||", "&&", "==", "!=", "<=", ">=", "<", ">", "|", "+"];

/// Those that the parser of Go knows, and what to write instead where there is something.
const MEANINGLESS: [(&str, &str); 9] = [
    ("<<", ""),
    (">>", ""),
    ("&^", ""),
    ("-", ""),
    ("*", ""),
    ("/", ""),
    ("%", ""),
    ("&", "write `&&` for \"and\""),
    ("^", ""),
];

/// All else that may stand between operands, longer ones before their beginnings.
const SYMBOLS: [&str; 32] = [
    "<<=", ">>=", "&^=", "...", "&^", "<<", ">>", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
    "<-", "++", "--", ":=", "-", "*", "/", "%", "&", "^", "=", "!", "~", "{", "}", ";", ":",
];

const BRACKETS: [&str; 6] = ["(", ")", "[", "]", ",", "."];

/// What is wrong with the syntax of an expression.
pub(super) fn check(text: &str, language: Language) -> Result<(), ExpressionError> {
    match language {
        // Read by the same parser.
        Language::Cexl | Language::Compat => {
            let mut parser = Parser::new(text);
            parser.advance()?;
            parser.whole()
        }
        // Another language, of which only this is certain.
        Language::Cel => brackets(text),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    End,
    Newline,
    Name,
    Keyword,
    Literal,
    Symbol(&'static str),
}

/// What has been read of an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operand {
    /// A name, which can be an attribute or a function.
    Name,
    /// What a method can be called on.
    Value,
    /// An element of a map: a method can be called on it only in parentheses.
    Element,
    /// A method that is still to be called.
    Method,
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    /// Whether the end of the line would end the expression.
    ends_line: bool,
    token: Token,
    span: Range<usize>,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str) -> Parser<'t> {
        Parser {
            text,
            at: text.len() - text.trim_start_matches('\u{feff}').len().min(text.len()),
            ends_line: false,
            token: Token::End,
            span: 0..0,
            depth: 0,
        }
    }

    fn whole(&mut self) -> Result<(), ExpressionError> {
        if self.token == Token::End {
            return Err(self.error("the expression is empty"));
        }
        self.expression()?;
        if self.token == Token::Newline {
            self.advance()?;
        }
        match self.token {
            Token::End => Ok(()),
            Token::Symbol(")" | "]") => {
                let message = format!("this {} closes nothing", self.found());
                Err(self.error(message))
            }
            Token::Symbol("=") => Err(self
                .error("`=` means nothing")
                .help("write `==` to compare")),
            Token::Symbol("{") => Err(self.error("braces mean nothing")),
            Token::Symbol(symbol) => Err(self.meaningless(symbol)),
            _ => {
                let message = format!("an operator is missing before {}", self.found());
                let error = self.error(message);
                Err(error.help("a text stands in double quotes, `\"a text\"`"))
            }
        }
    }

    fn expression(&mut self) -> Result<(), ExpressionError> {
        loop {
            self.primary()?;
            match self.token {
                Token::Symbol(symbol) if BINARY.contains(&symbol) => self.advance()?,
                Token::Symbol("=") => {
                    let error = self.error("`=` means nothing");
                    return Err(error.help("write `==` to compare"));
                }
                Token::Symbol(symbol) if MEANINGLESS.iter().any(|(it, _)| *it == symbol) => {
                    return Err(self.meaningless(symbol));
                }
                _ => return Ok(()),
            }
        }
    }

    fn primary(&mut self) -> Result<(), ExpressionError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = format!("nested more than {MAX_DEPTH} levels deep");
            return Err(self.error(message));
        }
        let mut operand = self.operand()?;
        loop {
            operand = match self.token {
                Token::Symbol(".") => self.selected(operand)?,
                Token::Symbol("[") if operand != Operand::Method => {
                    let open = self.span.clone();
                    self.advance()?;
                    self.expression()?;
                    self.close("]", open)?;
                    Operand::Element
                }
                Token::Symbol("(") => match operand {
                    Operand::Name | Operand::Method => {
                        self.arguments()?;
                        Operand::Value
                    }
                    _ => return Err(self.error("something without a name can't be called")),
                },
                _ if operand == Operand::Method => {
                    let error = self.error("what comes before the last `.` has no fields");
                    return Err(error.help("call a method, `….startsWith(\"a\")`"));
                }
                _ => break,
            };
        }
        self.depth -= 1;
        Ok(())
    }

    fn operand(&mut self) -> Result<Operand, ExpressionError> {
        match self.token {
            Token::Name => {
                self.advance()?;
                Ok(Operand::Name)
            }
            Token::Literal => {
                self.advance()?;
                Ok(Operand::Value)
            }
            Token::Symbol("(") => {
                let open = self.span.clone();
                self.advance()?;
                self.expression()?;
                self.close(")", open)?;
                Ok(Operand::Value)
            }
            Token::Symbol("!") => {
                let error = self.error("there is no `!`");
                Err(error.help("write `… == false`"))
            }
            Token::Symbol(symbol @ ("-" | "+" | "^" | "&" | "*" | "~" | "<-")) => {
                let error = self.error(format!("`{symbol}` can't stand before a value"));
                Err(match symbol {
                    "-" => error.help("there are no negative numbers"),
                    _ => error,
                })
            }
            Token::Keyword => Err(self.keyword()),
            Token::End | Token::Newline => Err(self.error("a value is missing at the end")),
            _ => {
                let message = format!("a value is missing before {}", self.found());
                Err(self.error(message))
            }
        }
    }

    /// After an operand, at a dot.
    fn selected(&mut self, operand: Operand) -> Result<Operand, ExpressionError> {
        self.advance()?;
        let next = match (self.token, operand) {
            (Token::Keyword, _) => return Err(self.keyword()),
            (Token::Name, Operand::Name) => Operand::Name,
            (Token::Name, Operand::Value) => Operand::Method,
            (Token::Name, Operand::Element) => {
                let error = self.error("a method of a map's element needs parentheses");
                return Err(error.help("write `(m[\"key\"]).startsWith(\"a\")`"));
            }
            (Token::Name, Operand::Method) => {
                return Err(self.error("what comes before has no fields"));
            }
            _ => return Err(self.error("a name belongs behind the `.`")),
        };
        self.advance()?;
        Ok(next)
    }

    /// At an opening parenthesis.
    fn arguments(&mut self) -> Result<(), ExpressionError> {
        let open = self.span.clone();
        self.advance()?;
        while self.token != Token::Symbol(")") {
            if self.token == Token::End {
                return self.close(")", open);
            }
            self.expression()?;
            match self.token {
                Token::Symbol(",") => self.advance()?,
                Token::Symbol(")") => {}
                _ => return self.close(")", open),
            }
        }
        self.advance()
    }

    fn close(&mut self, bracket: &'static str, open: Range<usize>) -> Result<(), ExpressionError> {
        if self.token == Token::Symbol(bracket) {
            return self.advance();
        }
        if matches!(self.token, Token::End | Token::Newline) {
            let message = format!("this `{}` is never closed", &self.text[open.clone()]);
            return Err(ExpressionError::new(message, open));
        }
        let message = format!("expected `{bracket}` before {}", self.found());
        Err(self.error(message))
    }

    fn keyword(&self) -> ExpressionError {
        let found = self.found();
        let error = self.error(format!("{found} can't be a part of a name"));
        error.help("it is a keyword of Go, whose parser Mixer has; `m[\"key\"]` takes any key")
    }

    fn meaningless(&self, symbol: &str) -> ExpressionError {
        let error = self.error(format!("there is no operator `{symbol}`"));
        let help = MEANINGLESS.iter().find(|(known, _)| *known == symbol);
        match help {
            Some((_, help)) if !help.is_empty() => error.help(*help),
            _ => error.help(format!("the operators are `{}`", BINARY.join("`, `"))),
        }
    }

    fn error(&self, message: impl Into<String>) -> ExpressionError {
        ExpressionError::new(message, self.span.clone())
    }

    fn found(&self) -> String {
        format!("`{}`", &self.text[self.span.clone()])
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn advance(&mut self) -> Result<(), ExpressionError> {
        if self.skip_blanks()? {
            self.ends_line = false;
            self.token = Token::Newline;
            return Ok(());
        }
        let start = self.at;
        self.token = self.scan()?;
        self.span = start..self.at;
        self.ends_line = matches!(
            self.token,
            Token::Name | Token::Literal | Token::Symbol(")" | "]" | "}" | "++" | "--")
        );
        Ok(())
    }

    /// Skips blanks and comments, up to the end of a line that ends the expression.
    fn skip_blanks(&mut self) -> Result<bool, ExpressionError> {
        loop {
            let rest = self.rest();
            if self.ends_line && rest.starts_with('\n') {
                self.span = self.at..self.at + 1;
                self.at += 1;
                return Ok(true);
            }
            let length = if rest.starts_with([' ', '\t', '\n', '\r']) {
                1
            } else if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                let Some(end) = rest.get(2..).and_then(|it| it.find("*/")) else {
                    let span = self.at..self.at + 2;
                    return Err(ExpressionError::new("this comment is never closed", span));
                };
                let comment = end + 4;
                if self.ends_line && rest[..comment].contains('\n') {
                    self.span = self.at..self.at + comment;
                    self.at += comment;
                    return Ok(true);
                }
                comment
            } else {
                return Ok(false);
            };
            self.at += length;
        }
    }

    fn scan(&mut self) -> Result<Token, ExpressionError> {
        let rest = self.rest();
        let mut chars = rest.chars();
        let Some(first) = chars.next() else {
            return Ok(Token::End);
        };
        let is_letter = |c: char| c == '_' || c.is_alphabetic();
        if is_letter(first) {
            let end = rest.find(|c| !is_letter(c) && !c.is_numeric());
            let name = &rest[..end.unwrap_or(rest.len())];
            self.at += name.len();
            return Ok(match KEYWORDS.contains(&name) {
                true => Token::Keyword,
                false => Token::Name,
            });
        }
        let fraction = first == '.' && chars.next().is_some_and(|c| c.is_ascii_digit());
        if first.is_ascii_digit() || fraction {
            return self.number();
        }
        match first {
            '"' | '\'' => return self.quoted(first),
            '`' => {
                let Some(length) = rest[1..].find('`') else {
                    return Err(self.unclosed());
                };
                self.at += length + 2;
                return Ok(Token::Literal);
            }
            _ => {}
        }
        let mut symbols = SYMBOLS[..18].iter().chain(&BINARY).chain(&SYMBOLS[18..]);
        let symbol = symbols.find(|symbol| rest.starts_with(**symbol));
        match symbol.or_else(|| BRACKETS.iter().find(|it| rest.starts_with(**it))) {
            Some(symbol) => {
                self.at += symbol.len();
                Ok(Token::Symbol(symbol))
            }
            None => {
                let span = self.at..self.at + first.len_utf8();
                let shown = match first.is_control() {
                    true => format!("the character U+{:04X}", u32::from(first)),
                    false => format!("`{first}`"),
                };
                let error = ExpressionError::new(format!("{shown} can't stand here"), span);
                Err(match first {
                    '$' => error.help("only attribute bindings have `$out.`"),
                    '“' | '”' | '„' => error.help("write straight quotes, `\"`"),
                    _ => error,
                })
            }
        }
    }

    fn number(&mut self) -> Result<Token, ExpressionError> {
        let rest = self.rest();
        let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
        let mut end = rest.find(|c| !part(c)).unwrap_or(rest.len());
        // The sign of an exponent.
        if rest[..end].ends_with(['e', 'E']) && rest[end..].starts_with(['+', '-']) {
            let digits = &rest[end + 1..];
            let more = digits.find(|c: char| !c.is_ascii_digit());
            end += 1 + more.unwrap_or(digits.len());
        }
        let (number, span) = (&rest[..end], self.at..self.at + end);
        let whole = number.bytes().all(|digit| digit.is_ascii_digit());
        let valid = match whole {
            true => number.parse::<i64>().is_ok(),
            false => {
                let decimal =
                    |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-');
                number.chars().all(decimal) && number.parse::<f64>().is_ok_and(f64::is_finite)
            }
        };
        self.at += end;
        match valid {
            true => Ok(Token::Literal),
            false => {
                let message = format!("`{number}` is no number");
                let error = ExpressionError::new(message, span);
                Err(match number.ends_with(|c: char| c.is_ascii_alphabetic()) {
                    true => error.help("a duration stands in double quotes, `\"5s\"`"),
                    false => error.help("write a decimal number of 64 bits, `200` or `0.5`"),
                })
            }
        }
    }

    /// A text in double quotes, or one letter in single ones.
    fn quoted(&mut self, quote: char) -> Result<Token, ExpressionError> {
        let start = self.at;
        let mut chars = self.rest().char_indices().skip(1);
        let mut letters = 0;
        while let Some((at, c)) = chars.next() {
            letters += 1;
            match c {
                '\n' => return Err(self.unclosed()),
                '\\' => {
                    let rest = &self.rest()[at + 1..];
                    let Some(length) = escape(rest, quote) else {
                        let end = rest.chars().next().map_or(0, char::len_utf8);
                        let span = start + at..start + at + 1 + end;
                        let error = ExpressionError::new("there is no such escape", span);
                        return Err(error.help("write `\\\\` for a backslash"));
                    };
                    for _ in 0..length {
                        chars.next();
                    }
                }
                c if c == quote => {
                    self.at += at + c.len_utf8();
                    let span = start..self.at;
                    if quote == '\'' && letters != 2 {
                        let message = "only one letter may stand in single quotes";
                        let error = ExpressionError::new(message, span);
                        return Err(error.help("write texts in double quotes"));
                    }
                    return Ok(Token::Literal);
                }
                _ => {}
            }
        }
        Err(self.unclosed())
    }

    fn unclosed(&self) -> ExpressionError {
        let span = self.at..self.at + 1;
        ExpressionError::new("this quote is never closed", span)
    }
}

/// How many letters an escape has, behind its backslash.
fn escape(rest: &str, quote: char) -> Option<usize> {
    let first = rest.chars().next()?;
    let (skip, digits, base) = match first {
        c if c == quote || "abfnrtv\\".contains(c) => return Some(1),
        '0'..='7' => (0, 3, 8),
        'x' => (1, 2, 16),
        'u' => (1, 4, 16),
        'U' => (1, 8, 16),
        _ => return None,
    };
    let code = rest.get(skip..skip + digits)?;
    // A sign is no digit.
    let code = code.chars().try_fold(0_u32, |code, digit| {
        Some(code.wrapping_mul(base).wrapping_add(digit.to_digit(base)?))
    })?;
    let valid = match first {
        'u' | 'U' => char::from_u32(code).is_some(),
        _ => code <= 255,
    };
    valid.then_some(skip + digits)
}

/// Brackets and quotes that are never closed.
fn brackets(text: &str) -> Result<(), ExpressionError> {
    let mut open: Vec<(char, usize)> = Vec::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' | '\'' => {
                let mut closed = false;
                while let Some((_, next)) = chars.next() {
                    match next {
                        '\\' => drop(chars.next()),
                        next if next == c => {
                            closed = true;
                            break;
                        }
                        _ => {}
                    }
                }
                if !closed {
                    return Err(ExpressionError::new(
                        "this quote is never closed",
                        at..at + 1,
                    ));
                }
            }
            '(' | '[' | '{' => open.push((c, at)),
            ')' | ']' | '}' => {
                let pair = open.pop().map(|(open, _)| (open, c));
                if !matches!(pair, Some(('(', ')') | ('[', ']') | ('{', '}'))) {
                    let message = format!("this `{c}` closes nothing");
                    return Err(ExpressionError::new(message, at..at + 1));
                }
            }
            _ => {}
        }
    }
    match open.pop() {
        None if text.trim().is_empty() => {
            Err(ExpressionError::new("the expression is empty", 0..0))
        }
        None => Ok(()),
        Some((bracket, at)) => {
            let message = format!("this `{bracket}` is never closed");
            Err(ExpressionError::new(message, at..at + 1))
        }
    }
}
