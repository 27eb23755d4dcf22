//! The `params` of a handler to begin with: what must be written, and what may be as comments.

use std::any::TypeId;
use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::{Options, secrets};
use crate::config::{Bound, Constraint, Encoder, FieldInfo, Format, Kind, MessageInfo, Scalar};
use crate::definition::Registration;
use crate::document::{self, Problems, Severity, to_yaml};

/// How often what the adapter misses is added.
const ROUNDS: usize = 8;

/// The `params` as they stand in a handler.
pub(super) struct Params {
    /// Lines that follow those of `spec`; none if there is nothing to configure.
    pub(super) yaml: String,
    /// What is wrong with them still.
    pub(super) missing: Vec<String>,
}

/// The `params` of a handler of this adapter. What only the adapter itself knows to be needed is
/// found out by asking it.
pub(super) fn of(adapter: &Registration, options: &Options) -> Params {
    let schema = adapter.adapter.schema();
    let mut wanted = BTreeSet::new();
    for _ in 0..ROUNDS {
        let yaml = written(adapter, schema.params(), &wanted, options);
        let problems = problems(adapter, &yaml);
        let missed: Vec<_> = problems.iter().filter_map(|it| it.0.clone()).collect();
        let before = wanted.len();
        wanted.extend(missed);
        if wanted.len() == before {
            let missing = problems.into_iter().map(|(_, text)| text).collect();
            return Params { yaml, missing };
        }
    }
    let yaml = written(adapter, schema.params(), &wanted, options);
    let missing = problems(adapter, &yaml).into_iter().map(|(_, text)| text);
    Params {
        yaml,
        missing: missing.collect(),
    }
}

/// The path and the text of what the adapter says.
fn problems(adapter: &Registration, yaml: &str) -> Vec<(Option<String>, String)> {
    let mut problems = Problems::new();
    let text = format!("spec:\n{yaml}");
    let documents = document::parse("handler", text, &mut problems);
    if let Some(handler) = documents.first().filter(|_| !yaml.is_empty()) {
        let params = handler.nearest("spec.params");
        adapter
            .adapter
            .check_params(params, Encoder::Dynamic, &mut problems);
    }
    let errors = problems
        .iter()
        .filter(|it| it.severity() == Severity::Error);
    errors
        .map(|it| {
            let path = it.node_path().map(str::to_owned);
            let text = match &path {
                Some(path) => format!("`{path}` {}", it.message()),
                None => it.message().to_owned(),
            };
            (path, text)
        })
        .collect()
}

fn written(
    adapter: &Registration,
    info: &'static MessageInfo,
    wanted: &BTreeSet<String>,
    options: &Options,
) -> String {
    if info.fields.is_empty() {
        return String::new();
    }
    let mut writer = Writer {
        adapter: adapter.adapter.name(),
        wanted,
        options,
        lines: Vec::new(),
    };
    let any = writer.message(
        info,
        "",
        Style {
            indent: 4,
            comment: false,
        },
        &mut Vec::new(),
    );
    // A mapping in which everything is a comment would be nothing.
    let key = if any { "  params:" } else { "  # params:" };
    let mut yaml = format!("{key}\n");
    for line in writer.lines {
        yaml.push_str(&line);
        yaml.push('\n');
    }
    yaml
}

/// How lines are written.
#[derive(Clone, Copy)]
struct Style {
    indent: usize,
    /// As comments, since the operator needn't write them.
    comment: bool,
}

impl Style {
    fn deeper(self) -> Style {
        Style {
            indent: self.indent + 2,
            ..self
        }
    }
}

struct Writer<'a> {
    adapter: &'a str,
    wanted: &'a BTreeSet<String>,
    options: &'a Options,
    lines: Vec<String>,
}

