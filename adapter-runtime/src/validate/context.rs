//! What is known while resources are checked.

use crate::definition::Registration;
use crate::document::{Content, Node, Problem, Problems, Span, quote};
use crate::value::ValueType;

use super::references::Index;
use super::resource::Resource;
use super::{Expression, ExpressionError, Expressions};

/// What is known while resources are checked, and what was found.
pub(super) struct Context<'c> {
    pub(super) adapters: &'c [Registration],
    pub(super) index: &'c Index<'c>,
    pub(super) expressions: &'c mut dyn Expressions,
    problems: &'c mut Problems,
    /// What adapters say of the `params` of handlers, which shows no secret.
    params: Problems,
    /// What may hold secrets.
    secrets: Vec<Span>,
}

impl<'c> Context<'c> {
    pub(super) fn new(
        adapters: &'c [Registration],
        index: &'c Index<'c>,
        expressions: &'c mut dyn Expressions,
        problems: &'c mut Problems,
    ) -> Context<'c> {
        Context {
            adapters,
            index,
            expressions,
            problems,
            params: Problems::new(),
            secrets: Vec::new(),
        }
    }

    /// Adds what an adapter says of the `params` of a handler.
    pub(super) fn push_of_params(&mut self, problem: Problem) {
        self.params.push(problem);
    }

    /// There may be a secret at this node, which nothing may show.
    pub(super) fn secret(&mut self, node: &Node) {
        self.secrets.push(node.span().clone());
    }

    /// All that was found, without secrets.
    pub(super) fn finish(self) {
        self.problems.conceal(self.secrets);
        self.problems.extend(self.params);
    }

    pub(super) fn push(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Adds an error at a node.
    pub(super) fn error(
        &mut self,
        resource: &Resource<'_>,
        node: &Node,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let problem = Problem::error(&node.start(), message).help(help);
        let problem = match node.content() {
            Content::Mapping(_) => problem.show_place_only(),
            _ => problem,
        };
        self.push(problem.path(resource.path_of(node)));
    }

    /// The text at a node.
    pub(super) fn text<'n>(&mut self, resource: &Resource<'_>, node: &'n Node) -> Option<&'n str> {
        match node.as_str() {
            Ok(text) => Some(text),
            Err(problem) => {
                self.push(problem.path(resource.path_of(node)));
                None
            }
        }
    }

    /// The items of the list at a node.
    pub(super) fn list<'n>(&mut self, resource: &Resource<'_>, node: &'n Node) -> &'n [Node] {
        match node.as_sequence() {
            Ok(items) => items,
            Err(problem) => {
                self.push(problem.path(resource.path_of(node)));
                &[]
            }
        }
    }

    /// Checks the expression at a node. Its type, if that is known.
    pub(super) fn expression(
        &mut self,
        resource: &Resource<'_>,
        node: &Node,
        wanted: Option<ValueType>,
        outputs: &[(String, ValueType)],
    ) -> Option<ValueType> {
        let text = match node.as_str() {
            Ok(text) => text,
            Err(problem) => {
                let problem = expected_expression(node).unwrap_or(problem);
                self.push(problem.path(resource.path_of(node)));
                return None;
            }
        };
        self.expression_text(resource, node, text, wanted, outputs)
    }

    /// Checks what an expression at a node means, which is another text than what is written there.
    pub(super) fn expression_text(
        &mut self,
        resource: &Resource<'_>,
        node: &Node,
        text: &str,
        wanted: Option<ValueType>,
        outputs: &[(String, ValueType)],
    ) -> Option<ValueType> {
        let expression = Expression {
            text,
            language: resource.language,
            wanted,
            outputs,
        };
        match self.expressions.check(&expression) {
            Ok(Some(found)) => {
                if let Some(wanted) = wanted.filter(|wanted| *wanted != found) {
                    let message = format!("{} is of the type {found}, not {wanted}", quote(text));
                    let help = format!("write an expression of the type {wanted}");
                    self.error(resource, node, message, help);
                }
                Some(found)
            }
            Ok(None) => None,
            Err(error) => {
                let problem = located(node, text, &error);
                self.push(problem.path(resource.path_of(node)));
                None
            }
        }
    }
}

/// What to say where something else is written than a text: expressions need quotes where YAML would
/// take them for something else.
pub(super) fn expected_expression(node: &Node) -> Option<Problem> {
    let written = node.span().text();
    match node.content() {
        Content::Bool(_) | Content::Integer(_) | Content::Float(_) => {
            let what = node.kind_name();
            let problem =
                Problem::error(node.span(), format!("expected an expression, got {what}"));
            Some(problem.help(format!("write {}", quote(&format!("\"{written}\"")))))
        }
        _ => None,
    }
}

/// The problem at its place within the expression, where that is written as it is.
fn located(node: &Node, text: &str, error: &ExpressionError) -> Problem {
    let (span, range) = (node.span(), error.range());
    let written = span.text();
    // Without quotes, or with quotes and nothing that is escaped.
    let offset = match written.find(text) {
        Some(offset) if !text.is_empty() && range.end <= text.len() => Some(offset),
        _ => None,
    };
    let place = match offset {
        Some(offset) => {
            let start = span.bytes().start + offset;
            span.source().span(start + range.start..start + range.end)
        }
        None => span.clone(),
    };
    let problem = Problem::error(&place, error.to_string());
    match error.remedy() {
        Some(help) => problem.help(help),
        None => problem,
    }
}
