//! The verdicts and grants of Mixer's own adapters.

use std::time::Duration;

use adapter_runtime::document::{self, Problems};
use adapter_runtime::prelude::*;
use adapter_runtime::template::{checknothing, listentry, quota};
use adapter_runtime::value::IpAddress;
use adapter_runtime::{Harness, Registration};
use adapters::denier::Denier;
use adapters::list::List;
use adapters::memquota::MemQuota;
use base64::Engine as _;
use prost_reflect::DynamicMessage;
use serde_json::{Value as Json, json};
use tests::client::LIST_ENTRY;
use tests::conformance;
use tests::served::Served;

fn vectors(name: &str) -> Option<Json> {
    let vectors = conformance::file(format!("vectors/{name}.json"))?;
    Some(serde_json::from_slice(&vectors).expect("JSON"))
}

/// The lists of Mixer's tests, the values that are asked about, and the verdicts.
#[tokio::test]
async fn lists_answer_as_in_mixers_tests() {
    let Some(vectors) = vectors("adapter_integration") else {
        return;
    };
    let scenarios = vectors["scenarios"].as_array().expect("scenarios");
    let mut checked = 0;
    for scenario in scenarios.iter().filter(|it| it["adapter"] == "listchecker") {
        let configs = scenario["configs"].as_array().expect("configs");
        let of_kind = |kind: &str| {
            let mut configs = configs.iter().map(|it| it.as_str().expect("YAML"));
            configs
                .find(|it| it.contains(&format!("kind: {kind}\n")))
                .expect("one of this kind")
        };
        let (_, params) = of_kind("listchecker").split_once("spec:").expect("a spec");
        let list = Harness::<List>::from_yaml(params).expect("params");
        let list = list.build().await.expect("a handler");
        for (at, call) in scenario["calls"]
            .as_array()
            .expect("calls")
            .iter()
            .enumerate()
        {
            let attribute = |name: &str| &call["attributes"][name]["value"];
            let instance = of_kind("listentry");
            let value = if instance.contains("source.name") {
                Value::from(attribute("source.name").as_str().unwrap_or_default())
            } else if instance.contains("x-forwarded-for") {
                let header = &attribute("request.headers")["x-forwarded-for"];
                Value::from(header.as_str().expect("an address"))
            } else {
                let bytes = attribute("source.ip").as_str().expect("bytes");
                let bytes = base64::prelude::BASE64_STANDARD.decode(bytes);
                Value::from(IpAddress::from(&*bytes.expect("base64")))
            };
            let instance = listentry::Instance {
                value,
                ..Default::default()
            };
            let verdict = list.call::<listentry::Template>(instance).await;
            let verdict = verdict.expect("a verdict");
            let want = &scenario["want"]["Returns"][at]["Check"];
            let code = want["Status"]["code"].as_i64().unwrap_or(0);
            assert_eq!(i64::from(verdict.code() as i32), code);
            let message = want["Status"]["message"].as_str().unwrap_or_default();
            // Mixer puts the handler's name before it.
            let message = message.split_once(':').map_or("", |(_, message)| message);
            assert_eq!(verdict.message(), message);
            let cache = Cache::For {
                duration: Duration::from_nanos(want["ValidDuration"].as_u64().expect("ns")),
                uses: want["ValidUseCount"].as_u64().expect("a number") as u32,
            };
            assert_eq!(verdict.cache_policy(), cache);
            checked += 1;
        }
    }
    assert_eq!(checked, 8);
}

/// A request as a real Mixer sent it, with a configuration as Mixer encodes one.
#[tokio::test]
async fn a_real_mixers_request_is_answered() {
    let Some(request) = conformance::capture("check_global_HandleListEntry") else {
        return;
    };
    let served = Served::start([Registration::new::<List>()]).await;
    let verdict = served.client().await.call(LIST_ENTRY, &request).await;
    let pool = tests::protos::compile();
    let message = "istio.mixer.adapter.model.v1beta1.CheckResult";
    let message = pool.get_message_by_name(message).expect("a message");
    let verdict = verdict.expect("a verdict");
    let verdict = DynamicMessage::decode(message, verdict).expect("a verdict");
    assert_eq!(
        serde_json::to_value(verdict).expect("JSON"),
        json!({
            "status": {"code": 3, "message": "abc is not a valid IP address"},
            "validDuration": "90.500s",
            "validUseCount": 77,
        })
    );
    served.stop().await;
}

/// What a real Mixer told its client of a denier and a memquota.
#[tokio::test(start_paused = true)]
async fn deniers_and_quotas_answer_as_in_a_real_mixer() {
    let Some(vectors) = vectors("mixc_transcripts") else {
        return;
    };
    let yaml = vectors["config_files"]["main.yaml"].as_str().expect("YAML");
    let mut problems = Problems::new();
    let documents = document::parse("main.yaml", yaml, &mut problems);
    let params = |handler: &str| {
        let mut documents = documents.iter();
        let document = documents.find(|it| {
            let name = it.nearest("metadata.name").as_str();
            name.is_ok_and(|it| it == handler)
        });
        document.expect(handler).nearest("spec.params")
    };
    let cases = vectors["cases"].as_array().expect("cases");
    let case = |name: &str| {
        let case = cases.iter().find(|it| it["name"] == name).expect(name);
        case["stdout"].as_str().expect("a text").to_owned()
    };

    let config = Params::<Denier>::from_document(params("denyall"), &mut problems);
    let denier = Harness::<Denier>::new(config.expect("params"))
        .build()
        .await;
    let denier = denier.expect("a handler");
    let verdict = denier
        .call::<checknothing::Template>(Default::default())
        .await;
    let verdict = verdict.expect("a verdict");
    let told = case("namespace rule: in namespace");
    let status = format!(
        "{} (denyall.istio-system:{})",
        verdict.code(),
        verdict.message()
    );
    assert!(
        told.contains(&format!("Check status was {status}\n")),
        "{told}"
    );
    let Cache::For { duration, uses } = verdict.cache_policy() else {
        panic!("{verdict}");
    };
    let valid = format!("Valid use count: {uses}, valid duration: {duration:?}\n");
    assert!(told.contains(&valid), "{told}");

    let config = Params::<MemQuota>::from_document(params("memq"), &mut problems);
    let memquota = Harness::<MemQuota>::new(config.expect("params"))
        .build()
        .await;
    let memquota = memquota.expect("a handler");
    for (name, asked) in [
        ("quota granted", 4),
        ("quota best effort partial", 9),
        ("quota exhausted", 9),
    ] {
        let instance = quota::Instance {
            name: "requestcount.instance.istio-system".into(),
            dimensions: [("source", Value::from("s1"))].into_iter().collect(),
        };
        // As mixc does.
        let args = QuotaArgs {
            dedup_id: name.to_owned(),
            amount: asked,
            best_effort: true,
        };
        let granted = memquota.call::<quota::Template>((instance, args)).await;
        let granted = granted.expect("an answer");
        let told = case(name);
        let row = told
            .lines()
            .find(|line| line.trim().starts_with("requestcount"));
        let row: Vec<_> = row.expect(&told).split_whitespace().collect();
        let valid = adapter_runtime::value::Duration::try_from(granted.valid_duration());
        let valid = valid.expect("a short one").to_string();
        assert_eq!(row, ["requestcount", &granted.amount().to_string(), &valid]);
    }
    assert!(problems.is_empty(), "{problems}");
}

/// The configuration of an adapter.
type Params<A> = <A as Adapter>::Config;
