use adapter_runtime::Harness;
use adapter_runtime::prelude::*;
use adapter_runtime::template::{
    Template, Variety, apikey, authorization, checknothing, edge, kubernetes, listentry, logentry,
    metric, quota, reportnothing, tracespan,
};
use adapters::noop::Noop;
use serde_json::json;

use crate::support::{Operator, Remote, is_answer, templates};

#[test]
fn it_handles_every_template() {
    let all = tests::templates::BUILT_IN.map(|it| it.name);
    assert_eq!(templates::<Noop>(), all);
}

#[tokio::test]
async fn everything_is_granted_and_nothing_is_known() {
    let noop = Harness::<Noop>::new(NoConfig).build().await.expect("noop");
    let args = QuotaArgs {
        amount: i64::MAX,
        ..QuotaArgs::default()
    };
    let asked = (quota::Instance::default(), args);
    let granted = noop.call::<quota::Template>(asked).await.expect("a grant");
    assert_eq!(granted.amount(), i64::MAX);
    let known = noop
        .call::<kubernetes::Template>(kubernetes::Instance::default())
        .await;
    assert_eq!(known.expect("an output"), kubernetes::Output::default());
    let instance = metric::Instance {
        name: "requests.instance.ns".into(),
        ..Default::default()
    };
    let taken = noop.call::<metric::Template>(vec![instance]).await;
    taken.expect("it is taken");
    let log = noop.close().await;
    assert!(
        log.contains("reported instance=requests.instance.ns"),
        "{log}"
    );
}

#[tokio::test]
async fn it_does_nothing_over_grpc() {
    async fn call<T: Template>(noop: &Remote) {
        let info = T::INFO;
        let instance = json!({"name": "a.instance.ns"});
        let request = match info.variety {
            Variety::Report => json!({"instances": [instance]}),
            _ => json!({"instance": instance}),
        };
        let answer = noop.call::<T>(request).await;
        let answer = answer.unwrap_or_else(|status| panic!("{}: {status}", info.name));
        assert!(is_answer(info.variety, &answer), "{}: {answer}", info.name);
    }

    let config = Operator::of("noop").config::<Noop>();
    let noop = Remote::serve::<Noop>(&config).await;
    call::<apikey::Template>(&noop).await;
    call::<authorization::Template>(&noop).await;
    call::<checknothing::Template>(&noop).await;
    call::<edge::Template>(&noop).await;
    call::<kubernetes::Template>(&noop).await;
    call::<listentry::Template>(&noop).await;
    call::<logentry::Template>(&noop).await;
    call::<metric::Template>(&noop).await;
    call::<reportnothing::Template>(&noop).await;
    call::<tracespan::Template>(&noop).await;
    let request = json!({
        "instance": {"name": "q.instance.ns"},
        "quotaRequest": {"quotas": {"q.instance.ns": {"amount": "5"}}},
    });
    let granted = noop.call::<quota::Template>(request).await.expect("grants");
    let granted = &granted["quotas"]["q.instance.ns"];
    assert_eq!(granted["grantedAmount"], "5");
    assert_eq!(granted["validDuration"], "1000000000s");
    noop.stop().await;
}
