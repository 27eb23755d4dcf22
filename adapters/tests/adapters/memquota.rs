use std::sync::Arc;
use std::time::Duration;

use adapter_runtime::prelude::*;
use adapter_runtime::template::quota;
use adapter_runtime::value::{Map, TimeStamp, ValueType};
use adapter_runtime::{Harness, import};
use adapters::memquota::{MemQuota, Params};
use serde_json::{Value as Json, json};
use tests::programs::project;

use crate::support::{Operator, Remote, problems};

#[test]
fn its_configuration_is_istios_and_one_field_more() {
    let proto = project().join("adapters/proto/memquota.proto");
    import::assert_same::<Params>("adapter.memquota.config", proto);
    let second = Duration::from_secs(1);
    assert_eq!(Params::defaults().min_deduplication_duration, second);
}

#[test]
fn what_makes_no_sense_is_an_error() {
    let params = "\
min_deduplication_duration: 0s
quotas:
- {name: a, max_amount: -1}
- {maxAmount: 5, rateLimitAlgorithm: FIXED}
- {name: a, overrides: [{max_amount: 1.5, valid_duration: -1s}]}
";
    assert_eq!(
        problems::<MemQuota>(params),
        [
            "params.yaml:1:29: error: min_deduplication_duration: must be positive, got 0s",
            "params.yaml:3:25: error: quotas[0].max_amount: must be at least 0, got -1",
            "params.yaml:4:4: error: quotas[1].name: is required; add `name: …`",
            "params.yaml:4:38: error: quotas[1].rate_limit_algorithm: `FIXED` is no value of \
             `RateLimitAlgorithm`; the values are `FIXED_WINDOW` and `ROLLING_WINDOW`",
            "params.yaml:5:38: error: quotas[2].overrides[0].max_amount: expected an integer, got \
             the number `1.5`; write a number without fraction",
            "params.yaml:5:59: error: quotas[2].overrides[0].valid_duration: a duration must not be \
             negative, got -1s; write `0s` or more",
        ]
    );
    assert_eq!(
        problems::<MemQuota>("quotas: [{name: a}, {name: b}, {name: a}]"),
        [
            "params.yaml:1:39: error: quotas[2].name: `quotas[0]` has this name too: write one of \
             them"
        ]
    );
}

#[test]
fn every_quota_that_a_rule_sends_has_a_limit() {
    let types = quota::Type {
        dimensions: [("source", ValueType::String)].into_iter().collect(),
    };
    let memquota = Harness::<MemQuota>::from_yaml("quotas: [{name: a.instance.ns}]")
        .expect("params")
        .set_types::<quota::Template>([
            ("a.instance.ns".to_owned(), types.clone()),
            ("b.instance.ns".to_owned(), types),
        ]);
    let errors = memquota.validate().expect_err("b has no limit");
    let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        errors,
        ["quotas: a rule sends `b.instance.ns`, which has no limit: add it"]
    );
}

/// A handler, asked with a dedup id of its own each time.
struct Asked {
    memquota: Harness<MemQuota>,
    asked: std::cell::Cell<u32>,
}

impl Asked {
    async fn with(params: &str) -> Asked {
        let memquota = Harness::from_yaml(params).expect("params");
        Asked {
            memquota: memquota.build().await.expect("a handler"),
            asked: 0.into(),
        }
    }

    async fn ask(&self, name: &str, amount: i64, best_effort: bool) -> (i64, Duration) {
        self.asked.set(self.asked.get() + 1);
        let id = self.asked.get().to_string();
        self.ask_as(&id, name, amount, best_effort).await
    }

    async fn ask_as(&self, id: &str, name: &str, amount: i64, best: bool) -> (i64, Duration) {
        let instance = quota::Instance {
            name: name.into(),
            // As in the tests of Istio's adapter: something of each type.
            dimensions: Map::from([
                ("L1", Value::from("string")),
                ("L2", Value::from(2)),
                ("L3", Value::from(3.0)),
                ("L4", Value::from(true)),
                ("L5", Value::from(TimeStamp::new(1, 2))),
                ("L7", Value::StringMap(Map::from([("Foo", "Bar")]))),
            ]),
        };
        let args = QuotaArgs {
            dedup_id: id.to_owned(),
            amount,
            best_effort: best,
        };
        let answer = self
            .memquota
            .call::<quota::Template>((instance, args))
            .await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.code(), Code::Ok);
        (answer.amount(), answer.valid_duration())
    }
}

