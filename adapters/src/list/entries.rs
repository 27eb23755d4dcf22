//! The entries of a list, and whether something is among them.

use std::borrow::Cow;
use std::net::IpAddr;

use adapter_runtime::document::{self, Problems};
use adapter_runtime::prelude::*;
use regex::{RegexSet, RegexSetBuilder};

use super::EntryType;
use super::networks::Networks;

/// How large the automaton of a list of regular expressions may be.
const REGEX_BYTES: usize = 64 << 20;

/// The entries of a list.
#[derive(Debug)]
pub(super) enum Entries {
    Strings(Strings),
    CaseInsensitive(Strings),
    Addresses(Networks),
    Regex(RegexSet),
}

/// Something that may be in a list.
#[derive(Debug)]
pub(super) enum Candidate<'a> {
    Text(Cow<'a, str>),
    Address(IpAddr),
}

/// Why a text is no list.
#[derive(Debug, thiserror::Error)]
pub(super) enum ListError {
    #[error("it is not UTF-8")]
    Encoding,
    #[error("it is a web page, not a list")]
    WebPage,
    #[error("line {0}: {1}")]
    Line(usize, String),
    #[error("{0}")]
    Whole(String),
}

impl Entries {
    /// Reads what a server has: an entry in each line, or, of addresses, also YAML with a list
    /// `whitelist`. The number of entries comes with it.
    pub(super) fn read(ty: EntryType, bytes: Vec<u8>) -> Result<(Entries, usize), ListError> {
        let text = String::from_utf8(bytes).map_err(|_| ListError::Encoding)?;
        let text = text.trim_start_matches('\u{feff}');
        let start = text.trim_start().bytes().take(15);
        let start = Vec::from_iter(start).to_ascii_lowercase();
        if start.starts_with(b"<!doctype html") || start.starts_with(b"<html") {
            return Err(ListError::WebPage);
        }
        if ty == EntryType::IpAddresses
            && let Some(addresses) = whitelist(text)?
        {
            let lines = addresses.iter().map(|(line, text)| (*line, text.as_str()));
            return Entries::of(ty, lines).map_err(|(line, error)| ListError::Line(line, error));
        }
        let lines = text.lines().enumerate();
        let lines = lines.map(|(at, line)| (at + 1, line.trim()));
        let lines = lines.filter(|(_, line)| !line.is_empty());
        Entries::of(ty, lines).map_err(|(line, error)| match line {
            0 => ListError::Whole(error),
            line => ListError::Line(line, error),
        })
    }

    /// Of each entry's place and text; a wrong one is told by its place.
    pub(super) fn of<'a>(
        ty: EntryType,
        entries: impl Iterator<Item = (usize, &'a str)>,
    ) -> Result<(Entries, usize), (usize, String)> {
        let mut count = 0;
        let entries = entries.inspect(|_| count += 1);
        let entries = match ty {
            EntryType::Strings => {
                let texts = entries.map(|(_, text)| Cow::Borrowed(text));
                Entries::Strings(Strings::new(texts))
            }
            EntryType::CaseInsensitiveStrings => {
                let texts = entries.map(|(_, text)| text.to_uppercase().into());
                Entries::CaseInsensitive(Strings::new(texts))
            }
            EntryType::IpAddresses => {
                let mut networks = Networks::default();
                for (at, text) in entries {
                    networks
                        .add(text)
                        .map_err(|error| (at, error.to_string()))?;
                }
                networks.settle();
                Entries::Addresses(networks)
            }
            EntryType::Regex => Entries::Regex(regex(&Vec::from_iter(entries))?),
        };
        Ok((entries, count))
    }

    pub(super) fn contains(&self, candidate: &Candidate<'_>) -> bool {
        match (self, candidate) {
            (Entries::Strings(strings), Candidate::Text(text)) => strings.contains(text),
            (Entries::CaseInsensitive(strings), Candidate::Text(text)) => strings.contains(text),
            (Entries::Regex(set), Candidate::Text(text)) => set.is_match(text),
            (Entries::Addresses(networks), Candidate::Address(ip)) => networks.contains(*ip),
            _ => false,
        }
    }
}

