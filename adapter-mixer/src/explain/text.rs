//! The way of a request as text.

use std::fmt;

use adapter_runtime::Code;
use adapter_runtime::template::Variety;
use adapter_runtime::value::{Value, ValueType};

use super::expression::one_line;
use super::headline::short;
use super::{Answer, Cause, Explanation};
use crate::language::{Outcome, Trace};
use crate::runtime::{DispatchTrace, RuleOutcome, RuleTrace, Verdict};

/// How wide a text is where nobody says.
const WIDTH: usize = 100;

#[derive(Clone, Copy)]
enum Style {
    Good,
    Bad,
    Faint,
    Strong,
}

impl Style {
    fn code(self) -> &'static str {
        match self {
            Style::Good => "32",
            Style::Bad => "31",
            Style::Faint => "2",
            Style::Strong => "1",
        }
    }
}

struct Writer {
    out: String,
    color: bool,
    width: usize,
}

impl Writer {
    /// A paragraph whose first line is indented, and the others by two more.
    fn line(&mut self, indent: usize, text: &str) {
        self.styled(indent, text, None);
    }

    fn styled(&mut self, indent: usize, text: &str, style: Option<Style>) {
        let width = self.width.saturating_sub(indent).max(20);
        for (number, line) in wrap(text, width).into_iter().enumerate() {
            let indent = if number == 0 { indent } else { indent + 2 };
            self.out.push_str(&" ".repeat(indent));
            match style.filter(|_| self.color) {
                Some(style) => {
                    let code = style.code();
                    self.out.push_str(&format!("\x1b[{code}m{line}\x1b[0m"));
                }
                None => self.out.push_str(&line),
            }
            self.out.push('\n');
        }
    }

    fn heading(&mut self, text: &str) {
        self.out.push('\n');
        self.styled(0, text, Some(Style::Strong));
    }
}

/// Breaks a text between words; a word that is too long stays whole, so that it can be copied.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        // What follows the first line is indented by two.
        let limit = if lines.len() == 1 { width } else { width - 2 };
        if used > 0 && used + 1 + length > limit {
            lines.push(String::new());
            used = 0;
        }
        let line = lines.last_mut().expect("there is one from the beginning");
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += length;
    }
    lines
}

impl Explanation {
    /// The way as text, for a terminal of a width in columns.
    #[must_use]
    pub fn render(&self, color: bool, width: usize) -> String {
        let mut writer = Writer {
            out: String::new(),
            color,
            width: width.max(40),
        };
        self.write(&mut writer);
        writer.out
    }

    fn write(&self, w: &mut Writer) {
        let style = match self.headline.cause {
            Cause::Served => Style::Good,
            _ => Style::Bad,
        };
        w.styled(0, &self.headline.to_string(), Some(style));
        w.heading(&format!("{} of a request with", self.verb));
        if self.attributes.is_empty() {
            w.line(2, "no attributes");
        }
        for (name, value) in &self.attributes {
            w.line(2, &format!("{name} = {}", shown(value)));
        }
        for note in &self.notes {
            w.styled(2, &format!("note: {note}"), Some(Style::Bad));
        }
        for dispatch in &self.trace.dispatches {
            let generates = dispatch.variety == Variety::AttributeGenerator;
            if generates && dispatch.instances.is_empty() {
                continue;
            }
            self.dispatch(dispatch, w);
        }
        w.heading("answer");
        w.line(2, &self.answer.to_string());
        let errors = self.problems.iter().filter(|it| it.is_error());
        let errors: Vec<_> = errors.collect();
        if !errors.is_empty() {
            w.heading("left out of the configuration");
            for problem in errors {
                w.line(2, &problem.to_string());
            }
        }
    }

    fn dispatch(&self, dispatch: &DispatchTrace, w: &mut Writer) {
        match dispatch.variety {
            Variety::AttributeGenerator => w.heading("attributes are generated"),
            _ => w.heading("rules"),
        }
        let default = &dispatch.default_namespace;
        let chosen = &dispatch.namespace;
        let namespace = &chosen.namespace;
        let held = match (chosen.attribute, namespace.as_str()) {
            (None, _) => format!(
                "those of `{default}` alone, since `context.reporter.kind` is neither `inbound` \
                 nor `outbound`"
            ),
            (Some(attribute), "") => {
                format!("those of `{default}` alone, since `{attribute}` is absent")
            }
            (Some(attribute), own) if own == default => {
                format!("those of `{default}`, as `{attribute}` says")
            }
            (Some(attribute), own) => {
                format!("those of `{default}`, and of `{own}` as `{attribute}` says")
            }
        };
        w.styled(2, &held, Some(Style::Faint));
        for rule in &dispatch.rules {
            if rule.concerned || dispatch.variety != Variety::AttributeGenerator {
                self.rule(rule, dispatch, w);
            }
        }
        if dispatch.rules.is_empty() {
            w.line(2, "there are none");
        }
        if !dispatch.calls.is_empty() {
            w.heading("calls");
        }
        for call in &dispatch.calls {
            match &call.answer {
                Ok(answer) => w.styled(
                    2,
                    &format!("{} answered {}", call.handler, one_line(answer)),
                    Some(Style::Good),
                ),
                Err(error) => w.styled(
                    2,
                    &format!("{} failed: {}", call.handler, one_line(error)),
                    Some(Style::Bad),
                ),
            }
        }
    }

