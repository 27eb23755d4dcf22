//! What a real Mixer was asked, what it answered, and what it asked its adapter meanwhile: the same
//! configuration, the same questions, the same answers.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use adapter_mixer::Mixer;
use adapter_mixer::api::Api;
use adapter_mixer::attribute::GLOBAL_WORDS;
use adapter_mixer::config::MemoryStore;
use adapter_mixer::proto::mixer::{CheckResponse, ReferencedAttributes};
use adapter_runtime::proto::model::{
    CheckResult, QuotaRequest, QuotaResult, quota_result::Result as Grant,
};
use adapter_runtime::proto::rpc::Status;
use adapter_runtime::{Registration, Registry, Server};
use base64::prelude::{BASE64_STANDARD, Engine};
use bytes::Bytes;
use prost::Message;
use tests::conformance;
use tests::peer::{Peer, Received, Reply};
use tests::protos::compile_with;

use crate::server::{Nobody, Running};

const CHECK: &str = "/istio.mixer.v1.Mixer/Check";
const REPORT: &str = "/istio.mixer.v1.Mixer/Report";

/// Templates and configurations of adapters that Istio's folder doesn't have.
const SAMPLE_APA: &str = r#"
syntax = "proto3";
package sampleapa;
import "google/protobuf/any.proto";
import "mixer/adapter/model/v1beta1/extensions.proto";
option (istio.mixer.adapter.model.v1beta1.template_variety) = TEMPLATE_VARIETY_ATTRIBUTE_GENERATOR;
option (istio.mixer.adapter.model.v1beta1.template_name) = "sampleapa";
service HandleSampleApaService { rpc HandleSampleApa(HandleSampleApaRequest) returns (OutputMsg); }
message HandleSampleApaRequest {
  InstanceMsg instance = 1; google.protobuf.Any adapter_config = 2; string dedup_id = 3;
}
message InstanceMsg {
  string name = 72295727; int64 int64Primitive = 1; bool boolPrimitive = 2;
  double doublePrimitive = 3; string stringPrimitive = 4;
}
message OutputMsg { int64 int64Primitive = 1; bool boolPrimitive = 2; string stringPrimitive = 4; }
"#;
const KEYVAL: &str =
    "syntax = \"proto3\"; package keyval; message Params { map<string, string> table = 1; }";

/// The rules and instances behind the captures, as far as those show them.
const RULES: &str = r#"
kind: handler
metadata: {name: h1, namespace: istio-system}
spec:
  adapter: capture
  connection: {address: "<address>"}
  params:
    provider_url: http://127.0.0.1:8099/list
    refresh_interval: 90s
    ttl: 5m
    caching_interval: 1m30.5s
    caching_use_count: 77
    overrides: [10.0.0.1, 10.0.0.2/24]
    entry_type: IP_ADDRESSES
    blacklist: true
---
kind: adapter
metadata: {name: kv, namespace: istio-system}
spec: {description: "", session_based: false, templates: [keyval], config: "<keyval>"}
---
kind: handler
metadata: {name: kv1, namespace: istio-system}
spec:
  adapter: kv
  connection: {address: "<address>"}
  params: {table: {bob: user, jason: admin}}
---
kind: template
metadata: {name: sampleapa, namespace: istio-system}
spec: {descriptor: "<sampleapa>"}
---
kind: adapter
metadata: {name: apa, namespace: istio-system}
spec: {description: "", session_based: false, templates: [sampleapa]}
---
kind: handler
metadata: {name: apa1, namespace: istio-system}
spec: {adapter: apa, connection: {address: "<address>"}}
---
kind: instance
metadata: {name: list1, namespace: istio-system}
spec: {template: listentry, params: {value: lab.string}}
---
kind: instance
metadata: {name: checknothing1, namespace: istio-system}
spec: {template: checknothing, params: {}}
---
kind: instance
metadata: {name: rq, namespace: istio-system}
spec: {template: quota, params: {dimensions: {num: lab.int64, source: lab.string}}}
---
kind: instance
metadata: {name: kv1, namespace: istio-system}
spec: {template: keyval, params: {key: lab.string}}
---
kind: instance
metadata: {name: apikey1, namespace: istio-system}
spec:
  template: apikey
  params:
    api: '"petstore"'
    api_version: '"v1"'
    api_operation: '"list"'
    api_key: request.api_key | lab.string
    timestamp: lab.timestamp
