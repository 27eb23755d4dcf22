//! What requests come to, beyond Mixer's own tests: recorded from running it.

use std::collections::BTreeMap;
use std::time::Duration as StdDuration;

use adapter_mixer::Mixer;
use adapter_mixer::attribute::Bag;
use adapter_mixer::runtime::{Combination, QuotaRequest, Verdict};
use adapter_runtime::proto::model::CheckResult;
use adapter_runtime::{Code, QuotaResult};
use serde_json::{Value as Json, json};

use crate::deviation;
use crate::dispatch::{
    calls, directive, prost_duration, response, sorted, status, without_handler,
};
use crate::spy::{self, Spy};
use crate::value::{bag, plain, seen, values};
use crate::{Case, Outcome, cases, outcome, same, text};

pub(crate) fn extra(vectors: &Json) -> Vec<Case> {
    cases(vectors, "cases")
        .iter()
        .map(|case| {
            let group = text(case, "group");
            let run: fn(&Json) -> Outcome = match group {
                "check result combination" => |case| outcome(combination(case)),
                "check errors" => |case| outcome(errors(case)),
                "namespace selection" => |case| outcome(selection(case)),
                "namespace aliasing defect" => aliasing,
                "header directives" => |case| outcome(directives(case)),
                "preprocess merge" => |case| outcome(merge(case)),
                "report batching" => |case| outcome(batches(case)),
                "quota" => |case| outcome(quota(case)),
                _ => |_| Outcome::Failed("there is no test of this group".to_owned()),
            };
            (format!("{group}: {}", text(case, "name")), run(case))
        })
        .collect()
}

/// `{code, message, valid_duration_ns, valid_use_count, route_directive}`.
fn compare_result(expected: &Json, found: &Verdict) -> Result<(), String> {
    same(
        "code",
        expected["code"].as_i64(),
        Some(found.status.code.into()),
    )?;
    same(
        "message",
        expected["message"].as_str(),
        Some(&*found.status.message),
    )?;
    let duration = expected["valid_duration_ns"].as_i64().map(i128::from);
    same("duration", duration, Some(found.valid_duration.as_nanos()))?;
    same(
        "uses",
        expected["valid_use_count"].as_i64(),
        Some(found.valid_use_count.into()),
    )?;
    let wanted = directive(&expected["route_directive"]["value"]).map(sorted);
    same("directive", wanted, found.directive.clone().map(sorted))
}

fn combination(case: &Json) -> Result<(), String> {
    let mut combination = Combination::new();
    for result in cases(case, "adapter_results_in_order") {
        let mut status = status(result);
        if !result["direct_http_response"].is_null() {
            status.details = response(&result["direct_http_response"]["value"]);
        }
        let mut verdict = Verdict::from(CheckResult {
            status: Some(status),
            valid_duration: Some(prost_duration(
                result["valid_duration_ns"].as_i64().unwrap_or(0),
            )),
            valid_use_count: result["valid_use_count"].as_i64().unwrap_or_default() as i32,
        });
        verdict.directive = directive(&result["route_directive"]["value"]);
        combination.add(text(case, "handler"), verdict);
    }
    compare_result(&case["result"], &combination.finish())
}

/// Two handlers of which one fails, or one of whose instances can't be built: what the others
/// answered is lost.
fn errors(case: &Json) -> Result<(), String> {
    let panics = text(case, "name").contains("panics");
    let halt = if panics { "" } else { "\n  foo: attr.string" };
    let config = format!(
        "{MANIFEST}
kind: acheck
metadata: {{name: hcheck1, namespace: istio-system}}
---
kind: tcheck
metadata: {{name: icheck1, namespace: istio-system}}
---
kind: thalt
metadata: {{name: ihalt1, namespace: istio-system}}
spec:{halt}
---
kind: rule
metadata: {{name: r, namespace: istio-system}}
spec:
  actions:
  - {{handler: hcheck1.acheck, instances: [icheck1.tcheck, ihalt1.thalt]}}
"
    );
    let mut spy = Spy::default();
    if panics {
        spy.faults.push("PanicOnDispatchCheck tcheck".to_owned());
        spy.generated = Some("boom".to_owned());
    }
    spy::script(spy);
    let error = spy::block_on(async {
        let mixer = spy::mixer(&config).await;
        let error = mixer.check(&Bag::new()).await.err();
        mixer.shutdown().await;
        error
    });
    let error = error.ok_or("no error")?.to_string();
    match panics {
        true => same("error", text(case, "error"), &error)?,
        false => same(
            "error",
            "1 error occurred:\n\t* evaluation failed at [ihalt1.thalt.istio-system]'Foo': \
             'lookup failed: 'attr.string''\n\n",
            &error,
        )?,
    }
    let expected = calls(cases(case, "calls"));
    same(
        "calls",
        expected,
        spy::taken().calls.iter().map(without_handler).collect(),
    )
}

