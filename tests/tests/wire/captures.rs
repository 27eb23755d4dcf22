//! Every captured request of the templates reaches an adapter with all values right.

use std::collections::BTreeSet;
use std::fs;

use adapter_runtime::proto::model;
use adapter_runtime::template::{TemplateInfo, Variety, descriptor_set};
use adapter_runtime::{Adapter, AdapterConfig, Registration};
use bytes::Bytes;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage};
use serde_json::{Value as Json, json};
use tests::client::METRIC;
use tests::conformance;
use tests::served::Served;
use tests::templates::{BUILT_IN, SAMPLES};

use crate::adapters::{Generator, KeyValue, ListParams, Recorder, Seen, Walkthrough, seen};
use crate::json::with_doubles;

#[tokio::test]
async fn every_capture_reaches_an_adapter_unchanged() {
    let Some(folder) = conformance::folder() else {
        return;
    };
    let served = Served::start([
        Registration::new::<Recorder>(),
        Registration::new::<Walkthrough>(),
        Registration::new::<KeyValue>(),
        Registration::new::<Generator>(),
    ])
    .await;
    let client = served.client().await;
    let mut templates = BTreeSet::new();
    let mut served_captures = 0;
    for entry in fs::read_dir(folder.join("captures")).expect("captures") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy();
        if path.extension().is_none_or(|it| it != "bin") || !name.contains("_Handle") {
            continue;
        }
        let meta = fs::read_to_string(path.with_extension("meta")).expect("its description");
        let method = meta.lines().find_map(|line| line.strip_prefix("method: "));
        let method = method.expect("the method");
        let mut known = BUILT_IN.into_iter().chain(SAMPLES);
        let template = known.find(|it| it.path == method).expect(method);
        let request = fs::read(&path).expect("a capture");
        let json = fs::read(path.with_extension("json")).expect("its JSON");
        let json: Json = serde_json::from_slice(&json).expect("JSON");

        let answer = client.call(template.path, &request).await;
        let answer = answer.unwrap_or_else(|error| panic!("{name}: {error}"));
        let call = seen(text(&json["dedup_id"]));
        let expected = match &json["instances"] {
            Json::Array(instances) => instances.iter().map(with_doubles).collect(),
            _ => vec![with_doubles(&json["instance"])],
        };
        assert_eq!(call.instances, expected, "{name}");
        check_param(&call, &json);
        check_answer(&template, answer, &call, &json);
        templates.insert(template.name);
        served_captures += 1;
    }
    assert!(
        served_captures >= 42,
        "only {served_captures} captures were found"
    );
    let built_in = BUILT_IN.map(|template| template.name).into_iter();
    // Nobody ran the adapter of the template `kubernetes`.
    let captured = built_in.filter(|name| *name != "kubernetes");
    assert_eq!(templates, captured.chain(["keyval", "sampleapa"]).collect());
    served.stop().await;
}

/// The configuration is the one that came with the request.
fn check_param(call: &Seen, json: &Json) {
    let config = &json["adapter_config"];
    let own = config.get("provider_url").or(config.get("file_path"));
    let looked_up = &config["table"][text(&json["instance"]["key"])];
    assert_eq!(call.param, text(own.unwrap_or(looked_up)));
}

/// The answer is what the adapters answer to all captures.
fn check_answer(template: &TemplateInfo, answer: Bytes, call: &Seen, json: &Json) {
    match template.variety {
        Variety::Report => assert_eq!(answer.len(), 0, "a ReportResult is empty"),
        Variety::Check => {
            let result = model::CheckResult::decode(answer).expect("a CheckResult");
            assert_eq!(result.status.expect("a status").code, 5);
            let duration = result.valid_duration.expect("a duration");
            assert_eq!((duration.seconds, duration.nanos), (90, 500_000_000));
            assert_eq!(result.valid_use_count, 77);
        }
        Variety::Quota => {
            let args = call.args.as_ref().expect("the arguments of a quota");
            let name = text(&json["instance"]["name"]);
            let asked = &json["quota_request"]["quotas"][name];
            assert_eq!(args.amount.to_string(), text(&asked["amount"]));
            let best_effort = asked["best_effort"].as_bool().unwrap_or_default();
            assert_eq!(args.best_effort, best_effort);
            assert_eq!(args.dedup_id, text(&json["dedup_id"]));
            let result = model::QuotaResult::decode(answer).expect("a QuotaResult");
            let granted = &result.quotas[name];
            assert_eq!(granted.granted_amount, args.amount);
            assert_eq!(granted.valid_duration.expect("a duration").seconds, 300);
            assert_eq!(result.quotas.len(), 1);
        }
        Variety::CheckWithOutput => {
            let answer = reflected(template, "HandleKeyvalResponse", answer);
            let result = json!({ "status": {}, "validDuration": "0s" });
            let output = json!({ "value": "admin" });
            assert_eq!(answer, json!({ "result": result, "output": output }));
        }
        Variety::AttributeGenerator => {
            let expected = json!({
                "int64Primitive": "300",
                "boolPrimitive": true,
                "doublePrimitive": 2.5,
                "stringPrimitive": "x",
                "stringMap": { "a": "1", "b": "2" },
                "ip": { "value": "CgECAw==" },
                "duration": { "value": "90.500s" },
                "timestamp": { "value": "1970-01-01T00:00:01.000000002Z" },
                "dns": { "value": "a.example" },
            });
            assert_eq!(reflected(template, "OutputMsg", answer), expected);
        }
        other => panic!("{other}: no such template is captured"),
    }
}

