//! Regular expressions. Go's syntax is RE2's, which differs from that of the `regex` crate in
//! details; a pattern is translated, and what Go refuses is refused in its words.

use regex::bytes::Regex;

/// A regular expression, found anywhere in a text.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Regex);

impl Pattern {
    /// # Errors
    ///
    /// If Go would refuse the pattern.
    pub(super) fn new(pattern: &str) -> Result<Pattern, String> {
        let mut translator = Translator {
            pattern,
            rest: pattern,
            output: String::with_capacity(pattern.len()),
            groups: 0,
            names: Vec::new(),
            classes: Vec::new(),
        };
        let wrong = |(what, part): (&str, &str)| format!("error parsing regexp: {what}: `{part}`");
        translator.translate().map_err(wrong)?;
        let regex = Regex::new(&translator.output);
        regex.map(Pattern).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => wrong(("expression too large", pattern)),
            // The translation lets nothing else pass but names of classes.
            _ => wrong(("invalid character class range", pattern)),
        })
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text.as_bytes())
    }
}

/// What is wrong, and the part that is.
type Wrong<'t> = (&'static str, &'t str);

const MISSING_ARGUMENT: &str = "missing argument to repetition operator";
const INVALID_ESCAPE: &str = "invalid escape sequence";
const INVALID_RANGE: &str = "invalid character class range";
const UNSUPPORTED: &str = "invalid or unsupported Perl syntax";

/// Go's limit.
const MAX_REPEAT: u32 = 1000;
/// Well below the limit of the crate, so that it never comes to that.
const MAX_NESTING: usize = 200;

struct Translator<'t> {
    pattern: &'t str,
    rest: &'t str,
    output: String,
    groups: usize,
    names: Vec<&'t str>,
    /// Classes of Unicode that there are.
    classes: Vec<&'t str>,
}