impl<'a> Candidate<'a> {
    /// What is looked for in a list of this type; the text itself if it can't be in one.
    pub(super) fn new(ty: EntryType, value: &Value, text: &'a str) -> Option<Candidate<'a>> {
        Some(match ty {
            EntryType::Strings | EntryType::Regex => Candidate::Text(text.into()),
            EntryType::CaseInsensitiveStrings => Candidate::Text(text.to_uppercase().into()),
            EntryType::IpAddresses => {
                Candidate::Address(value.as_ip().or_else(|| text.parse().ok())?)
            }
        })
    }
}

/// The addresses of a document with a list `whitelist`, whatever the case of that word, each with its
/// line; `None` if it is no such document.
fn whitelist(text: &str) -> Result<Option<Vec<(usize, String)>>, ListError> {
    let is_key = |line: &str| {
        let word = line.trim_start_matches([' ', '{', '"', '\'']).get(..9);
        word.is_some_and(|word| word.eq_ignore_ascii_case("whitelist"))
    };
    if !text.lines().any(is_key) {
        return Ok(None);
    }
    let mut problems = Problems::new();
    let documents = document::parse("list", text, &mut problems);
    if let Some(problem) = problems.iter().next() {
        return Err(ListError::Whole(problem.to_string()));
    }
    let mapping = documents.first().and_then(|it| it.as_mapping().ok());
    let mut entries = mapping.into_iter().flat_map(|it| it.iter());
    let found = entries.find(|it| it.key().name().eq_ignore_ascii_case("whitelist"));
    let found =
        found.ok_or_else(|| ListError::Whole("there is no `whitelist` in it".to_owned()))?;
    let whole = |problem: document::Problem| ListError::Whole(problem.to_string());
    let items = found.value().as_sequence().map_err(whole)?;
    let items = items.iter().map(|item| {
        let text = item.as_str().map_err(whole)?;
        Ok((item.span().line(), text.to_owned()))
    });
    items.collect::<Result<_, _>>().map(Some)
}

/// Expressions that find a match anywhere in a text, as Go's and RE2's do.
fn regex(expressions: &[(usize, &str)]) -> Result<RegexSet, (usize, String)> {
    let build = |expressions: &[(usize, &str)]| {
        let mut builder = RegexSetBuilder::new(expressions.iter().map(|(_, text)| text));
        builder.size_limit(REGEX_BYTES).build()
    };
    build(expressions).map_err(|all| {
        if let regex::Error::CompiledTooBig(_) = all {
            return (0, "the expressions together are too large".to_owned());
        }
        for one in expressions {
            if let Err(error) = build(&[*one]) {
                let message = format!(
                    "`{}` is no regular expression: {}",
                    one.1,
                    last_line(&error)
                );
                return (one.0, message);
            }
        }
        (0, last_line(&all))
    })
}

/// Without the picture of the expression that the crate draws above.
fn last_line(error: &regex::Error) -> String {
    let text = error.to_string();
    let line = text.lines().next_back().unwrap_or_default();
    line.trim_start_matches("error: ").to_owned()
}

/// Texts, one after the other in a single allocation, sorted.
#[derive(Debug)]
pub(super) struct Strings {
    text: Box<str>,
    /// Where each begins; each ends where the next one begins.
    starts: Box<[u32]>,
}

impl Strings {
    fn new<'a>(texts: impl Iterator<Item = Cow<'a, str>>) -> Strings {
        let mut texts = Vec::from_iter(texts);
        texts.sort_unstable();
        texts.dedup();
        let mut text = String::with_capacity(texts.iter().map(|it| it.len()).sum());
        let starts = texts.iter().map(|it| {
            let start = u32::try_from(text.len()).expect("a list is smaller than 4 GiB");
            text.push_str(it);
            start
        });
        let starts = starts.collect();
        let text = text.into_boxed_str();
        Strings { text, starts }
    }

