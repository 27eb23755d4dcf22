//! What is wrong with the syntax, in our words.

use std::sync::Arc;

use granit_parser::{ErrorKind, ScanError};

use super::problem::Problem;
use super::source::Source;

/// A quoted text is cut there.
const MAX_QUOTED: usize = 60;

/// With what the parser says where there are no words of ours.
const UNKNOWN: &str = "invalid YAML: ";

/// A text in backticks, on one line and not too long.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::from("`");
    for (index, c) in text.chars().enumerate() {
        if index == MAX_QUOTED {
            quoted.push('…');
            break;
        }
        if c.is_control() {
            quoted.extend(c.escape_default());
        } else {
            quoted.push(c);
        }
    }
    quoted.push('`');
    quoted
}

/// What the parser of YAML stumbled over.
pub(super) fn problem(source: &Arc<Source>, error: &ScanError) -> Problem {
    let mut at = error.marker().byte_offset().unwrap_or(usize::MAX);
    if is_tab(error.kind()) {
        // The parser may be before or after it.
        let line = source.text()[..at.min(source.text().len())].rfind('\n');
        let line = line.map_or(0, |at| at + 1);
        at = source.text()[line..]
            .find('\t')
            .map_or(at, |tab| line + tab);
    }
    let rest = source.text().get(at..).unwrap_or_default();
    let width = rest.chars().next().map_or(0, char::len_utf8);
    let (message, help) = match error.kind() {
        ErrorKind::UnexpectedEofImplicitFlowMapping if rest.starts_with(',') => {
            ("a value is missing before this `,`".to_owned(), "")
        }
        kind => words(kind),
    };
    let mut problem = Problem::error(&source.span(at..at + width), message);
    if let Some(words) = problem.message().strip_prefix(UNKNOWN) {
        // The parser's words may quote the text.
        debug_assert!(!words.is_empty());
        problem = problem.or_unquoted("invalid YAML");
    }
    if help.is_empty() {
        problem
    } else {
        problem.help(help)
    }
}

fn is_tab(kind: &ErrorKind) -> bool {
    use ErrorKind as Kind;

    matches!(
        kind,
        Kind::TabNotAllowed
            | Kind::TabInBlockIndentation
            | Kind::TabInIndentation
            | Kind::TabAtBlockScalarStart
            | Kind::TabInPlainScalar
    )
}