impl<'t> Translator<'t> {
    fn translate(&mut self) -> Result<(), Wrong<'t>> {
        // Whether there is something to repeat, and since where it is repeated already.
        let (mut atom, mut repeated) = (false, None);
        while let Some(c) = self.rest.chars().next() {
            let start = self.rest;
            let repeats = match c {
                '*' | '+' | '?' => {
                    self.take(1);
                    true
                }
                '{' => match self.counts()? {
                    true => true,
                    false => {
                        self.take(1);
                        self.output.push_str("\\{");
                        false
                    }
                },
                _ => {
                    atom = self.piece(c)?;
                    false
                }
            };
            if !repeats {
                atom |= c == '{';
                repeated = None;
                continue;
            }
            let lazy = self.rest.starts_with('?');
            if lazy {
                self.take(1);
            }
            let part = |from: &'t str| &from[..from.len() - self.rest.len()];
            if let Some(first) = repeated {
                return Err(("invalid nested repetition operator", part(first)));
            }
            if !atom {
                return Err((MISSING_ARGUMENT, part(start)));
            }
            repeated = Some(start);
            self.output.push_str(part(start));
        }
        match self.groups {
            0 => Ok(()),
            _ => Err(("missing closing )", self.pattern)),
        }
    }

    /// Anything but a repetition. Whether it can be repeated.
    fn piece(&mut self, c: char) -> Result<bool, Wrong<'t>> {
        match c {
            '(' => return self.group().map(|()| false),
            '|' => {
                self.take(1);
                self.output.push('|');
                return Ok(false);
            }
            ')' if self.groups == 0 => return Err(("unexpected )", self.pattern)),
            ')' => {
                self.groups -= 1;
                self.take(1);
                self.output.push(')');
            }
            '^' | '$' | '.' => {
                self.take(1);
                self.output.push(c);
            }
            '[' => self.class()?,
            '\\' => return self.escaped(),
            c => {
                self.take(c.len_utf8());
                self.literal(c);
            }
        }
        Ok(true)
    }

    fn group(&mut self) -> Result<(), Wrong<'t>> {
        let start = self.rest;
        self.groups += 1;
        if self.groups > MAX_NESTING {
            return Err(("expression nests too deeply", self.pattern));
        }
        self.take(1);
        if !self.rest.starts_with('?') {
            self.output.push('(');
            return Ok(());
        }
        if let Some(after) = start.strip_prefix("(?P<") {
            let Some((name, rest)) = after.split_once('>') else {
                return Err(("invalid named capture", start));
            };
            let whole = &start[..start.len() - rest.len()];
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if name.is_empty() || !name.chars().all(is_word) || self.names.contains(&name) {
                return Err(("invalid named capture", whole));
            }
            self.names.push(name);
            self.rest = rest;
            // Nobody asks for what was captured.
            self.output.push('(');
            return Ok(());
        }
        self.take(1);
        let (mut flags, mut negative, mut any) = (String::new(), false, false);
        while let Some(c) = self.rest.chars().next() {
            self.take(c.len_utf8());
            match c {
                'i' | 'm' | 's' | 'U' => any = true,
                '-' if !negative => {
                    negative = true;
                    any = false;
                }
                ':' | ')' if any || !negative => {
                    self.output.push_str("(?");
                    if flags.is_empty() {
                        // There must be a group to be closed, and none without flags.
                        self.output.push(':');
                    } else {
                        self.output.push_str(&flags);
                        self.output.push(c);
                    }
                    if c == ')' {
                        self.groups -= 1;
                        if flags.is_empty() {
                            self.output.push(')');
                        }
                    }
                    return Ok(());
                }
                _ => {
                    let part = &start[..start.len() - self.rest.len()];
                    return Err((UNSUPPORTED, part));
                }
            }
            flags.push(c);
        }
        Err((UNSUPPORTED, start))
    }

    /// `{n}`, `{n,}` or `{n,m}`; anything else is text.
    fn counts(&mut self) -> Result<bool, Wrong<'t>> {
        let Some((counts, rest)) = self.rest[1..].split_once('}') else {
            return Ok(false);
        };
        let (least, most) = match counts.split_once(',') {
            Some((least, most)) => (least, Some(most)),
            None => (counts, None),
        };
        let is_number = |text: &str| {
            !text.is_empty()
                && text.bytes().all(|byte| byte.is_ascii_digit())
                && (text.len() == 1 || !text.starts_with('0'))
        };
        if !is_number(least) || most.is_some_and(|most| !most.is_empty() && !is_number(most)) {
            return Ok(false);
        }
        let number = |text: &str| text.parse::<u32>().unwrap_or(u32::MAX);
        let least = number(least);
        let most = most.filter(|most| !most.is_empty()).map_or(least, number);
        if least > MAX_REPEAT || most > MAX_REPEAT || least > most {
            let whole = &self.rest[..self.rest.len() - rest.len()];
            return Err(("invalid repeat count", whole));
        }
        self.rest = rest;
        Ok(true)
    }

    /// After a backslash, outside of brackets. Whether it can be repeated.
    fn escaped(&mut self) -> Result<bool, Wrong<'t>> {
        let Some(c) = self.rest[1..].chars().next() else {
            return Err(("trailing backslash at end of expression", ""));
        };
        match c {
            'A' | 'z' => {
                self.output.push_str(&self.rest[..2]);
                self.take(2);
            }
            // Letters of ASCII only make words.
            'b' | 'B' => {
                self.output.push_str("(?-u:\\");
                self.output.push(c);
                self.output.push(')');
                self.take(2);
            }
            'Q' => {
                let text = &self.rest[2..];
                let (text, rest) = text.split_once("\\E").unwrap_or((text, ""));
                text.chars().for_each(|c| self.literal(c));
                self.rest = rest;
                return Ok(!text.is_empty());
            }
            _ => {
                if !self.class_escape()? {
                    let c = self.character()?;
                    self.literal(c);
                }
            }
        }
        Ok(true)
    }

    /// Everything in brackets.
    fn class(&mut self) -> Result<(), Wrong<'t>> {
        let start = self.rest;
        self.take(1);
        self.output.push('[');
        if self.rest.starts_with('^') {
            self.take(1);
            self.output.push('^');
        }
        let mut first = true;
        while first || !self.rest.starts_with(']') {
            if self.rest.is_empty() {
                return Err(("missing closing ]", start));
            }
            first = false;
            if self.rest.starts_with("[:")
                && let Some(end) = self.rest[2..].find(":]")
            {
                let whole = &self.rest[..end + 4];
                let name = self.rest[2..end + 2].trim_start_matches('^');
                if !POSIX.contains(&name) {
                    return Err((INVALID_RANGE, whole));
                }
                self.output.push_str(whole);
                self.take(whole.len());
                continue;
            }
            if self.class_escape()? {
                continue;
            }
            let range = self.rest;
            let low = self.class_character(start)?;
            let mut high = low;
            if self.rest.starts_with('-') && !self.rest[1..].starts_with(']') {
                if self.rest.len() == 1 {
                    return Err(("missing closing ]", start));
                }
                self.take(1);
                high = self.class_character(start)?;
            }
            if high < low {
                return Err((INVALID_RANGE, &range[..range.len() - self.rest.len()]));
            }
            let range = format!("\\x{{{:X}}}-\\x{{{:X}}}", low as u32, high as u32);
            self.output.push_str(&range);
        }
        self.take(1);
        self.output.push(']');
        Ok(())
    }

    fn class_character(&mut self, class: &'t str) -> Result<char, Wrong<'t>> {
        match self.rest.chars().next() {
            None => Err(("missing closing ]", class)),
            Some('\\') => self.character(),
            Some(c) => {
                self.take(c.len_utf8());
                Ok(c)
            }
        }
    }

    /// An escape that stands for several characters.
    fn class_escape(&mut self) -> Result<bool, Wrong<'t>> {
        let Some(c) = self
            .rest
            .strip_prefix('\\')
            .and_then(|it| it.chars().next())
        else {
            return Ok(false);
        };
        let class = match c {
            'd' => "[0-9]",
            'D' => "[^0-9]",
            's' => "[\\t\\n\\x0C\\r ]",
            'S' => "[^\\t\\n\\x0C\\r ]",
            'w' => "[0-9A-Za-z_]",
            'W' => "[^0-9A-Za-z_]",
            'p' | 'P' => return self.unicode_class(c == 'P').map(|()| true),
            _ => return Ok(false),
        };
        self.output.push_str(class);
        self.take(2);
        Ok(true)
    }

    /// `\pN`, `\p{Greek}`, `\p{^Greek}`.
    fn unicode_class(&mut self, mut negative: bool) -> Result<(), Wrong<'t>> {
        let start = self.rest;
        let after = &start[2..];
        let (name, rest) = match after.strip_prefix('{') {
            Some(braced) => braced.split_once('}').ok_or((INVALID_RANGE, start))?,
            None => {
                let length = after.chars().next().map_or(0, char::len_utf8);
                after.split_at(length)
            }
        };
        let whole = &start[..start.len() - rest.len()];
        let bare = name.strip_prefix('^').unwrap_or(name);
        negative ^= bare.len() < name.len();
        let is_name = |c: char| c.is_ascii_alphabetic() || c == '_';
        if bare.is_empty() || !bare.chars().all(is_name) || !bare.starts_with(char::is_uppercase) {
            return Err((INVALID_RANGE, whole));
        }
        let letter = if negative { 'P' } else { 'p' };
        // The crate knows more properties, and all of them by more names.
        let class = match bare == "Any" || CATEGORIES.contains(&bare) {
            true => format!("\\{letter}{{{bare}}}"),
            false => format!("\\{letter}{{Script={bare}}}"),
        };
        if !self.classes.contains(&bare) {
            if Regex::new(&class).is_err() {
                return Err((INVALID_RANGE, whole));
            }
            self.classes.push(bare);
        }
        self.output.push_str(&class);
        self.rest = rest;
        Ok(())
    }

    /// An escape that stands for one character.
    fn character(&mut self) -> Result<char, Wrong<'t>> {
        let start = self.rest;
        self.take(1);
        let Some(c) = self.rest.chars().next() else {
            return Err(("trailing backslash at end of expression", ""));
        };
        self.take(c.len_utf8());
        let digits = |rest: &str, base: u32, most: usize| {
            rest.chars()
                .take(most)
                .take_while(|c| c.is_digit(base))
                .count()
        };
        let code = match c {
            'a' => Some(7),
            'f' => Some(12),
            't' => Some(9),
            'n' => Some(10),
            'r' => Some(13),
            'v' => Some(11),
            // A digit alone would be a reference to a group, which there are none of.
            '1'..='7' if digits(self.rest, 8, 1) == 0 => None,
            '0'..='7' => {
                let count = digits(self.rest, 8, 2);
                let code = u32::from_str_radix(&start[1..2 + count], 8).ok();
                self.take(count);
                code
            }
            'x' => {
                let braced = self.rest.strip_prefix('{');
                let (text, taken) = match braced.map(|it| it.split_once('}')) {
                    Some(Some((text, _))) => (text, text.len() + 2),
                    Some(None) => ("", self.rest.len()),
                    None => (&self.rest[..digits(self.rest, 16, 2)], 2),
                };
                let valid = !text.is_empty() && (braced.is_some() || text.len() == 2);
                let valid = valid && text.chars().all(|c| c.is_ascii_hexdigit());
                let code = u32::from_str_radix(text, 16).ok().filter(|_| valid);
                let mut taken = taken.min(self.rest.len());
                while !self.rest.is_char_boundary(taken) {
                    taken -= 1;
                }
                self.take(taken);
                code
            }
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => Some(c as u32),
            _ => None,
        };
        let part = &start[..start.len() - self.rest.len()];
        code.and_then(char::from_u32).ok_or((INVALID_ESCAPE, part))
    }

    fn literal(&mut self, c: char) {
        self.output
            .push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
    }

    fn take(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }
}