    fn rule(&self, rule: &RuleTrace, dispatch: &DispatchTrace, w: &mut Writer) {
        let name = format!("{} ({})", short(&rule.rule), rule.place);
        let verb = self.verb.name();
        let nothing = match rule.concerned {
            true => String::new(),
            false => format!(", but sends nothing with a {verb}"),
        };
        let (text, style, evaluated) = match &rule.outcome {
            RuleOutcome::Always => (
                format!("holds for every request{nothing}"),
                Style::Good,
                None,
            ),
            RuleOutcome::Matched(trace) => (format!("matches{nothing}"), Style::Good, Some(trace)),
            RuleOutcome::NotMatched(trace) => ("doesn't match".to_owned(), Style::Bad, Some(trace)),
            RuleOutcome::Failed(trace, error) => {
                (format!("doesn't match: {error}"), Style::Bad, Some(trace))
            }
            RuleOutcome::Broken => ("is broken, and never used".to_owned(), Style::Bad, None),
        };
        let style = if rule.concerned { style } else { Style::Faint };
        w.styled(2, &format!("{name} {text}"), Some(style));
        if let Some(trace) = evaluated {
            expression(trace, 6, w);
        }
        let built = dispatch.instances.iter().filter(|it| it.rule == rule.rule);
        for instance in built {
            let to = format!("{} for {}", instance.instance, instance.handler);
            match &instance.built {
                Ok(built) => {
                    let fields = self.fields.get(&instance.instance);
                    let built = fields.map_or_else(|| one_line(built), Clone::clone);
                    w.line(6, &format!("{to}: {built}"));
                }
                Err(error) => w.styled(
                    6,
                    &format!("{to} can't be built: {}", one_line(&error.to_string())),
                    Some(Style::Bad),
                ),
            }
        }
    }
}

/// The parts of an expression, each with its value.
fn expression(trace: &Trace, indent: usize, w: &mut Writer) {
    let style = match &trace.outcome {
        Outcome::Value(Value::Bool(false)) | Outcome::Failed(_) => Some(Style::Bad),
        Outcome::NotEvaluated => Some(Style::Faint),
        _ => None,
    };
    let outcome = match &trace.outcome {
        // The innermost part says why.
        Outcome::Failed(_) if !trace.parts.is_empty() => "no value".to_owned(),
        Outcome::Failed(error) if error.is_absence() => "absent".to_owned(),
        outcome => outcome.to_string(),
    };
    let text = format!("{}: {outcome}", one_line(&trace.text));
    w.styled(indent, &text, style);
    for part in &trace.parts {
        expression(part, indent + 2, w);
    }
}

/// A value as in an expression.
pub(super) fn shown(value: &Value) -> String {
    match value.as_str() {
        Some(text) => format!("{text:?}"),
        None if value.value_type() == ValueType::StringMap => format!("{{{value}}}"),
        None => value.to_string(),
    }
}

fn verdict(verdict: &Verdict, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let status = &verdict.status;
    match verdict.is_ok() {
        true => f.write_str("allowed")?,
        false => match Code::from_number(status.code) {
            Some(code) => write!(f, "denied with {code}: {:?}", status.message)?,
            None => write!(f, "denied with {}: {:?}", status.code, status.message)?,
        },
    }
    let (duration, uses) = (verdict.valid_duration, verdict.valid_use_count);
    write!(f, ", which holds for {duration} and {uses} requests")?;
    if let Some(directive) = &verdict.directive {
        if directive.direct_response_code != 0 {
            let (code, body) = (
                directive.direct_response_code,
                &directive.direct_response_body,
            );
            write!(f, ", answered with HTTP {code} {body:?}")?;
        }
        let operations = [
            ("request", &directive.request_header_operations),
            ("response", &directive.response_header_operations),
        ];
        for (of, operations) in operations {
            for it in operations {
                let operation = it.operation().as_str_name().to_lowercase();
                write!(
                    f,
                    ", {operation} the {of}'s header {}: {:?}",
                    it.name, it.value
                )?;
            }
        }
    }
    Ok(())
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Check(it) => verdict(it, f),
            Answer::Reported => f.write_str("taken notice of"),
            Answer::Quota(grant) => match grant.status.code {
                0 => write!(f, "{} granted for {}", grant.amount, grant.valid_duration),
                _ => write!(f, "nothing granted: {:?}", grant.status.message),
            },
            Answer::Failed(errors) => write!(f, "failed: {}", one_line(&errors.to_string())),
        }
    }
}

impl fmt::Display for Explanation {
    /// As for a terminal of 100 columns, without colour.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false, WIDTH))
    }
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn lines_break_between_words_and_long_words_stay_whole() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(
            wrap("a verylongwordindeed b", 6),
            ["a", "verylongwordindeed", "b"]
        );
        assert_eq!(wrap("", 6), [""]);
    }
}