const MANIFEST: &str = "
kind: attributemanifest
metadata: {name: m, namespace: default}
spec: {attributes: {attr.string: {valueType: STRING}, attr.bool: {valueType: BOOL}}}
---";

/// A handler, an instance and a rule of one namespace.
fn denied(handler: &str, namespace: &str) -> String {
    format!(
        "
kind: acheck
metadata: {{name: {handler}, namespace: {namespace}}}
---
kind: tcheck
metadata: {{name: i{handler}, namespace: {namespace}}}
---
kind: rule
metadata: {{name: r{handler}, namespace: {namespace}}}
spec: {{actions: [{{handler: {handler}.acheck, instances: [i{handler}.tcheck]}}]}}
---"
    )
}

/// The handlers that are asked about a request.
fn asked(config: &str, attributes: &Bag<'_>) -> Vec<String> {
    spy::script(Spy::default());
    spy::block_on(async {
        let mixer = spy::mixer(config).await;
        mixer.check(attributes).await.expect("a verdict");
        mixer.shutdown().await;
    });
    spy::taken()
        .calls
        .into_iter()
        .map(|it| it.handler)
        .collect()
}

fn selection(case: &Json) -> Result<(), String> {
    let config = denied("hd", "istio-system") + &denied("ha", "nsa");
    let found = asked(&config, &bag(&case["attributes"]));
    same("handlers", &case["handlers_called_in_order"], &json!(found))
}

fn aliasing(case: &Json) -> Outcome {
    let name = text(case, "name");
    let count = name.split(' ').next().and_then(|it| it.parse().ok());
    let count: usize = count.expect("a number");
    let mut config = String::new();
    for number in 0..count {
        config += &denied(&format!("hd{number}"), "istio-system");
    }
    config += &(denied("hnsa", "nsa") + &denied("hnsb", "nsb"));
    let mut own = BTreeMap::new();
    for namespace in ["nsa", "nsb"] {
        let found = asked(&config, &Bag::from([("destination.namespace", namespace)]));
        if found.len() != count + 1 {
            return Outcome::Failed(format!("found {found:?} in {namespace}"));
        }
        own.insert(namespace, found.last().cloned());
    }
    let right = json!({ "nsa": "hnsa.acheck.nsa", "nsb": "hnsb.acheck.nsb" });
    match (
        json!(own) == right,
        case["leaked_into_other_namespace"] == json!(true),
    ) {
        (false, _) => Outcome::Failed(format!("found {own:?}")),
        (true, false) => Outcome::Passed,
        (true, true) => Outcome::Deviated(deviation::ALIASING),
    }
}

fn directives(case: &Json) -> Result<(), String> {
    spy::script(Spy::default());
    let verdict = spy::block_on(async {
        let mixer = spy::mixer(text(case, "config")).await;
        let verdict = mixer.check(&bag(&case["attributes"])).await;
        mixer.shutdown().await;
        verdict
    });
    compare_result(
        &case["result"],
        &verdict.map_err(|error| error.to_string())?,
    )?;
    let expected = calls(cases(case, "calls"));
    same(
        "calls",
        expected,
        spy::taken().calls.iter().map(without_handler).collect(),
    )
}

fn merge(case: &Json) -> Result<(), String> {
    let (attribute, output) = case["adapter_output"]
        .as_object()
        .and_then(|it| it.iter().next())
        .expect("an attribute");
    let config = format!(
        "{MANIFEST}
kind: apa
metadata: {{name: h, namespace: istio-system}}
---
kind: tapa
metadata: {{name: i, namespace: istio-system}}
spec: {{attribute_bindings: {{{attribute}: $out.generated_string}}}}
---
kind: rule
metadata: {{name: r, namespace: istio-system}}
spec: {{actions: [{{handler: h.apa, instances: [i.tapa]}}]}}
"
    );
    spy::script(Spy {
        generated: output.as_str().map(str::to_owned),
        ..Spy::default()
    });
    let request = case["request"].as_object().into_iter().flatten();
    let request: Bag<'_> = request
        .map(|(name, value)| (name.as_str(), value.as_str().expect("a text")))
        .collect();
    let found = spy::block_on(async {
        let mixer = spy::mixer(&config).await;
        let dispatch = mixer.dispatch().expect("it is not shut down");
        let generated = dispatch.preprocess(&request).await;
        drop(dispatch);
        mixer.shutdown().await;
        generated
    });
    let generated = found.map_err(|error| error.to_string())?.on(&request);
    same("calls", 1, spy::taken().calls.len())?;
    for (name, value) in values(&case["visible_after"]) {
        same(&name, Some(value), seen(&generated, &name).map(plain))?;
    }
    Ok(())
}