impl Writer<'_> {
    /// Returns whether something is written that is no comment.
    fn message(
        &mut self,
        info: &MessageInfo,
        path: &str,
        style: Style,
        within: &mut Vec<TypeId>,
    ) -> bool {
        let mut any = false;
        for field in &info.fields {
            match &field.kind {
                Kind::OneOf(members) => {
                    let chosen = members
                        .iter()
                        .find(|member| self.is_wanted(path, member.name))
                        .or_else(|| members.first().filter(|_| field.is_required()))
                        .or_else(|| members.first().filter(|_| self.is_wanted(path, field.name)));
                    let names: Vec<_> = members.iter().map(|it| format!("`{}`", it.name)).collect();
                    let names = names.join(", ");
                    for member in members {
                        let is_chosen = chosen.is_some_and(|it| it.tag == member.tag);
                        any |= self.field(member, is_chosen, &names, (path, style), within);
                    }
                }
                _ => {
                    let must = field.must_be_written() || self.is_wanted(path, field.name);
                    any |= self.field(field, must, "", (path, style), within);
                }
            }
        }
        any && !style.comment
    }

    /// Whether something at or below this path is wanted.
    fn is_wanted(&self, path: &str, name: &str) -> bool {
        let path = join(path, name);
        self.wanted.iter().any(|wanted| {
            let rest = wanted.strip_prefix(&path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    }

    fn field(
        &mut self,
        field: &FieldInfo,
        must: bool,
        one_of: &str,
        (path, style): (&str, Style),
        within: &mut Vec<TypeId>,
    ) -> bool {
        let around = style;
        let style = Style {
            comment: style.comment || !must,
            ..style
        };
        let element = match field.kind.element() {
            Kind::Message(of) if within.contains(&of.id()) => return false,
            element => element,
        };
        self.documentation(field, one_of, around);
        let path = join(path, field.name);
        let name = field.name;
        if let Kind::Message(of) = element {
            within.push(of.id());
            self.nested(field, of.info(), &path, style, within);
            within.pop();
        } else {
            let value = match &field.default {
                Some(default) if !must => default.clone(),
                _ => match field.kind.present() {
                    Kind::Repeated(_) => json!([self.scalar(field)]),
                    Kind::Map(Scalar::String, _) => json!({ "example": self.scalar(field) }),
                    Kind::Map(..) => json!({ "1": self.scalar(field) }),
                    _ => self.scalar(field),
                },
            };
            let yaml = to_yaml(&json!({ name: value })).expect("the keys are texts");
            for line in yaml.lines() {
                self.push(style, line);
            }
        }
        !style.comment
    }

    fn nested(
        &mut self,
        field: &FieldInfo,
        info: &MessageInfo,
        path: &str,
        style: Style,
        within: &mut Vec<TypeId>,
    ) {
        let (key, begin) = (self.lines.len(), style.deeper());
        match field.kind.present() {
            Kind::Repeated(_) => {
                self.push(style, &format!("{}:", field.name));
                let any = self.message(info, &format!("{path}[0]"), begin, within);
                if !any && !style.comment {
                    self.lines[key] = line(
                        style,
                        &format!("{}:\n{}- {{}}", field.name, " ".repeat(style.indent)),
                    );
                    return;
                }
                self.mark_item(key + 1, begin);
            }
            Kind::Map(key, _) => {
                self.push(style, &format!("{}:", field.name));
                let example = self.lines.len();
                let key = match key {
                    Scalar::String => "example",
                    _ => "\"1\"",
                };
                self.push(begin, &format!("{key}:"));
                let path = format!("{path}[\"example\"]");
                if !self.message(info, &path, begin.deeper(), within) && !style.comment {
                    self.lines[example] = line(begin, &format!("{key}: {{}}"));
                }
            }
            _ => {
                self.push(style, &format!("{}:", field.name));
                if !self.message(info, path, begin, within) && !style.comment {
                    self.lines[key] = line(style, &format!("{}: {{}}", field.name));
                }
            }
        }
    }

    /// Puts the dash of a list's item before the first line that is no explanation.
    fn mark_item(&mut self, from: usize, style: Style) {
        let prefix = line(style, "");
        for line in &mut self.lines[from..] {
            let Some(rest) = line.strip_prefix(&prefix) else {
                continue;
            };
            if !rest.starts_with([' ', '#']) {
                let at = prefix.len() - 2;
                line.replace_range(at..at + 2, "- ");
                return;
            }
        }
    }

    /// The first paragraph of what the author says, and what the value must be; in a comment within
    /// one.
    fn documentation(&mut self, field: &FieldInfo, one_of: &str, style: Style) {
        let paragraph = field.documentation.split("\n\n").next().unwrap_or_default();
        for line in paragraph.lines().filter(|line| !line.is_empty()) {
            self.push(style, format!("# {line}").trim_end());
        }
        let mut rules = Vec::new();
        if field.is_required() {
            rules.push("Required.".to_owned());
        }
        let others = field
            .constraints
            .iter()
            .filter(|it| **it != Constraint::Required);
        let others: Vec<_> = others.map(ToString::to_string).collect();
        if !others.is_empty() {
            rules.push(format!("Must be {}.", others.join("; ")));
        }
        if let Kind::Enum(of) = field.kind.element() {
            let names: Vec<_> = of.info().values.iter().map(|value| value.name).collect();
            rules.push(format!("One of {}.", names.join(", ")));
        }
        if !one_of.is_empty() {
            rules.push(format!("One of {one_of}."));
        }
        if !rules.is_empty() {
            self.push(style, &format!("# {}", rules.join(" ")));
        }
    }

    fn push(&mut self, style: Style, text: &str) {
        self.lines.push(line(style, text));
    }

    /// A value that the rules on the field allow.
    fn scalar(&self, field: &FieldInfo) -> Json {
        let default = field
            .default
            .as_ref()
            .filter(|it| !it.is_array() && !it.is_object());
        if let Some(default) = default.filter(|it| !it.is_null() && *it != "") {
            return default.clone();
        }
        match field.kind.element() {
            Kind::Scalar(Scalar::Bool) => true.into(),
            Kind::Scalar(Scalar::String) => self.text(field).into(),
            Kind::Scalar(Scalar::Float | Scalar::Double) => number(field, true),
            Kind::Scalar(_) => number(field, false),
            Kind::Secret => format!("${{env:{}}}", secrets::variable(self.adapter, field)).into(),
            Kind::Duration => duration(field),
            Kind::Timestamp => "2026-01-01T00:00:00Z".into(),
            Kind::Enum(of) => of
                .info()
                .values
                .first()
                .map_or(Json::Null, |it| it.name.into()),
            _ => Json::Null,
        }
    }

    fn text(&self, field: &FieldInfo) -> String {
        let format = field.constraints.iter().find_map(|rule| match rule {
            Constraint::Format(format) => Some(format),
            _ => None,
        });
        let volume = self.options.volumes.first();
        match format {
            Some(Format::Url) => "https://example.com".to_owned(),
            Some(Format::HostPort) => "example.com:443".to_owned(),
            Some(Format::Regex) => ".*".to_owned(),
            None if field.name.contains("file") => match volume {
                // Nothing else can be written to.
                Some(volume) => format!("{}/out.txt", volume.path),
                None => "out.txt".to_owned(),
            },
            None if field.name.contains("dir") => match volume {
                Some(volume) => volume.path.clone(),
                None => "/tmp".to_owned(),
            },
            None => "example".to_owned(),
        }
    }
}

fn join(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    }
}

fn line(style: Style, text: &str) -> String {
    let indent = " ".repeat(style.indent);
    match style.comment {
        // The signs stand below each other.
        true => format!("    # {}{text}", &indent[4.min(indent.len())..]),
        false => format!("{indent}{text}"),
    }
}

fn number(field: &FieldInfo, float: bool) -> Json {
    let bound = |bound: &Bound| match bound {
        Bound::Integer(number) => Some(*number as f64),
        Bound::Float(number) => Some(*number),
        _ => None,
    };
    let mut number = 1.0;
    for rule in &field.constraints {
        match rule {
            Constraint::Min(min) => number = bound(min).unwrap_or(number).max(number),
            Constraint::Max(max) => number = bound(max).unwrap_or(number).min(number),
            _ => {}
        }
    }
    match float {
        true => number.into(),
        false => (number as i64).into(),
    }
}

fn duration(field: &FieldInfo) -> Json {
    let limits = field.constraints.iter().find_map(|rule| match rule {
        Constraint::Min(bound) | Constraint::Max(bound) => Some(bound.to_string()),
        _ => None,
    });
    limits.unwrap_or_else(|| "10s".to_owned()).into()
}
