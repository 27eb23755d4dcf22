//! The Mixer API over a scripted dispatcher.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use adapter_mixer::api::{Api, Backend, Batch, Failure, SheddingMode, SheddingOptions, Steps};
use adapter_mixer::attribute::{Attributes, Bag, GlobalDictionary, ValueRef, compress};
use adapter_mixer::proto::mixer::{
    CheckRequest, ReferencedAttributes, RouteDirective, check_request::QuotaParams,
};
use adapter_mixer::proto::{ReceivedCheck, ReceivedReport};
use adapter_mixer::runtime::{QuotaAnswer, QuotaRequest, Verdict};
use adapter_runtime::Code;
use adapter_runtime::value::{Duration, Map, Str, Value};
use prost::Message;
use serde_json::{Value as Json, json};

use crate::attributes::hex;
use crate::value::{seen, values};
use crate::{Case, Outcome, cases, outcome, same, text};

/// What a dispatcher is to do, and what it was asked.
#[derive(Clone)]
struct Script {
    script: Json,
    calls: Arc<Mutex<Vec<Json>>>,
}

impl Script {
    fn new(script: &Json) -> Script {
        Script {
            script: script.clone(),
            calls: Arc::default(),
        }
    }

    fn step(&self, name: &str) -> &str {
        self.script[name].as_str().unwrap_or_default()
    }

    fn note(&self, call: Json) {
        self.calls.lock().expect("no panic").push(call);
    }

    fn calls(&self) -> Vec<Json> {
        self.calls.lock().expect("no panic").clone()
    }
}

/// Reads what a step says: `reads a, m[k] and b`.
fn read(step: &str, attributes: &dyn Attributes) {
    let Some((_, reads)) = step.split_once("reads ") else {
        return;
    };
    let reads = reads.split(';').next().unwrap_or_default();
    for name in reads.replace(" and ", ", ").split(", ") {
        if name.starts_with("sets ") {
            continue;
        }
        match name
            .trim()
            .strip_suffix(']')
            .and_then(|it| it.split_once('['))
        {
            None => drop(attributes.get(name.trim())),
            Some((map, key)) => {
                if let Some(ValueRef::StringMap(map)) = attributes.get(map) {
                    let _ = map.get(key);
                }
            }
        }
    }
}

impl Backend for Script {
    type Request = Script;

    fn begin(&self, _: Option<Instant>) -> Result<Script, Failure> {
        Ok(self.clone())
    }
}

impl Steps for Script {
    type Report<'s> = ScriptedReport<'s>;

    async fn preprocess(&self, attributes: &dyn Attributes) -> Result<Bag<'static>, Failure> {
        let step = self.step("preprocess");
        if step == "error" {
            return Err(Failure::One("123 preproc failed".into()));
        }
        read(step, attributes);
        let mut bag = Bag::new();
        if step.contains("sets gen") {
            bag.insert("gen", "value");
        }
        Ok(bag)
    }

    async fn check(&self, attributes: &dyn Attributes) -> Result<Verdict, Failure> {
        let step = self.step("check");
        read(step, attributes);
        let mut verdict = Verdict::default();
        verdict.valid_duration = Duration::new(5, 0);
        verdict.valid_use_count = 3;
        if step == "error BAD" {
            return Err(Failure::One("BAD".into()));
        }
        if step == "empty result" {
            return Ok(Verdict::default());
        }
        if let Some(code) = step.strip_prefix("status ") {
            verdict = Verdict::default();
            verdict.status.code = code.parse().expect("a number");
            verdict.status.message = "DEADBEEF!".into();
        } else if step == "PERMISSION_DENIED" {
            verdict.status.code = 7;
            verdict.status.message = "Not Implemented".into();
            verdict.valid_duration = Duration::new(1, 0);
            verdict.valid_use_count = 0;
        } else if step.starts_with("PERMISSION_DENIED with one detail") {
            verdict = Verdict::default();
            verdict.status.code = 7;
            verdict.status.message = "no".into();
            verdict.status.details.push(prost_types::Any::default());
            verdict.directive = Some(RouteDirective {
                direct_response_code: 403,
                direct_response_body: "b".into(),
                ..RouteDirective::default()
            });
        }
        Ok(verdict)
    }

    async fn quota(
        &self,
        attributes: &dyn Attributes,
        request: &QuotaRequest,
    ) -> Result<QuotaAnswer, Failure> {
        let step = self.step("quota");
        self.note(json!({
            "amount": request.amount,
            "best_effort": request.best_effort,
            "dedup_id": request.deduplication_id,
            "quota": request.name,
        }));
        if step == "error" {
            return Err(Failure::One("no quota".into()));
        }
        read(step, attributes);
        let mut answer = QuotaAnswer::default();
        match step {
            "RESOURCE_EXHAUSTED, amount 5" => {
                answer.status.code = 8;
                answer.amount = 5;
                answer.valid_duration = Duration::new(1, 0);
            }
            _ => {
                answer.amount = 40;
                answer.valid_duration = Duration::new(60, 0);
            }
        }
        Ok(answer)
    }

    fn report(&self) -> ScriptedReport<'_> {
        ScriptedReport(self)
    }
}

