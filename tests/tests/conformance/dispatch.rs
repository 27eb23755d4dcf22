//! What requests come to.

use std::collections::BTreeMap;
use std::time::Duration as StdDuration;

use adapter_mixer::attribute::Attributes;
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

use crate::spy::{self, Called, Spy};
use crate::value::{bag, seen, values};
use crate::{Case, cases, outcome, same, text};

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
pub(crate) fn calls(lines: &[Json]) -> Vec<Called> {
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

pub(crate) fn without_handler(called: &Called) -> Called {
    Called {
        handler: String::new(),
        ..called.clone()
    }
}

fn nanos(json: &Json) -> u64 {
    json["duration_ns"].as_u64().unwrap_or_default()
}

pub(crate) fn prost_duration(nanos: i64) -> prost_types::Duration {
    prost_types::Duration {
        seconds: nanos / 1_000_000_000,
        nanos: (nanos % 1_000_000_000) as i32,
    }
}

/// `google.rpc.Status` in JSON.
pub(crate) fn status(json: &Json) -> Status {
    let details = json["details"].as_array().into_iter().flatten();
    Status {
        code: json["code"].as_i64().unwrap_or_default() as i32,
        message: json["message"].as_str().unwrap_or_default().to_owned(),
        details: details.flat_map(response).collect(),
    }
}

/// `DirectHttpResponse` in JSON.
pub(crate) fn response(json: &Json) -> Vec<Any> {
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
pub(crate) fn sorted(mut directive: RouteDirective) -> RouteDirective {
    if directive.direct_response_code != 0 {
        directive
            .response_header_operations
            .sort_by(|a, b| a.name.cmp(&b.name));
    }
    directive
}
