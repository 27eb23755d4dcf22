//! The table under a clock that the tests turn. An adapter that is scripted by its configuration
//! stands in for a real one; those are called in the tests of the wire.

use std::panic::Location;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::adapter::Call;
use crate::config::{ConfigSchema, Encoder};
use crate::definition::{ErasedHandler, Info, ListedTemplate};
use crate::document::{Node, Problems};
use crate::error::{BuildError, ConfigErrors};
use crate::fail_policy::FailPolicy;
use crate::future::BoxFuture;
use crate::in_process::Asked;
use crate::template::Answer;
use crate::template::host::Hosted;
use crate::wire::DecodeError;

/// Its configuration is a text: `slow` and `hang` builds, `fail` ones, and anything else.
struct Scripted {
    builds: AtomicU32,
    closed: AtomicU32,
    /// Builds that ended before there was a handler.
    aborted: AtomicU32,
    keep: bool,
}

/// A build that has not ended.
struct Building(&'static Scripted);

impl Drop for Building {
    fn drop(&mut self) {
        self.0.aborted.fetch_add(1, Ordering::SeqCst);
    }
}

struct Script {
    text: String,
    adapter: &'static Scripted,
}

impl Scripted {
    fn leaked(keep: bool) -> &'static Scripted {
        Box::leak(Box::new(Scripted {
            builds: AtomicU32::new(0),
            closed: AtomicU32::new(0),
            aborted: AtomicU32::new(0),
            keep,
        }))
    }

    fn builds(&self) -> u32 {
        self.builds.load(Ordering::SeqCst)
    }

    fn closed(&self) -> u32 {
        self.closed.load(Ordering::SeqCst)
    }
}

impl ErasedAdapter for &'static Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn version(&self) -> &'static str {
        "1"
    }

    fn config_type(&self) -> String {
        "scripted.Params".into()
    }

    fn schema(&self) -> ConfigSchema {
        unreachable!("nobody asks")
    }

    fn idle_close(&self) -> bool {
        !self.keep
    }

    fn fail_policy(&self) -> FailPolicy {
        FailPolicy::Closed
    }

    fn templates(&self) -> Vec<ListedTemplate> {
        Vec::new()
    }

    fn info(&self, _: &Location<'_>) -> Info {
        unreachable!("nobody asks")
    }

    fn add_type(
        &self,
        _: &mut InstanceTypes,
        _: usize,
        _: String,
        _: &[u8],
    ) -> Result<(), DecodeError> {
        unreachable!("nobody tells types")
    }

    fn defaults(&self) -> Box<dyn ErasedConfig> {
        unreachable!("nobody hosts")
    }

    fn read(&self, _: &Node, _: &mut Problems) -> Box<dyn ErasedConfig> {
        unreachable!("nobody hosts")
    }

    fn check_params(&self, _: &Node, _: Encoder, _: &mut Problems) {
        unreachable!("nobody writes a document")
    }

    fn decode(&self, config: &[u8]) -> Result<Box<dyn ErasedConfig>, DecodeError> {
        let text = String::from_utf8_lossy(config).into_owned();
        let adapter = *self;
        Ok(Box::new(Script { text, adapter }))
    }
}

impl ErasedConfig for Script {
    fn canonical_bytes(&self) -> Vec<u8> {
        self.text.to_lowercase().into_bytes()
    }

    fn show(&self) -> serde_json::Value {
        unreachable!("nobody hosts")
    }

    fn validate(self: Box<Self>, _: &InstanceTypes) -> Result<(), ConfigErrors> {
        Ok(())
    }

    fn build(
        self: Box<Self>,
        _: Env,
        _: InstanceTypes,
    ) -> BoxFuture<'static, Result<Box<dyn ErasedHandler>, BuildFailure>> {
        self.adapter.builds.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            if self.text.contains("slow") {
                tokio::time::sleep(Duration::from_secs(60)).await;
            }
            if self.text.contains("hang") {
                let _building = Building(self.adapter);
                std::future::pending::<()>().await;
            }
            if self.text.contains("fail") {
                let error = BuildError::new(Code::Unavailable, "no luck");
                return Err(BuildFailure::Failed(error));
            }
            Ok(Box::new(*self) as Box<dyn ErasedHandler>)
        })
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        assert!(!self.text.contains("bomb"), "the destructor was asked to");
    }
}

impl ErasedHandler for Script {
    fn serve<'a>(&'a self, _: usize, _: &'a Call, _: &[u8]) -> Result<Answer<'a>, DecodeError> {
        unreachable!("nobody calls")
    }

    fn host<'a>(&'a self, _: usize, _: &'a Call, _: Asked) -> Hosted<'a> {
        unreachable!("nobody hosts")
    }

    #[cfg(feature = "testing")]
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.adapter.closed.fetch_add(1, Ordering::SeqCst);
        let text = self.text.clone();
        Box::pin(async move {
            if text.contains("never closes") {
                std::future::pending::<()>().await;
            }
            if text.contains("closes late") {
                tokio::time::sleep(Duration::from_secs(20)).await;
            }
        })
    }
}