/// A message of a template as a reader of its descriptor sees it.
fn reflected(template: &TemplateInfo, message: &str, bytes: Bytes) -> Json {
    let set = descriptor_set(template);
    let pool = DescriptorPool::decode(&*set).expect("a descriptor set");
    let name = format!("{}.{message}", template.package.to_lowercase());
    let descriptor = pool.get_message_by_name(&name).expect("a message");
    let message = DynamicMessage::decode(descriptor, bytes).expect("its bytes");
    assert_eq!(message.unknown_fields().count(), 0);
    serde_json::to_value(message).expect("JSON")
}

/// Mixer knows no difference between a field that an attribute generator leaves out and one that
/// it never heard of: what an adapter answered must be on the wire, also where it is zero.
#[tokio::test]
async fn zeros_of_an_attribute_generator_are_written() {
    let served = Served::start([Registration::new::<Generator>()]).await;
    let client = served.client().await;
    let path = "/sampleapa.HandleSampleApaService/HandleSampleApa";
    let asked = |number: i64| {
        let mut instance = Vec::new();
        prost::encoding::int64::encode(1, &number, &mut instance);
        let mut request = Vec::new();
        prost::encoding::bytes::encode(1, &instance, &mut request);
        append_dedup_id(&mut request, &format!("zeros {number}"));
        request
    };
    let answer = client.call(path, &asked(0)).await.expect("it is served");
    assert_eq!(answer.len(), 0, "nothing is set");

    let answer = client.call(path, &asked(-1)).await.expect("it is served");
    let expected = [
        &b"\x08\x00"[..],                        // int64Primitive
        b"\x10\x00",                             // boolPrimitive
        b"\x19\x00\x00\x00\x00\x00\x00\x00\x00", // doublePrimitive
        b"\x22\x00",                             // stringPrimitive
        b"\x32\x02\x0a\x00",                     // ip
        b"\x3a\x06\x0a\x04\x08\x00\x10\x00",     // duration
        b"\x42\x06\x0a\x04\x08\x00\x10\x00",     // timestamp
        b"\x4a\x02\x0a\x00",                     // dns
    ];
    assert_eq!(answer, expected.concat());
    served.stop().await;
}

/// What was not found is denied and still answered, without an output.
#[tokio::test]
async fn a_denial_has_an_output_too() {
    let served = Served::start([Registration::new::<KeyValue>()]).await;
    let client = served.client().await;
    let mut request = Vec::new();
    append_dedup_id(&mut request, "denied with output");
    let path = "/keyval.HandleKeyvalService/HandleKeyval";
    let answer = client.call(path, &request).await.expect("it is served");
    let template = tests::templates::named("keyval");
    let answer = reflected(&template, "HandleKeyvalResponse", answer);
    let status = json!({ "code": 5, "message": "no such key" });
    let result = json!({ "status": status, "validDuration": "0s" });
    assert_eq!(answer, json!({ "result": result, "output": {} }));
    served.stop().await;
}

#[tokio::test]
async fn the_configuration_of_a_capture_is_decoded_whole() {
    let Some(request) = conformance::capture("list_ok_HandleListEntry") else {
        return;
    };
    let any = model_any(&request);
    let params = ListParams::decode(&any).expect("the configuration decodes");
    assert_eq!(params.provider_url, "http://127.0.0.1:8099/list");
    assert_eq!(params.refresh_interval.as_secs(), 90);
    assert_eq!(params.ttl.as_secs(), 300);
    assert_eq!(params.caching_interval.as_millis(), 90_500);
    assert_eq!(params.caching_use_count, 77);
    assert_eq!(params.overrides, ["10.0.0.1", "10.0.0.2/24"]);
    assert_eq!(params.entry_type, 2);
    assert!(params.blacklist);
    assert!(params.labels.is_empty());
}

#[tokio::test]
async fn a_configuration_that_is_appended_overrides_the_first() {
    let Some(mut request) = conformance::capture("metric_HandleMetric") else {
        return;
    };
    let served = Served::start([Registration::new::<Recorder>()]).await;
    let params = ListParams {
        provider_url: "http://other".into(),
        ..Recorder::defaults()
    };
    append_config(
        &mut request,
        "type.googleapis.com/adapter.list.config.Params",
        &params.encode(),
    );
    append_dedup_id(&mut request, "overridden");
    served
        .client()
        .await
        .call(METRIC, &request)
        .await
        .expect("it is served");
    assert_eq!(seen("overridden").param, "http://other");
    served.stop().await;
}

impl Recorder {
    /// The configuration of an operator who wrote nothing.
    fn defaults() -> ListParams {
        <Recorder as Adapter>::Config::defaults()
    }
}

/// `adapter_config`, appended to a request.
pub(crate) fn append_config(request: &mut Vec<u8>, type_url: &str, value: &[u8]) {
    let any = prost_types::Any {
        type_url: type_url.into(),
        value: value.into(),
    };
    prost::encoding::message::encode(2, &any, request);
}

/// `dedup_id`, appended to a request.
pub(crate) fn append_dedup_id(request: &mut Vec<u8>, id: &str) {
    prost::encoding::string::encode(3, &id.to_owned(), request);
}

/// The value of the request's `adapter_config`.
fn model_any(request: &[u8]) -> Vec<u8> {
    #[derive(Message)]
    struct Request {
        #[prost(message, tag = 2)]
        adapter_config: Option<prost_types::Any>,
    }
    let request = Request::decode(request).expect("a request");
    request.adapter_config.expect("a configuration").value
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap_or_default()
}