    fn contains(&self, text: &str) -> bool {
        let entry = |at: usize| {
            let end = self
                .starts
                .get(at + 1)
                .map_or(self.text.len(), |it| *it as usize);
            &self.text[self.starts[at] as usize..end]
        };
        let (mut low, mut high) = (0, self.starts.len());
        while low < high {
            let middle = low.midpoint(high);
            match entry(middle).cmp(text) {
                std::cmp::Ordering::Equal => return true,
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use ::tests::random::Random;

    use super::*;

    fn read(ty: EntryType, text: &str) -> Result<(Entries, usize), String> {
        Entries::read(ty, text.into()).map_err(|error| error.to_string())
    }

    fn contains(entries: &Entries, ty: EntryType, text: &str) -> bool {
        let value = Value::from(text);
        let candidate = Candidate::new(ty, &value, text).expect("a candidate");
        entries.contains(&candidate)
    }

    #[test]
    fn each_line_is_an_entry() {
        use EntryType::{CaseInsensitiveStrings, IpAddresses, Regex, Strings};

        let lines = "\u{feff}ABC\r\nDef\n\n  ghi jkl \t\n# ABC\n";
        let addresses = "10.10.11.2\n 9.9.9.9/28 \r\n::1";
        for (ty, text, count, inside, outside) in [
            (
                Strings,
                lines,
                4,
                &["ABC", "Def", "ghi jkl", "# ABC"][..],
                &["abc", "", "ghi", "AB", "ABCDef"][..],
            ),
            (
                CaseInsensitiveStrings,
                "straße\nDef",
                2,
                &["STRASSE", "dEF"],
                &["de"],
            ),
            (
                IpAddresses,
                addresses,
                3,
                &["9.9.9.1", "::1", "10.10.11.2"],
                &["9.9.9.16"],
            ),
            (
                IpAddresses,
                "whitelist:\n- 10.10.11.2\n- 9.9.9.9/28",
                2,
                &["9.9.9.1"],
                &["::1"],
            ),
            (
                IpAddresses,
                "{\"WhiteList\": [\"10.10.11.2\"]}",
                1,
                &["10.10.11.2"],
                &["9.9.9.1"],
            ),
            (IpAddresses, "---\nwhitelist: []\n", 0, &[], &["9.9.9.1"]),
            (Regex, "a+.*\n^efg$", 2, &["bab", "efg"], &["efgh", "B"]),
            (Regex, "", 0, &[], &[""]),
            (Strings, "", 0, &[], &["", "a"]),
        ] {
            let (entries, counted) = read(ty, text).expect(text);
            assert_eq!(counted, count, "{text}");
            for candidate in inside {
                assert!(contains(&entries, ty, candidate), "{candidate} in {text:?}");
            }
            for candidate in outside {
                assert!(
                    !contains(&entries, ty, candidate),
                    "{candidate} in {text:?}"
                );
            }
        }
    }

    #[test]
    fn every_entry_of_a_large_list_is_found() {
        let text: String = (0..50_000).map(|n| format!("{}\n", n * 7)).collect();
        let (entries, count) = read(EntryType::Strings, &text).expect("a list");
        assert_eq!(count, 50_000);
        for n in 0..50_000 {
            assert!(contains(&entries, EntryType::Strings, &(n * 7).to_string()));
            assert!(!contains(
                &entries,
                EntryType::Strings,
                &(n * 7 + 1).to_string()
            ));
        }
    }

    #[test]
    fn whatever_a_server_sends_is_a_list_or_an_error() {
        const PIECES: [&[u8]; 16] = [
            b"\n",
            b"a",
            b"whitelist",
            b":",
            b" ",
            b"[",
            b"10.0.0.1",
            b"/",
            b"8",
            b"- ",
            b"(",
            b"\xff",
            "ß".as_bytes(),
            b"{",
            b"\r\n",
            b"::",
        ];
        let mut random = Random::new(1);
        for _ in 0..3_000 {
            let mut bytes = Vec::new();
            while bytes.is_empty() || !random.one_in(11) {
                bytes.extend_from_slice(PIECES[random.below(16) as usize]);
            }
            for ty in [EntryType::Strings, EntryType::IpAddresses, EntryType::Regex] {
                if let Err(error) = Entries::read(ty, bytes.clone()) {
                    assert!(!error.to_string().is_empty());
                }
            }
        }
    }

    #[test]
    fn garbage_is_no_list() {
        for (ty, text, error) in [
            (
                EntryType::Strings,
                "\n <!DOCTYPE html>\n<p>Log in",
                "it is a web page, not a list",
            ),
            (
                EntryType::Regex,
                "<html><body>",
                "it is a web page, not a list",
            ),
            (
                EntryType::IpAddresses,
                "10.1.2.3\n\nX",
                "line 3: `X` is no IP address",
            ),
            (
                EntryType::IpAddresses,
                "whitelist:\n- 10.1.2.3\n- X",
                "line 3: `X` is no IP address",
            ),
            (
                EntryType::IpAddresses,
                "{}",
                "line 1: `{}` is no IP address",
            ),
            (
                EntryType::IpAddresses,
                "whitelist: 10.1.2.3",
                "list:1:12: error: expected a list, got the text `10.1.2.3`; write `- ` before each item",
            ),
            (
                EntryType::Regex,
                "ABC\n[(\n",
                "line 2: `[(` is no regular expression: unclosed character class",
            ),
        ] {
            assert_eq!(read(ty, text).expect_err(text), error);
        }
        let error = Entries::read(EntryType::Strings, vec![0xff, 0xfe]).expect_err("no text");
        assert_eq!(error.to_string(), "it is not UTF-8");
    }
}