fn handlers(adapter: &'static Scripted, max: usize) -> Arc<Handlers> {
    let limits = HandlerLimits {
        max,
        idle_close: Duration::from_secs(600),
        close: Duration::from_secs(30),
    };
    let adapter = Box::leak(Box::new(adapter));
    Arc::new(Handlers::new(adapter, limits, Arc::default()))
}

async fn lease_all(handlers: &Arc<Handlers>, config: &'static str, n: usize) -> Vec<Option<Code>> {
    let mut leases = JoinSet::new();
    for _ in 0..n {
        let handlers = handlers.clone();
        leases.spawn(async move {
            let lease = handlers.lease(config.as_bytes()).await;
            lease.err().map(|status| status.code())
        });
    }
    leases.join_all().await
}

#[tokio::test(start_paused = true)]
async fn a_build_that_fails_slowly_answers_all_who_waited() {
    let adapter = Scripted::leaked(false);
    let handlers = handlers(adapter, 10);
    let answers = lease_all(&handlers, "slow fail", 20).await;
    assert_eq!(answers, vec![Some(Code::Unavailable); 20]);
    assert_eq!(adapter.builds(), 1);
    lease_all(&handlers, "slow fail", 1).await;
    assert_eq!(adapter.builds(), 1, "not repeated at once");
    tokio::time::sleep(RETRY_AFTER).await;
    lease_all(&handlers, "slow fail", 20).await;
    assert_eq!(adapter.builds(), 2, "repeated after a while, once");
}

#[tokio::test(start_paused = true)]
async fn a_handler_is_not_closed_before_those_who_wait_have_it() {
    let adapter = Scripted::leaked(false);
    let handlers = handlers(adapter, 1);
    let waiting = lease_all(&handlers, "slow", 20);
    let others = async {
        // While it is built, and at the moment when it is, others want its place.
        for _ in 0..120 {
            tokio::time::sleep(Duration::from_millis(500)).await;
            handlers.close_idle();
            let _ = handlers.lease(b"other").await;
        }
    };
    let (waiting, ()) = tokio::join!(waiting, others);
    assert_eq!(waiting, vec![None; 20]);
}

#[tokio::test(start_paused = true)]
async fn what_failed_makes_room_before_what_works() {
    let adapter = Scripted::leaked(false);
    let handlers = handlers(adapter, 2);
    lease_all(&handlers, "good", 1).await;
    for config in ["fail a", "fail b", "fail c"] {
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(
            lease_all(&handlers, config, 1).await,
            [Some(Code::Unavailable)]
        );
    }
    lease_all(&handlers, "good", 1).await;
    assert_eq!(adapter.builds(), 4);
    assert_eq!(adapter.closed(), 0);
}

#[tokio::test(start_paused = true)]
async fn kept_handlers_stay_but_failures_go() {
    let adapter = Scripted::leaked(true);
    let handlers = handlers(adapter, 10);
    lease_all(&handlers, "good", 1).await;
    lease_all(&handlers, "fail", 1).await;
    tokio::time::sleep(Duration::from_secs(601)).await;
    handlers.close_idle();
    assert_eq!(handlers.lock().slots.len(), 1);
    assert_eq!(adapter.closed(), 0);
}

