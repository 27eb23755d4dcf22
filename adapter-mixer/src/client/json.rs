//! Answers for programs.

use adapter_runtime::Code;
use serde_json::{Map, Value, json};

use super::{duration, referenced, told};
use crate::proto::mixer::{CheckResponse, HeaderOperation, ReferencedAttributes, RouteDirective};
use crate::remote::CallError;

/// The answer to a check. Unlike [`check_text`](super::check_text), it has what the proxy is to do
/// with the request, and what each quota depends on.
#[must_use]
pub fn check_json(answer: &Result<CheckResponse, CallError>) -> Value {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return failure(error),
    };
    let precondition = answer.precondition.clone().unwrap_or_default();
    let status = precondition.status.unwrap_or_default();
    let quotas: Map<String, Value> = (answer.quotas.iter())
        .map(|(name, quota)| {
            let quota = json!({
                "granted_amount": quota.granted_amount,
                "valid_duration": duration(quota.valid_duration.as_ref()).to_string(),
                "references": references(quota.referenced_attributes.as_ref()),
            });
            (name.clone(), quota)
        })
        .collect();
    let mut shown = json!({
        "status": {"code": code(status.code), "message": status.message},
        "valid_use_count": precondition.valid_use_count,
        "valid_duration": duration(precondition.valid_duration.as_ref()).to_string(),
        "references": references(precondition.referenced_attributes.as_ref()),
        "quotas": quotas,
    });
    if let Some(directive) = &precondition.route_directive {
        shown["route_directive"] = route_directive(directive);
    }
    shown
}

/// The answer to a report: an empty object where it was taken.
#[must_use]
pub fn report_json(answer: &Result<(), CallError>) -> Value {
    match answer {
        Ok(()) => json!({}),
        Err(error) => failure(error),
    }
}

fn failure(error: &CallError) -> Value {
    let (code, message) = told(error);
    json!({"error": {"code": code, "message": message}})
}

fn code(number: i32) -> Value {
    match Code::from_number(number) {
        Some(code) => code.as_str().into(),
        None => number.into(),
    }
}

fn references(message: Option<&ReferencedAttributes>) -> Vec<Value> {
    let mut all: Vec<_> = message.into_iter().flat_map(referenced).collect();
    all.sort_unstable();
    let shown = all.into_iter().map(|(name, key, condition)| match key {
        Some(key) => json!({"name": name, "key": key, "condition": condition}),
        None => json!({"name": name, "condition": condition}),
    });
    shown.collect()
}

fn route_directive(directive: &RouteDirective) -> Value {
    let operations = |operations: &[HeaderOperation]| -> Vec<Value> {
        let shown = operations.iter().map(|it| {
            json!({
                "name": it.name,
                "value": it.value,
                "operation": it.operation().as_str_name(),
            })
        });
        shown.collect()
    };
    json!({
        "request_header_operations": operations(&directive.request_header_operations),
        "response_header_operations": operations(&directive.response_header_operations),
        "direct_response_code": directive.direct_response_code,
        "direct_response_body": directive.direct_response_body,
    })
}
