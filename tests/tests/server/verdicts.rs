//! Shadow mode and the log of decisions.

use std::io::Write;
use std::sync::{Arc, Mutex};

use adapter_runtime::proto::model::{CheckResult, QuotaResult};
use adapter_runtime::{AdapterConfig as _, FailPolicy};
use prost::Message;
use tests::client::{Client, LIST_ENTRY, QUOTA};

use crate::gate::{Params, request, request_with, serve};

async fn allowed(client: &Client, does: &str) -> bool {
    let answer = client.call(LIST_ENTRY, &request(does)).await;
    let answer = CheckResult::decode(answer.expect("an answer")).expect("a result");
    answer.status.is_none_or(|status| status.code == 0)
}

#[tokio::test]
async fn in_shadow_mode_everything_passes_and_is_counted() {
    let served = serve(|settings| {
        settings.shadow.of.insert("gate".into(), true);
        settings.fail_policy.all = Some(FailPolicy::Closed);
    })
    .await;
    let client = served.client().await;
    for does in ["allow", "deny", "error"] {
        assert!(allowed(&client, does).await, "{does}");
    }
    let mut quota = request("allow");
    // quota_request: { quotas: { "i.instance.ns": { amount: 7 } } }
    quota.extend(b"\x22\x15\x0a\x13\x0a\x0di.instance.ns\x12\x02\x08\x07");
    let answer = client.call(QUOTA, &quota).await.expect("an answer");
    let answer = QuotaResult::decode(answer).expect("a result");
    assert_eq!(answer.quotas["i.instance.ns"].granted_amount, 7);
    for (template, code, count) in [
        ("listentry", "NOT_FOUND", 1),
        ("listentry", "UNAVAILABLE", 1),
        ("quota", "RESOURCE_EXHAUSTED", 1),
        ("listentry", "OK", 0),
    ] {
        let labels = format!(r#"{{adapter="gate",template="{template}",code="{code}"}}"#);
        let counted = served.metric("shadow_refusals_total", &labels);
        assert_eq!(counted, count, "{labels}");
    }
    served.stop().await;
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic").write(line)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn decisions_are_logged_without_any_value() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .finish();
    let _logged = tracing::subscriber::set_default(subscriber);
    let served = serve(|settings| settings.decision_log.all = 0.5).await;
    let client = served.client().await;
    let params = Params {
        does: "deny".into(),
        secret: adapter_runtime::config::Secret::new("hunter2"),
    };
    for _ in 0..10 {
        let denied = request_with(&params.encode());
        client.call(LIST_ENTRY, &denied).await.expect("an answer");
    }
    served.stop().await;
    let log = log.0.lock().expect("no panic").clone();
    let log = String::from_utf8(log).expect("UTF-8");
    let decisions: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("decision:"))
        .collect();
    assert_eq!(decisions.len(), 5, "{log}");
    for part in [
        "adapter=\"gate\"",
        "template=\"listentry\"",
        "instance=\"i.instance.ns\"",
        "code=\"NOT_FOUND\"",
        "shadow=false",
    ] {
        assert!(decisions[0].contains(part), "{part}: {}", decisions[0]);
    }
    assert!(!log.contains("hunter2"), "{log}");
}