const NO: Duration = Duration::ZERO;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test(start_paused = true)]
async fn what_has_no_window_is_used_until_it_is_given_back() {
    let asked = Asked::with("quotas: [{name: q, max_amount: 10}]").await;
    assert_eq!(asked.ask("q", 2, false).await, (2, NO));
    assert_eq!(asked.ask("q", 6, false).await, (6, NO));
    assert_eq!(asked.ask("q", 0, true).await, (0, NO));
    asked.memquota.advance(seconds(1_000_000)).await;
    assert_eq!(asked.ask("q", 3, false).await, (0, NO));
    assert_eq!(asked.ask("q", 3, true).await, (2, NO));
    assert_eq!(asked.ask("q", 1, true).await, (0, NO));
    assert_eq!(asked.ask("q", -5, false).await, (5, NO));
    assert_eq!(asked.ask("q", -15, false).await, (5, NO));
    assert_eq!(asked.ask("q", i64::MIN, false).await, (0, NO));
    assert_eq!(asked.ask("q", i64::MAX, true).await, (10, NO));
}

#[tokio::test(start_paused = true)]
async fn a_rolling_window_frees_what_was_used_a_window_ago() {
    let asked = Asked::with("quotas: [{name: q, maxAmount: 10, validDuration: 60s}]").await;
    let minute = seconds(60);
    assert_eq!(asked.ask("q", 4, false).await, (4, minute));
    asked.memquota.advance(seconds(30)).await;
    assert_eq!(asked.ask("q", 6, false).await, (6, minute));
    asked.memquota.advance(Duration::from_millis(29_999)).await;
    assert_eq!(asked.ask("q", 1, false).await, (0, NO));
    // That is what Mixer's own answers to a best effort of which nothing is left.
    assert_eq!(asked.ask("q", 1, true).await, (0, minute));
    asked.memquota.advance(Duration::from_millis(1)).await;
    assert_eq!(asked.ask("q", 100, true).await, (4, minute));
    assert_eq!(asked.ask("q", -5, false).await, (5, NO));
    assert_eq!(asked.ask("q", -50, false).await, (5, NO));
    assert_eq!(asked.ask("q", 10, false).await, (10, minute));
}

#[tokio::test(start_paused = true)]
async fn a_fixed_window_frees_everything_at_once() {
    let asked = Asked::with(
        "quotas: [{name: q, maxAmount: 10, validDuration: 60s, rateLimitAlgorithm: FIXED_WINDOW}]",
    )
    .await;
    assert_eq!(asked.ask("q", 1, false).await.0, 1);
    asked.memquota.advance(seconds(59)).await;
    assert_eq!(asked.ask("q", 9, false).await.0, 9);
    assert_eq!(asked.ask("q", 1, false).await.0, 0);
    asked.memquota.advance(seconds(1)).await;
    assert_eq!(asked.ask("q", 10, false).await.0, 10);
}

#[tokio::test(start_paused = true)]
async fn the_same_dedup_id_is_answered_alike_within_its_age() {
    let asked = Asked::with(
        "quotas: [{name: q, maxAmount: 10, validDuration: 60s}, {name: r, maxAmount: 1}]\n\
         minDeduplicationDuration: 5s",
    )
    .await;
    assert_eq!(asked.ask_as("a", "q", 7, false).await, (7, seconds(60)));
    assert_eq!(asked.ask_as("b", "q", 7, false).await, (0, NO));
    asked.memquota.advance(seconds(4)).await;
    assert_eq!(asked.ask_as("a", "q", 7, false).await, (7, seconds(56)));
    assert_eq!(asked.ask_as("b", "q", 1, true).await, (0, NO));
    // Another quota, another answer.
    assert_eq!(asked.ask_as("a", "r", 1, false).await, (1, NO));
    assert_eq!(asked.ask_as("c", "q", -1, false).await, (1, NO));
    assert_eq!(asked.ask_as("c", "q", -1, false).await, (1, NO));
    assert_eq!(asked.ask_as("d", "q", 5, true).await.0, 4);
    // An hour later nobody remembers.
    asked.memquota.advance(seconds(3600)).await;
    assert_eq!(asked.ask_as("a", "q", 7, false).await.0, 7);
    assert_eq!(asked.ask_as("b", "q", 1, false).await.0, 1);
    // Without an id each is one of its own.
    assert_eq!(asked.ask_as("", "q", 1, false).await.0, 1);
    assert_eq!(asked.ask_as("", "q", 1, false).await.0, 1);
    assert_eq!(asked.ask_as("", "q", 1, false).await.0, 0);
}

