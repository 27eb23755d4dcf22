//! Handlers that fail, and handlers that can't be built.

use std::time::{Duration, Instant};

use adapter_mixer::Options;
use adapter_mixer::attribute::Bag;
use adapter_mixer::config::{MemoryStore, Stage};
use adapter_mixer::runtime::QuotaRequest;
use adapter_runtime::FailPolicy;

use crate::adapters::{BASE, handler, mixer, mixer_with};

fn store(adapter: &str, fault: &str) -> MemoryStore {
    let store = MemoryStore::from(BASE);
    store.set("handler.yaml", handler(adapter, &format!("fault: {fault}")));
    store.set(
        "quota.yaml",
        "kind: instance\nmetadata: {name: Calls, namespace: istio-system}\n\
         spec: {compiledTemplate: quota, params: {dimensions: {word: request.word}}}\n---\n\
         kind: rule\nmetadata: {name: calls, namespace: istio-system}\n\
         spec: {actions: [{handler: words, instances: [Calls]}]}\n",
    );
    store
}

fn request() -> Bag<'static> {
    Bag::from([("request.word", "open")])
}

#[tokio::test]
async fn a_failure_is_the_checks_unless_the_author_lets_requests_pass() {
    for (fault, message) in [
        ("error", "the backend is down"),
        ("panic", "panic during handler dispatch: at the disco"),
    ] {
        let closed = mixer(store("faulty", fault)).await;
        let error = closed.check(&request()).await.expect_err("it fails");
        assert_eq!(
            error.to_string(),
            format!("1 error occurred:\n\t* {message}\n\n")
        );
        // It goes on.
        let error = closed.check(&request()).await.expect_err("it fails");
        assert_eq!(error.iter().len(), 1);
        closed.shutdown().await;

        let open = mixer(store("lenient", fault)).await;
        let verdict = open.check(&request()).await.expect("it passes");
        assert!(verdict.is_ok());
        assert_eq!(verdict.valid_use_count, -1, "and nothing is kept of it");
        let quota = QuotaRequest {
            name: "calls".to_owned(),
            amount: 7,
            ..QuotaRequest::default()
        };
        let grant = open.quota(&request(), &quota).await.expect("it passes");
        assert_eq!((grant.amount, grant.valid_duration.seconds()), (7, 1));
        open.shutdown().await;
    }
}

#[tokio::test]
async fn the_operator_has_the_last_word_about_failures() {
    let mut options = Options::default();
    options.fail_policy = Some(FailPolicy::Open);
    let open = mixer_with(store("faulty", "error"), options.clone()).await;
    assert!(open.check(&request()).await.expect("it passes").is_ok());
    options.fail_policy = Some(FailPolicy::Closed);
    let closed = mixer_with(store("lenient", "error"), options).await;
    closed.check(&request()).await.expect_err("it fails");
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_hangs_has_failed_when_the_caller_stops_waiting() {
    let seconds = |seconds| Instant::now() + Duration::from_secs(seconds);
    let closed = mixer(store("faulty", "hang")).await;
    let dispatch = closed.dispatch().expect("it is open").deadline(seconds(10));
    let began = tokio::time::Instant::now();
    let error = dispatch.check(&request()).await.expect_err("it fails");
    let error = error.to_string();
    assert!(
        error.contains("the handler 'words.istio-system' did not answer"),
        "{error}"
    );
    assert!(began.elapsed() >= Duration::from_secs(9));

    // There is time for an answer where there is to be one.
    let open = mixer(store("lenient", "hang")).await;
    let dispatch = open.dispatch().expect("it is open").deadline(seconds(10));
    let began = tokio::time::Instant::now();
    assert!(dispatch.check(&request()).await.expect("it passes").is_ok());
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn quotas_are_granted_by_the_amount_and_once_for_an_id() {
    let mixer = mixer(store("faulty", "none")).await;
    let mut quota = QuotaRequest {
        name: "CALLS".to_owned(),
        amount: 5,
        best_effort: true,
        deduplication_id: "id".to_owned(),
    };
    let granted = mixer.quota(&request(), &quota).await.expect("a grant");
    assert_eq!((granted.amount, granted.valid_duration.seconds()), (3, 5));
    quota.best_effort = false;
    let granted = mixer.quota(&request(), &quota).await.expect("an answer");
    assert_eq!(granted.amount, 0);
    quota.name = "others".to_owned();
    let granted = mixer.quota(&request(), &quota).await.expect("a grant");
    assert_eq!((granted.amount, granted.valid_duration.seconds()), (5, 60));
}

#[tokio::test]
async fn a_quota_is_counted_although_another_rule_for_it_does_not_match() {
    let store = store("faulty", "none");
    store.set(
        "other.yaml",
        "kind: rule\nmetadata: {name: other, namespace: istio-system}\n\
         spec: {match: 'request.word == \"shut\"', actions: [{handler: words, instances: [Calls]}]}\n",
    );
    let mixer = mixer(store).await;
    let quota = QuotaRequest {
        name: "calls".to_owned(),
        amount: 5,
        best_effort: true,
        ..QuotaRequest::default()
    };
    let granted = mixer.quota(&request(), &quota).await.expect("a grant");
    assert_eq!(granted.amount, 3);
}

#[tokio::test]
async fn a_handler_that_can_not_be_built_is_told_with_its_place_and_left_out() {
    for (fault, message) in [
        (
            "build",
            "handler='words.istio-system': adapter instantiation error: there is no backend",
        ),
        (
            "invalid",
            "handler='words.istio-system': adapter builder validation failed: adapter validation \
             failed : builder validation failed: '1 error occurred:\n\t* fault: is none that can \
             happen\n\n'",
        ),
    ] {
        let mixer = mixer(store("faulty", fault)).await;
        let problems = mixer.problems();
        let building: Vec<_> = problems
            .iter()
            .filter(|it| it.stage == Stage::Building)
            .collect();
        assert_eq!(building[0].message(), message);
        assert!(
            building[0]
                .to_string()
                .starts_with("handler.yaml:2:18: error: "),
            "{}",
            building[0]
        );
        assert!(
            building[1]
                .message()
                .starts_with("action='calls.rule.istio-system[0]': the handler"),
            "{}",
            building[1]
        );
        assert!(
            mixer
                .check(&request())
                .await
                .expect("nobody is asked")
                .is_ok()
        );
        assert!(mixer.routes().is_empty());
    }
}

#[tokio::test]
async fn nothing_is_answered_after_the_shutdown() {
    let mixer = mixer(store("faulty", "none")).await;
    let dispatch = mixer.dispatch().expect("it is open");
    let shutdown = tokio::spawn(mixer.shutdown());
    // What has begun comes to its end.
    tokio::task::yield_now().await;
    assert!(dispatch.check(&request()).await.expect("a verdict").is_ok());
    assert!(!shutdown.is_finished());
    drop(dispatch);
    shutdown.await.expect("it ends");
}