/// Notes the attributes that are reported, of those that the case names.
struct ScriptedReport<'s>(&'s Script);

impl Batch for ScriptedReport<'_> {
    fn add(&mut self, attributes: &dyn Attributes) -> Result<(), Failure> {
        let Script { script, .. } = self.0;
        let number = self.0.calls().len();
        let fails = script["fails_at"].as_u64() == Some(number as u64);
        let names = script["names"].as_array().into_iter().flatten();
        let names = names.filter_map(Json::as_str);
        let bag: serde_json::Map<String, Json> = names
            .filter_map(|name| Some((name.to_owned(), seen(attributes, name)?.to_string().into())))
            .collect();
        self.0.note(match fails {
            true => json!({ "report_failed": true }),
            false => json!({ "report": bag }),
        });
        match fails {
            true => Err(Failure::One("not Implemented".into())),
            false => Ok(()),
        }
    }

    async fn flush(self) -> Result<(), Failure> {
        self.0.note(json!({ "flush": true }));
        match self.0.step("flush") {
            "" => Ok(()),
            error => Err(Failure::One(error.into())),
        }
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(future)
}

/// An error as Go's client shows it.
fn rpc_error(error: &adapter_mixer::api::ApiError) -> String {
    let name = match error.code {
        Code::Internal => "Internal",
        Code::Unknown => "Unknown",
        Code::Unavailable => "Unavailable",
        other => other.as_str(),
    };
    format!("rpc error: code = {name} desc = {}", error.message)
}

pub(crate) fn check(vectors: &Json) -> Vec<Case> {
    let cache = cases(vectors, "cache_sequence").iter().map(|case| {
        let why = "Mixer never uses its cache of answers, and there is none here";
        (text(case, "step").to_owned(), Outcome::Skipped(why))
    });
    let cases = cases(vectors, "cases").iter();
    let cases = cases.map(|case| (text(case, "name").to_owned(), outcome(check_case(case))));
    cases.chain(cache).collect()
}

