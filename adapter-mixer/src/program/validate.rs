//! The command `validate`: what an adapter's program checks, and what needs types and rules.

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use adapter_runtime::document::{Problem, Problems};
use adapter_runtime::validate::{
    self as checks, Expression as Checked, ExpressionError, Expressions, Validator,
};
use adapter_runtime::value::ValueType;
use clap::Args;

use super::source::SourceArgs;
use super::{Format, has_color, print};
use crate::attribute::{Bag, Vocabulary};
use crate::config::{Condition, Converted, Snapshot, Store};
use crate::language::{Expression, Outcome};

#[derive(Debug, Args)]
pub(super) struct ValidateArgs {
    /// A file with one or more documents, or a folder of such
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How to show what is wrong
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    output: Format,
}

impl ValidateArgs {
    pub(super) fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        let registry = SourceArgs::registry()?;
        let mut typed = TypeChecked(Vocabulary::istio());
        let mut validator = Validator::new().with_expressions(&mut typed);
        if let Some(registry) = &registry {
            validator = validator.with_adapters(registry);
        }
        let mut found = Problems::new();
        let documents = checks::read(&self.files, &validator, &mut found)?;
        validator.validate(&documents, &mut found);
        let source = SourceArgs::of(self.files);
        let loaded = source.documents(registry.as_ref())?.load();
        let hosts = SourceArgs::hosts(registry.as_ref())?;
        let converted = Converted::default().update(&loaded.resources, &hosts, &mut Vec::new());
        let snapshot = Snapshot::resolve(1, &converted, &hosts, Vec::new());
        found.extend(in_vain(&snapshot));
        found.sort();
        match self.output {
            Format::Json => print(&format!("{:#}\n", serde_json::to_value(&found)?))?,
            Format::Text if found.is_empty() => {
                let documents = match documents.len() {
                    1 => "1 document".to_owned(),
                    count => format!("{count} documents"),
                };
                print(&format!("{documents}, no problems\n"))?;
            }
            Format::Text => {
                let width = terminal_size::terminal_size_of(io::stderr());
                let width = width.map_or(Problems::WIDTH, |(width, _)| width.0.into());
                eprint!("{}", found.render(has_color(&io::stderr()), width));
            }
        }
        Ok(match found.has_errors() {
            true => ExitCode::FAILURE,
            false => ExitCode::SUCCESS,
        })
    }
}

/// What is right, and will never have an effect.
fn in_vain(snapshot: &Snapshot) -> Vec<Problem> {
    let mut problems = Vec::new();
    for handler in snapshot.handlers.values() {
        let mut actions = snapshot.rules.iter().flat_map(|it| &it.actions);
        if !actions.any(|it| it.handler.key == handler.key) {
            let message = format!(
                "no rule sends anything to the handler `{}`",
                handler.key.name
            );
            let help = "write a rule whose action names it, or remove the handler";
            problems.push(Problem::warning(&handler.place, message).help(help));
        }
    }
    for rule in &snapshot.rules {
        let (Condition::If(condition), Some(text)) = (&rule.condition, &rule.text) else {
            continue;
        };
        if is_never(condition) {
            let message = format!("the rule `{}` can never match", rule.key.name);
            let help = "its condition is false, whatever the request: remove the rule, or write \
                        what is to be true";
            problems.push(Problem::warning(&text.place, message).help(help));
        }
    }
    problems
}

/// Whether a condition is false, whatever the attributes are: it reads none to be so.
fn is_never(condition: &Expression) -> bool {
    let trace = condition.trace(&Bag::new());
    let is_false =
        matches!(&trace.outcome, Outcome::Value(value) if value.as_bool() == Some(false));
    is_false && !reads(&trace)
}

/// Whether an evaluation depended on an attribute.
fn reads(trace: &crate::language::Trace) -> bool {
    match &trace.outcome {
        Outcome::NotEvaluated => false,
        Outcome::Absent | Outcome::Failed(_) => true,
        Outcome::Value(_) => trace.parts.iter().any(reads),
    }
}

/// Checks expressions with their types, by the attributes that there are.
struct TypeChecked(Vocabulary);

impl Expressions for TypeChecked {
    fn declare(&mut self, attribute: &str, ty: ValueType) {
        self.0.declare(attribute, ty);
    }

    fn check(&mut self, expression: &Checked<'_>) -> Result<Option<ValueType>, ExpressionError> {
        checks::check_syntax(expression.text, expression.language)?;
        if expression.language != checks::Language::Cexl {
            return Ok(None);
        }
        let with_outputs;
        let vocabulary = match expression.outputs {
            [] => &self.0,
            outputs => {
                let mut all = self.0.clone();
                for (name, ty) in outputs {
                    all.declare(name.as_str(), *ty);
                }
                with_outputs = all;
                &with_outputs
            }
        };
        match Expression::compile(expression.text, vocabulary) {
            Ok(compiled) => Ok(Some(compiled.value_type())),
            Err(error) => {
                let range = error.span().start..error.span().end;
                let wrong = ExpressionError::new(error.to_string(), range);
                Err(match error.help() {
                    Some(help) => wrong.help(help),
                    None => wrong,
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Expression, Vocabulary, is_never};

    #[test]
    fn a_condition_is_never_true_if_no_attribute_can_change_it() {
        let never = |text| {
            let compiled = Expression::compile(text, &Vocabulary::istio()).expect(text);
            is_never(&compiled)
        };
        assert!(never("false"));
        assert!(never("1 == 2"));
        assert!(never("false && request.size > 5"));
        assert!(!never("(request.size | 0) > 5"));
        assert!(!never("request.path == \"/\" && false"));
    }
}
