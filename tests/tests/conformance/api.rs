//! The Mixer API, in front of a dispatcher that does as it is told.

use std::sync::Mutex;

use adapter_mixer::api::{Dispatcher, DispatcherError, check, report};
use adapter_mixer::attribute::{Attributes, Bag, GlobalDictionary, compress};
use adapter_mixer::proto::mixer::referenced_attributes::Condition;
use adapter_mixer::proto::mixer::report_request::RepeatedAttributesSemantics;
use adapter_mixer::proto::mixer::{
    CheckRequest, ReferencedAttributes, ReportRequest, RouteDirective, check_request::QuotaParams,
};
use adapter_mixer::proto::{ReceivedCheck, ReceivedReport};
use adapter_mixer::runtime::{CheckAnswer, QuotaAnswer, QuotaRequest, Verdict};
use adapter_runtime::Code;
use adapter_runtime::proto::model::CheckResult;
use adapter_runtime::proto::rpc::Status;
use adapter_runtime::value::{Duration, Map, Str, Value};
use prost::Message;
use serde_json::{Value as Json, json};

use crate::attributes::compressed;
use crate::spy::block_on;
use crate::value::{plain, seen, value};
use crate::{Case, Outcome, cases, outcome, same, text};

/// Does what a vector says of each step, and notes what it is asked.
#[derive(Default)]
struct Scripted<'v> {
    check: &'v str,
    preprocess: &'v str,
    quota: &'v str,
    /// What adding a request to a report fails with, and how often.
    buffer: Mutex<Vec<Option<&'static str>>>,
    flush: Option<&'static str>,
    /// The attributes whose values are noted.
    names: Vec<String>,
    /// What the generator gives each bag.
    generated: Mutex<Vec<Bag<'static>>>,
    calls: Mutex<Vec<Json>>,
}

struct Failed(String);

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl DispatcherError for Failed {}

impl Scripted<'_> {
    fn note(&self, call: Json) {
        self.calls.lock().expect("nothing panics here").push(call);
    }
}

/// Reads what a script says that is read: `reads a, m[k]; …`.
fn read(script: &str, attributes: &dyn Attributes) {
    let Some(names) = script.strip_prefix("reads ") else {
        return;
    };
    let names = names.split(';').next().unwrap_or_default();
    for name in names.replace(" and ", ", ").split(", ") {
        if name.starts_with("sets ") {
            continue;
        }
        match name.split_once('[') {
            None => drop(attributes.get(name)),
            Some((map, key)) => {
                let Some(adapter_mixer::attribute::ValueRef::StringMap(map)) = attributes.get(map)
                else {
                    panic!("no map {map}");
                };
                map.get(key.trim_end_matches(']'));
            }
        }
    }
}

fn verdict(code: i32, message: &str, seconds: i64, uses: i32) -> Verdict {
    let status = Status {
        code,
        message: message.to_owned(),
        details: Vec::new(),
    };
    Verdict::from(CheckResult {
        status: Some(status),
        valid_duration: Some(prost_types::Duration { seconds, nanos: 0 }),
        valid_use_count: uses,
    })
}

impl Dispatcher for Scripted<'_> {
    type Error = Failed;
    type Batches<'d>
        = ()
    where
        Self: 'd;

    async fn preprocess(&self, attributes: &dyn Attributes) -> Result<Bag<'static>, Failed> {
        if self.preprocess == "error" {
            return Err(Failed("123 preproc failed".to_owned()));
        }
        read(self.preprocess, attributes);
        let generated = self.generated.lock().expect("nothing panics here").pop();
        Ok(match self.preprocess.contains("sets gen") {
            true => Bag::from([("gen", "generated")]),
            false => generated.unwrap_or_default(),
        })
    }

    async fn check(&self, attributes: &dyn Attributes) -> Result<CheckAnswer, Failed> {
        read(self.check, attributes);
        Ok(match self.check {
            "empty result" => verdict(0, "", 0, 0),
            "PERMISSION_DENIED" => verdict(7, "Not Implemented", 1, 0),
            "PERMISSION_DENIED with one detail and a directive" => {
                let mut denied = verdict(7, "no", 0, 0);
                denied.status.details.push(prost_types::Any::default());
                denied.directive = Some(RouteDirective {
                    direct_response_code: 403,
                    direct_response_body: "b".to_owned(),
                    ..RouteDirective::default()
                });
                denied
            }
            "status 12345678" => verdict(12_345_678, "DEADBEEF!", 0, 0),
            "error BAD" => return Err(Failed("BAD".to_owned())),
            _ => verdict(0, "", 5, 3),
        })
    }

    async fn quota(
        &self,
        attributes: &dyn Attributes,
        quota: &QuotaRequest,
    ) -> Result<QuotaAnswer, Failed> {
        self.note(json!({
            "quota": quota.name, "amount": quota.amount, "best_effort": quota.best_effort,
            "dedup_id": quota.deduplication_id,
        }));
        read(self.quota, attributes);
        let mut answer = QuotaAnswer::default();
        match self.quota {
            "error" => return Err(Failed("no quota".to_owned())),
            "RESOURCE_EXHAUSTED, amount 5" => {
                answer.status.code = 8;
                (answer.amount, answer.valid_duration) = (5, Duration::new(1, 0));
            }
            _ => (answer.amount, answer.valid_duration) = (40, Duration::new(60, 0)),
        }
        Ok(answer)
    }

    fn report(&self) {}

    fn buffer<'d>(&'d self, attributes: &dyn Attributes, (): &mut ()) -> Result<(), Failed> {
        if let Some(error) = self
            .buffer
            .lock()
            .expect("nothing panics here")
            .pop()
            .flatten()
        {
            self.note(json!({ "report_failed": true }));
            return Err(Failed(error.to_owned()));
        }
        let seen = self
            .names
            .iter()
            .filter_map(|name| Some((name, seen(attributes, name)?)));
        let seen = seen.map(|(name, value)| (name.clone(), typed(&value)));
        self.note(json!({ "report": seen.collect::<serde_json::Map<_, _>>() }));
        Ok(())
    }

    async fn flush<'d>(&'d self, (): ()) -> Result<(), Failed> {
        self.note(json!({ "flush": true }));
        self.flush
            .map_or(Ok(()), |error| Err(Failed(error.to_owned())))
    }
}

