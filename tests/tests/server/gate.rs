//! An adapter that does what it is told, well or badly.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use adapter_runtime::prelude::*;
use adapter_runtime::template::{listentry, metric, quota};
use adapter_runtime::{Registration, Settings};
use tests::client::{Client, LIST_ENTRY};
use tests::served::Served;
use tokio::sync::Semaphore;

#[derive(AdapterConfig)]
pub(crate) struct Params {
    /// `allow`, `deny`, `error`, `hang` until it is released, `large` for a large answer.
    #[config(default = "allow")]
    pub does: String,
    pub secret: Secret,
}

/// Does what it is told.
#[mixer_adapter(package = "test.gate", templates = ["listentry", "metric", "quota"])]
pub(crate) struct Gate(Params);

/// Calls that hang, and what they hang on.
static HANGING: AtomicUsize = AtomicUsize::new(0);
static GIVEN_UP: AtomicUsize = AtomicUsize::new(0);

/// Releases those that hang.
pub(crate) fn released() -> &'static Arc<Semaphore> {
    static RELEASED: std::sync::LazyLock<Arc<Semaphore>> =
        std::sync::LazyLock::new(|| Arc::new(Semaphore::new(0)));
    &RELEASED
}

/// A call that hangs.
struct Hanging;

impl Drop for Hanging {
    fn drop(&mut self) {
        HANGING.fetch_sub(1, Ordering::SeqCst);
        GIVEN_UP.fetch_add(1, Ordering::SeqCst);
    }
}

impl Adapter for Gate {
    type Config = Params;

    async fn build(params: Params, _: Setup) -> Result<Gate, BuildError> {
        Ok(Gate(params))
    }
}

impl listentry::Handler for Gate {
    async fn handle_list_entry(
        &self,
        _: &Call,
        _: listentry::Instance,
    ) -> Result<CheckResult, HandlerError> {
        match self.0.does.as_str() {
            "deny" => Ok(CheckResult::deny(Code::NotFound, "not on the list")),
            "error" => Err(HandlerError::new(Code::Unavailable, "the backend is away")),
            "hang" => {
                HANGING.fetch_add(1, Ordering::SeqCst);
                let hanging = Hanging;
                let permit = released().acquire().await.expect("it is never closed");
                permit.forget();
                GIVEN_UP.fetch_sub(1, Ordering::SeqCst);
                drop(hanging);
                Ok(CheckResult::allow())
            }
            "large" => Ok(CheckResult::deny(Code::NotFound, "x".repeat(100_000))),
            "secret" => Ok(CheckResult::deny(Code::NotFound, self.0.secret.expose())),
            _ => Ok(CheckResult::allow()),
        }
    }
}

impl metric::Handler for Gate {
    async fn handle_metric(&self, _: &Call, _: Vec<metric::Instance>) -> Result<(), HandlerError> {
        Ok(())
    }
}

impl quota::Handler for Gate {
    async fn handle_quota(
        &self,
        _: &Call,
        _: quota::Instance,
        _: QuotaArgs,
    ) -> Result<QuotaResult, HandlerError> {
        Ok(QuotaResult::grant(0, Duration::from_secs(1)))
    }
}

/// How many calls hang now.
pub(crate) fn hanging() -> usize {
    HANGING.load(Ordering::SeqCst)
}

/// How many of those that hung were given up.
pub(crate) fn given_up() -> usize {
    GIVEN_UP.load(Ordering::SeqCst)
}

/// A server of this adapter.
pub(crate) async fn serve(change: impl FnOnce(&mut Settings)) -> Served {
    let adapters = [Registration::new::<Gate>()];
    Served::with(adapters, |server| server.configure(change)).await
}

/// A request for an adapter that does this.
pub(crate) fn request(does: &str) -> Vec<u8> {
    let params = Params {
        does: does.into(),
        secret: Secret::default(),
    };
    request_with(&params.encode())
}

/// A request with these bytes as the configuration.
pub(crate) fn request_with(config: &[u8]) -> Vec<u8> {
    // instance: { name: "i.instance.ns" }
    let mut request = b"\x0a\x13\xfa\xd2\xe4\x93\x02\x0di.instance.ns".to_vec();
    let any = prost_types::Any {
        type_url: "type.googleapis.com/test.gate.Params".into(),
        value: config.into(),
    };
    prost::encoding::message::encode(2, &any, &mut request);
    request
}

/// A call that must succeed.
pub(crate) async fn succeed(client: &Client) {
    let answer = client.call(LIST_ENTRY, &request("allow")).await;
    answer.expect("a good client is served");
}

/// Waits until something is so.
pub(crate) async fn until(what: &str, so: impl Fn() -> bool) {
    let waiting = async {
        while !so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), waiting).await;
    waited.unwrap_or_else(|_| panic!("never: {what}"));
}
