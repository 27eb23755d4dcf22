//! The chart is the objects, with places for what an operator changes.

use std::collections::BTreeMap;

use adapter_runtime::document::{self, Problems};
use adapter_runtime::manifest::{File, Kind, Options};

use super::{documents, files, json, kubernetes, options};

/// Fills the places in, which are the only thing that is done with a chart's files.
fn rendered(template: &str, values: &BTreeMap<String, String>, namespace: &str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (place, after) = after.split_once("}}").expect("a place that ends");
        text.push_str(before);
        text.push_str(match place.trim() {
            ".Release.Namespace" => namespace,
            "\"{{\"" => "{{",
            place => {
                let name = place
                    .strip_prefix(".Values.")
                    .unwrap_or_else(|| panic!("{place}"));
                values
                    .get(name)
                    .unwrap_or_else(|| panic!("no value {name}"))
            }
        });
        rest = after;
    }
    text + rest
}

fn chart(made: &[File], namespace: &str) -> Vec<serde_json::Value> {
    let values = made
        .iter()
        .find(|file| file.path == "chart/values.yaml")
        .expect("values");
    let values = json(&documents(values)[0]);
    let values = values
        .as_object()
        .expect("values")
        .iter()
        .map(|(name, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            (name.clone(), text)
        });
    let values = values.collect();
    let templates = made
        .iter()
        .filter(|file| file.path.starts_with("chart/templates/"));
    let mut objects = Vec::new();
    for file in templates {
        let text = rendered(&file.text, &values, namespace);
        let mut problems = Problems::new();
        objects.extend(document::parse(&file.path, text, &mut problems));
        assert!(problems.is_empty(), "{problems}");
    }
    objects.iter().map(json).collect()
}

#[test]
fn with_its_values_the_chart_is_the_same_objects() {
    let mut volumes = options();
    volumes.volumes = vec!["/data".parse().expect("a volume")];
    let mut one = options();
    one.replicas = Some(1);
    one.port = 9000;
    one.deploy_namespace = Some("adapters".into());
    for options in [options(), volumes, one] {
        let namespace = options
            .deploy_namespace
            .clone()
            .unwrap_or_else(|| "istio-system".into());
        let made = files(Kind::Helm, None, options.clone());
        let mut chart = chart(&made, &namespace);
        let mut plain = kubernetes::objects(options.clone());
        // Secrets are the operator's to write.
        plain.retain(|it| it["kind"] != "Secret");
        for kind in [Kind::Adapter, Kind::Template] {
            let files = files(kind, None, options.clone());
            plain.extend(files.iter().flat_map(documents).map(|it| json(&it)));
        }
        let key = |it: &serde_json::Value| format!("{} {}", it["kind"], it["metadata"]["name"]);
        chart.sort_by_key(key);
        plain.sort_by_key(key);
        assert_eq!(chart, plain);
    }
}

#[test]
fn the_chart_is_in_the_namespace_of_its_release() {
    let made = files(Kind::Helm, None, Options::of_program("p"));
    let objects = chart(&made, "elsewhere");
    let kubernetes = objects
        .iter()
        .filter(|it| it["apiVersion"] != "config.istio.io/v1alpha2");
    let namespaces: Vec<_> = kubernetes
        .map(|it| it["metadata"]["namespace"].clone())
        .collect();
    assert!(!namespaces.is_empty() && namespaces.iter().all(|it| it == "elsewhere"));
    let chart = made
        .iter()
        .find(|file| file.path == "chart/Chart.yaml")
        .expect("a chart");
    let chart = json(&documents(chart)[0]);
    assert_eq!(
        (&chart["apiVersion"], &chart["type"]),
        (&"v2".into(), &"application".into())
    );
}
