//! Requests as a real Mixer sent them, made again: the same bytes.

use std::collections::BTreeMap;
use std::fs;

use adapter_mixer::attribute::{GlobalDictionary, ReportBags, Vocabulary};
use adapter_mixer::language::Expression;
use adapter_mixer::proto::ReceivedReport;
use adapter_mixer::remote::{ConfigDescriptor, EncodedInstance, RemoteTemplate};
use adapter_runtime::QuotaArgs;
use adapter_runtime::document::{self, Node, Problems};
use adapter_runtime::template::{Variety, descriptor_set};
use adapter_runtime::value::ValueType;
use base64::prelude::{BASE64_STANDARD, Engine};
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage};
use serde_json::Value as Json;
use tests::conformance;
use tests::protos::compile_with;
use tests::templates::BUILT_IN;

use crate::rebuild::{Rebuilt, message};

/// A template whose descriptor is not among Istio's.
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
message OutputMsg { bool boolPrimitive = 2; }
"#;

const KEYVAL: &str = r#"
syntax = "proto3";
package keyval;
message Params { map<string, string> table = 1; }
"#;

/// The descriptors of Istio's templates by the path of their method.
fn istios() -> Option<BTreeMap<String, String>> {
    let folder = conformance::folder()?.join("istio/templates");
    let mut descriptors = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("the folder of templates") {
        let files = fs::read_dir(entry.expect("a folder").path()).expect("a folder");
        for file in files.map(|file| file.expect("a file").path()) {
            let name = file.to_string_lossy();
            if !name.ends_with("_handler_service.descriptor_set") {
                continue;
            }
            let descriptor = BASE64_STANDARD.encode(fs::read(&file).expect("a descriptor"));
            let template = RemoteTemplate::parse(&descriptor).expect("a template");
            let path = template.path().expect("a service").to_owned();
            descriptors.insert(path, descriptor);
        }
    }
    let apa = BASE64_STANDARD.encode(compile_with("sampleapa.proto", SAMPLE_APA));
    let path = "/sampleapa.HandleSampleApaService/HandleSampleApa";
    descriptors.insert(path.to_owned(), apa);
    Some(descriptors)
}

/// The descriptors that `manifest` writes for the built-in templates.
fn ours() -> BTreeMap<String, String> {
    let descriptors = BUILT_IN.iter().map(|template| {
        let descriptor = BASE64_STANDARD.encode(descriptor_set(template));
        (template.path.to_owned(), descriptor)
    });
    descriptors.collect()
}

/// The `config` of adapters by the package of their message.
fn configs() -> BTreeMap<&'static str, ConfigDescriptor> {
    let config = |file: &str| {
        let yaml = conformance::file(file).expect("the folder");
        let documents = parse(file, &yaml);
        let spec = documents[0].require("spec").expect("a spec");
        let config = spec.require("config").expect("a config");
        config.as_str().expect("base64").to_owned()
    };
    let keyval = BASE64_STANDARD.encode(compile_with("keyval.proto", KEYVAL));
    [
        (
            "adapter.list.config",
            config("captures/config/capture.yaml"),
        ),
        (
            "adapter.mygrpcadapter.config",
            config("captures/config/walkthrough/mygrpcadapter.yaml"),
        ),
        ("keyval", keyval),
    ]
    .into_iter()
    .map(|(package, text)| {
        let config = ConfigDescriptor::parse(&text).expect("a descriptor");
        (package, config.expect("a message `Params`"))
    })
    .collect()
}

fn parse(name: &str, yaml: &[u8]) -> Vec<Node> {
    let mut problems = Problems::new();
    let documents = document::parse(name, yaml, &mut problems);
    assert!(!problems.has_errors(), "{problems}");
    documents
}

/// The base64 of a descriptor as a pool.
fn pool(descriptor: &str) -> DescriptorPool {
    let set = BASE64_STANDARD.decode(descriptor).expect("base64");
    DescriptorPool::decode(&*set).expect("a descriptor")
}

/// The parts of a request of any template.
#[derive(Clone, PartialEq, prost::Message)]
struct Request {
    #[prost(bytes = "vec", repeated, tag = "1")]
    instances: Vec<Vec<u8>>,
    #[prost(bytes = "vec", optional, tag = "2")]
    config: Option<Vec<u8>>,
    #[prost(string, tag = "3")]
    dedup_id: String,
    #[prost(message, optional, tag = "4")]
    quota: Option<adapter_runtime::proto::model::QuotaRequest>,
}

#[test]
fn captured_requests_are_made_again_byte_by_byte() {
    let Some(istios) = istios() else { return };
    let (ours, configs) = (ours(), configs());
    let folder = conformance::folder().expect("the folder").join("captures");
    let mut seen = (0, 0);
    for entry in fs::read_dir(folder).expect("the folder of captures") {
        let path = entry.expect("a file").path();
        let name = path.file_stem().expect("a name").to_string_lossy();
        if !name.contains("_Handle") || path.extension().is_none_or(|it| it != "bin") {
            continue;
        }
        let sent = fs::read(&path).expect("a capture");
        let meta = fs::read_to_string(path.with_extension("meta")).expect("a capture");
        let method = meta.lines().find_map(|line| line.strip_prefix("method: "));
        let method = method.expect("a method").trim();
        let json = fs::read(path.with_extension("json")).expect("a capture");
        let json: Json = serde_json::from_slice(&json).expect("JSON");
        let istio = istios.get(method).unwrap_or_else(|| panic!("no {method}"));
        for descriptor in [Some(istio), ours.get(method)].into_iter().flatten() {
            assert_eq!(again(&sent, descriptor, &json, &configs), sent, "{name}");
            seen.0 += 1;
        }
        seen.1 += 1;
    }
    assert!(seen.1 >= 40 && seen.0 >= seen.1 + 30, "{seen:?}");
}

