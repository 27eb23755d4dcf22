//! The text of doc comments.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The doc comment: its lines, trimmed, paragraphs separated by one empty line.
pub(crate) fn text(attributes: &[Attribute]) -> String {
    paragraphs(attributes, "\n").join("\n\n")
}

/// The first paragraph of the doc comment, in one line.
pub(crate) fn first_paragraph(attributes: &[Attribute]) -> String {
    paragraphs(attributes, " ")
        .into_iter()
        .next()
        .unwrap_or_default()
}

fn paragraphs(attributes: &[Attribute], line_end: &str) -> Vec<String> {
    let mut paragraphs = Vec::new();
    let mut paragraph: Vec<String> = Vec::new();
    for line in attributes.iter().filter_map(comment).flat_map(lines) {
        if !line.is_empty() {
            paragraph.push(line);
        } else if !paragraph.is_empty() {
            paragraphs.push(std::mem::take(&mut paragraph).join(line_end));
        }
    }
    if !paragraph.is_empty() {
        paragraphs.push(paragraph.join(line_end));
    }
    paragraphs
}

/// The text of `#[doc = "…"]`, which is also what `///` and `/** */` are to a macro.
fn comment(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// The lines, trimmed; where every further line of a block comment begins with `*`, without it.
fn lines(comment: String) -> Vec<String> {
    let further = || {
        comment
            .lines()
            .skip(1)
            .map(str::trim)
            .filter(|line| !line.is_empty())
    };
    let stars = further().count() > 0 && further().all(|line| line.starts_with('*'));
    let trim = |(index, line): (usize, &str)| {
        let line = line.trim();
        let line = if stars && index > 0 {
            line.strip_prefix('*').unwrap_or(line)
        } else {
            line
        };
        line.trim().to_owned()
    };
    // A comment without text is one empty line, not none.
    if comment.is_empty() {
        return vec![String::new()];
    }
    comment.lines().enumerate().map(trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(source: &str) -> Vec<Attribute> {
        let item = format!("{source}\nstruct X;");
        syn::parse_str::<syn::DeriveInput>(&item)
            .expect("an item")
            .attrs
    }

    #[test]
    fn paragraphs_are_kept_apart() {
        let attributes = attributes(
            "///\n///  Appends every metric\n/// to a file. \n///\n///\n/// Never rotates it.\n#[doc(hidden)]",
        );
        assert_eq!(
            first_paragraph(&attributes),
            "Appends every metric to a file."
        );
        assert_eq!(
            text(&attributes),
            "Appends every metric\nto a file.\n\nNever rotates it."
        );
    }

    #[test]
    fn block_comments_lose_their_stars() {
        let attributes = attributes("/** Appends\n *  metrics.\n *\n * More.\n */");
        assert_eq!(text(&attributes), "Appends\nmetrics.\n\nMore.");
    }

    #[test]
    fn no_comment_is_no_text() {
        assert_eq!(first_paragraph(&attributes("#[doc = concat!(\"a\")]")), "");
    }
}
