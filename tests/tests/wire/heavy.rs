//! A handler that computes for long: its calls have tasks of their own, and end as all others do.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use adapter_runtime::prelude::*;
use adapter_runtime::template::listentry;
use adapter_runtime::{Metrics, Registration};
use bytes::Bytes;
use tests::client::LIST_ENTRY;
use tests::served::Served;
use tonic::{Code as Grpc, Request};

use crate::faults::field;
use crate::lifecycle::until;
use crate::scheduled::count;

/// Calls that compute at this moment.
static COMPUTING: AtomicU32 = AtomicU32::new(0);
/// Calls that were given up while they waited.
static GIVEN_UP: AtomicU32 = AtomicU32::new(0);

/// Does what the entry says.
#[mixer_adapter(name = "heavy", templates = ["listentry"])]
struct Heavy;

impl Adapter for Heavy {
    type Config = NoConfig;

    async fn build(_: NoConfig, _: Setup) -> Result<Heavy, BuildError> {
        Ok(Heavy)
    }

    async fn close(&self) {
        tracing::info!("closed as it should");
    }
}

struct GivenUp;

impl Drop for GivenUp {
    fn drop(&mut self) {
        GIVEN_UP.fetch_add(1, Ordering::SeqCst);
    }
}

impl listentry::Handler for Heavy {
    async fn handle_list_entry(
        &self,
        call: &Call,
        instance: listentry::Instance,
    ) -> Result<CheckResult, HandlerError> {
        assert_eq!(call.adapter.as_ref(), "heavy");
        match instance.value.as_str().unwrap_or_default() {
            "compute" => {
                let until = Instant::now() + Duration::from_millis(1);
                while Instant::now() < until {}
            }
            // Two of these end only if they compute at once.
            "meet" => {
                COMPUTING.fetch_add(1, Ordering::SeqCst);
                let until = Instant::now() + Duration::from_secs(20);
                while COMPUTING.load(Ordering::SeqCst) < 2 {
                    if Instant::now() > until {
                        return Err(HandlerError::new(Code::Internal, "nobody came"));
                    }
                }
            }
            "panic" => panic!("no luck"),
            "wait" => {
                let _given_up = GivenUp;
                std::future::pending::<()>().await;
            }
            other => return Err(HandlerError::new(Code::Internal, other.to_owned())),
        }
        Ok(CheckResult::allow())
    }
}

fn entry(value: &str) -> Vec<u8> {
    field(1, &field(1, &field(1, value.as_bytes())))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_handler_that_computes_for_long_ends_as_others_do() {
    let mut metrics: Option<Metrics> = None;
    let served = Served::with([Registration::new::<Heavy>()], |server| {
        metrics = Some(server.metrics());
        server.idle_close(Duration::from_millis(300))
    });
    let served = served.await;
    let metrics = metrics.expect("it was configured");
    let client = served.client().await;
    for _ in 0..20 {
        let answer = client.call(LIST_ENTRY, &entry("compute")).await;
        answer.expect("it computes");
    }

    // Two calls of one connection.
    let (one, other) = (entry("meet"), entry("meet"));
    let (one, other) = tokio::join!(
        client.call(LIST_ENTRY, &one),
        client.call(LIST_ENTRY, &other),
    );
    one.expect("it is not alone");
    other.expect("it is not alone");

    let (code, message) = client.fail(LIST_ENTRY, &entry("panic")).await;
    assert_eq!(code, Grpc::Internal);
    assert_eq!(
        message,
        "the adapter `heavy` panicked while it handled a call: no luck"
    );
    let panics = r#"mixer_adapter_panics_total{adapter="heavy",place="call"} 1"#;
    assert!(metrics.encode().contains(panics), "{}", metrics.encode());

    let mut request = Request::new(Bytes::from(entry("wait")));
    request.set_timeout(Duration::from_millis(100));
    let late = client.send(LIST_ENTRY, request).await;
    late.expect_err("it waits, and the client's clock and the server's run out");
    until(|| GIVEN_UP.load(Ordering::SeqCst) == 1).await;

    let gone = served.client().await;
    let waiting = entry("wait");
    let call = gone.call(LIST_ENTRY, &waiting);
    let waited = tokio::time::timeout(Duration::from_millis(200), call).await;
    assert!(waited.is_err(), "the client gives up");
    drop(gone);
    until(|| GIVEN_UP.load(Ordering::SeqCst) == 2).await;

    // What was given up holds nothing.
    until(|| count(&metrics, "mixer_adapter_handlers_closed_total") == 1).await;
    let answer = client.call(LIST_ENTRY, &entry("compute")).await;
    answer.expect("a new handler is built");
    served.stop().await;
    assert_eq!(count(&metrics, "mixer_adapter_handlers_closed_total"), 2);
}