/// A value in the vectors' form.
fn typed(value: &Value) -> Json {
    match value {
        Value::Int64(number) => json!({ "type": "int64", "value": number }),
        Value::StringMap(map) => {
            let entries = map
                .iter()
                .map(|(key, value)| (key.to_owned(), json!(value.as_str())));
            json!({ "type": "string_map", "value": entries.collect::<serde_json::Map<_, _>>() })
        }
        other => json!({ "type": "string", "value": other.to_string() }),
    }
}

pub(crate) fn checks(vectors: &Json) -> Vec<Case> {
    let mut all = Vec::new();
    for case in cases(vectors, "cases") {
        all.push((text(case, "name").to_owned(), outcome(checked(case))));
    }
    for case in cases(vectors, "cache_sequence") {
        let skipped = Outcome::Skipped("the cache is one that Mixer never uses");
        all.push((format!("cache: {}", text(case, "step")), skipped));
    }
    all
}

fn checked(case: &Json) -> Result<(), String> {
    let script = &case["dispatcher_script"];
    let scripted = Scripted {
        check: script["check"].as_str().unwrap_or_default(),
        preprocess: script["preprocess"].as_str().unwrap_or_default(),
        quota: script["quota"].as_str().unwrap_or_default(),
        ..Scripted::default()
    };
    let request = &case["request"];
    let mut bag = Bag::new();
    for (name, value) in request["attributes"].as_object().into_iter().flatten() {
        match value {
            Json::String(text) => bag.insert(name.as_str(), text.as_str()),
            Json::Number(number) => bag.insert(name.as_str(), number.as_i64().expect("an integer")),
            map => {
                let entries = map.as_object().into_iter().flatten();
                let text = |value: &Json| Str::from(value.as_str().expect("a text"));
                let map: Map<Str> = entries
                    .map(|(key, value)| (key.as_str(), text(value)))
                    .collect();
                bag.insert(name.as_str(), map);
            }
        }
    }
    let global = GlobalDictionary::istio();
    let quotas = request["quotas"].as_object().into_iter().flatten();
    let message = CheckRequest {
        attributes: Some(compress(bag.own(), global, 0)),
        global_word_count: request["global_word_count"].as_u64().unwrap_or_default() as u32,
        deduplication_id: text(request, "deduplication_id").to_owned(),
        quotas: quotas
            .map(|(name, quota)| {
                let params = QuotaParams {
                    amount: quota["amount"].as_i64().unwrap_or_default(),
                    best_effort: quota["best_effort"].as_bool().unwrap_or_default(),
                };
                (name.clone(), params)
            })
            .collect(),
    };
    let message = message.encode_to_vec();
    let received = ReceivedCheck::decode(&message).map_err(|error| error.to_string())?;
    let answer = block_on(check(&received, &scripted, global));
    let expected = &case["response"];
    let calls = scripted.calls.into_inner().expect("nothing panics here");
    let wanted = case["dispatcher_calls"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    same("calls", wanted, calls)?;
    let answer = match (answer, expected["rpc_error"].as_str()) {
        (Ok(answer), None) => answer,
        (Err(error), Some(expected)) => {
            let found = format!(
                "rpc error: code = {} desc = {}",
                go_name(error.code),
                error.message
            );
            return same("error", expected, &found);
        }
        (answer, expected) => return Err(format!("expected {expected:?}, found {answer:?}")),
    };
    let found = answer.precondition.ok_or("no precondition")?;
    let status = found.status.unwrap_or_default();
    same(
        "code",
        expected["status_code"].as_i64(),
        Some(status.code.into()),
    )?;
    same("message", text(expected, "status_message"), &status.message)?;
    same(
        "details",
        expected["status_details"].as_u64(),
        Some(status.details.len() as u64),
    )?;
    let duration = found.valid_duration.unwrap_or_default();
    if let Some(expected) = expected["valid_duration_ns"].as_i64() {
        same("duration", expected, duration.seconds * 1_000_000_000)?;
    }
    same(
        "uses",
        expected["valid_use_count"].as_i64(),
        Some(found.valid_use_count.into()),
    )?;
    references(
        &expected["referenced_attributes"],
        found.referenced_attributes,
    )?;
    let wanted = crate::dispatch::directive(&expected["route_directive"]["value"]);
    same("directive", wanted, found.route_directive)?;
    let quotas = expected["quotas"].as_object().expect("quotas");
    same("quotas", quotas.len(), answer.quotas.len())?;
    for (name, quota) in answer.quotas {
        let expected = &quotas[&name];
        same(
            "granted",
            expected["granted_amount"].as_i64(),
            Some(quota.granted_amount),
        )?;
        let duration = quota.valid_duration.unwrap_or_default().seconds * 1_000_000_000;
        same(
            "duration",
            expected["valid_duration_ns"].as_i64(),
            Some(duration),
        )?;
        let code = quota.status.unwrap_or_default().code;
        same("code", expected["status_code"].as_i64(), Some(code.into()))?;
        references(
            &expected["referenced_attributes"],
            quota.referenced_attributes,
        )?;
    }
    Ok(())
}

/// As Go writes a code.
fn go_name(code: Code) -> &'static str {
    match code {
        Code::Internal => "Internal",
        Code::Unknown => "Unknown",
        other => other.as_str(),
    }
}

