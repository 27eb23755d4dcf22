use std::time::Duration;

use adapter_runtime::prelude::*;
use adapter_runtime::template::{checknothing, listentry, quota};
use adapter_runtime::{Harness, import};
use adapters::denier::{Denier, Params};
use serde_json::json;
use tests::programs::project;

use crate::support::{Operator, Remote, problems};

#[test]
fn its_configuration_is_istios() {
    let proto = project().join("adapters/proto/denier.proto");
    import::assert_same::<Params>("adapter.denier.config", proto);
    let params = Params::defaults();
    assert_eq!(params.status.code, 9);
    assert_eq!(params.valid_duration, Duration::from_secs(5));
    assert_eq!(params.valid_use_count, 1000);
}

#[test]
fn only_a_code_that_denies_is_valid() {
    assert_eq!(
        problems::<Denier>("status: {code: 0, message: closed}\nvalid_duration: 1m"),
        [
            "params.yaml:1:16: error: status.code: 0 is OK, with which nothing is denied: write the \
             number of another code, such as 7 for PERMISSION_DENIED"
        ]
    );
    assert_eq!(
        problems::<Denier>("status: {code: 1333}"),
        [
            "params.yaml:1:16: error: status.code: 1333 is no code of gRPC: write one from 1 to 16, \
             such as 7 for PERMISSION_DENIED"
        ]
    );
}

#[tokio::test]
async fn what_is_not_written_has_istios_default() {
    let verdict = async |params: &str| {
        let denier = Harness::<Denier>::from_yaml(params).expect("params");
        let denier = denier.build().await.expect("a handler");
        let instance = listentry::Instance::default();
        let verdict = denier.call::<listentry::Template>(instance).await;
        verdict.expect("a verdict").to_string()
    };
    assert_eq!(
        verdict("").await,
        "CheckResult: status:FAILED_PRECONDITION, duration:5000000000, usecount:1000"
    );
    assert_eq!(
        verdict("status: {message: closed}").await,
        "CheckResult: status:FAILED_PRECONDITION (closed), duration:5000000000, usecount:1000"
    );
    assert_eq!(
        verdict("{status: {code: 5}, valid_duration: 1h, validUseCount: -1}").await,
        "CheckResult: status:NOT_FOUND, duration:3600000000000, usecount:2147483647"
    );
    // Mixer takes two zeros for no opinion.
    assert_eq!(
        verdict("{validDuration: 0s, validUseCount: 0}").await,
        "CheckResult: status:FAILED_PRECONDITION, duration:0, usecount:-1"
    );
}

#[tokio::test]
async fn it_denies_over_grpc() {
    let config = Operator::of("denier").config::<Denier>();
    let denier = Remote::serve::<Denier>(&config).await;
    let request = json!({"instance": {"name": "anything.instance.istio-system"}});
    let denied = json!({
        "status": {"code": 7, "message": "Not allowed"},
        "validDuration": "5s",
        "validUseCount": 1000,
    });
    let verdict = denier.call::<checknothing::Template>(request.clone()).await;
    assert_eq!(verdict.expect("a verdict"), denied);
    let verdict = denier.call::<listentry::Template>(request).await;
    assert_eq!(verdict.expect("a verdict"), denied);
    let request = json!({
        "instance": {"name": "q.instance.ns"},
        "quotaRequest": {"quotas": {"q.instance.ns": {"amount": "5", "bestEffort": true}}},
    });
    let granted = denier.call::<quota::Template>(request).await;
    let granted = &granted.expect("an answer")["quotas"]["q.instance.ns"];
    assert_eq!(granted["grantedAmount"], serde_json::Value::Null);
    assert_eq!(granted["status"]["code"], 7);
    denier.stop().await;
}