fn check_case(case: &Json) -> Result<(), String> {
    let request = &case["request"];
    let attributes = request["attributes"].as_object().expect("attributes");
    let attributes = attributes.iter().map(|(name, json)| {
        let value: Value = match json {
            Json::String(text) => text.as_str().into(),
            Json::Number(number) => number.as_i64().expect("an integer").into(),
            Json::Object(map) => {
                let entries = map.iter();
                let entries =
                    entries.map(|(key, value)| (key.as_str(), value.as_str().expect("a text")));
                let map: Map<Str> = entries.collect();
                Value::StringMap(map)
            }
            other => panic!("{other}"),
        };
        (name.clone(), value)
    });
    let attributes: Vec<_> = attributes.collect();
    let attributes = attributes
        .iter()
        .map(|(name, value)| (name.as_str(), value));
    let global = GlobalDictionary::istio();
    let quotas = request["quotas"].as_object().into_iter().flatten();
    let message = CheckRequest {
        attributes: Some(compress(attributes, global, 0)),
        global_word_count: request["global_word_count"].as_u64().expect("a number") as u32,
        deduplication_id: text(request, "deduplication_id").to_owned(),
        quotas: quotas
            .map(|(name, params)| {
                let amount = params["amount"].as_i64().expect("a number");
                let best_effort = params["best_effort"] == true;
                let params = QuotaParams {
                    amount,
                    best_effort,
                };
                (name.clone(), params)
            })
            .collect(),
    };
    let message = message.encode_to_vec();
    let received = ReceivedCheck::decode(&message).map_err(|error| error.to_string())?;
    let script = Script::new(&case["dispatcher_script"]);
    let answer = block_on(Api::new(script.clone()).check(&received, None));
    let expected = &case["response"];
    let calls = case["dispatcher_calls"].as_array().cloned();
    same("calls", calls.unwrap_or_default(), script.calls())?;
    let answer = match (answer, expected["rpc_error"].as_str()) {
        (Err(error), Some(expected)) => return same("error", expected, &rpc_error(&error)),
        (answer, _) => answer.map_err(|error| error.to_string())?,
    };
    let count = message_words(request);
    let precondition = answer.precondition.ok_or("no precondition")?;
    let status = precondition.status.ok_or("no status")?;
    same(
        "code",
        expected["status_code"].as_i64(),
        Some(status.code.into()),
    )?;
    same(
        "message",
        expected["status_message"].as_str(),
        Some(&status.message),
    )?;
    same(
        "details",
        expected["status_details"].as_u64(),
        Some(status.details.len() as u64),
    )?;
    same(
        "duration",
        expected["valid_duration_ns"].as_i64(),
        Some(nanos(precondition.valid_duration)),
    )?;
    same(
        "uses",
        expected["valid_use_count"].as_i64(),
        Some(precondition.valid_use_count.into()),
    )?;
    let references = precondition.referenced_attributes.ok_or("no references")?;
    same(
        "references",
        names(&expected["referenced_attributes"]),
        referenced(&references, count),
    )?;
    let directive = match &expected["route_directive"]["value"] {
        Json::Null => None,
        json => Some(RouteDirective {
            direct_response_code: json["direct_response_code"].as_u64().expect("a code") as u32,
            direct_response_body: text(json, "direct_response_body").to_owned(),
            ..RouteDirective::default()
        }),
    };
    same("directive", directive, precondition.route_directive)?;
    let quotas = expected["quotas"].as_object().expect("quotas");
    same("quotas", quotas.len(), answer.quotas.len())?;
    for (name, expected) in quotas {
        let found = answer.quotas.get(name).ok_or("a quota is missing")?;
        same(
            "amount",
            expected["granted_amount"].as_i64(),
            Some(found.granted_amount),
        )?;
        same(
            "duration",
            expected["valid_duration_ns"].as_i64(),
            Some(nanos(found.valid_duration)),
        )?;
        let status = found.status.as_ref().map(|status| i64::from(status.code));
        same("code", expected["status_code"].as_i64(), status)?;
        let references = found
            .referenced_attributes
            .as_ref()
            .ok_or("no references")?;
        let expected = names(&expected["referenced_attributes"]);
        same("references", expected, referenced(references, count))?;
    }
    Ok(())
}

fn message_words(request: &Json) -> usize {
    request["global_word_count"].as_u64().expect("a number") as usize
}

fn nanos(duration: Option<prost_types::Duration>) -> i64 {
    let duration = duration.expect("a duration");
    duration.seconds * 1_000_000_000 + i64::from(duration.nanos)
}

fn names(json: &Json) -> Vec<String> {
    let names = json.as_array().into_iter().flatten();
    names.filter_map(Json::as_str).map(str::to_owned).collect()
}

/// References in the notation of the vectors, sorted.
fn referenced(references: &ReferencedAttributes, known: usize) -> Vec<String> {
    let word = |index: i32| match usize::try_from(index) {
        Ok(index) if index < known => adapter_mixer::attribute::GLOBAL_WORDS[index].to_owned(),
        Ok(index) => panic!("the caller doesn't know the word {index}"),
        Err(_) => references.words[(-index - 1) as usize].clone(),
    };
    let matches = references.attribute_matches.iter().map(|it| {
        let key = match it.map_key {
            0 => String::new(),
            key => format!("[{}]", word(key)),
        };
        let condition = it.condition().as_str_name();
        format!("{}{key} {condition}", word(it.name))
    });
    let mut matches: Vec<_> = matches.collect();
    matches.sort();
    matches
}

pub(crate) fn report(vectors: &Json) -> Vec<Case> {
    let cases = cases(vectors, "cases").iter();
    cases
        .map(|case| (text(case, "name").to_owned(), outcome(report_case(case))))
        .collect()
}

