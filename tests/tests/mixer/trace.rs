//! Why a handler is called, or never.

use adapter_mixer::attribute::Bag;
use adapter_mixer::config::MemoryStore;
use adapter_mixer::runtime::RuleOutcome;
use adapter_runtime::template::Variety;

use crate::adapters::{BASE, mixer, words};

const RULES: &str = r#"
kind: rule
metadata: {name: big, namespace: shop}
spec:
  match: request.word == "open" && request.size > 5
  actions: [{handler: words.istio-system, instances: [word.istio-system]}]
---
kind: rule
metadata: {name: other, namespace: elsewhere}
spec: {actions: [{handler: words.istio-system, instances: [word.istio-system]}]}
---
kind: rule
metadata: {name: broken, namespace: shop}
spec:
  match: request.wrd == "open"
  actions: [{handler: words.istio-system, instances: [word.istio-system]}]
"#;

#[tokio::test]
async fn every_step_of_a_check_is_told() {
    let store = MemoryStore::from(BASE);
    store.set("handler.yaml", words("open"));
    store.set("rules.yaml", RULES);
    let mixer = mixer(store).await;
    let mut bag = Bag::from([("destination.namespace", "shop"), ("request.word", "open")]);

    // What the second rule reads is not there.
    let (answer, trace) = mixer.trace_check(&bag).await;
    assert!(answer.expect("a verdict").is_ok());
    let varieties: Vec<_> = trace.dispatches.iter().map(|it| it.variety).collect();
    assert_eq!(varieties, [Variety::AttributeGenerator, Variety::Check]);
    let check = &trace.dispatches[1];
    assert_eq!(check.namespace.namespace, "shop");
    assert_eq!(check.namespace.attribute, Some("destination.namespace"));
    let names: Vec<_> = check.rules.iter().map(|it| it.rule.name.as_str()).collect();
    assert_eq!(names, ["words", "big", "broken"]);
    assert!(matches!(check.rules[0].outcome, RuleOutcome::Always));
    let RuleOutcome::Failed(_, error) = &check.rules[1].outcome else {
        panic!("{:?}", check.rules[1]);
    };
    assert!(error.is_absence());
    assert_eq!(error.to_string(), "lookup failed: 'request.size'");
    assert!(matches!(check.rules[2].outcome, RuleOutcome::Broken));
    assert_eq!(check.instances.len(), 1);
    assert_eq!(check.calls.len(), 1);
    let told = trace.to_string();
    assert!(
        told.contains("rules of `istio-system`, and of `shop` by destination.namespace"),
        "{told}"
    );
    assert!(
        told.contains(
            "rules.yaml:3:18: big.rule.shop: doesn't match: lookup failed: 'request.size'"
        ),
        "{told}"
    );
    assert!(told.contains("request.size: error"), "{told}");

    // Which part of it is false is told too; and what was sent where it matches.
    bag.insert("request.size", 3);
    let (_, trace) = mixer.trace_check(&bag).await;
    let told = trace.to_string();
    assert!(told.contains("    request.size > 5: false"), "{told}");
    bag.insert("request.size", 7);
    let (_, trace) = mixer.trace_check(&bag).await;
    let check = &trace.dispatches[1];
    assert!(matches!(check.rules[1].outcome, RuleOutcome::Matched(_)));
    let built = check
        .instances
        .iter()
        .map(|it| (it.rule.name.as_str(), &it.built));
    let built: Vec<_> = built.collect();
    assert_eq!(built[1].0, "big");
    assert!(
        built[1].1.as_ref().expect("it is built").contains("String"),
        "{built:?}"
    );
    assert_eq!(check.calls.len(), 2);

    // An instance that can't be built is told with its expression's error.
    let (answer, trace) = mixer
        .trace_check(&Bag::from([("destination.namespace", "nowhere")]))
        .await;
    answer.expect_err("an instance can't be built");
    let error = trace.dispatches[1].instances[0]
        .built
        .as_ref()
        .expect_err("it can't be built");
    assert_eq!(
        error.to_string(),
        "evaluation failed at [word.instance.istio-system]'Value': 'lookup failed: 'request.word''"
    );
    mixer.shutdown().await;
}
