//! Problems as a compiler shows them.

use std::borrow::Cow;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::problem::{Problem, Severity, Shown};
use super::source::Span;

/// How many problems are shown.
const SHOWN: usize = 100;

/// The problems, an empty line between each two.
pub(super) fn all(problems: &[Problem], color: bool, width: usize) -> String {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    // A file's path would be a hyperlink, which needs an absolute one.
    let renderer = renderer.term_width(width.max(40));
    let mut texts: Vec<_> = problems
        .iter()
        .take(SHOWN)
        .map(|problem| {
            let text = renderer.render(&[group(problem)]);
            let lines: Vec<_> = text.lines().map(str::trim_end).collect();
            lines.join("\n") + "\n"
        })
        .collect();
    if problems.len() > SHOWN {
        texts.push(format!("and {} more problems\n", problems.len() - SHOWN));
    }
    texts.join("\n")
}

fn group(problem: &Problem) -> Group<'_> {
    let level = match problem.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(problem.message()));
    let shown = problem.shown();
    if shown == Shown::Nothing {
        group = group.element(origin(problem.span()));
        if let Some(path) = problem.node_path() {
            group = group.element(Level::NOTE.message(format!("at `{path}`")));
        }
        for (span, message) in problem.related_places() {
            let note = format!("{message}: {span}");
            group = group.element(Level::NOTE.message(note));
        }
    } else {
        let label = problem.node_path();
        let primary = AnnotationKind::Primary;
        group = group.element(snippet(problem.span(), shown, primary, label));
        for (span, message) in problem.related_places() {
            let context = AnnotationKind::Context;
            group = group.element(snippet(span, shown, context, Some(message)));
        }
    }
    match problem.remedy() {
        Some(help) => group.element(Level::HELP.message(help)),
        None => group,
    }
}

fn origin(span: &Span) -> Origin<'_> {
    Origin::path(span.source().name())
        .line(span.line())
        .char_column(span.column())
}

/// The first line of a place, with carets under it.
fn snippet<'a>(
    span: &'a Span,
    shown: Shown,
    kind: AnnotationKind,
    label: Option<&'a str>,
) -> Snippet<'a, Annotation<'a>> {
    let (line, start) = span.whole_line();
    let bytes = span.first_line().bytes();
    let within = |byte: usize| (byte - start).min(line.len());
    let (from, to) = (within(bytes.start), within(bytes.end));
    let (line, range) = match shown {
        Shown::Place => {
            let before: String = line[..from].chars().map(blank).collect();
            let (from, to) = (before.len(), before.len() + to - from);
            (Cow::Owned(before + span.first_line().text()), from..to)
        }
        _ => (Cow::Borrowed(line), from..to),
    };
    Snippet::source(line)
        .path(span.source().name())
        .line_start(span.line())
        .annotation(kind.span(range).label(label))
}

/// What stands for a character that is not shown. Indentation and dashes are.
fn blank(c: char) -> char {
    match c {
        '\t' | '-' => c,
        _ => ' ',
    }
}