---
kind: instance
metadata: {name: authz1, namespace: istio-system}
spec:
  template: authorization
  params:
    subject:
      user: lab.string
      groups: '"g1,g2"'
      properties: {age: lab.int64, iss: '"https://issuer"'}
    action:
      namespace: destination.namespace
      service: '"svc"'
      method: request.method
      path: request.path
      properties: {ver: lab.double}
---
kind: instance
metadata: {name: apa1, namespace: istio-system}
spec:
  template: sampleapa
  params:
    int64Primitive: lab.int64
    boolPrimitive: lab.bool
    doublePrimitive: lab.double
    stringPrimitive: lab.string
  attribute_bindings: {gen.bool: output.boolPrimitive}
---
kind: rule
metadata: {name: list, namespace: istio-system}
spec: {match: request.path == "/list", actions: [{handler: h1, instances: [list1]}]}
---
kind: rule
metadata: {name: quota, namespace: istio-system}
spec: {match: request.path == "/quota", actions: [{handler: h1, instances: [rq]}]}
---
kind: rule
metadata: {name: apikey, namespace: istio-system}
spec: {match: request.path == "/apikey", actions: [{handler: h1, instances: [apikey1]}]}
---
kind: rule
metadata: {name: authz, namespace: istio-system}
spec: {match: request.path == "/authz", actions: [{handler: h1, instances: [authz1]}]}
---
kind: rule
metadata: {name: nothing, namespace: istio-system}
spec: {match: request.path == "/nothing", actions: [{handler: h1, instances: [checknothing1]}]}
---
kind: rule
metadata: {name: apa, namespace: istio-system}
spec: {match: request.path == "/apa", actions: [{handler: apa1, instances: [apa1]}]}
---
kind: rule
metadata: {name: generated, namespace: istio-system}
spec:
  match: (gen.string | "") == "generated"
  actions: [{handler: h1, instances: [checknothing1]}]
---
kind: rule
metadata: {name: kv, namespace: istio-system}
spec:
  match: request.path == "/kv"
  actions: [{handler: kv1, instances: [kv1], name: x}]
  request_header_operations: [{name: user-group, values: [x.output.value]}]
  response_header_operations:
  - {name: x-lab, values: ['"static"'], operation: APPEND}
  - {name: x-gone, operation: REMOVE}
"#;

/// The configuration, with the adapter at an address; `None` without the conformance data.
fn configuration(address: &str) -> Option<String> {
    let folder = conformance::folder()?;
    let read = |path: &str| fs::read_to_string(folder.join(path)).expect("conformance data");
    let mut documents = vec![
        read("istio/attributes.yaml"),
        read("captures/config/attributes_lab.yaml"),
        read("captures/config/capture.yaml"),
        read("captures/config/istio_like.yaml"),
    ];
    for entry in fs::read_dir(folder.join("istio/templates")).expect("the templates") {
        let path = entry.expect("a folder").path().join("template.yaml");
        documents.push(fs::read_to_string(path).expect("a template"));
    }
    let base64 = |name: &str, text: &str| BASE64_STANDARD.encode(compile_with(name, text));
    let rules = RULES.replace("<address>", address);
    let rules = rules.replace("<sampleapa>", &base64("sampleapa.proto", SAMPLE_APA));
    documents.push(rules.replace("<keyval>", &base64("keyval.proto", KEYVAL)));
    Some(documents.join("\n---\n"))
}

