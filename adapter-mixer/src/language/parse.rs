//! From text to tree. An expression is one of Go's, so that all of Go's expressions are read, and
//! what CEXL has no use for is refused afterwards.

use std::sync::Arc;

use adapter_runtime::value::Value;

use super::ast::{Call, Constant, Kind, Node, Operator};
use super::error::{Error, ErrorKind, Span, position};
use super::literal;
use super::token::{Lexer, Token};

/// How deep an expression may be nested. Go allows more than a thread's stack would.
const MAX_DEPTH: usize = 200;

/// Reads an expression.
///
/// # Errors
///
/// If it is none of Go's, in the words of Go's parser; else if it is more than CEXL has.
pub(super) fn parse(text: &Arc<str>) -> Result<Node, Error> {
    let mut parser = Parser {
        text,
        lexer: Lexer::new(text),
        token: Token::End,
        span: Span::default(),
        refused: Vec::new(),
        failed: None,
        depth: 0,
    };
    let parsed = parser.whole();
    let span = parser.failed.unwrap_or(parser.span);
    let mut refused = parser.refused;
    let mut errors = parser.lexer.into_errors();
    // In the order of the text, as Go shows them: the first, and how many more there are.
    errors.sort_by_key(|(at, _)| *at);
    if let Some((at, reason)) = errors.first() {
        let more = match errors.len() - 1 {
            0 => String::new(),
            more => format!(" (and {more} more errors)"),
        };
        let place = position(text, *at);
        let message = format!("unable to parse expression '{text}': {place}: {reason}{more}");
        let span = match *at == span.start {
            true => span,
            false => Span::new(*at, *at),
        };
        let help = help(reason, &text[span.start..span.end]);
        return Err(Error::new(ErrorKind::Syntax, text, span, message).with_help(help));
    }
    // What is outside is met first.
    refused.sort_by_key(|(span, _)| (span.start, usize::MAX - span.end));
    if let Some((span, message)) = refused.into_iter().next() {
        return Err(Error::new(ErrorKind::Syntax, text, span, message));
    }
    parsed.map_err(|Stop| Error::new(ErrorKind::Syntax, text, span, "unexpected expression"))
}

/// What to write instead, for mistakes that are made often.
fn help(reason: &str, found: &str) -> Option<String> {
    let help = match reason {
        "expected '==', found '='" => "write `==` to compare".to_owned(),
        "illegal rune literal" => "texts stand in double quotes".to_owned(),
        _ if reason.starts_with("expected selector") && found.starts_with(char::is_alphabetic) => {
            format!("`{found}` is a keyword of Go, which can't be a part of a name")
        }
        _ => return None,
    };
    Some(help)
}

/// The text is no expression; why is among the lexer's errors.
struct Stop;

struct Parser<'t> {
    text: &'t str,
    lexer: Lexer<'t>,
    token: Token,
    span: Span,
    /// What Go allows and CEXL does not, and literals without a value.
    refused: Vec<(Span, String)>,
    /// Where the first thing is that Go's parser expected otherwise. It goes on after that, and
    /// so does this, because it says how many mistakes there are.
    failed: Option<Span>,
    depth: usize,
}

/// An operand, as far as it was read.
enum Operand {
    /// A name and the names after it, up to now without brackets or parentheses.
    Name(Vec<(String, Span)>),
    /// A method that is still to be called, and what it is called on.
    Method(Box<Node>, String, Span),
    /// Anything that a method may be called on: a literal, a call, something in parentheses.
    Target(Node),
    /// An element of a map, without parentheses.
    Element(Node),
    /// A type that may have elements in braces after it.
    Type(Node),
}

