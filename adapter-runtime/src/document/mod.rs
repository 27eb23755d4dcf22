//! What operators write: YAML and JSON as a tree in which everything has its place, and problems
//! that show it.
//!
//! YAML is read as Mixer reads it, whose parser is one of YAML 1.1: an unquoted `yes`, `n` or `on`
//! is a boolean, `010` is 8. Who expects a text and gets one of these says so to the operator, with
//! what to write instead. Duplicate keys, which Mixer accepts, are an error.
//!
//! ```
//! use adapter_runtime::document::{self, Problems};
//!
//! let mut problems = Problems::new();
//! let documents = document::parse("handler.yaml", "params:\n  region: no\n", &mut problems);
//! let region = documents[0].nearest("params.region");
//! let problem = region.as_str().unwrap_err();
//! assert_eq!(problem.span().to_string(), "handler.yaml:2:11");
//! assert_eq!(problem.remedy(), Some("write `\"no\"`"));
//! ```

mod access;
mod json;
mod node;
mod path;
mod problem;
mod render;
mod scalar;
mod source;
mod syntax;
mod write;
mod yaml;

use std::sync::Arc;

pub use access::Integer;
pub use node::{Content, Entry, Key, Mapping, Node};
pub use problem::{Problem, Problems, Severity};
pub use source::{Source, Span};
pub(crate) use syntax::quote;
pub(crate) use write::SingleQuoted;
pub use write::{WriteError, to_yaml};

/// The size up to which a text is read. Kubernetes takes resources of up to 1.5 MB.
const MAX_BYTES: usize = 16 << 20;

/// How a text is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Yaml,
    Json,
}

/// Reads the documents of a text: JSON if the name ends in `.json`, else YAML, where `---` is
/// between documents.
///
/// A document with errors is left out, and what is wrong with it is added to the problems. Empty
/// ones are left out too. The text is UTF-8, with or without a byte order mark, of at most 16 MiB,
/// nested at most 100 levels deep. After 100 problems it is read no
/// further.
pub fn parse(name: &str, text: impl AsRef<[u8]>, problems: &mut Problems) -> Vec<Node> {
    let bytes = text.as_ref();
    let source = match decode(name, bytes) {
        Ok(source) => source,
        Err(problem) => {
            problems.push(problem);
            return Vec::new();
        }
    };
    let format = match name.len() >= 5 && name.to_ascii_lowercase().ends_with(".json") {
        true => Format::Json,
        false => Format::Yaml,
    };
    if format == Format::Json
        && let Some(problem) = json::problem(&source)
    {
        problems.push(problem);
        return Vec::new();
    }
    yaml::parse(&source, format, problems)
}

/// The text, if it is one.
fn decode(name: &str, bytes: &[u8]) -> Result<Arc<Source>, Problem> {
    if bytes.len() > MAX_BYTES {
        let source = Source::new(name, "");
        let message = format!(
            "{} bytes are too many: at most {MAX_BYTES} are read",
            bytes.len()
        );
        let problem = Problem::error(&source.span(0..0), message).hide_source();
        return Err(problem.help("split it into several files"));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Source::new(
            name,
            text.strip_prefix('\u{feff}').unwrap_or(text),
        )),
        Err(error) => {
            // What is before it is text.
            let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let end = valid.len();
            let source = Source::new(name, valid);
            let message = match bytes {
                [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "this file is UTF-16",
                _ => "this is not UTF-8",
            };
            Err(Problem::error(&source.span(end..end), message).help("save it as UTF-8"))
        }
    }
}