/// Makes a request from its parts.
fn again(
    sent: &[u8],
    descriptor: &str,
    json: &Json,
    configs: &BTreeMap<&'static str, ConfigDescriptor>,
) -> Vec<u8> {
    let template = RemoteTemplate::parse(descriptor).expect("a template");
    let request = Request::decode(sent).expect("a request");
    let pool = pool(descriptor);
    let instance_message = message(&pool, &format!("{}.InstanceMsg", template.package()));
    let instances: Vec<EncodedInstance> = request
        .instances
        .iter()
        .map(|bytes| {
            let rebuilt = Rebuilt::of(&instance_message, bytes);
            let compiled = template.compile(&rebuilt.name, Some(&rebuilt.params), |text| {
                Ok((text.to_owned(), rebuilt.value(text).0))
            });
            let instance = compiled.unwrap_or_else(|problems| panic!("{problems}"));
            let encoded = instance.encode(|text| Ok::<_, String>(rebuilt.value(text).1.clone()));
            encoded.expect("an instance")
        })
        .collect();
    let mut params = json["adapter_config"].clone();
    let config = params.as_object_mut().map(|params| {
        let url = params.remove("@type").expect("a type");
        let url = url.as_str().expect("a text");
        let name = url.strip_prefix("type.googleapis.com/").expect("a URL");
        let config = &configs[name.strip_suffix(".Params").expect("`Params`")];
        assert_eq!(config.message_name(), name);
        let yaml = serde_json::to_string(&params).expect("JSON");
        let params = parse("params.yaml", yaml.as_bytes()).remove(0);
        let encoded = config.encode(Some(&params));
        encoded.unwrap_or_else(|problems| panic!("{problems}"))
    });
    let quota = request.quota.as_ref().map(|quota| {
        let params = quota.quotas.values().next().expect("a quota");
        QuotaArgs {
            dedup_id: request.dedup_id.clone(),
            amount: params.amount,
            best_effort: params.best_effort,
        }
    });
    assert_eq!(quota.is_some(), template.variety() == Variety::Quota);
    let config = config.as_deref();
    let encoded = template.encode_request(&instances, config, &request.dedup_id, quota.as_ref());
    encoded.expect("a service")
}

/// The instances of a configuration, from the report of a proxy to the bytes for an adapter.
#[test]
fn a_captured_report_gives_the_captured_instances() {
    let Some(istios) = istios() else { return };
    let descriptor = &istios["/metric.HandleMetricService/HandleMetric"];
    let template = RemoteTemplate::parse(descriptor).expect("a template");
    let vocabulary = Vocabulary::istio();
    let yaml = conformance::file("captures/config/istio_like.yaml").expect("the folder");
    let report = conformance::capture("istio_Report").expect("the folder");
    let report = ReceivedReport::decode(&report).expect("a report");
    let mut bags = ReportBags::decode(&report, GlobalDictionary::istio()).expect("attributes");
    let bag = bags.next().expect("a bag").expect("attributes");
    let instances = parse("istio_like.yaml", &yaml)
        .into_iter()
        .filter(|document| {
            let kind = document.require("kind").expect("a kind");
            kind.as_str().expect("a text") == "instance"
        });
    let encoded: Vec<_> = instances
        .map(|document| {
            let name = document
                .require("metadata")
                .and_then(|it| it.require("name"));
            let name = name.expect("a name").as_str().expect("a text").to_owned();
            let params = document.require("spec").and_then(|it| it.require("params"));
            let name = format!("{name}.instance.istio-system");
            let params = params.expect("params").clone();
            let compiled = template.compile(&name, Some(&params), |text| {
                let expression = Expression::compile(text, &vocabulary)?;
                let ty: ValueType = expression.value_type();
                Ok((expression, ty))
            });
            let instance = compiled.unwrap_or_else(|problems| panic!("{problems}"));
            let encoded = instance.encode(|expression| expression.evaluate_ref(&bag));
            encoded.expect("an instance")
        })
        .collect();
    let sent = conformance::capture("istio_HandleMetric").expect("the folder");
    let sent = Request::decode(&*sent).expect("a request");
    let message = message(&pool(descriptor), "metric.InstanceMsg");
    let decode =
        |bytes: &[u8]| DynamicMessage::decode(message.clone(), bytes).expect("an instance");
    let expected: Vec<_> = sent.instances.iter().map(|bytes| decode(bytes)).collect();
    let found: Vec<_> = encoded.iter().map(|it| decode(it.bytes())).collect();
    assert_eq!(found, expected);
}
