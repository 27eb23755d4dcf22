//! Another configuration while requests run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use adapter_mixer::attribute::Bag;
use adapter_mixer::config::MemoryStore;

use crate::adapters::{BASE, BUILT, DAEMONS, HANDLERS, handler, mixer, words};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_changes_under_load_lose_no_request_and_leak_nothing() {
    const CHANGES: usize = 1_000;
    let store = Arc::new(MemoryStore::from(BASE));
    let counted = |word: usize| handler("words", &format!("allowed: w{word}, counted: reload"));
    store.set("handler.yaml", counted(0));
    let mixer = Arc::new(mixer(store.clone()).await);
    let done = Arc::new(AtomicBool::new(false));
    let asked = Arc::new(AtomicUsize::new(0));
    let requests: Vec<_> = (0..8)
        .map(|_| {
            let (mixer, done, asked) = (mixer.clone(), done.clone(), asked.clone());
            tokio::spawn(async move {
                while !done.load(Ordering::Relaxed) {
                    let verdict = mixer.check(&Bag::from([("request.word", "w0")])).await;
                    let verdict = verdict.expect("no request fails");
                    // Some handler or other always answers.
                    assert!(verdict.is_ok() || verdict.status.message.contains("not `w"));
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for change in 1..=CHANGES {
        match change % 4 {
            // The same handler under another rule.
            0 => store.set("other.yaml", format!("kind: rule\nmetadata: {{name: r{change}, namespace: shop}}\nspec: {{actions: [{{handler: words.istio-system, instances: [word.istio-system]}}]}}\n")),
            // What is broken leaves all else as it was.
            1 => store.set("broken.yaml", "kind: rule\nmetadata: {name: x, namespace: shop}\nspec: {mach: 1}\n"),
            _ => store.set("handler.yaml", counted(change)),
        }
        mixer.reload().await;
    }
    done.store(true, Ordering::Relaxed);
    for request in requests {
        request.await.expect("no request panics");
    }
    assert!(
        asked.load(Ordering::Relaxed) > CHANGES,
        "requests ran all the while"
    );
    assert_eq!(BUILT.load(Ordering::SeqCst), 1 + CHANGES / 2);
    // Only the last handler is left, as soon as the others are closed.
    for _ in 0..100 {
        if HANDLERS.load(Ordering::SeqCst) == 1 && DAEMONS.load(Ordering::SeqCst) == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(HANDLERS.load(Ordering::SeqCst), 1);
    assert_eq!(DAEMONS.load(Ordering::SeqCst), 1);
    let mixer = Arc::into_inner(mixer).expect("no request has it any more");
    mixer.shutdown().await;
    assert_eq!(HANDLERS.load(Ordering::SeqCst), 0);
    assert_eq!(DAEMONS.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_request_stays_with_the_configuration_that_it_began_with() {
    let store = Arc::new(MemoryStore::from(BASE));
    store.set("handler.yaml", words("open"));
    let mixer = mixer(store.clone()).await;
    let before = mixer.dispatch().expect("it is open");
    store.set("handler.yaml", words("shut"));
    mixer.reload().await;
    let bag = Bag::from([("request.word", "open")]);
    assert!(before.check(&bag).await.expect("a verdict").is_ok());
    assert!(!mixer.check(&bag).await.expect("a verdict").is_ok());
}

#[tokio::test]
async fn a_change_is_noticed() {
    let store = Arc::new(MemoryStore::from(BASE));
    store.set("handler.yaml", words("open"));
    let mixer = mixer(store.clone()).await;
    store.set("handler.yaml", words("shut"));
    let bag = Bag::from([("request.word", "shut")]);
    for _ in 0..200 {
        if mixer.check(&bag).await.expect("a verdict").is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the handler is not another");
}

#[tokio::test]
async fn a_version_that_makes_no_sense_leaves_the_one_before_in_force() {
    let store = Arc::new(MemoryStore::from(BASE));
    store.set("handler.yaml", words("open"));
    let mixer = mixer(store.clone()).await;
    store.set(
        "handler.yaml",
        words("open").replace("compiledAdapter", "compiledAdaptor"),
    );
    mixer.reload().await;
    let problems = mixer.problems();
    assert_eq!(
        problems[0].to_string(),
        "handler.yaml:3:8: error: unknown field \"compiledAdaptor\" in v1beta1.Handler (this version \
         stays in force: line 2); did you mean `compiled_adapter`?"
    );
    let bag = Bag::from([("request.word", "open")]);
    assert!(mixer.check(&bag).await.expect("a verdict").is_ok());
    let bag = Bag::from([("request.word", "shut")]);
    assert!(!mixer.check(&bag).await.expect("a verdict").is_ok());
}
