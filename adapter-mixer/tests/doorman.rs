//! An adapter of the test's own, called by a Mixer in the process and over gRPC: a path that it
//! denies is denied.

use std::time::Duration;

use adapter_mixer::attributes;
use adapter_mixer::testing::spy::{Reply, Spy};
use adapter_mixer::testing::{TestCall, TestMixer, TestMixerError};
use adapter_runtime::prelude::*;
use adapter_runtime::template::{listentry, metric};

/// Denies some paths.
#[mixer_adapter(templates = ["listentry"])]
struct Doorman(Params);

#[derive(AdapterConfig)]
struct Params {
    /// The paths.
    #[config(tag = 1, non_empty)]
    denied: Vec<String>,
}

impl Adapter for Doorman {
    type Config = Params;

    async fn build(params: Params, _: Setup) -> Result<Doorman, BuildError> {
        Ok(Doorman(params))
    }
}

impl listentry::Handler for Doorman {
    async fn handle_list_entry(
        &self,
        _: &Call,
        instance: listentry::Instance,
    ) -> Result<CheckResult, HandlerError> {
        let path = instance.value.as_str().unwrap_or_default();
        Ok(match self.0.denied.iter().any(|it| it == path) {
            true => CheckResult::deny(Code::PermissionDenied, format!("{path} is closed")),
            false => CheckResult::allow().cache(Cache::For {
                duration: Duration::from_secs(5),
                uses: 7,
            }),
        })
    }
}

const RESOURCES: &str = r#"
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: doorman, namespace: istio-system}
spec:
  adapter: doorman
  connection: {address: "doorman.istio-system:8000"}
  params: {denied: [/cellar]}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: path, namespace: istio-system}
spec: {template: listentry, params: {value: request.path | "/"}}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: paths, namespace: istio-system}
spec: {actions: [{handler: doorman, instances: [path]}]}
"#;

/// The same for an adapter that is compiled in.
fn compiled() -> String {
    let text = RESOURCES.replace(
        "  connection: {address: \"doorman.istio-system:8000\"}\n",
        "",
    );
    let text = text.replace("adapter: doorman", "compiledAdapter: doorman");
    text.replace("template: listentry", "compiledTemplate: listentry")
}

#[tokio::test]
async fn the_cellar_is_closed_and_the_hall_is_open() -> Result<(), TestMixerError> {
    let mixer = TestMixer::from_yaml(RESOURCES).await?;
    let hall = mixer.check(attributes! { "request.path" => "/hall" }).await;
    hall.assert_allowed()
        .assert_valid(Duration::from_secs(5), 7);
    let cellar = mixer
        .check(attributes! { "request.path" => "/cellar" })
        .await;
    cellar.assert_denied(Code::PermissionDenied);
    cellar.assert_message("/cellar is closed");
    assert_eq!(mixer.calls().len(), 2);
    mixer.close().await;
    Ok(())
}

#[tokio::test]
async fn the_same_over_grpc_however_the_handler_is_written() -> Result<(), TestMixerError> {
    for resources in [RESOURCES.to_owned(), compiled()] {
        let mixer = TestMixer::over_grpc().yaml(resources).start().await?;
        let cellar = mixer
            .check(attributes! { "request.path" => "/cellar" })
            .await;
        cellar.assert_denied(Code::PermissionDenied);
        cellar.assert_message("doorman.handler.istio-system:/cellar is closed");
        let hall = mixer.check(attributes! { "request.path" => "/hall" }).await;
        hall.assert_allowed()
            .assert_valid(Duration::from_secs(5), 7);
        mixer.close().await;
    }
    Ok(())
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_place() {
    let resources = RESOURCES.replace("handler: doorman,", "handler: dorman,");
    let error = TestMixer::from_yaml(&resources).await.expect_err("a name");
    let text = format!("{error:?}");
    assert!(text.contains("--> config.yaml:18:28"), "{text}");
    assert!(
        text.contains("did you mean `doorman.handler.istio-system`?"),
        "{text}"
    );
    let allowed = TestMixer::builder().yaml(resources).allow_problems();
    let mixer = allowed.start().await.expect("a Mixer");
    assert!(!mixer.problems().is_empty());
    let checked = mixer
        .check(attributes! { "request.path" => "/cellar" })
        .await;
    checked.assert_nobody_called();
}

#[tokio::test]
async fn an_assertion_that_fails_shows_the_way_of_the_request() {
    let mixer = TestMixer::from_yaml(RESOURCES).await.expect("a Mixer");
    let hall = mixer.check(attributes! { "request.path" => "/hall" }).await;
    let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        hall.assert_denied(Code::PermissionDenied);
    }));
    let panic = failed.expect_err("it is allowed");
    let text = panic.downcast_ref::<String>().expect("a text");
    assert!(
        text.contains("should be denied with PERMISSION_DENIED"),
        "{text}"
    );
    assert!(text.contains("paths.istio-system"), "{text}");
    assert!(text.contains("holds for every request"), "{text}");
}