/// What the adapter answered in a capture.
fn reply(case: &str) -> Reply {
    let check = |code: i32, message: &str, millis: i64, uses: i32| CheckResult {
        status: Some(Status {
            code,
            message: message.to_owned(),
            details: Vec::new(),
        }),
        valid_duration: Some(prost_types::Duration {
            seconds: millis / 1000,
            nanos: (millis % 1000 * 1_000_000) as i32,
        }),
        valid_use_count: uses,
    };
    let quota = |name: &str, amount: i64| {
        let grant = Grant {
            valid_duration: Some(prost_types::Duration {
                seconds: if amount > 0 { 10 } else { 0 },
                nanos: 0,
            }),
            granted_amount: amount,
            status: None,
        };
        let quotas = BTreeMap::from([(name.to_owned(), grant)]);
        Reply::Message(QuotaResult { quotas }.encode_to_vec())
    };
    let with_output = |result: Option<CheckResult>, rest: &[u8]| {
        let mut message = Vec::new();
        if let Some(result) = result {
            prost::encoding::message::encode(1, &result, &mut message);
        }
        Reply::Message([message.as_slice(), rest].concat())
    };
    // The field `output` with `value: admin`.
    let admin = b"\x12\x07\x12\x05admin";
    let rq = "rq.instance.istio-system";
    let message = |result: CheckResult| Reply::Message(result.encode_to_vec());
    match case {
        "list_ok" => message(check(0, "", 5250, 7)),
        "list_ok_nouse" => message(check(0, "", 5000, 0)),
        "list_ok_nodur" => message(check(0, "", 0, 9)),
        "list_denied" => message(check(7, "abc is not whitelisted", 5000, 7)),
        "list_notfound_nodur" => message(check(5, "abc not found", 0, 0)),
        "list_garbage" | "kv_garbage" | "rep_badresp" => Reply::Message(b"\x0a\x05".to_vec()),
        "list_grpcerr" => Reply::Status(7, "grpc permission denied text"),
        "kv_ok" => with_output(Some(check(0, "", 5000, 0)), admin),
        "kv_noresult" => with_output(None, admin),
        "kv_nooutput" => with_output(Some(check(0, "", 5000, 0)), b""),
        "kv_unknownfield" => with_output(None, b"\x7a\x01x"),
        "quota_ok" | "quota_ok_upper" => quota(rq, 5),
        "quota_partial" => quota(rq, 3),
        "quota_zero" => quota(rq, 0),
        "quota_shortkey" => quota("rq", 5),
        "quota_grpcerr" => Reply::Status(8, "no"),
        "apa_err" => Reply::Status(5, "apa not found"),
        "apa_zero" => Reply::Message(b"\x08\x00".to_vec()),
        _ => Reply::Message(Vec::new()),
    }
}

/// The parts of a request to an adapter.
#[derive(Clone, PartialEq, prost::Message)]
struct Handle {
    #[prost(bytes = "vec", repeated, tag = "1")]
    instances: Vec<Vec<u8>>,
    #[prost(bytes = "vec", optional, tag = "2")]
    config: Option<Vec<u8>>,
    #[prost(string, tag = "3")]
    dedup_id: String,
    #[prost(message, optional, tag = "4")]
    quota: Option<QuotaRequest>,
}

/// The attributes that an answer depends on, sorted, in words.
fn referenced(references: &mut Option<ReferencedAttributes>) -> Vec<String> {
    let references = references.take().expect("references");
    let word = |index: i32| match usize::try_from(index) {
        Ok(index) => GLOBAL_WORDS[index].to_owned(),
        Err(_) => references.words[(-index - 1) as usize].clone(),
    };
    let matches = references.attribute_matches.iter();
    let mut matches: Vec<_> = matches
        .map(|it| {
            let key = (it.map_key != 0).then(|| word(it.map_key));
            format!("{} {key:?} {:?}", word(it.name), it.condition())
        })
        .collect();
    matches.sort();
    matches
}

/// The answer without its order: the references of the check and of each quota, and the rest.
type Answer = (Vec<String>, Vec<Vec<String>>, CheckResponse);

fn answer(bytes: &[u8]) -> Answer {
    let mut response = CheckResponse::decode(bytes).expect("a response");
    let precondition = response.precondition.as_mut().expect("a precondition");
    let references = referenced(&mut precondition.referenced_attributes);
    let quotas = response.quotas.values_mut();
    let quotas = quotas.map(|quota| referenced(&mut quota.referenced_attributes));
    (references, quotas.collect(), response)
}

/// The text of an error in a capture, with its number.
fn captured_error(meta: &str) -> (i32, String) {
    let line = |name: &str| {
        let found = meta.lines().find_map(|line| line.strip_prefix(name));
        found.expect("a status").trim()
    };
    let code = line("grpc-status:").split(' ').next().expect("a number");
    let message: String = serde_json::from_str(line("grpc-message:")).expect("a text");
    (code.parse().expect("a number"), message)
}