fn batches(case: &Json) -> Result<(), String> {
    spy::script(Spy::default());
    let bags = cases(case, "bags").iter().map(|bag| {
        let values = bag.as_object().into_iter().flatten();
        let mut bag = Bag::new();
        for (name, value) in values {
            match value {
                Json::Bool(value) => bag.insert(name.as_str(), *value),
                value => bag.insert(name.as_str(), value.as_str().expect("a text")),
            }
        }
        bag
    });
    let bags: Vec<Bag<'_>> = bags.collect();
    let (added, flushed) = spy::block_on(async {
        let mixer = spy::mixer(text(case, "config")).await;
        let dispatch = mixer.dispatch().expect("it is not shut down");
        let mut report = dispatch.report();
        let mut added = Vec::new();
        for bag in &bags {
            added.extend(report.add(bag).await.err());
        }
        let flushed = report.flush().await;
        drop(dispatch);
        mixer.shutdown().await;
        (added, flushed)
    });
    same(
        "flush",
        text(case, "flush_error"),
        &flushed.err().map_or("<nil>".into(), |it| it.to_string()),
    )?;
    // Mixer's fake doesn't name the field.
    let causes = |text: &str| {
        let causes = text
            .lines()
            .filter_map(|line| line.split_once("lookup failed: "));
        causes
            .map(|(_, cause)| cause.trim_end_matches('\'').to_owned())
            .collect::<Vec<_>>()
    };
    let expected = case["report_errors"].as_array().into_iter().flatten();
    let expected: Vec<_> = expected.filter_map(Json::as_str).flat_map(causes).collect();
    let found: Vec<_> = added
        .iter()
        .flat_map(|it| causes(&it.to_string()))
        .collect();
    same("errors", expected, found)?;
    let calls = spy::taken().calls;
    same(
        "calls",
        case["handler_calls"].as_u64(),
        Some(calls.len() as u64),
    )?;
    let expected = case["instances_per_call"].as_array().into_iter().flatten();
    let expected: Vec<_> = expected
        .filter_map(Json::as_str)
        .map(str::to_owned)
        .collect();
    let found = calls
        .iter()
        .map(|it| it.instances.len().to_string())
        .collect();
    same("instances", expected, found)
}

fn quota(case: &Json) -> Result<(), String> {
    let expected = &case["result"];
    let called = !cases(case, "calls").is_empty();
    let mut spy = Spy::default();
    let (code, amount) = (expected["code"].as_i64(), expected["amount"].as_i64());
    let duration = expected["valid_duration_ns"].as_u64().unwrap_or_default();
    if called {
        spy.quotas
            .push_back(match Code::from_number(code.unwrap_or(0) as i32) {
                Some(Code::Ok) => {
                    QuotaResult::grant(amount.unwrap_or(0), StdDuration::from_nanos(duration))
                }
                code => QuotaResult::deny(code.expect("a code"), "none"),
            });
    }
    spy::script(spy);
    let request = QuotaRequest {
        name: text(case, "quota").to_owned(),
        amount: case["amount"].as_i64().unwrap_or_default(),
        best_effort: true,
        deduplication_id: "d".to_owned(),
    };
    let mut attributes = Bag::new();
    for (name, value) in case["attributes"].as_object().into_iter().flatten() {
        attributes.insert(name.as_str(), value.as_bool().expect("a bool"));
    }
    let answer = spy::block_on(async {
        let mixer: Mixer = spy::mixer(&format!("{MANIFEST}\n{}", text(case, "config"))).await;
        let answer = mixer.quota(&attributes, &request).await;
        mixer.shutdown().await;
        answer
    });
    let found = answer.map_err(|error| error.to_string())?;
    same("code", code, Some(found.status.code.into()))?;
    same("message", text(expected, "message"), &found.status.message)?;
    same("amount", amount, Some(found.amount))?;
    same(
        "duration",
        i128::from(duration),
        found.valid_duration.as_nanos(),
    )?;
    let calls_ = calls(cases(case, "calls"));
    same(
        "calls",
        calls_,
        spy::taken().calls.iter().map(without_handler).collect(),
    )
}
