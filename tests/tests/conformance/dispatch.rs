//! What requests come to.

use std::collections::BTreeMap;
use std::time::Duration as StdDuration;

use adapter_mixer::Mixer;
use adapter_mixer::attribute::{Attributes, Bag};
use adapter_mixer::proto::mixer::header_operation::Operation;
use adapter_mixer::proto::mixer::{HeaderOperation, RouteDirective};
use adapter_mixer::runtime::{
    Combination, DispatchErrors, QuotaAnswer, QuotaRequest, Verdict, direct_response, namespace_of,
};
use adapter_runtime::proto::model::CheckResult;
use adapter_runtime::proto::policy::{DirectHttpResponse, HttpStatusCode};
use adapter_runtime::proto::rpc::Status;
use adapter_runtime::{Code, QuotaArgs, QuotaResult};
use prost_types::Any;
use serde_json::{Value as Json, json};

use crate::deviation;
use crate::spy::{self, Called, Spy};
use crate::value::{bag, plain, seen, values};
use crate::{Case, Outcome, cases, outcome, same, text};

/// The name of the handler in most vectors.
const HANDLER: &str = "hcheck1.acheck.istio-system";

pub(crate) fn dispatcher(vectors: &Json) -> Vec<Case> {
    let mut all = Vec::new();
    for case in cases(vectors, "cases") {
        let name = text(case, "name");
        let config = format!(
            "{}\n---\n{}",
            text(vectors, "service_config"),
            text(case, "config")
        );
        all.push((name.to_owned(), outcome(dispatched(case, &config))));
    }
    for case in cases(vectors, "direct_response") {
        let mut response = response(&case["response"]["json"]);
        let mut status = status(&case["status"]["json"]);
        status.details.append(&mut response);
        let found = direct_response(&status).map(sorted);
        let expected = directive(&case["expected_directive"]["json"]).map(sorted);
        all.push((
            text(case, "name").to_owned(),
            outcome(same("directive", expected, found)),
        ));
    }
    for case in cases(vectors, "identity_namespace") {
        let found = namespace_of(&bag(&case["attributes"])).namespace;
        let result = same("namespace", text(case, "namespace"), &found);
        all.push((
            format!("namespace of {}", case["attributes"]),
            outcome(result),
        ));
    }
    all
}

