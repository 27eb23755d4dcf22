//! The way of a request as JSON, for programs.

use adapter_runtime::document::Span;
use serde_json::{Value as Json, json};

use super::text::shown;
use super::{Answer, Explanation};
use crate::language::{Outcome, Trace};
use crate::runtime::{DispatchTrace, RuleOutcome, RuleTrace};

impl Explanation {
    /// The way as JSON.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let headline = &self.headline;
        let attributes = self.attributes.iter();
        let attributes = attributes.map(|(name, value)| (name.clone(), json!(shown(value))));
        let dispatches = self.trace.dispatches.iter();
        json!({
            "verb": self.verb.to_string(),
            "headline": {
                "cause": format!("{:?}", headline.cause),
                "sentence": headline.sentence,
                "place": headline.place.as_ref().map(place),
                "remedy": headline.remedy,
            },
            "attributes": attributes.collect::<serde_json::Map<_, _>>(),
            "notes": self.notes,
            "fields": self.fields,
            "dispatches": dispatches.map(dispatch).collect::<Vec<_>>(),
            "answer": match &self.answer {
                Answer::Check(verdict) => json!({
                    "code": verdict.status.code,
                    "message": verdict.status.message,
                    "validDuration": verdict.valid_duration.to_string(),
                    "validUseCount": verdict.valid_use_count,
                }),
                Answer::Reported => json!({}),
                Answer::Quota(grant) => json!({
                    "amount": grant.amount,
                    "validDuration": grant.valid_duration.to_string(),
                    "code": grant.status.code,
                    "message": grant.status.message,
                }),
                Answer::Failed(errors) => json!({
                    "errors": errors.iter().map(ToString::to_string).collect::<Vec<_>>(),
                }),
            },
            "problems": self
                .problems
                .iter()
                .map(|it| serde_json::to_value(&it.problem).unwrap_or_default())
                .collect::<Vec<_>>(),
        })
    }
}

fn place(span: &Span) -> Json {
    json!({"file": span.source().name(), "line": span.line(), "column": span.column()})
}

fn dispatch(dispatch: &DispatchTrace) -> Json {
    let instances = dispatch.instances.iter().map(|it| {
        json!({
            "rule": it.rule.to_string(),
            "instance": it.instance,
            "template": it.template,
            "handler": &*it.handler,
            "built": it.built.as_ref().ok(),
            "error": it.built.as_ref().err().map(ToString::to_string),
        })
    });
    let calls = dispatch.calls.iter().map(|it| {
        json!({
            "handler": &*it.handler,
            "asked": it.asked,
            "answer": it.answer.as_ref().ok(),
            "error": it.answer.as_ref().err(),
            "seconds": it.took.as_secs_f64(),
        })
    });
    json!({
        "variety": dispatch.variety.to_string(),
        "namespace": dispatch.namespace.namespace,
        "namespaceBy": dispatch.namespace.attribute,
        "defaultNamespace": dispatch.default_namespace,
        "rules": dispatch.rules.iter().map(rule).collect::<Vec<_>>(),
        "instances": instances.collect::<Vec<_>>(),
        "calls": calls.collect::<Vec<_>>(),
    })
}

fn rule(rule: &RuleTrace) -> Json {
    let (outcome, evaluated) = match &rule.outcome {
        RuleOutcome::Always => ("always", None),
        RuleOutcome::Matched(trace) => ("matched", Some(trace)),
        RuleOutcome::NotMatched(trace) => ("notMatched", Some(trace)),
        RuleOutcome::Failed(trace, _) => ("failed", Some(trace)),
        RuleOutcome::Broken => ("broken", None),
    };
    json!({
        "rule": rule.rule.to_string(),
        "place": place(&rule.place),
        "concerned": rule.concerned,
        "outcome": outcome,
        "condition": evaluated.map(expression),
    })
}

fn expression(trace: &Trace) -> Json {
    let (value, error) = match &trace.outcome {
        Outcome::Value(value) => (Some(shown(value)), None),
        Outcome::Failed(error) => (None, Some(error.to_string())),
        outcome => (None, Some(outcome.to_string())),
    };
    json!({
        "text": trace.text,
        "value": value,
        "error": error,
        "parts": trace.parts.iter().map(expression).collect::<Vec<_>>(),
    })
}