fn report_case(case: &Json) -> Result<(), String> {
    let message = hex(text(case, "request_pb_hex"));
    let received = ReceivedReport::decode(&message).map_err(|error| error.to_string())?;
    let expected = case["dispatcher_calls"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let mut all_names: Vec<String> = Vec::new();
    for call in &expected {
        all_names.extend(values(&call["report"]).into_iter().map(|(name, _)| name));
    }
    let name = text(case, "name");
    let mut script = json!({ "names": all_names });
    if name == "preprocess error" {
        script["preprocess"] = "error".into();
    }
    if name == "flush error" {
        script["flush"] = "BADFOOD".into();
    }
    if name.starts_with("report error") {
        script["fails_at"] = 0.into();
    }
    // The attribute that the first bag alone generates.
    let generates = name.starts_with("preprocess output");
    let script = Script::new(&script);
    let generating = Generating {
        script: script.clone(),
        generates,
        bags: Arc::default(),
    };
    let answer = block_on(Api::new(generating).report(&received, None));
    let expected = expected.iter().map(|call| match &call["report"] {
        Json::Null => call.clone(),
        bag => {
            let bag = values(bag).into_iter();
            let bag = bag.map(|(name, value)| (name, value.to_string().into()));
            json!({ "report": bag.collect::<serde_json::Map<String, Json>>() })
        }
    });
    same("calls", expected.collect::<Vec<_>>(), script.calls())?;
    let error = answer.err().map(|error| rpc_error(&error));
    same("error", case["rpc_error"].as_str(), error.as_deref())
}

/// A script whose first bag generates an attribute.
#[derive(Clone)]
struct Generating {
    script: Script,
    generates: bool,
    bags: Arc<Mutex<usize>>,
}

impl Backend for Generating {
    type Request = Generating;

    fn begin(&self, _: Option<Instant>) -> Result<Generating, Failure> {
        Ok(self.clone())
    }
}

impl Steps for Generating {
    type Report<'s> = ScriptedReport<'s>;

    async fn preprocess(&self, attributes: &dyn Attributes) -> Result<Bag<'static>, Failure> {
        let mut bag = Steps::preprocess(&self.script, attributes).await?;
        let mut bags = self.bags.lock().expect("no panic");
        *bags += 1;
        if self.generates && *bags == 1 {
            bag.insert("gen", "first");
        }
        Ok(bag)
    }

    async fn check(&self, _: &dyn Attributes) -> Result<Verdict, Failure> {
        unreachable!("it is a report")
    }

    async fn quota(&self, _: &dyn Attributes, _: &QuotaRequest) -> Result<QuotaAnswer, Failure> {
        unreachable!("it is a report")
    }

    fn report(&self) -> ScriptedReport<'_> {
        ScriptedReport(&self.script)
    }
}

/// Load shedding: what the options say, and what is refused.
pub(crate) fn misc(vectors: &Json) -> Vec<Case> {
    let options = cases(&vectors["load_shedding"], "options")
        .iter()
        .map(|case| {
            let why = "the flags are the program's";
            (text(case, "cmdLine").to_owned(), Outcome::Skipped(why))
        });
    let evaluators = cases(&vectors["load_shedding"], "new_throttler")
        .iter()
        .map(|case| {
            let why = "the parts of Mixer's throttler are its own";
            (text(case, "name").to_owned(), Outcome::Skipped(why))
        });
    let addresses = cases(vectors, "net_address").iter().map(|case| {
        let name = format!("address {}", case["apiAddress"]);
        (name, Outcome::Skipped("the flags are the program's"))
    });
    let throttle = cases(&vectors["load_shedding"], "throttle").iter();
    let throttle = throttle.map(|case| (text(case, "name").to_owned(), outcome(throttled(case))));
    throttle
        .chain(options)
        .chain(evaluators)
        .chain(addresses)
        .collect()
}

fn throttled(case: &Json) -> Result<(), String> {
    let opts = &case["opts"];
    let mut options = SheddingOptions::default();
    options.mode = match opts["Mode"].as_u64() {
        None => SheddingMode::Disabled,
        Some(1) => SheddingMode::LogOnly,
        _ => SheddingMode::Enforce,
    };
    options.max_requests_per_second = opts["MaxRequestsPerSecond"].as_f64().unwrap_or_default();
    options.burst_size = opts["BurstSize"].as_u64().unwrap_or_default() as u32;
    let latency = opts["AverageLatencyThreshold"]["duration_ns"].as_u64();
    options.average_latency_threshold =
        std::time::Duration::from_nanos(latency.unwrap_or_default());
    let api = Api::new(Script::new(&json!({}))).shedding(options);
    // A report costs as much as it has bags.
    let cost = case["requestInfo"]["PredictedCost"]
        .as_u64()
        .expect("a number");
    let bags = vec![&b""[..]; cost as usize];
    let request = ReceivedReport::default();
    let request = with_bags(request, bags);
    let answer = block_on(api.report(&request, None));
    let refused = matches!(&answer, Err(error) if error.code == Code::Unavailable);
    same("refused", case["want"] == true, refused)
}

fn with_bags<'m>(mut request: ReceivedReport<'m>, bags: Vec<&'m [u8]>) -> ReceivedReport<'m> {
    request.attributes = bags;
    request
}