/// General categories of Unicode.
const CATEGORIES: [&str; 36] = [
    "C", "Cc", "Cf", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N",
    "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So",
    "Z", "Zl", "Zp", "Zs",
];

const POSIX: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_what_they_mean_in_go() {
        for (pattern, text, found) in [
            ("f.o", "xfooy", true),
            ("^o", "foo", false),
            (r"^\d+$", "123", true),
            (r"^\d$", "٣", false),
            (r"^\w$", "é", false),
            (r"^\W$", "é", true),
            (r"\bfoo\b", "éfoo", true),
            (r"^\s$", "\u{b}", false),
            (r"^a\Q.*\Eb$", "a.*b", true),
            (r"^[a&&b~~-]+$", "a&~-b", true),
            ("^[[]$", "[", true),
            ("^[]a]+$", "]a", true),
            ("^[^]a]$", "b", true),
            (r"^[\d\-x]+$", "1-x", true),
            (r"^[[:alpha:]\D]$", "é", true),
            ("^a{,2}$", "a{,2}", true),
            ("^a{2}$", "aa", true),
            ("^{$", "{", true),
            (r"^\<\_\101\x41\x{e9}$", "<_AAé", true),
            ("(?i)^K$", "\u{212a}", true),
            ("^(?i:a)b$", "Ab", true),
            ("^(?)a$", "a", true),
            ("^(?P<x>a)(?s:.)$", "a\n", true),
            ("a|", "", true),
            (r"^\p{Any}\pN\p{Lu}\p{Han}$", "a1B漢", true),
            (r"^\pL\p{Greek}\P{Greek}\p{^Greek}$", "aαbb", true),
            ("^.$", "é", true),
            ("a # b", "a # b", true),
        ] {
            let pattern = Pattern::new(pattern).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(pattern.is_match(text), found, "{pattern:?} in {text}");
        }
    }

    #[test]
    fn mistakes_are_in_gos_words() {
        for (pattern, message) in [
            ("f(", "missing closing ): `f(`"),
            ("f)", "unexpected ): `f)`"),
            ("[a", "missing closing ]: `[a`"),
            ("x[]", "missing closing ]: `[]`"),
            ("[z-a]", "invalid character class range: `z-a`"),
            ("[[:foo:]]", "invalid character class range: `[:foo:]`"),
            (r"\pX", r"invalid character class range: `\pX`"),
            ("*", "missing argument to repetition operator: `*`"),
            ("(|*)", "missing argument to repetition operator: `*`"),
            (
                r"\p{Letter}",
                r"invalid character class range: `\p{Letter}`",
            ),
            (r"\p{greek}", r"invalid character class range: `\p{greek}`"),
            ("+?a", "missing argument to repetition operator: `+?`"),
            ("(?i", "invalid or unsupported Perl syntax: `(?i`"),
            ("a**", "invalid nested repetition operator: `**`"),
            ("a{2}{3}", "invalid nested repetition operator: `{2}{3}`"),
            ("a{1001}", "invalid repeat count: `{1001}`"),
            ("a{2,1}", "invalid repeat count: `{2,1}`"),
            ("(?x)a", "invalid or unsupported Perl syntax: `(?x`"),
            ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
            ("(?P<a", "invalid named capture: `(?P<a`"),
            ("(?P<a>b)(?P<a>c)", "invalid named capture: `(?P<a>`"),
            (r"\y", r"invalid escape sequence: `\y`"),
            (r"(a)\1", r"invalid escape sequence: `\1`"),
            (r"\Z", r"invalid escape sequence: `\Z`"),
            ("a\\", "trailing backslash at end of expression: ``"),
        ] {
            let error = Pattern::new(pattern).err();
            let expected = format!("error parsing regexp: {message}");
            assert_eq!(error.as_deref(), Some(&*expected), "{pattern}");
        }
    }
}