impl Parser<'_> {
    fn whole(&mut self) -> Result<Node, Stop> {
        self.advance();
        let node = self.expression()?;
        if self.token == Token::Newline {
            self.advance();
        }
        self.expect_token(Token::End, "'EOF'");
        Ok(node)
    }

    fn expression(&mut self) -> Result<Node, Stop> {
        self.binary(1)
    }

    /// Operators with two operands that bind at least this tightly.
    fn binary(&mut self, least: u8) -> Result<Node, Stop> {
        let mut left = self.unary()?;
        while let Token::Symbol(symbol) = self.token {
            let precedence = match symbol {
                "=" => Operator::precedence("=="),
                symbol => Operator::precedence(symbol),
            };
            if precedence == 0 || precedence < least {
                break;
            }
            if symbol == "=" {
                // Go takes it for a slip.
                self.expected("'=='");
            }
            self.advance();
            let right = self.binary(precedence + 1)?;
            left = self.operation(symbol, left, right)?;
        }
        Ok(left)
    }

    fn operation(&mut self, symbol: &'static str, left: Node, right: Node) -> Result<Node, Stop> {
        let span = left.span.to(right.span);
        let operator = Operator::Symbol(symbol);
        match left.kind {
            // Comparisons of comparisons are nested where they are evaluated.
            Kind::Operation(same, mut operands)
                if same == operator && operands.len() > 1 && Operator::precedence(symbol) != 3 =>
            {
                let depth = left.depth.max(right.depth + 1);
                operands.push(right);
                let kind = Kind::Operation(operator, operands);
                self.checked(Node { kind, span, depth })
            }
            _ => self.node(Kind::Operation(operator, vec![left, right]), span),
        }
    }

    fn unary(&mut self) -> Result<Node, Stop> {
        let start = self.span;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.stop(start.start, "exceeded max nesting depth"));
        }
        let node = match self.token {
            Token::Symbol(symbol @ ("+" | "-" | "!" | "^" | "&" | "~" | "<-")) => {
                self.advance();
                let operand = self.unary()?;
                let span = start.to(operand.span);
                self.node(
                    Kind::Operation(Operator::Symbol(symbol), vec![operand]),
                    span,
                )
            }
            Token::Symbol("*") => {
                self.advance();
                let operand = self.unary()?;
                Ok(self.refuse(start.to(operand.span), "a pointer"))
            }
            _ => self.primary(),
        };
        self.depth -= 1;
        node
    }

    fn primary(&mut self) -> Result<Node, Stop> {
        let start = self.span;
        let mut operand = self.operand()?;
        loop {
            operand = match self.token {
                Token::Symbol(".") => {
                    self.advance();
                    self.selected(start, operand)?
                }
                Token::Symbol("[") => self.indexed(start, operand)?,
                Token::Symbol("(") => self.called(start, operand)?,
                Token::Symbol("{") if !matches!(operand, Operand::Target(_)) => {
                    self.skip_braces();
                    self.refused_target(start, "a composite literal")
                }
                _ => return self.finish(start, operand),
            };
        }
    }

    /// An operand that nothing follows.
    fn finish(&mut self, start: Span, operand: Operand) -> Result<Node, Stop> {
        match operand {
            Operand::Name(names) => self.attribute(&names),
            Operand::Method(_, _, name) => {
                Ok(self.refuse(start.to(name), "a field of something that has none"))
            }
            Operand::Target(node) | Operand::Element(node) | Operand::Type(node) => Ok(node),
        }
    }

    fn attribute(&mut self, names: &[(String, Span)]) -> Result<Node, Stop> {
        let [(first, start), ..] = names else {
            return Err(Stop);
        };
        let span = names.last().map_or(*start, |(_, end)| start.to(*end));
        if names.len() == 1 {
            for value in [true, false] {
                if first.eq_ignore_ascii_case(&value.to_string()) {
                    let constant = Constant {
                        source: first.clone(),
                        value: Value::Bool(value),
                    };
                    return self.node(Kind::Constant(constant), span);
                }
            }
        }
        let names: Vec<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
        self.node(Kind::Attribute(names.join(".")), span)
    }

    fn operand(&mut self) -> Result<Operand, Stop> {
        let span = self.span;
        match self.token {
            Token::Identifier => {
                let name = self.take();
                Ok(Operand::Name(vec![(name, span)]))
            }
            Token::Int | Token::Float | Token::Imaginary | Token::Char | Token::String => {
                let token = self.token;
                let source = self.take();
                let value = literal::parse(token, &source).unwrap_or_else(|message| {
                    self.refused.push((span, message));
                    Value::Unset
                });
                let node = self.node(Kind::Constant(Constant { source, value }), span)?;
                Ok(Operand::Target(node))
            }
            Token::Symbol("(") => {
                self.advance();
                let node = self.expression()?;
                let node = Node {
                    span: span.to(self.span),
                    ..node
                };
                self.expect(")");
                Ok(Operand::Target(node))
            }
            Token::Keyword | Token::Symbol("[") if self.is_type() => {
                self.type_expression()?;
                let end = self.span;
                let node = self.refuse(Span::new(span.start, end.start), "a type or a function");
                Ok(Operand::Type(node))
            }
            _ => {
                self.expected("operand");
                // Go looks for the next statement, and so at the rest of the text.
                while !self.at_statement() {
                    self.advance();
                }
                Ok(Operand::Type(self.refuse(span, "nothing")))
            }
        }
    }

    /// After a dot.
    fn selected(&mut self, start: Span, operand: Operand) -> Result<Operand, Stop> {
        let span = self.span;
        if self.token == Token::Symbol("(") {
            self.advance();
            if !self.accept_keyword("type") {
                self.type_expression()?;
            }
            self.expect(")");
            return Ok(self.refused_target(start, "a type assertion"));
        }
        if self.token != Token::Identifier {
            self.expected("selector or type assertion");
            self.advance();
            return Ok(self.refused_target(start, "a field without a name"));
        }
        let name = self.take();
        Ok(match operand {
            Operand::Name(mut names) => {
                names.push((name, span));
                Operand::Name(names)
            }
            Operand::Target(node) => Operand::Method(Box::new(node), name, span),
            Operand::Element(_) => {
                self.refused_target(start, "a method of a map's element; put it in parentheses")
            }
            _ => self.refused_target(start, "a field of something that has none"),
        })
    }

    /// At an opening parenthesis.
    fn called(&mut self, start: Span, operand: Operand) -> Result<Operand, Stop> {
        let arguments = self.arguments()?;
        let span = start.to(arguments.1);
        let (target, name, name_span) = match operand {
            Operand::Name(mut names) => {
                let (name, name_span) = names.pop().ok_or(Stop)?;
                let target = match names.is_empty() {
                    true => None,
                    false => Some(Box::new(self.attribute(&names)?)),
                };
                (target, name, name_span)
            }
            Operand::Method(target, name, name_span) => (Some(target), name, name_span),
            _ => return Ok(self.refused_target(start, "a call of something that has no name")),
        };
        let call = Call {
            name,
            name_span,
            target,
            arguments: arguments.0,
        };
        self.node(Kind::Call(call), span).map(Operand::Target)
    }

    fn arguments(&mut self) -> Result<(Vec<Node>, Span), Stop> {
        self.advance();
        let mut arguments = Vec::new();
        while !matches!(self.token, Token::Symbol(")") | Token::End) {
            arguments.push(self.expression()?);
            match self.token {
                Token::Symbol(",") => self.advance(),
                Token::Symbol(")") => break,
                Token::Symbol("...") => {
                    let span = self.span;
                    self.advance();
                    self.refuse(span, "a variable number of arguments");
                    if self.token == Token::Symbol(",") {
                        self.advance();
                    }
                    break;
                }
                Token::Newline => self.missing_comma(" before newline"),
                _ => self.missing_comma(""),
            }
        }
        if self.token == Token::Newline {
            self.missing_comma(" before newline");
        }
        let end = self.span;
        self.expect(")");
        Ok((arguments, end))
    }

    fn missing_comma(&mut self, place: &str) {
        let message = format!("missing ','{place} in argument list");
        self.stop(self.span.start, message);
        self.advance();
    }

    /// At an opening bracket.
    fn indexed(&mut self, start: Span, operand: Operand) -> Result<Operand, Stop> {
        self.advance();
        if self.token == Token::Symbol("]") {
            self.expected("operand");
            self.advance();
            return Ok(self.refused_target(start, "an index without a key"));
        }
        let mut key = None;
        if self.token != Token::Symbol(":") {
            key = Some(self.expression()?);
        }
        let mut refused = None;
        let mut colons = 0;
        while self.token == Token::Symbol(":") && colons < 2 {
            colons += 1;
            refused = Some("a slice");
            self.advance();
            if !matches!(self.token, Token::Symbol(":" | "]") | Token::End) {
                self.expression()?;
            }
        }
        while refused != Some("a slice") && self.token == Token::Symbol(",") {
            refused = Some("a list of types");
            self.advance();
            if self.token != Token::Symbol("]") {
                self.type_expression()?;
            }
        }
        let end = self.span;
        self.expect("]");
        let map = self.finish(start, operand)?;
        Ok(match (refused, key) {
            (None, Some(key)) => {
                let kind = Kind::Operation(Operator::Index, vec![map, key]);
                Operand::Element(self.node(kind, start.to(end))?)
            }
            (refused, _) => self.refused_target(start, refused.unwrap_or("a slice")),
        })
    }

    fn is_type(&self) -> bool {
        let text = &self.text[self.span.start..self.span.end];
        matches!(text, "[" | "func" | "struct" | "map" | "chan" | "interface")
    }

    /// A type. All of them are refused, so it is enough to know where they end.
    fn type_expression(&mut self) -> Result<(), Stop> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let at = self.span.start;
            return Err(self.stop(at, "exceeded max nesting depth"));
        }
        let text = &self.text[self.span.start..self.span.end];
        match (self.token, text) {
            (Token::Identifier, _) => {
                self.advance();
                if self.token == Token::Symbol(".") {
                    self.advance();
                    self.expect_token(Token::Identifier, "'IDENT'");
                }
            }
            (Token::Symbol("["), _) => {
                self.advance();
                if self.token == Token::Symbol("...") {
                    self.advance();
                } else if self.token != Token::Symbol("]") {
                    self.expression()?;
                }
                if self.token == Token::Symbol(",") {
                    let at = self.span.start;
                    return Err(self.stop(at, "unexpected comma; expecting ]"));
                }
                self.expect("]");
                self.type_expression()?;
            }
            (Token::Symbol("*" | "<-"), _) | (Token::Keyword, "chan") => {
                self.advance();
                self.type_expression()?;
            }
            (Token::Symbol("("), _) => {
                self.advance();
                self.type_expression()?;
                self.expect(")");
            }
            (Token::Keyword, "map") => {
                self.advance();
                self.expect("[");
                self.type_expression()?;
                self.expect("]");
                self.type_expression()?;
            }
            (Token::Keyword, "struct" | "interface") => {
                self.advance();
                self.skip_braces();
            }
            (Token::Keyword, "func") => {
                self.advance();
                self.skip_between("(", ")");
                if self.token != Token::Symbol("{") && self.token == Token::Identifier {
                    self.type_expression()?;
                }
                if self.token == Token::Symbol("{") {
                    self.skip_braces();
                }
            }
            _ => return Err(self.expected("type")),
        }
        self.depth -= 1;
        Ok(())
    }

    fn skip_braces(&mut self) {
        self.skip_between("{", "}");
    }

    /// Everything from an opening bracket to its closing one.
    fn skip_between(&mut self, open: &'static str, close: &'static str) {
        self.expect(open);
        let mut nested = 0;
        loop {
            match self.token {
                Token::Symbol(symbol) if symbol == open => nested += 1,
                Token::Symbol(symbol) if symbol == close && nested == 0 => break,
                Token::Symbol(symbol) if symbol == close => nested -= 1,
                Token::End => break,
                _ => {}
            }
            self.advance();
        }
        self.expect(close);
    }

    fn node(&mut self, kind: Kind, span: Span) -> Result<Node, Stop> {
        self.checked(Node::new(kind, span))
    }

    fn checked(&mut self, node: Node) -> Result<Node, Stop> {
        if node.depth > MAX_DEPTH {
            return Err(self.stop(node.span.start, "exceeded max nesting depth"));
        }
        Ok(node)
    }

    /// A place for what CEXL has no use for.
    fn refuse(&mut self, span: Span, what: &str) -> Node {
        self.refused
            .push((span, format!("unexpected expression: {what}")));
        Node::new(Kind::Attribute(String::new()), span)
    }

    /// The same for all that was read since a place.
    fn refused_target(&mut self, start: Span, what: &str) -> Operand {
        let end = self.span.start.max(start.end);
        Operand::Target(self.refuse(Span::new(start.start, end), what))
    }

    fn advance(&mut self) {
        (self.token, self.span) = self.lexer.next();
    }

    fn take(&mut self) -> String {
        let text = self.text[self.span.start..self.span.end].to_owned();
        self.advance();
        text
    }

    fn accept_keyword(&mut self, keyword: &str) -> bool {
        let found = self.text[self.span.start..self.span.end] == *keyword;
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, symbol: &'static str) {
        self.expect_token(Token::Symbol(symbol), &format!("'{symbol}'"));
    }

    /// Goes on with the token after this one, also if this is another one than expected.
    fn expect_token(&mut self, token: Token, name: &str) {
        if self.token != token {
            self.expected(name);
        }
        self.advance();
    }

    /// Says what was expected instead of the token here.
    fn expected(&mut self, what: &str) -> Stop {
        let text = &self.text[self.span.start..self.span.end];
        let found = match self.token {
            Token::End => "'EOF'".to_owned(),
            Token::Newline => "newline".to_owned(),
            Token::Illegal => "'ILLEGAL'".to_owned(),
            Token::Keyword | Token::Symbol(_) => format!("'{text}'"),
            _ => text.to_owned(),
        };
        let at = self.span.start;
        self.stop(at, format!("expected {what}, found {found}"))
    }

    /// Go reports one such mistake on a line, and none after a mistake inside a token.
    fn stop(&mut self, at: usize, message: impl Into<String>) -> Stop {
        let line = |at: usize| self.text[..at].matches('\n').count();
        let last = self.lexer.errors().last();
        if last.is_none_or(|(last, _)| line(*last) != line(at)) {
            self.failed.get_or_insert(self.span);
            self.lexer.error(at, message);
        }
        Stop
    }

    fn at_statement(&self) -> bool {
        let text = &self.text[self.span.start..self.span.end];
        self.token == Token::End
            || self.token == Token::Keyword
                && !matches!(
                    text,
                    "case"
                        | "chan"
                        | "default"
                        | "else"
                        | "func"
                        | "import"
                        | "interface"
                        | "map"
                        | "package"
                        | "range"
                        | "struct"
                )
    }
}