fn dispatched(case: &Json, config: &str) -> Result<(), String> {
    let mut spy = Spy::default();
    let mut attributes = bag(&case["attributes"]);
    let mut config = config.to_owned();
    let mut instance_fails = false;
    for settings in case["template_settings"].as_array().into_iter().flatten() {
        let template = text(settings, "Name");
        for (name, value) in settings.as_object().into_iter().flatten() {
            if *value == json!(true) {
                spy.faults.push(format!("{name} {template}"));
            }
        }
        for result in settings["QuotaResults"].as_array().into_iter().flatten() {
            let status = &result["Status"]["json"];
            let code = status["code"].as_i64().unwrap_or_default();
            let duration = nanos(&result["ValidDuration"]);
            let amount = result["Amount"].as_i64().unwrap_or_default();
            spy.quotas.push_back(match Code::from_number(code as i32) {
                Some(Code::Ok) => QuotaResult::grant(amount, StdDuration::from_nanos(duration)),
                code => QuotaResult::deny(code.expect("a code"), text(status, "message")),
            });
        }
        if let Some(outputs) = settings["OutputAttrs"].as_object() {
            // The template of Mixer's test has attributes as its output; here they are bound.
            spy.generated = outputs
                .values()
                .next()
                .and_then(Json::as_str)
                .map(str::to_owned);
            let bound = outputs.keys().next().expect("an attribute");
            let binding = "source.name: $out.generated.string | \"\"";
            config = config.replace(binding, &format!("{bound}: $out.generated_string"));
        }
        if settings["ErrorAtCreateInstance"] == json!(true) {
            instance_fails = true;
            config = config.replace(
                "name: icheck1\n  namespace: istio-system\nspec:\n",
                "name: icheck1\n  namespace: istio-system\nspec:\n  foo: attr.string\n",
            );
        }
    }
    // The namespace of Mixer's test is in an attribute of its own.
    if let Some(ident) = seen(&attributes, "ident") {
        let ident = ident.to_string();
        let namespace = ident.split('.').nth(1).unwrap_or_default().to_owned();
        attributes.insert("destination.namespace", namespace);
    }
    spy::script(spy);
    let (expected_check, expected_quota) = (&case["expected_check"], &case["expected_quota"]);
    let expected_error = case["expected_error"].as_str();
    let failed = |error: Option<DispatchErrors>| match (expected_error, error) {
        (None, None) => Ok(true),
        (Some(_), Some(error)) if instance_fails => {
            same("errors", 1, error.iter().len()).map(|()| false)
        }
        (Some(expected), Some(error)) => {
            // Mixer's library writes its lists in another way by now.
            let words = |text: &str| {
                text.split_whitespace()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            };
            same("error", words(expected), words(&error.to_string())).map(|()| false)
        }
        (expected, error) => Err(format!("expected {expected:?}, found {error:?}")),
    };
    spy::block_on(async {
        let mixer = spy::mixer(&config).await;
        let result = match text(case, "variety") {
            "TEMPLATE_VARIETY_CHECK" | "TEMPLATE_VARIETY_CHECK_WITH_OUTPUT" => {
                match mixer.check(&attributes).await {
                    Ok(_) if has_results(case) => combined(case),
                    Ok(verdict) => {
                        failed(None).and_then(|_| compare_check(expected_check, verdict))
                    }
                    Err(error) => failed(Some(error)).map(|_| ()),
                }
            }
            "TEMPLATE_VARIETY_QUOTA" => {
                match mixer
                    .quota(&attributes, &quota_request(&case["quota_args"]))
                    .await
                {
                    Ok(answer) => failed(None).and_then(|_| compare_quota(expected_quota, &answer)),
                    Err(error) => failed(Some(error)).map(|_| ()),
                }
            }
            "TEMPLATE_VARIETY_REPORT" => {
                let bags: [&dyn Attributes; 1] = [&attributes];
                failed(mixer.report(bags).await.err()).map(|_| ())
            }
            _ => {
                let dispatch = mixer.dispatch().expect("it is not shut down");
                match dispatch.preprocess(&attributes).await {
                    Ok(generated) => {
                        let expected: BTreeMap<_, _> =
                            values(&case["expected_response_attributes"])
                                .into_iter()
                                .collect();
                        let found = generated.own();
                        let found = found.map(|(name, value)| (name.to_owned(), value.clone()));
                        failed(None).and_then(|_| same("attributes", expected, found.collect()))
                    }
                    Err(error) => failed(Some(error)).map(|_| ()),
                }
            }
        };
        mixer.shutdown().await;
        result
    })?;
    let expected = calls(
        case["expected_calls"]
            .as_array()
            .map_or(&[][..], Vec::as_slice),
    );
    same(
        "calls",
        expected,
        spy::taken().calls.iter().map(without_handler).collect(),
    )
}

fn has_results(case: &Json) -> bool {
    let settings = case["template_settings"].as_array();
    settings
        .into_iter()
        .flatten()
        .any(|it| it["CheckResults"].is_array())
}

/// The results of the adapters of a case, combined. Some of them are none that an adapter of this
/// SDK can give, such as a response without a status.
fn combined(case: &Json) -> Result<(), String> {
    let mut combination = Combination::new();
    let settings = case["template_settings"].as_array().into_iter().flatten();
    let results = settings.flat_map(|it| it["CheckResults"].as_array().into_iter().flatten());
    for result in results {
        let duration = nanos(&result["ValidDuration"]);
        combination.add(
            HANDLER,
            Verdict::from(CheckResult {
                status: Some(status(&result["Status"]["json"])),
                valid_duration: Some(prost_duration(duration as i64)),
                valid_use_count: result["ValidUseCount"].as_i64().unwrap_or_default() as i32,
            }),
        );
    }
    compare_check(&case["expected_check"], combination.finish())
}

fn compare_check(expected: &Json, found: Verdict) -> Result<(), String> {
    let wanted = status(&expected["Status"]["json"]);
    same("code", wanted.code, found.status.code)?;
    same("message", &wanted.message, &found.status.message)?;
    let duration = i128::from(nanos(&expected["ValidDuration"]));
    same("duration", duration, found.valid_duration.as_nanos())?;
    let uses = expected["ValidUseCount"].as_i64().unwrap_or_default();
    same("uses", uses, i64::from(found.valid_use_count))?;
    let wanted = directive(&expected["RouteDirective"]["json"]).map(sorted);
    same("directive", wanted, found.directive.map(sorted))
}

fn compare_quota(expected: &Json, found: &QuotaAnswer) -> Result<(), String> {
    let wanted = status(&expected["Status"]["json"]);
    same("code", wanted.code, found.status.code)?;
    same("message", &wanted.message, &found.status.message)?;
    if wanted.code != 0 {
        // A denial grants nothing, whatever Mixer's fake does.
        return same("amount", 0, found.amount);
    }
    let amount = expected["Amount"].as_i64().unwrap_or_default();
    same("amount", amount, found.amount)?;
    let duration = i128::from(nanos(&expected["ValidDuration"]));
    same("duration", duration, found.valid_duration.as_nanos())
}

