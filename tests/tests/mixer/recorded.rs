//! What a real Mixer made of a real report, with the configuration that it had.

use std::sync::Mutex;

use adapter_mixer::Mixer;
use adapter_mixer::attribute::{GlobalDictionary, ReportBags};
use adapter_mixer::config::MemoryStore;
use adapter_mixer::proto::ReceivedReport;
use adapter_runtime::Registration;
use adapter_runtime::prelude::*;
use adapter_runtime::template::metric;
use serde_json::Value as Json;
use tests::conformance;

static SEEN: Mutex<Vec<metric::Instance>> = Mutex::new(Vec::new());

/// Keeps what it gets.
#[mixer_adapter(name = "recorder", templates = ["metric"])]
struct Recorder;

impl Adapter for Recorder {
    type Config = NoConfig;

    async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> {
        Ok(Recorder)
    }
}

impl metric::Handler for Recorder {
    async fn handle_metric(
        &self,
        _: &Call,
        instances: Vec<metric::Instance>,
    ) -> Result<(), HandlerError> {
        SEEN.lock().expect("nothing panics here").extend(instances);
        Ok(())
    }
}

/// The dimensions and the values of Istio's, which are of three types.
fn value(json: &Json) -> Value {
    let (kind, value) = json
        .as_object()
        .and_then(|it| it.iter().next())
        .expect("a value");
    let text = |value: &Json| value.as_str().expect("a text").to_owned();
    match kind.as_str() {
        "string_value" => text(value).as_str().into(),
        "int64_value" => Value::from(text(value).parse::<i64>().expect("a number")),
        "duration_value" => Value::Duration(text(&value["value"]).parse().expect("a duration")),
        other => panic!("{other} is not in this capture"),
    }
}

#[tokio::test]
async fn a_recorded_report_gives_the_instances_that_an_adapter_got_then() {
    let Some(report) = conformance::capture("istio_Report") else {
        return;
    };
    let text = |path: &str| {
        let bytes = conformance::file(path).expect("the folder");
        String::from_utf8(bytes).expect("UTF-8")
    };
    let store = MemoryStore::new();
    store.set("attributes.yaml", text("istio/attributes.yaml"));
    // Here the adapter is in the process.
    let config = text("captures/config/istio_like.yaml");
    store.set(
        "istio.yaml",
        config.replace("  template: metric", "  compiledTemplate: metric"),
    );
    store.set(
        "handler.yaml",
        "kind: handler\nmetadata: {name: h1, namespace: istio-system}\n\
         spec: {compiledAdapter: recorder}\n",
    );
    let registry = Registry::new([Registration::new::<Recorder>()]).expect("a registry");
    let mixer = Mixer::new(registry, store)
        .await
        .expect("names of templates");
    let errors: Vec<_> = mixer.problems().iter().map(ToString::to_string).collect();
    assert_eq!(errors, [""; 0]);

    let received = ReceivedReport::decode(&report).expect("a report");
    let bags = ReportBags::decode(&received, GlobalDictionary::istio());
    let mut bags = bags.expect("attributes");
    let dispatch = mixer.dispatch().expect("it is open");
    let mut report = dispatch.report();
    while let Some(bag) = bags.next() {
        report
            .add(&bag.expect("attributes"))
            .await
            .expect("instances");
    }
    report.flush().await.expect("it is taken notice of");

    let expected: Json =
        serde_json::from_str(&text("captures/istio_HandleMetric.json")).expect("JSON");
    let expected = expected["instances"].as_array().expect("instances").iter();
    let expected: Vec<_> = expected
        .map(|json| metric::Instance {
            name: json["name"].as_str().expect("a name").into(),
            value: value(&json["value"]),
            dimensions: json["dimensions"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, json)| (name.as_str(), value(json)))
                .collect(),
            monitored_resource_type: json["monitored_resource_type"]
                .as_str()
                .expect("a text")
                .into(),
            ..metric::Instance::default()
        })
        .collect();
    let seen = SEEN.lock().expect("nothing panics here");
    assert_eq!(*seen, expected);
}