#[tokio::test]
async fn an_unknown_quota_is_an_error_that_names_the_known() {
    let asked = Asked::with("quotas: [{name: a}, {name: b}]").await;
    let instance = quota::Instance {
        name: "c".into(),
        ..Default::default()
    };
    let request = (instance, QuotaArgs::default());
    let error = asked.memquota.call::<quota::Template>(request).await;
    assert_eq!(
        error.expect_err("it is unknown").to_string(),
        "INVALID_ARGUMENT: there is no quota `c`; the handler's `quotas` are `a`, `b`"
    );
}

/// A request for a quota as Mixer sends it.
fn request(name: &str, dimensions: &Json, id: &str, amount: i64, best_effort: bool) -> Json {
    json!({
        "instance": {"name": name, "dimensions": dimensions},
        "dedupId": id,
        "quotaRequest": {"quotas": {name: {"amount": amount.to_string(), "bestEffort": best_effort}}},
    })
}

fn granted(answer: &Json, name: &str) -> i64 {
    let amount = answer["quotas"][name]["grantedAmount"].as_str();
    amount.map_or(0, |text| text.parse().expect("a number"))
}

const NAME: &str = "requestcountquota.instance.istio-system";

#[tokio::test]
async fn the_first_override_that_matches_holds_over_grpc() {
    let config = Operator::of("memquota").config::<MemQuota>();
    let memquota = Remote::serve::<MemQuota>(&config).await;
    let address = |bytes: [u8; 4]| {
        use base64::Engine as _;
        let bytes = base64::prelude::BASE64_STANDARD.encode(bytes);
        json!({"ipAddressValue": {"value": bytes}})
    };
    let text = |text: &str| json!({"stringValue": text});
    let mut id = 0;
    for (source, destination, limit) in [
        ([10, 0, 0, 1], "ratings", 500),
        ([10, 0, 0, 1], "reviews", 1),
        ([10, 28, 11, 20], "productpage", 500),
        ([10, 28, 11, 21], "productpage", 2),
    ] {
        let dimensions = json!({"source": address(source), "destination": text(destination)});
        id += 1;
        let request = request(NAME, &dimensions, &id.to_string(), 1000, true);
        let answer = memquota.call::<quota::Template>(request).await;
        let answer = answer.expect("an answer");
        assert_eq!(granted(&answer, NAME), limit, "{destination}");
        let valid = if limit < 500 { "5s" } else { "1s" };
        assert_eq!(answer["quotas"][NAME]["validDuration"], valid);
    }
    memquota.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_clients_together_never_get_more_than_the_limit() {
    const LIMIT: i64 = 1000;
    const CLIENTS: usize = 64;
    let params = format!(
        "quotas: [{{name: q, maxAmount: {LIMIT}, validDuration: 1h}}]\nminDeduplicationDuration: 1h"
    );
    let config = Params::from_yaml("params.yaml", &params).expect("params");
    let memquota = Arc::new(Remote::serve::<MemQuota>(&config).await);
    let clients = (0..CLIENTS).map(|client| {
        let memquota = memquota.clone();
        tokio::spawn(async move {
            let caller = memquota.caller().await;
            let mut got = 0;
            for n in 0..10 {
                // Each request twice, as after a broken connection.
                let id = format!("{client}/{n}");
                let amount = 1 + (client as i64 + n) % 7;
                let request = request("q", &json!({}), &id, amount, n % 2 == 0);
                let first = caller.call::<quota::Template>(request.clone()).await;
                let first = granted(&first.expect("an answer"), "q");
                let again = caller.call::<quota::Template>(request).await;
                assert_eq!(granted(&again.expect("an answer"), "q"), first);
                assert!(first <= amount);
                got += first;
            }
            got
        })
    });
    let mut total = 0;
    for client in Vec::from_iter(clients) {
        total += client.await.expect("no panic");
    }
    // They asked for 2,560 or so.
    assert!(total <= LIMIT);
    let rest = request("q", &json!({}), "rest", LIMIT, true);
    let rest = memquota.call::<quota::Template>(rest).await;
    assert_eq!(total + granted(&rest.expect("an answer"), "q"), LIMIT);
    Arc::into_inner(memquota).expect("the last").stop().await;
}