fn quota_request(json: &Json) -> QuotaRequest {
    match json {
        // Mixer's test asks for this where a case says nothing.
        Json::Null => QuotaRequest {
            name: "iquota1".to_owned(),
            best_effort: true,
            ..QuotaRequest::default()
        },
        json => QuotaRequest {
            name: text(json, "Quota").to_owned(),
            amount: json["Amount"].as_i64().unwrap_or_default(),
            best_effort: json["BestEffort"].as_bool().unwrap_or_default(),
            deduplication_id: text(json, "DeduplicationID").to_owned(),
        },
    }
}

/// The dispatches in a log of Mixer's test.
fn calls(lines: &[Json]) -> Vec<Called> {
    let lines = lines.iter().filter_map(Json::as_str);
    let lines = lines.filter(|line| line.contains("Dispatch") && line.contains("=> instance"));
    lines
        .map(|line| {
            let template = line[1..].split(']').next().expect("a template");
            let known = [
                "tcheck",
                "thalt",
                "treport",
                "tquota",
                "tapa",
                "tcheckoutput",
            ];
            let template = known.into_iter().find(|it| *it == template).expect(line);
            let structs = line.split("&Struct{Fields").skip(1);
            let instances = structs.map(|it| {
                let (_, value) = it.split_once("StringValue:")?;
                value.split(',').next().map(str::to_owned)
            });
            let quota = line.split_once("qArgs:{").map(|(_, args)| {
                let mut parts = args.split('\'');
                let mut next = || parts.nth(1).expect("a value").to_owned();
                let dedup_id = next();
                let amount = next().parse().expect("a number");
                let best_effort = next() == "true";
                QuotaArgs {
                    dedup_id,
                    amount,
                    best_effort,
                }
            });
            Called {
                template,
                handler: String::new(),
                instances: instances.collect(),
                quota,
            }
        })
        .collect()
}

fn without_handler(called: &Called) -> Called {
    Called {
        handler: String::new(),
        ..called.clone()
    }
}

fn nanos(json: &Json) -> u64 {
    json["duration_ns"].as_u64().unwrap_or_default()
}

fn prost_duration(nanos: i64) -> prost_types::Duration {
    prost_types::Duration {
        seconds: nanos / 1_000_000_000,
        nanos: (nanos % 1_000_000_000) as i32,
    }
}

/// `google.rpc.Status` in JSON.
fn status(json: &Json) -> Status {
    let details = json["details"].as_array().into_iter().flatten();
    Status {
        code: json["code"].as_i64().unwrap_or_default() as i32,
        message: json["message"].as_str().unwrap_or_default().to_owned(),
        details: details.flat_map(response).collect(),
    }
}

/// `DirectHttpResponse` in JSON.
fn response(json: &Json) -> Vec<Any> {
    let code = match &json["code"] {
        Json::String(name) => HttpStatusCode::from_str_name(name).expect("a code") as i32,
        code => code.as_i64().unwrap_or_default() as i32,
    };
    let headers = json["headers"].as_object().into_iter().flatten();
    let text = |value: &Json| value.as_str().expect("a text").to_owned();
    let response = DirectHttpResponse {
        code,
        body: json["body"].as_str().unwrap_or_default().to_owned(),
        headers: headers
            .map(|(name, value)| (name.clone(), text(value)))
            .collect(),
    };
    vec![Any::from_msg(&response).expect("a message")]
}

/// `RouteDirective` in JSON.
pub(crate) fn directive(json: &Json) -> Option<RouteDirective> {
    if json.is_null() {
        return None;
    }
    let operations = |name: &str| {
        let list = json[name].as_array().into_iter().flatten();
        list.map(|it| {
            let operation = it["operation"].as_str().unwrap_or("REPLACE");
            HeaderOperation {
                name: text(it, "name").to_owned(),
                value: it["value"].as_str().unwrap_or_default().to_owned(),
                operation: Operation::from_str_name(operation)
                    .expect("an operation")
                    .into(),
            }
        })
        .collect()
    };
    Some(RouteDirective {
        request_header_operations: operations("request_header_operations"),
        response_header_operations: operations("response_header_operations"),
        direct_response_code: json["direct_response_code"].as_u64().unwrap_or_default() as u32,
        direct_response_body: json["direct_response_body"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
    })
}

/// Mixer's order of the headers of a direct response is random.
fn sorted(mut directive: RouteDirective) -> RouteDirective {
    if directive.direct_response_code != 0 {
        directive
            .response_header_operations
            .sort_by(|a, b| a.name.cmp(&b.name));
    }
    directive
}

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