/// What is wrong, and a remedy where there is one.
fn words(kind: &ErrorKind) -> (String, &'static str) {
    use ErrorKind as Kind;

    let (message, help) = match kind {
        Kind::UnclosedQuotedScalar => ("this quote is never closed", ""),
        Kind::UnclosedFlowCollection { open } => {
            return (format!("this `{open}` is never closed"), "");
        }
        Kind::MismatchedFlowCollectionEnd { open, close } => {
            return (format!("a `{open}` is closed by a `{close}`"), "");
        }
        Kind::MisplacedFlowCollectionEnd => ("this bracket closes nothing", ""),
        Kind::ExpectedFlowMappingSeparator => ("expected `,` or `}`", ""),
        Kind::ExpectedFlowSequenceSeparator => ("expected `,` or `]`", ""),
        Kind::UnexpectedEofFlowSequence => ("a `[` is never closed", ""),
        Kind::UnexpectedEofFlowMapping | Kind::UnexpectedEofImplicitFlowMapping => {
            ("a `{` is never closed", "")
        }
        kind if is_tab(kind) => ("a tab where YAML wants blanks", "indent with blanks"),
        Kind::SimpleKeyExpected | Kind::InvalidSimpleKey => (
            "a key without `:`",
            "write `key: value`, or put a text of several lines into quotes",
        ),
        Kind::MappingValueNotAllowed | Kind::InvalidColonPlacement => (
            "a `:` can't stand here",
            "is the line indented like those above? a text with `: ` in it needs quotes",
        ),
        Kind::InvalidMappingValueWhitespace => ("a blank belongs behind this `:`", ""),
        Kind::ExpectedBlockMappingKey | Kind::MappingKeyNotAllowed | Kind::InvalidIndentation => (
            "expected a key",
            "keys of one mapping are indented alike, and nothing follows a value on its line",
        ),
        Kind::ExpectedBlockSequenceEntry => (
            "expected `- ` like those above",
            "are the lines indented alike?",
        ),
        Kind::BlockSequenceEntryNotAllowed | Kind::InvalidBlockEntryWhitespace => (
            "a list can't begin here",
            "begin it on a line of its own; a text that begins with `- ` needs quotes",
        ),
        Kind::BlockEntryInFlowCollection => ("`- ` within brackets", "separate with `,`"),
        Kind::PlainScalarStartsWithDashFlowIndicator => (
            "a `-` alone is no value within brackets",
            "put it in quotes",
        ),
        Kind::UnknownAnchor => (
            "no anchor of this name stands above",
            "a text that begins with `*` needs quotes",
        ),
        Kind::MissingAnchorOrAliasName => (
            "a name belongs behind this sign",
            "a text that begins with `*` or `&` needs quotes",
        ),
        Kind::UnexpectedCharacter { character: '`' } => {
            ("a value can't begin with a backtick", "put it in quotes")
        }
        Kind::UnexpectedCharacter { character } if matches!(character, '@' | '%') => {
            return (
                format!("a value can't begin with `{character}`"),
                "put it in quotes",
            );
        }
        Kind::UnexpectedCharacter { character } => {
            return (
                format!(
                    "the character U+{:04X} can't stand here",
                    u32::from(*character)
                ),
                "leave it out, or write it as an escape in double quotes: `\"\\u…\"`",
            );
        }
        Kind::UnknownQuotedScalarEscape => (
            "there is no such escape",
            "write `\\\\` for a backslash, or use single quotes",
        ),
        Kind::InvalidQuotedScalarHexEscape | Kind::InvalidLowSurrogateHexEscape => {
            ("hexadecimal digits are missing in this escape", "")
        }
        Kind::InvalidLowSurrogate
        | Kind::MissingLowSurrogate
        | Kind::UnpairedLowSurrogate
        | Kind::InvalidUnicodeEscape => ("this escape is no character", ""),
        Kind::InvalidTrailingSingleQuotedScalar | Kind::InvalidTrailingDoubleQuotedScalar => (
            "nothing may follow the closing quote",
            "put the whole text into quotes; write `''` within single ones, `\\\"` within double ones",
        ),
        Kind::InvalidQuotedScalarIndent => (
            "a text in quotes goes on here, but the line is not indented deeper than its key",
            "is its closing quote missing?",
        ),
        Kind::InvalidFlowScalarIndent => ("this line must be indented deeper than its key", ""),
        Kind::ExpectedDocumentStart => (
            "the document ends above this line, for it is indented less than the first",
            "are the lines indented alike?",
        ),
        Kind::InvalidBlockScalarIndent => (
            "this line is indented less than the first one of its text",
            "",
        ),
        Kind::InvalidBlockScalarHeader => (
            "nothing may follow `|` or `>` on its line",
            "begin the text on the next line",
        ),
        Kind::RecursionLimitExceeded => ("nested too deep", "write it flatter"),
        Kind::CommentNotSeparated => ("a blank belongs before this `#`", ""),
        Kind::DocumentIndicatorInQuotedScalar => {
            ("a quoted text is still open when the document ends", "")
        }
        Kind::UnsupportedYamlMajorVersion => ("YAML is read in its versions 1.1 and 1.2", ""),
        Kind::UndeclaredTagHandle => ("this tag has an unknown prefix", "leave it out"),
        Kind::BomInsideDocument => ("a byte order mark within the document", "remove it"),
        other => return (format!("{UNKNOWN}{other}"), ""),
    };
    (message.to_owned(), help)
}