#[tokio::test]
async fn several_calls_are_the_json_of_mixers_own_tests() -> Result<(), TestMixerError> {
    for single_threaded in [false, true] {
        let mut builder = TestMixer::builder().yaml(RESOURCES);
        if single_threaded {
            builder = builder.single_threaded();
        }
        let mixer = builder.start().await?;
        let check = |path: &'static str| TestCall::check(attributes! { "request.path" => path });
        let golden = mixer.run([check("/hall"), check("/cellar")]).await;
        golden.assert(
            r#"{
            "AdapterState": null,
            "Returns": [
                {"Check": {"Status": {}, "ValidDuration": 5000000000, "ValidUseCount": 7}},
                {"Check": {"Status": {
                    "code": 7,
                    "message": "doorman.istio-system:/cellar is closed"
                }}}
            ]
        }"#,
        );
    }
    Ok(())
}

const SPIED: &str = r#"
kind: instance
metadata: {name: path, namespace: istio-system}
spec: {template: listentry, params: {value: request.path | "/"}}
---
kind: instance
metadata: {name: size, namespace: istio-system}
spec: {template: metric, params: {value: request.size | 0}}
---
kind: instance
metadata: {name: calls, namespace: istio-system}
spec: {template: quota}
---
kind: rule
metadata: {name: all, namespace: istio-system}
spec: {actions: [{handler: spy, instances: [path, size, calls]}]}
"#;

#[tokio::test(start_paused = true)]
async fn a_spy_replies_as_it_is_told_and_time_costs_nothing() -> Result<(), TestMixerError> {
    let spy = Spy::new();
    let builder = TestMixer::builder().adapters([Spy::registration()]);
    let mixer = builder.yaml(spy.handler("spy")).yaml(SPIED).start().await?;
    let began = tokio::time::Instant::now();
    spy.next("listentry", Reply::usual().after(Duration::from_secs(3600)));
    mixer.check(attributes! {}).await.assert_allowed();
    assert_eq!(began.elapsed().as_secs(), 3600);
    mixer
        .report(attributes! { "request.size" => 12 })
        .await
        .assert_reported();
    mixer
        .quota(attributes! {}, "calls", 3)
        .await
        .assert_granted(3);
    spy.next(
        "quota",
        Reply::quota(QuotaResult::grant(1, Duration::from_secs(1))),
    );
    mixer
        .quota(attributes! {}, "calls", 3)
        .await
        .assert_granted(1);
    spy.next("metric", Reply::panic("on purpose"));
    mixer
        .report(attributes! {})
        .await
        .assert_failed("on purpose");
    let sizes = spy.instances::<metric::Instance>();
    let sizes: Vec<_> = sizes.iter().map(|it| it.value.as_i64()).collect();
    assert_eq!(sizes, [Some(12), Some(0)]);
    mixer.close().await;
    assert_eq!(spy.lives(), (1, 1));
    Ok(())
}

#[tokio::test]
async fn tests_beside_each_other_have_their_own_spies() -> Result<(), TestMixerError> {
    let (one, other) = (Spy::new(), Spy::new());
    let start = async |spy: &Spy| {
        let builder = TestMixer::over_grpc().adapters([Spy::registration()]);
        builder.yaml(spy.handler("spy")).yaml(SPIED).start().await
    };
    let (first, second) = (start(&one).await?, start(&other).await?);
    one.next(
        "listentry",
        Reply::check(CheckResult::deny(Code::NotFound, "no")),
    );
    first
        .check(attributes! {})
        .await
        .assert_denied(Code::NotFound);
    second.check(attributes! {}).await.assert_allowed();
    assert_eq!((one.call_count(), other.call_count()), (1, 1));
    let asked = one.take_calls();
    assert_eq!(asked[0].template, "listentry");
    assert!(
        asked[0].instances[0].contains("path.instance.istio-system"),
        "{asked:?}"
    );
    Ok(())
}
