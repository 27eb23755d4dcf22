//! Places and comments in a `.proto` file.

use std::collections::HashMap;

use protox::prost_reflect::FileDescriptor;

use super::load::Loaded;
use crate::document::Span;

/// The part of an element that a place is wanted of: the number that `descriptor.proto` gives it.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// The type of a field, if it is a message or an enum.
    TypeName = 6,
    /// The type of a field, if it is a scalar.
    Type = 5,
}

/// What source information says of the elements of one file, by their paths.
pub(super) struct Places<'a> {
    loaded: &'a Loaded,
    file: FileDescriptor,
    by_path: HashMap<Vec<i32>, (Vec<i32>, String)>,
}

impl<'a> Places<'a> {
    pub(super) fn new(loaded: &'a Loaded, file: &FileDescriptor) -> Places<'a> {
        let info = file.file_descriptor_proto().source_code_info.as_ref();
        let locations = info
            .map(|info| info.location.as_slice())
            .unwrap_or_default();
        let by_path = locations.iter().map(|location| {
            let comment = location.leading_comments().trim();
            let comment = match comment {
                "" => location.trailing_comments(),
                _ => location.leading_comments(),
            };
            let place = (location.span.clone(), comment.to_owned());
            (location.path.clone(), place)
        });
        Places {
            loaded,
            by_path: by_path.collect(),
            file: file.clone(),
        }
    }

    /// The place of a part of an element; of the element if the part has none.
    pub(super) fn place(&self, path: &[i32], parts: &[Part]) -> Span {
        let source = self.loaded.source(&self.file);
        let of_part = parts.iter().find_map(|part| {
            let mut path = path.to_vec();
            path.push(*part as i32);
            self.by_path.get(&path)
        });
        let found = of_part.or_else(|| self.by_path.get(path));
        let Some((span, _)) = found else {
            return source.span(0..0);
        };
        let byte = |line: i32, column: i32| {
            let lines = source.text().split_inclusive('\n');
            let before: usize = lines.take(line as usize).map(str::len).sum();
            before + column as usize
        };
        match span[..] {
            [line, from, to] => source.span(byte(line, from)..byte(line, to)),
            [line, from, end, to] => source.span(byte(line, from)..byte(end, to)),
            _ => source.span(0..0),
        }
    }

    /// The comment at an element, line by line, as documentation.
    pub(super) fn documentation(&self, path: &[i32]) -> Vec<String> {
        match self.by_path.get(path) {
            Some((_, comment)) => documentation(comment),
            None => Vec::new(),
        }
    }
}

/// A comment as documentation. What is indented would be code, which rustdoc would compile.
fn documentation(comment: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut indented = false;
    let mut fenced = false;
    for line in comment.lines() {
        // Of `/* … */`, lines may begin with an asterisk.
        let line = line.strip_prefix(' ').unwrap_or(line).trim_end();
        // The front matter of Istio's documentation.
        if line.starts_with('$') && line.contains(": ") {
            continue;
        }
        let code = line.starts_with("    ") || line.starts_with('\t');
        if line.starts_with("```") {
            fenced = !fenced;
            lines.push(match (fenced, line) {
                (true, "```") => "```text".to_owned(),
                _ => line.to_owned(),
            });
            continue;
        }
        if !fenced && code && !indented {
            lines.push("```text".to_owned());
            indented = true;
        } else if indented && !code && !line.is_empty() {
            lines.push("```".to_owned());
            indented = false;
        }
        lines.push(match indented {
            true => line
                .strip_prefix("    ")
                .unwrap_or(line.trim_start())
                .to_owned(),
            false => line.to_owned(),
        });
    }
    let text = |line: &String| !line.is_empty();
    let start = lines.iter().position(text).unwrap_or(lines.len());
    let end = lines.iter().rposition(text).map_or(start, |at| at + 1);
    let mut lines = lines[start..end].to_vec();
    if indented || fenced {
        lines.push("```".to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::documentation;

    #[test]
    fn comments_are_documentation_without_code_to_compile() {
        let comment = "\n $title: Wavefront\n The server.\n\n For example:\n\n     address: x\n       more: y\n That is all.\n\n ```\n code\n ```\n\n     last\n\n";
        assert_eq!(
            documentation(comment),
            [
                "The server.",
                "",
                "For example:",
                "",
                "```text",
                "address: x",
                "  more: y",
                "```",
                "That is all.",
                "",
                "```text",
                "code",
                "```",
                "",
                "```text",
                "last",
                "```",
            ]
        );
        assert!(documentation("\n\n").is_empty());
    }
}
