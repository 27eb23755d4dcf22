//! Every captured request of the templates reaches an adapter with all values right.

use std::fs;

use adapter_runtime::proto::model;
use adapter_runtime::template::{listentry, metric, quota};
use adapter_runtime::value::{
    DnsName, Duration, EmailAddress, IpAddress, Map, Str, TimeStamp, Uri, Value,
};
use adapter_runtime::{Adapter, AdapterConfig, Registration};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use prost::Message;
use serde_json::Value as Json;
use tests::client::{Client, LIST_ENTRY, METRIC, QUOTA};
use tests::conformance;
use tests::served::Served;

use crate::adapters::{Instances, ListParams, Recorder, Walkthrough, seen};

#[tokio::test]
async fn every_capture_reaches_an_adapter_unchanged() {
    let Some(folder) = conformance::folder() else {
        return;
    };
    let served = Served::start([
        Registration::new::<Recorder>(),
        Registration::new::<Walkthrough>(),
    ])
    .await;
    let client = served.client().await;
    let mut served_captures = 0;
    for entry in fs::read_dir(folder.join("captures")).expect("captures") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let Some((stem, method)) = name.strip_suffix(".bin").and_then(|n| n.rsplit_once('_'))
        else {
            continue;
        };
        if !["HandleMetric", "HandleQuota", "HandleListEntry"].contains(&method) {
            continue;
        }
        let request = fs::read(&path).expect("a capture");
        let json = fs::read(path.with_extension("json")).expect("its JSON");
        let json: Json = serde_json::from_slice(&json).expect("JSON");
        check(&client, stem, method, &request, &json).await;
        served_captures += 1;
    }
    assert!(
        served_captures >= 25,
        "only {served_captures} captures were found"
    );
    served.stop().await;
}

async fn check(client: &Client, stem: &str, method: &str, request: &[u8], json: &Json) {
    let path = match method {
        "HandleMetric" => METRIC,
        "HandleQuota" => QUOTA,
        _ => LIST_ENTRY,
    };
    let answer = client
        .call(path, request)
        .await
        .unwrap_or_else(|error| panic!("{stem}: {error}"));
    let call = seen(text(&json["dedup_id"]));
    let config = &json["adapter_config"];
    let expected_url = config.get("provider_url").or(config.get("file_path"));
    assert_eq!(
        call.provider_url,
        text(expected_url.expect("a parameter")),
        "{stem}"
    );
    match call.instances {
        Instances::Metric(instances) => {
            let expected = json["instances"].as_array().expect("instances");
            let expected: Vec<_> = expected.iter().map(metric_of).collect();
            assert_eq!(instances, expected, "{stem}");
            // Equality takes an IPv4 address in 4 bytes and in 16 for the same.
            assert_eq!(
                address_bytes(&instances),
                address_bytes(&expected),
                "{stem}"
            );
            assert_eq!(answer.len(), 0, "a ReportResult is empty");
        }
        Instances::ListEntry(instance) => {
            assert_eq!(instance, list_entry_of(&json["instance"]), "{stem}");
            let result = model::CheckResult::decode(answer).expect("a CheckResult");
            assert_eq!(result.status.expect("a status").code, 5);
            let duration = result.valid_duration.expect("a duration");
            assert_eq!((duration.seconds, duration.nanos), (90, 500_000_000));
            assert_eq!(result.valid_use_count, 77);
        }
        Instances::Quota(instance, args) => {
            assert_eq!(instance, quota_of(&json["instance"]), "{stem}");
            let asked = &json["quota_request"]["quotas"][instance.name.as_str()];
            assert_eq!(args.amount, number(&asked["amount"]), "{stem}");
            assert_eq!(
                args.best_effort,
                asked["best_effort"].as_bool().unwrap_or_default()
            );
            assert_eq!(args.dedup_id, text(&json["dedup_id"]));
            let result = model::QuotaResult::decode(answer).expect("a QuotaResult");
            let granted = &result.quotas[instance.name.as_str()];
            assert_eq!(granted.granted_amount, args.amount);
            assert_eq!(granted.valid_duration.expect("a duration").seconds, 300);
            assert_eq!(result.quotas.len(), 1);
        }
    }
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
    assert_eq!(seen("overridden").provider_url, "http://other");
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

fn address_bytes(instances: &[metric::Instance]) -> Vec<&[u8]> {
    let values = instances
        .iter()
        .flat_map(|instance| instance.dimensions.sorted());
    values
        .filter_map(|(_, value)| match value {
            Value::IpAddress(address) => Some(address.as_bytes()),
            _ => None,
        })
        .collect()
}

fn metric_of(json: &Json) -> metric::Instance {
    metric::Instance {
        name: str(&json["name"]),
        value: value(&json["value"]),
        dimensions: values(&json["dimensions"]),
        monitored_resource_type: str(&json["monitored_resource_type"]),
        monitored_resource_dimensions: values(&json["monitored_resource_dimensions"]),
    }
}

fn list_entry_of(json: &Json) -> listentry::Instance {
    listentry::Instance {
        name: str(&json["name"]),
        value: value(&json["value"]),
    }
}

fn quota_of(json: &Json) -> quota::Instance {
    quota::Instance {
        name: str(&json["name"]),
        dimensions: values(&json["dimensions"]),
    }
}

fn values(json: &Json) -> Map<Value> {
    let entries = json.as_object().into_iter().flatten();
    entries
        .map(|(key, json)| (key.as_str(), value(json)))
        .collect()
}

/// A `Value` as protobuf's JSON has it.
fn value(json: &Json) -> Value {
    let Some((kind, json)) = json.as_object().and_then(|object| object.iter().next()) else {
        return Value::Unset;
    };
    let inner = &json["value"];
    match kind.as_str() {
        "string_value" => Value::from(text(json)),
        "int64_value" => Value::Int64(number(json)),
        "double_value" => Value::Double(json.as_f64().expect("a number")),
        "bool_value" => Value::Bool(json.as_bool().expect("a bool")),
        "dns_name_value" => Value::DnsName(DnsName::from(text(inner))),
        "email_address_value" => Value::EmailAddress(EmailAddress::from(text(inner))),
        "uri_value" => Value::Uri(Uri::from(text(inner))),
        "ip_address_value" => {
            let bytes = BASE64_STANDARD.decode(text(inner)).expect("base64");
            Value::IpAddress(IpAddress::from(bytes.as_slice()))
        }
        "duration_value" => Value::Duration(duration(text(inner))),
        "timestamp_value" => {
            let time: jiff::Timestamp = text(inner).parse().expect("a time");
            Value::TimeStamp(TimeStamp::new(time.as_second(), time.subsec_nanosecond()))
        }
        kind => panic!("{kind} occurs in no capture"),
    }
}

/// `90.500s`.
fn duration(text: &str) -> Duration {
    let (seconds, fraction) = text
        .trim_end_matches('s')
        .split_once('.')
        .unwrap_or((text.trim_end_matches('s'), "0"));
    let nanos = format!("{fraction:0<9}").parse().expect("digits");
    Duration::new(seconds.parse().expect("digits"), nanos)
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap_or_default()
}

fn str(json: &Json) -> Str {
    text(json).into()
}

fn number(json: &Json) -> i64 {
    text(json).parse().expect("a number")
}
