//! Adapters that are called over gRPC, as an operator applies them.

use std::sync::Arc;

use adapter_mixer::Mixer;
use adapter_mixer::attribute::Bag;
use adapter_mixer::config::{MemoryStore, Stage};
use adapter_mixer::runtime::QuotaRequest;
use adapter_runtime::template::{Template, TemplateInfo, descriptor_set, listentry, quota};
use adapter_runtime::{Registration, Registry};
use base64::prelude::{BASE64_STANDARD, Engine};
use tests::served::Served;

use crate::adapters::{BASE, Faulty, Words};

fn template(info: &TemplateInfo) -> String {
    let descriptor = BASE64_STANDARD.encode(descriptor_set(info));
    format!(
        "---\nkind: template\nmetadata: {{name: {}, namespace: istio-system}}\nspec: {{descriptor: \
         {descriptor}}}\n",
        info.name
    )
}

/// An adapter of this name, which gets no configuration.
fn adapter(name: &str, template: &str) -> String {
    format!(
        "---\nkind: adapter\nmetadata: {{name: {name}, namespace: istio-system}}\nspec: \
         {{description: \"\", templates: [{template}]}}\n"
    )
}

fn config(served: &Served) -> String {
    let address = served.address;
    [
        BASE.replace("compiledTemplate: listentry", "template: listentry"),
        template(&listentry::Template::INFO),
        template(&quota::Template::INFO),
        adapter("words", "listentry"),
        adapter("counter", "quota"),
        format!(
            "---
kind: handler
metadata: {{name: words, namespace: istio-system}}
spec: {{adapter: words, connection: {{address: '{address}', timeout: 5s}}}}
---
kind: handler
metadata: {{name: counter, namespace: istio-system}}
spec: {{adapter: counter, connection: {{address: '{address}'}}}}
---
kind: instance
metadata: {{name: calls, namespace: istio-system}}
spec: {{template: quota, params: {{dimensions: {{word: request.word}}}}}}
---
kind: rule
metadata: {{name: calls, namespace: istio-system}}
spec: {{actions: [{{handler: counter, instances: [calls]}}]}}
"
        ),
    ]
    .concat()
}

#[tokio::test]
async fn an_adapter_over_grpc_is_called_as_one_of_the_process() {
    let served = Served::start([Registration::new::<Words>()]).await;
    let quotas = Served::start([Registration::new::<Faulty>()]).await;
    let words = served.address.to_string();
    let counter = format!(
        "name: counter, namespace: istio-system}}\nspec: {{adapter: counter, connection: {{address: '{words}'"
    );
    let config = config(&served);
    let config = config.replace(
        &counter,
        &counter.replace(&words, &quotas.address.to_string()),
    );
    let registry = Registry::new([Registration::new::<Words>()]).expect("a registry");
    let store = Arc::new(MemoryStore::from(config));
    let mixer = Mixer::new(registry, store.clone())
        .await
        .expect("names of templates");
    let problems: Vec<_> = mixer.problems().iter().map(ToString::to_string).collect();
    assert_eq!(problems, [""; 0]);

    // Without a configuration no word is allowed but the empty one.
    let verdict = mixer
        .check(&Bag::from([("request.word", "open")]))
        .await
        .expect("a verdict");
    assert_eq!(verdict.status.code, 5);
    assert_eq!(verdict.status.message, "words.handler.istio-system:not ``");
    let verdict = mixer
        .check(&Bag::from([("request.word", "")]))
        .await
        .expect("a verdict");
    assert!(verdict.is_ok());

    let quota = QuotaRequest {
        name: "calls".to_owned(),
        amount: 9,
        best_effort: true,
        deduplication_id: "id".to_owned(),
    };
    let bag = Bag::from([("request.word", "open")]);
    let granted = mixer.quota(&bag, &quota).await.expect("a grant");
    assert_eq!((granted.amount, granted.valid_duration.seconds()), (3, 5));

    // One that is gone is an error of the check, and one without an address is never called.
    served.stop().await;
    let error = mixer.check(&bag).await.expect_err("it is gone").to_string();
    assert!(error.contains("rpc error: code = Unavailable"), "{error}");
    let handler =
        "kind: handler\nmetadata: {name: words, namespace: istio-system}\nspec: {adapter: words}\n";
    store.set("later.yaml", handler);
    mixer.reload().await;
    let problems = mixer.problems();
    let problem = problems
        .iter()
        .find(|it| it.stage == Stage::Building)
        .expect("a problem");
    assert!(
        problem.message().contains("there is no `connection`"),
        "{problem}"
    );
    assert!(mixer.check(&bag).await.expect("nobody is asked").is_ok());
    mixer.shutdown().await;
    quotas.stop().await;
}
