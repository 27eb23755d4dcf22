//! A check from the bytes of its attributes to its verdict, with an adapter in this process.
//!
//! `cargo bench -p tests --bench mixer` prints the CPU time of a check and the ratios of one run: the
//! same check with 10,000 rules in other namespaces, and how loading grows with the number of rules.
//! For instruction counts, run the binary that it names under
//! `valgrind --tool=callgrind --toggle-collect='*::measured::*'` with `few` or `many` as its argument,
//! which checks a thousand times.

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use adapter_mixer::Mixer;
use adapter_mixer::attribute::{Bag, GlobalDictionary, Tracked, WireBag, compress};
use adapter_mixer::config::MemoryStore;
use adapter_runtime::Registration;
use adapter_runtime::prelude::*;
use adapter_runtime::template::listentry;
use adapter_runtime::value::{Map, Str};
use allocation_counter::measure;
use prost::Message;
use tokio::runtime::Runtime;

/// Allows everything.
#[mixer_adapter(name = "allow", templates = ["listentry"])]
struct Allow;

impl Adapter for Allow {
    type Config = NoConfig;

    async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> {
        Ok(Allow)
    }
}

impl listentry::Handler for Allow {
    async fn handle_list_entry(
        &self,
        _: &Call,
        instance: listentry::Instance,
    ) -> Result<CheckResult, HandlerError> {
        black_box(instance);
        Ok(CheckResult::allow())
    }
}

/// What a proxy sends of a request.
fn attributes() -> Vec<u8> {
    let mut bag = Bag::from([
        ("api.protocol", "http"),
        ("context.protocol", "http"),
        ("context.reporter.kind", "inbound"),
        (
            "context.reporter.uid",
            "kubernetes://reviews-v1-5bd4f8c9.default",
        ),
        ("destination.namespace", "shop"),
        (
            "destination.principal",
            "cluster.local/ns/default/sa/reviews",
        ),
        ("destination.service.host", "svc7.shop.svc.cluster.local"),
        ("destination.service.name", "svc7"),
        (
            "destination.uid",
            "kubernetes://reviews-v1-5bd4f8c9.default",
        ),
        ("request.host", "svc7:9080"),
        ("request.method", "GET"),
        ("request.path", "/reviews/7"),
        ("request.scheme", "http"),
        ("request.url_path", "/reviews/7"),
        ("request.useragent", "curl/7.64.0"),
        (
            "source.principal",
            "cluster.local/ns/default/sa/productpage",
        ),
        ("source.uid", "kubernetes://productpage-v1-6b5f.default"),
    ]);
    bag.insert("connection.mtls", true);
    bag.insert("request.size", 300);
    let headers = [
        (":path", "/reviews/7"),
        ("accept", "*/*"),
        ("x-request-id", "5bd4f8c9"),
    ];
    bag.insert("request.headers", headers.into_iter().collect::<Map<Str>>());
    compress(bag.own(), GlobalDictionary::istio(), 222).encode_to_vec()
}

fn rule(namespace: &str, number: usize) -> String {
    format!(
        "---\nkind: rule\nmetadata: {{name: r{number}, namespace: {namespace}}}\nspec:\n  match: \
         destination.service.host == \"svc{number}.{namespace}.svc.cluster.local\"\n  actions:\n  - \
         handler: allow.istio-system\n    instances: [entry.istio-system]\n"
    )
}

/// Ten rules of the request's namespace, and so many of others, a hundred in each.
fn config(others: usize) -> String {
    let mut config = "
kind: attributemanifest
metadata: {name: m, namespace: istio-system}
spec:
  attributes:
    destination.service.host: {valueType: STRING}
    request.path: {valueType: STRING}
---
kind: handler
metadata: {name: allow, namespace: istio-system}
spec: {compiledAdapter: allow}
---
kind: instance
metadata: {name: entry, namespace: istio-system}
spec: {compiledTemplate: listentry, params: {value: request.path}}
"
    .to_owned();
    for number in 0..10 {
        config.push_str(&rule("shop", number));
    }
    for number in 0..others {
        let _ = config.write_str(&rule(&format!("ns{}", number / 100), number));
    }
    config
}

async fn mixer(config: String) -> Mixer {
    let registry = Registry::new([Registration::new::<Allow>()]).expect("a registry");
    let mixer = Mixer::new(registry, Arc::new(MemoryStore::from(config))).await;
    let mixer = mixer.expect("names of templates");
    assert!(mixer.problems().is_empty(), "{:?}", mixer.problems());
    mixer
}

/// What a profiler looks at.
mod measured {
    use super::*;

    #[inline(never)]
    pub(super) fn check(runtime: &Runtime, mixer: &Mixer, message: &[u8]) {
        runtime.block_on(check_one(mixer, message));
    }

    /// The check alone.
    pub(super) async fn check_one(mixer: &Mixer, message: &[u8]) {
        let bag = WireBag::decode(black_box(message), GlobalDictionary::istio());
        let bag = Tracked::new(bag.expect("attributes"));
        let verdict = mixer.check(&bag).await.expect("a verdict");
        assert_eq!(black_box(verdict).valid_use_count, 10_000);
    }
}

/// The shortest of many short runs, which others on the machine disturb least.
fn shortest(runtime: &Runtime, mixer: &Mixer, message: &[u8]) -> Duration {
    const REPETITIONS: u32 = 200;
    let run = || {
        runtime.block_on(async {
            let start = Instant::now();
            for _ in 0..REPETITIONS {
                measured::check_one(mixer, message).await;
            }
            start.elapsed() / REPETITIONS
        })
    };
    (0..500).map(|_| run()).min().unwrap_or_default()
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let wanted = |name: &str| arguments.iter().any(|argument| argument == name);
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build().expect("a runtime");
    let message = attributes();
    for (name, others) in [("few", 0), ("many", 10_000)] {
        if wanted(name) {
            let mixer = runtime.block_on(mixer(config(others)));
            (0..1_000).for_each(|_| measured::check(&runtime, &mixer, &message));
            return;
        }
    }
    let [few, many] = [0, 10_000].map(|others| {
        let mixer = runtime.block_on(mixer(config(others)));
        let time = shortest(&runtime, &mixer, &message);
        let allocations = measure(|| measured::check(&runtime, &mixer, &message)).count_total;
        println!(
            "check with {} rules: {time:?}, {allocations} allocations",
            others + 10
        );
        time
    });
    let ratio = many.as_secs_f64() / few.as_secs_f64();
    println!("10,000 rules in other namespaces: {ratio:.2} of the check without");
    let [one, ten] = [1_000, 10_000].map(|others| {
        let config = config(others);
        let load = || {
            let start = Instant::now();
            runtime.block_on(async { mixer(config.clone()).await.shutdown().await });
            start.elapsed()
        };
        let time = (0..5).map(|_| load()).min().unwrap_or_default();
        println!("loading {others} rules: {time:?}");
        time
    });
    let ratio = ten.as_secs_f64() / one.as_secs_f64();
    println!("ten times as many rules: {ratio:.1} times as long");
}