fn references(expected: &Json, found: Option<ReferencedAttributes>) -> Result<(), String> {
    let found = found.ok_or("no references")?;
    let word = |index: i32| match usize::try_from(index) {
        Ok(index) => adapter_mixer::attribute::GLOBAL_WORDS[index].to_owned(),
        Err(_) => found.words[(-index - 1) as usize].clone(),
    };
    let mut texts: Vec<_> = found
        .attribute_matches
        .iter()
        .map(|it| {
            let condition = Condition::try_from(it.condition).expect("a condition");
            let key = match it.map_key {
                0 => String::new(),
                key => format!("[{}]", word(key)),
            };
            format!("{}{key} {}", word(it.name), condition.as_str_name())
        })
        .collect();
    texts.sort_unstable();
    same("references", expected, &json!(texts))
}

pub(crate) fn reports(vectors: &Json) -> Vec<Case> {
    let all = cases(vectors, "cases").iter();
    all.map(|case| (text(case, "name").to_owned(), outcome(reported(case))))
        .collect()
}

fn reported(case: &Json) -> Result<(), String> {
    let name = text(case, "name");
    let request = &case["request"];
    let bags = request["attributes"].as_array();
    let message = ReportRequest {
        attributes: bags.into_iter().flatten().map(compressed).collect(),
        default_words: request["default_words"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|word| word.as_str().expect("a word").to_owned())
            .collect(),
        global_word_count: request["global_word_count"].as_u64().unwrap_or_default() as u32,
        repeated_attributes_semantics: {
            let semantics = RepeatedAttributesSemantics::from_str_name(text(request, "semantics"));
            semantics.expect("a semantics").into()
        },
    };
    let expected = cases(case, "dispatcher_calls");
    let values = |call: &Json| call["report"].as_object().cloned().unwrap_or_default();
    let mut names: Vec<_> = expected
        .iter()
        .flat_map(values)
        .map(|(name, _)| name)
        .collect();
    names.sort_unstable();
    names.dedup();
    // What is generated for each bag, the last first.
    let generated = expected
        .iter()
        .rev()
        .filter(|call| call["report"].is_object());
    let generated = generated.map(|call| match value_of(&call["report"]["gen"]) {
        Some(value) => [("gen", value)].into_iter().collect(),
        None => Bag::new(),
    });
    let fails = expected.iter().rev().filter(|call| call["flush"].is_null());
    let scripted = Scripted {
        preprocess: if name == "preprocess error" {
            "error"
        } else {
            ""
        },
        buffer: Mutex::new(
            fails
                .map(|call| (call["report_failed"] == json!(true)).then_some("not Implemented"))
                .collect(),
        ),
        flush: (name == "flush error").then_some("BADFOOD"),
        names,
        generated: Mutex::new(generated.collect()),
        ..Scripted::default()
    };
    let message = message.encode_to_vec();
    let received = ReceivedReport::decode(&message).map_err(|error| error.to_string())?;
    let answer = block_on(report(&received, &scripted, GlobalDictionary::istio()));
    let calls = scripted.calls.into_inner().expect("nothing panics here");
    same("calls", expected, &calls)?;
    let found = answer.err().map(|error| {
        format!(
            "rpc error: code = {} desc = {}",
            go_name(error.code),
            error.message
        )
    });
    same("error", case["rpc_error"].as_str(), found.as_deref())
}

fn value_of(json: &Json) -> Option<Value> {
    (!json.is_null()).then(|| value(json)).flatten().map(plain)
}