#[tokio::test]
async fn captured_checks_are_answered_as_they_were() {
    let now = Arc::new(Mutex::new(String::new()));
    let case = now.clone();
    let peer = Peer::start(move |_| reply(&case.lock().expect("no panic"))).await;
    let Some(configuration) = configuration(&peer.address.to_string()) else {
        return;
    };
    let running = Running::start(MemoryStore::from(configuration.as_str())).await;
    let client = running.client().await;
    let folder = conformance::folder().expect("the folder").join("captures");
    let (mut cases, mut failures) = (0, Vec::new());
    for entry in fs::read_dir(&folder).expect("the captures") {
        let name = entry.expect("a file").file_name();
        let name = name.into_string().expect("text");
        let Some(case) = name.strip_suffix("_Check.bin") else {
            continue;
        };
        *now.lock().expect("no panic") = case.to_owned();
        let seen = peer.received().len();
        let request = fs::read(folder.join(&name)).expect("a capture");
        let found = client.call(CHECK, &request).await;
        let asked = peer.received();
        cases += 1;
        for difference in [
            answered_otherwise(&folder, case, found),
            asked_otherwise(&folder, case, &asked[seen..]),
        ] {
            failures.extend(difference.map(|difference| format!("{case}: {difference}")));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(cases >= 33, "{cases}");
    drop(client);
    running.stop().await;
}

/// How an answer differs from the captured one.
fn answered_otherwise(
    folder: &Path,
    case: &str,
    found: Result<Bytes, tonic::Status>,
) -> Option<String> {
    let expected = fs::read(folder.join(format!("{case}_Check_response.bin")));
    match (found, expected) {
        (Ok(found), Ok(expected)) => {
            let (found, expected) = (answer(&found), answer(&expected));
            (found != expected).then(|| format!("{found:?} instead of {expected:?}"))
        }
        (Err(status), Err(_)) => {
            let meta = folder.join(format!("{case}_Check_response.meta"));
            let expected = captured_error(&fs::read_to_string(meta).expect("a capture"));
            let found = (status.code() as i32, status.message().to_owned());
            (found != expected).then(|| format!("{found:?} instead of {expected:?}"))
        }
        (found, _) => Some(format!("{found:?}")),
    }
}

/// How the requests to the adapter differ from the captured one.
fn asked_otherwise(folder: &Path, case: &str, asked: &[Received]) -> Option<String> {
    let captured = fs::read_dir(folder).expect("the captures");
    let captured = captured.map(|entry| entry.expect("a file").path());
    let captured: Vec<_> = captured
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(&format!("{case}_Handle")) && name.ends_with(".bin")
        })
        .map(|path| fs::read(path).expect("a capture"))
        .collect();
    if asked.len() != captured.len() {
        return Some(format!(
            "{} calls instead of {}",
            asked.len(),
            captured.len()
        ));
    }
    let mut pairs = asked.iter().zip(&captured);
    pairs.find_map(|(asked, captured)| {
        let expected = Handle::decode(captured.as_slice()).expect("a request");
        let mut found = Handle::decode(&*asked.message).expect("a request");
        if found.quota.is_none() {
            // A number that is counted from anywhere.
            found.dedup_id.clone_from(&expected.dedup_id);
        }
        (found != expected).then(|| format!("{found:?} instead of {expected:?}"))
    })
}

#[tokio::test]
async fn a_captured_report_reaches_the_adapter_as_it_did() {
    let peer = Peer::start(|_| Reply::Message(Vec::new())).await;
    let Some(configuration) = configuration(&peer.address.to_string()) else {
        return;
    };
    let running = Running::start(MemoryStore::from(configuration.as_str())).await;
    let client = running.client().await;
    let request = conformance::capture("istio_Report").expect("the folder");
    let taken = client.call(REPORT, &request).await;
    assert_eq!(taken.expect("it is taken"), Bytes::new());
    let asked = peer.received();
    let [asked] = asked.as_slice() else {
        panic!("one call for all instances: {asked:?}");
    };
    assert_eq!(asked.path, "/metric.HandleMetricService/HandleMetric");
    let found = Handle::decode(&*asked.message).expect("a request");
    let captured = conformance::capture("istio_HandleMetric").expect("the folder");
    let captured = Handle::decode(&*captured).expect("a request");
    assert_eq!(found.config, captured.config);
    // The order of the dimensions is nobody's.
    let sorted = |handle: &Handle| {
        let sorted = handle.instances.iter().map(|instance| {
            let mut bytes = instance.clone();
            bytes.sort_unstable();
            bytes
        });
        sorted.collect::<Vec<_>>()
    };
    assert_eq!(sorted(&found), sorted(&captured));
    running.stop().await;
}

/// The registry of a Mixer that calls other programs alone.
pub(crate) fn registry() -> Registry {
    Registry::new([Registration::new::<Nobody>()]).expect("one adapter")
}

/// A Mixer's API on a server.
pub(crate) async fn api(store: MemoryStore) -> (Arc<Mixer>, Server) {
    let mixer = Mixer::new(registry(), store)
        .await
        .expect("no two templates of a name");
    let problems: Vec<_> = mixer.problems().iter().map(ToString::to_string).collect();
    assert_eq!(problems, [""; 0]);
    let mixer = Arc::new(mixer);
    let api = Arc::new(Api::new(mixer.clone()));
    (mixer, api.serve(Server::without_adapters()))
}
