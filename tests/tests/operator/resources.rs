//! Mixer's resources are as Mixer wants them.

use std::collections::BTreeSet;

use adapter_runtime::config::ConfigSchema;
use adapter_runtime::manifest::Kind;
use adapter_runtime::template::{BUILT_IN, Template as _, descriptor_set};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost::Message as _;
use prost_reflect::DescriptorPool;
use prost_types::FileDescriptorSet;

use super::{adapters, files, of_kind, options};

/// A descriptor set, as far as Mixer's own options are concerned.
#[derive(Clone, PartialEq, prost::Message)]
struct Set {
    #[prost(message, repeated, tag = 1)]
    file: Vec<File>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct File {
    #[prost(message, optional, tag = 8)]
    options: Option<Options>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Options {
    #[prost(int32, optional, tag = 72_295_727)]
    variety: Option<i32>,
    #[prost(string, optional, tag = 72_295_888)]
    name: Option<String>,
}

fn bytes(resource: &serde_json::Value, key: &str) -> Vec<u8> {
    let text = resource["spec"][key].as_str().expect("base64");
    STANDARD.decode(text).expect("base64")
}

#[test]
fn adapters_say_what_mixer_must_know() {
    let resources = of_kind(&files(Kind::Adapter, None, options()), "adapter");
    let names: Vec<_> = resources
        .iter()
        .map(|it| it["metadata"]["name"].clone())
        .collect();
    assert_eq!(
        names,
        [
            "apigee",
            "caller",
            "everything",
            "keyval",
            "threescale",
            "wavefront"
        ]
    );
    for resource in &resources {
        let keys: Vec<_> = resource.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["apiVersion", "kind", "metadata", "spec"]);
        assert_eq!(resource["apiVersion"], "config.istio.io/v1alpha2");
        assert_eq!(resource["metadata"]["namespace"], "istio-system");
        // Null stops some versions of Mixer, and a session leaves the configuration out.
        assert!(
            resource["spec"]["description"]
                .as_str()
                .is_some_and(|it| !it.is_empty())
        );
        assert_eq!(resource["spec"]["session_based"], false);
        let set = FileDescriptorSet::decode(&*bytes(resource, "config")).expect("descriptors");
        assert!(set.file.iter().all(|file| file.source_code_info.is_none()));
    }
    let apigee = &resources[0]["spec"]["templates"];
    assert_eq!(
        *apigee,
        serde_json::json!(["apigee-authorization", "apigee-analytics", "quota"])
    );
}

#[test]
fn the_config_describes_the_struct() {
    let resources = of_kind(&files(Kind::Adapter, None, options()), "adapter");
    let schemas = tests::configs::all();
    for (name, schema) in &schemas {
        let resource = resources
            .iter()
            .find(|it| it["metadata"]["name"] == *name)
            .expect(name);
        let set = bytes(resource, "config");
        let package = match *name {
            "everything" => "everything.config",
            _ => schema.package(),
        };
        let expected = match *name {
            "everything" => ConfigSchema::of::<tests::configs::everything::Everything>(package),
            _ => schema.clone(),
        };
        assert_eq!(set, expected.descriptor_set(), "{name}");
        let pool = DescriptorPool::decode(&*set).expect("descriptors");
        assert!(
            pool.get_message_by_name(&format!("{package}.Params"))
                .is_some(),
            "{name}"
        );
    }
    // Istio's own tool writes 61 kB for these three fields.
    let threescale = resources
        .iter()
        .find(|it| it["metadata"]["name"] == "threescale");
    assert!(bytes(threescale.expect("an adapter"), "config").len() < 400);
}

#[test]
fn templates_have_a_handler_service_and_both_options() {
    let mut with_built_in = options();
    with_built_in.built_in = true;
    let resources = of_kind(&files(Kind::Template, None, with_built_in), "template");
    let names: BTreeSet<_> = resources
        .iter()
        .map(|it| it["metadata"]["name"].as_str())
        .collect();
    let expected = [
        "apigee-analytics",
        "apigee-authorization",
        "caller",
        "keyval",
        "metric",
        "quota",
        "reportnothing",
        "threescale-authorization",
    ];
    assert_eq!(names, expected.map(Some).into_iter().collect());
    for resource in &resources {
        let set = bytes(resource, "descriptor");
        let pool = DescriptorPool::decode(&*set).expect("descriptors");
        assert!(pool.services().any(|it| it.name().starts_with("Handle")));
        let options: Vec<_> = Set::decode(&*set)
            .expect("descriptors")
            .file
            .into_iter()
            .filter_map(|file| file.options)
            .collect();
        let with_variety = options.iter().filter(|options| options.variety.is_some());
        assert_eq!(with_variety.count(), 1, "{resource}");
        assert!(
            options.iter().any(|options| options.name.is_some()),
            "{resource}"
        );
    }
}

#[test]
fn istios_own_templates_are_made_on_request() {
    // What is renamed is the operator's to apply, also of Istio's.
    let resources = of_kind(&files(Kind::Template, None, options()), "template");
    let names: Vec<_> = resources
        .iter()
        .map(|it| it["metadata"]["name"].clone())
        .collect();
    let expected = [
        "apigee-analytics",
        "apigee-authorization",
        "caller",
        "keyval",
        "threescale-authorization",
    ];
    assert_eq!(names, expected);
    for template in BUILT_IN {
        let made = files(Kind::Template, Some(template.name), options());
        assert_eq!(made[0].path, format!("{}template.yaml", template.name));
        let resource = &of_kind(&made, "template")[0];
        assert_eq!(bytes(resource, "descriptor"), descriptor_set(&template));
    }
    let renamed = files(Kind::Template, Some("threescale-authorization"), options());
    let descriptor = bytes(&of_kind(&renamed, "template")[0], "descriptor");
    let authorization = adapter_runtime::template::authorization::Template::INFO;
    assert_eq!(descriptor, descriptor_set(&authorization));
}

#[test]
fn in_another_namespace_istios_templates_are_named_with_theirs() {
    let mut elsewhere = options();
    elsewhere.namespace = "adapters".into();
    let templates = |options| {
        let resource = &of_kind(&files(Kind::Adapter, Some("wavefront"), options), "adapter")[0];
        assert_eq!(resource["metadata"]["namespace"], "adapters");
        resource["spec"]["templates"].clone()
    };
    // There is no fallback to `istio-system`.
    assert_eq!(
        templates(elsewhere.clone()),
        serde_json::json!(["metric.istio-system"])
    );
    elsewhere.built_in = true;
    assert_eq!(templates(elsewhere), serde_json::json!(["metric"]));
}

#[test]
fn the_attributes_are_istios() {
    let made = files(Kind::Attributes, None, options());
    let mut ours: Vec<_> = of_kind(&made, "attributemanifest")
        .iter()
        .flat_map(|it| {
            it["spec"]["attributes"]
                .as_object()
                .expect("attributes")
                .clone()
        })
        .map(|(name, attribute)| (name, attribute["valueType"].clone()))
        .collect();
    ours.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(ours.len(), 88);
    let Some(vectors) = tests::conformance::file("vectors/attributes_manifest.json") else {
        return;
    };
    let vectors: serde_json::Value = serde_json::from_slice(&vectors).expect("JSON");
    for (name, ty) in &ours {
        let text = vectors.to_string();
        assert!(text.contains(&format!("\"{name}\"")), "{name}");
        assert!(text.contains(ty.as_str().expect("a type")), "{ty}");
    }
}

#[test]
fn every_file_says_what_made_it() {
    let mut options = options();
    options.volumes = vec!["/data".parse().expect("a volume")];
    let made = files(Kind::All, None, options.clone());
    let paths: BTreeSet<_> = made.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths.len(), made.len(), "{paths:?}");
    for path in [
        "attributes.yaml",
        "keyvaltemplate.yaml",
        "sample_operator_config.yaml",
        "wavefront.yaml",
        "my-adapters-k8s.yaml",
        "my-adapters-secrets.yaml",
        "Dockerfile",
        "wavefront.schema.json",
        "wavefront.proto",
        "keyvaltemplate.proto",
        "wavefront.md",
        "chart/Chart.yaml",
    ] {
        assert!(paths.contains(path), "{path}: {paths:?}");
    }
    for file in &made {
        let mut lines = file.text.lines();
        let (first, second) = (
            lines.next().unwrap_or_default(),
            lines.next().unwrap_or_default(),
        );
        let line = if file.path.ends_with(".json") {
            second
        } else {
            first
        };
        assert!(
            line.contains("Made by `my-adapters manifest all`"),
            "{}: {line}",
            file.path
        );
        if file.path.ends_with(".yaml") && !file.path.starts_with("chart/templates") {
            assert!(
                !file.text.contains("null") && !file.text.contains(": ~"),
                "{}",
                file.path
            );
        }
        assert!(
            file.text.ends_with('\n') && !file.text.contains(" \n"),
            "{}",
            file.path
        );
    }
    // Nothing depends on the order of a map or of the linker.
    assert_eq!(made, files(Kind::All, None, options));
}

#[test]
fn names_that_nothing_has() {
    let registry = adapters::registry();
    let manifests = adapter_runtime::manifest::Manifests::new(&registry, options()).expect("fine");
    let error = manifests
        .files(Kind::Adapter, Some("wavfront"))
        .expect_err("unknown");
    assert_eq!(
        error.to_string(),
        "there is no adapter `wavfront`: did you mean `wavefront`?"
    );
}