#[tokio::test(start_paused = true)]
async fn forms_of_one_configuration_are_bounded() {
    let adapter = Scripted::leaked(false);
    let handlers = handlers(adapter, 10);
    let text = "abcdefghij";
    for form in 0..1000_u32 {
        let upper = |(at, c): (usize, char)| match form >> at & 1 {
            0 => c,
            _ => c.to_ascii_uppercase(),
        };
        let form: String = text.chars().enumerate().map(upper).collect();
        handlers.lease(form.as_bytes()).await.expect("it is built");
    }
    assert_eq!(adapter.builds(), 1);
    assert_eq!(handlers.lock().aliases.len(), MAX_ALIASES);
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_closes_what_it_can_by_its_deadline() {
    let adapter = Scripted::leaked(false);
    let handlers = handlers(adapter, 10);
    lease_all(&handlers, "good", 1).await;
    lease_all(&handlers, "never closes", 1).await;
    let building = tokio::spawn({
        let handlers = handlers.clone();
        async move { handlers.lease(b"hang").await.err() }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    let start = Instant::now();
    handlers.close_all(start + Duration::from_secs(10)).await;
    assert_eq!(start.elapsed(), Duration::from_secs(10));
    assert_eq!(adapter.closed(), 2, "each was asked to close");
    assert_eq!(adapter.aborted.load(Ordering::SeqCst), 1, "the build");
    let refused = handlers.lease(b"new").await.expect_err("no new handler");
    assert_eq!(refused.code(), Code::Unavailable);
    building.abort();
}

#[tokio::test(start_paused = true)]
async fn a_destructor_that_panics_harms_nobody_who_holds_the_handler() {
    let adapter = Scripted::leaked(false);
    let handlers = handlers(adapter, 1);
    let lease = handlers.lease(b"bomb").await.expect("it is built");
    // The server is dropped before the call ends, so the call has the last of it.
    drop(handlers);
    drop(lease);
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_waits_for_a_build_and_closes_it() {
    let adapter = Scripted::leaked(false);
    let handlers = handlers(adapter, 10);
    let lease = tokio::spawn({
        let handlers = handlers.clone();
        async move { handlers.lease(b"slow").await.map(drop) }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    handlers
        .close_all(Instant::now() + Duration::from_secs(100))
        .await;
    assert_eq!(adapter.closed(), 1);
    lease.abort();
}

#[tokio::test(start_paused = true)]
async fn a_handler_is_not_built_before_its_predecessor_is_closed() {
    let adapter = Scripted::leaked(false);
    let handlers = handlers(adapter, 1);
    lease_all(&handlers, "closes late", 1).await;
    lease_all(&handlers, "other", 1).await;
    assert_eq!((adapter.builds(), adapter.closed()), (2, 1));
    let start = Instant::now();
    assert_eq!(lease_all(&handlers, "closes late", 5).await, [None; 5]);
    assert_eq!(start.elapsed(), Duration::from_secs(20));
    assert_eq!(adapter.builds(), 3);
}

#[tokio::test(start_paused = true)]
async fn closing_that_hangs_is_aborted() {
    let adapter = Scripted::leaked(false);
    let handlers = handlers(adapter, 1);
    lease_all(&handlers, "never closes", 1).await;
    lease_all(&handlers, "other", 1).await;
    let start = Instant::now();
    assert_eq!(lease_all(&handlers, "never closes", 1).await, [None]);
    assert_eq!(start.elapsed(), Duration::from_secs(30), "the limit");
}

#[tokio::test(start_paused = true)]
async fn what_is_closing_is_bounded_too() {
    let adapter = Scripted::leaked(false);
    let handlers = handlers(adapter, 2);
    for config in [
        "a closes late",
        "b closes late",
        "c closes late",
        "d closes late",
    ] {
        assert_eq!(lease_all(&handlers, config, 1).await, [None]);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let refused = handlers.lease(b"e").await.expect_err("no room");
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert!(
        refused.message().contains("still being closed"),
        "{}",
        refused.message()
    );
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert_eq!(lease_all(&handlers, "e", 1).await, [None]);
    assert_eq!(handlers.lock().closing.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_session_has_a_handler_of_its_own() {
    let adapter = Scripted::leaked(false);
    let handlers = handlers(adapter, 2);
    let open = async || {
        handlers
            .open_session(b"good", InstanceTypes::default())
            .await
    };
    let first = open().await.expect("a session");
    let second = open().await.expect("another");
    assert_ne!(first, second);
    assert_eq!(adapter.builds(), 2);
    let named = handlers.lease_session(&first).expect("its handler");
    assert_eq!(named.env().handler(), first);
    drop(named);
    // Nobody else takes its place, though it is idle.
    let refused = handlers.lease(b"other").await.expect_err("no room");
    assert_eq!(refused.code(), Code::ResourceExhausted);
    handlers.close_session(&first).await.expect("it is closed");
    assert_eq!(adapter.closed(), 1);
    let gone = handlers.lease_session(&first).expect_err("it is closed");
    assert_eq!(gone.code(), Code::NotFound);
    handlers.lease(b"other").await.expect("there is room");
    // One that nobody uses doesn't stay for ever.
    tokio::time::sleep(Duration::from_secs(601)).await;
    handlers.close_idle();
    assert!(handlers.lease_session(&second).is_err());
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_not_built_leaves_nothing() {
    let adapter = Scripted::leaked(false);
    let handlers = handlers(adapter, 1);
    for _ in 0..3 {
        let opened = handlers
            .open_session(b"fail", InstanceTypes::default())
            .await;
        assert_eq!(opened.expect_err("it fails").code(), Code::Unavailable);
    }
    assert_eq!(handlers.lock().slots.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_session_whose_creator_gives_up_is_closed() {
    let adapter = Scripted::leaked(true);
    let handlers = handlers(adapter, 1);
    for config in ["slow", "slow fail"] {
        let opening = handlers.open_session(config.as_bytes(), InstanceTypes::default());
        let waited = tokio::time::timeout(Duration::from_secs(1), opening).await;
        assert!(waited.is_err(), "the creator gives up");
        tokio::time::sleep(Duration::from_secs(61)).await;
        assert_eq!(handlers.lock().slots.len(), 0, "{config}");
    }
    assert_eq!((adapter.builds(), adapter.closed()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn sessions_leave_room_for_those_who_open_none() {
    let adapter = Scripted::leaked(false);
    let handlers = handlers(adapter, 8);
    let open = async || {
        handlers
            .open_session(b"good", InstanceTypes::default())
            .await
    };
    for _ in 0..6 {
        open().await.expect("a session");
    }
    let refused = open().await.expect_err("one too many");
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert!(
        refused.message().contains("6 sessions"),
        "{}",
        refused.message()
    );
    for config in ["a", "b", "c", "d"] {
        assert_eq!(lease_all(&handlers, config, 1).await, [None]);
    }
}
