//! Handlers are keyed by configuration: built once, shared, closed in order.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use adapter_runtime::Registration;
use adapter_runtime::prelude::*;
use adapter_runtime::template::metric;
use tests::client::{Client, METRIC};
use tests::raw;
use tests::served::Served;
use tokio::sync::Semaphore;

use crate::captures::{append_config, append_dedup_id};

#[derive(AdapterConfig, Clone, Debug)]
pub(crate) struct Params {
    /// What the handler counts under: a test uses its own.
    #[config(tag = 1)]
    pub id: String,
    #[config(tag = 2)]
    pub labels: BTreeMap<String, String>,
    /// What goes wrong: `invalid`, `unavailable` or `panic` in the build, `error` or `panic call`
    /// in a call, `hang` in the build or `hang call` until it is released.
    #[config(tag = 3)]
    pub fault: String,
}

/// What happened to the handlers of one id.
#[derive(Clone, Debug, Default, PartialEq)]
struct Events {
    hanging: usize,
    built: usize,
    called: usize,
    closed: usize,
}

static EVENTS: Mutex<Option<HashMap<String, Events>>> = Mutex::new(None);
static RELEASES: Mutex<Option<HashMap<String, Arc<Semaphore>>>> = Mutex::new(None);

/// What the handlers of one id hang on, each until it gets a permit.
fn releases(id: &str) -> Arc<Semaphore> {
    let mut releases = RELEASES.lock().expect("no test panics while it holds this");
    let new = || Arc::new(Semaphore::new(0));
    releases
        .get_or_insert_default()
        .entry(id.to_owned())
        .or_insert_with(new)
        .clone()
}

async fn hang(id: &str) {
    note(id, |events| events.hanging += 1);
    releases(id).acquire().await.expect("never closed").forget();
    note(id, |events| events.hanging -= 1);
}

/// Lets one that hangs go on.
fn release(id: &str) {
    releases(id).add_permits(1);
}

fn note(id: &str, event: impl FnOnce(&mut Events)) {
    let mut events = EVENTS.lock().expect("no test panics while it holds this");
    event(
        events
            .get_or_insert_default()
            .entry(id.to_owned())
            .or_default(),
    );
}

fn events(id: &str) -> Events {
    let mut events = EVENTS.lock().expect("no test panics while it holds this");
    events
        .get_or_insert_default()
        .get(id)
        .cloned()
        .unwrap_or_default()
}

/// Counts what happens to it.
#[mixer_adapter(name = "counted", package = "test.counted", templates = ["metric"])]
pub(crate) struct Counted(Params);

impl Adapter for Counted {
    type Config = Params;

    fn validate(params: &Params, types: &InstanceTypes, errors: &mut ConfigErrors) {
        assert!(!types.known(), "nobody tells the types over gRPC");
        if params.fault == "invalid" {
            errors.push("fault", "must not be `invalid`");
            errors.push("id", "is of an invalid configuration");
        }
    }

    async fn build(params: Params, setup: Setup) -> Result<Counted, BuildError> {
        assert_eq!(setup.env.adapter(), "counted");
        note(&params.id, |events| events.built += 1);
        match params.fault.as_str() {
            "unavailable" => Err(std::io::Error::other("the backend is away"))?,
            "panic" => panic!("no luck"),
            "hang" => hang(&params.id).await,
            // Long enough for others to arrive meanwhile.
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
        Ok(Counted(params))
    }

    async fn close(&self) {
        note(&self.0.id, |events| events.closed += 1);
    }
}

impl metric::Handler for Counted {
    async fn handle_metric(
        &self,
        call: &Call,
        _: Vec<metric::Instance>,
    ) -> Result<(), HandlerError> {
        if !call.dedup_id.is_empty() {
            assert_eq!(
                call.dedup_id, self.0.id,
                "a request reached another's handler"
            );
        }
        match self.0.fault.as_str() {
            "error" => return Err(HandlerError::new(Code::DataLoss, "the disk is full")),
            "panic call" => panic!("out of luck"),
            "bomb call" => {
                let _bomb = Bomb;
                std::future::pending().await
            }
            "hang call" => hang(&self.0.id).await,
            _ => {}
        }
        note(&self.0.id, |events| events.called += 1);
        Ok(())
    }
}

/// Something whose destructor panics.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("in a destructor");
    }
}

/// The same, kept for ever.
#[mixer_adapter(name = "kept", package = "test.kept", templates = ["metric"], idle_close = "never")]
pub(crate) struct Kept(Params);

impl Adapter for Kept {
    type Config = Params;

    async fn build(params: Params, _: Setup) -> Result<Kept, BuildError> {
        Ok(Kept(params))
    }

    async fn close(&self) {
        note(&self.0.id, |events| events.closed += 1);
    }
}

impl metric::Handler for Kept {
    async fn handle_metric(&self, _: &Call, _: Vec<metric::Instance>) -> Result<(), HandlerError> {
        Ok(())
    }
}

fn params(id: &str, fault: &str) -> Params {
    Params {
        id: id.into(),
        fault: fault.into(),
        ..Params::defaults()
    }
}

fn request(params: &Params) -> Vec<u8> {
    request_with("counted", &params.id, &params.encode())
}

fn request_with(adapter: &str, dedup_id: &str, config: &[u8]) -> Vec<u8> {
    let mut request = Vec::new();
    append_config(
        &mut request,
        &format!("type.googleapis.com/test.{adapter}.Params"),
        config,
    );
    append_dedup_id(&mut request, dedup_id);
    request
}

async fn counted() -> Served {
    Served::start([Registration::new::<Counted>()]).await
}

/// Waits until something that another task does has happened.
pub(crate) async fn until(mut happened: impl FnMut() -> bool) {
    for _ in 0..500 {
        if happened() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not happen within five seconds");
}

#[tokio::test(flavor = "multi_thread")]
async fn alternating_configurations_are_each_built_once() {
    let served = counted().await;
    let labels = |entries: &[(&str, &str)]| -> Vec<u8> {
        let mut config = Vec::new();
        for (key, value) in entries {
            let entry = BTreeMap::from([((*key).to_owned(), (*value).to_owned())]);
            config.extend(
                Params {
                    labels: entry,
                    ..params("", "")
                }
                .encode(),
            );
        }
        config
    };
    // The same map in two orders, as Mixer writes it after a reload.
    let orders = [
        labels(&[("a", "1"), ("b", "2"), ("c", "3")]),
        labels(&[("c", "3"), ("a", "1"), ("b", "2")]),
    ];
    let requests: Vec<Vec<u8>> = ["first", "second"]
        .iter()
        .flat_map(|id| {
            orders.iter().map(|labels| {
                let id_field = params(id, "").encode();
                // The last occurrence of a field counts.
                request_with("counted", id, &[labels.clone(), id_field].concat())
            })
        })
        .collect();
    let mut clients = Vec::new();
    for _ in 0..16 {
        let client = served.client().await;
        let requests = requests.clone();
        clients.push(tokio::spawn(async move {
            for request in requests.iter().cycle().take(100) {
                client.call(METRIC, request).await.expect("it is served");
            }
        }));
    }
    for client in clients {
        client.await.expect("no client panics");
    }
    for id in ["first", "second"] {
        assert_eq!(
            events(id),
            Events {
                hanging: 0,
                built: 1,
                called: 800,
                closed: 0
            },
            "{id}"
        );
    }
    served.stop().await;
    for id in ["first", "second"] {
        assert_eq!(events(id).closed, 1, "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_build_answers_all_and_is_not_repeated_in_a_storm() {
    let served = counted().await;
    let client = served.client().await;
    for (fault, code, message) in [
        (
            "unavailable",
            tonic::Code::Unavailable,
            "the adapter `counted` could not be built: the backend is away",
        ),
        (
            "panic",
            tonic::Code::Internal,
            "the adapter `counted` panicked while it was built: no luck",
        ),
    ] {
        let id = format!("failed {fault}");
        let request = request(&params(&id, fault));
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (client, request) = (client.clone(), request.clone());
            calls.spawn(async move { client.fail(METRIC, &request).await });
        }
        for answer in calls.join_all().await {
            assert_eq!(answer, (code, message.to_owned()));
        }
        assert_eq!(events(&id).built, 1);
    }
    served.stop().await;
}

#[tokio::test]
async fn validation_answers_with_every_error() {
    let served = counted().await;
    let (code, message) = served
        .client()
        .await
        .fail(METRIC, &request(&params("invalid", "invalid")))
        .await;
    assert_eq!(code, tonic::Code::InvalidArgument);
    assert_eq!(
        message,
        "the configuration of the adapter `counted` is invalid: fault: must not be `invalid`; \
         id: is of an invalid configuration"
    );
    assert_eq!(events("invalid").built, 0);
    served.stop().await;
}

#[tokio::test]
async fn errors_and_panics_of_a_call_are_answered_and_the_server_goes_on() {
    let served = counted().await;
    let client = served.client().await;
    assert_eq!(
        client
            .fail(METRIC, &request(&params("error", "error")))
            .await,
        (tonic::Code::DataLoss, "the disk is full".to_owned())
    );
    assert_eq!(
        client
            .fail(METRIC, &request(&params("panics", "panic call")))
            .await,
        (
            tonic::Code::Internal,
            "the adapter `counted` panicked while it handled a call: out of luck".to_owned()
        )
    );
    client
        .call(METRIC, &request(&params("after the panic", "")))
        .await
        .expect("it goes on");
    served.stop().await;
    assert_eq!(
        events("after the panic"),
        Events {
            hanging: 0,
            built: 1,
            called: 1,
            closed: 1
        }
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_gives_up_does_not_take_the_build_with_him() {
    let served = counted().await;
    let client = served.client().await;
    let hanging = request(&params("given up", "hang"));
    let answer = raw::post(
        served.address,
        METRIC,
        &[("grpc-timeout", "50m")],
        &raw::framed(&hanging),
    )
    .await;
    assert_eq!(answer.grpc().0, tonic::Code::DeadlineExceeded);
    // Others are served meanwhile.
    client
        .call(METRIC, &request(&params("meanwhile", "")))
        .await
        .expect("it is served");
    release("given up");
    let answer = client.call(METRIC, &hanging).await;
    answer.expect("the build went on");
    assert_eq!(events("given up").built, 1);
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_that_hangs_holds_up_nobody_else() {
    let served = counted().await;
    let client = served.client().await;
    let hanging = {
        let client = client.clone();
        let request = request(&params("stuck", "hang"));
        tokio::spawn(async move { client.call(METRIC, &request).await })
    };
    until(|| events("stuck").hanging == 1).await;
    // On the same connection, and on another.
    let other = request(&params("beside", ""));
    client.call(METRIC, &other).await.expect("it is served");
    let client = served.client().await;
    client.call(METRIC, &other).await.expect("it is served");
    assert!(!hanging.is_finished());
    release("stuck");
    let answer = hanging.await.expect("no panic");
    answer.expect("it is served in the end");
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_configuration_leaves_the_valid_one_before_it_alone() {
    let served = counted().await;
    let client = served.client().await;
    let (valid, invalid) = (params("kept on", ""), params("kept on", "invalid"));
    for _ in 0..3 {
        let answer = client.call(METRIC, &request(&valid)).await;
        answer.expect("it is served");
        let (code, _) = client.fail(METRIC, &request(&invalid)).await;
        assert_eq!(code, tonic::Code::InvalidArgument);
    }
    assert_eq!((events("kept on").built, events("kept on").called), (1, 3));
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_waits_for_calls_in_flight_and_then_closes() {
    let served = counted().await;
    let client = served.client().await;
    let slow = request(&params("in flight", "hang call"));
    let call = tokio::spawn(async move { client.call(METRIC, &slow).await });
    until(|| events("in flight").hanging == 1).await;
    let address = served.address;
    let stopping = tokio::spawn(served.stop());
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(
        events("in flight"),
        Events {
            hanging: 1,
            built: 1,
            called: 0,
            closed: 0
        }
    );
    assert!(
        tokio::net::TcpStream::connect(address).await.is_err(),
        "no new connection is taken"
    );
    release("in flight");
    call.await
        .expect("no panic")
        .expect("the call in flight is answered");
    stopping.await.expect("no panic");
    assert_eq!(
        events("in flight"),
        Events {
            hanging: 0,
            built: 1,
            called: 1,
            closed: 1
        }
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_handlers_are_closed_unless_the_adapter_keeps_them() {
    let adapters = [Registration::new::<Counted>(), Registration::new::<Kept>()];
    let served = Served::with(adapters, |server| {
        server.idle_close(Duration::from_millis(50))
    })
    .await;
    let client = served.client().await;
    client
        .call(METRIC, &request(&params("idle", "")))
        .await
        .expect("it is served");
    let kept = request_with("kept", "", &params("kept", "").encode());
    client.call(METRIC, &kept).await.expect("it is served");
    until(|| events("idle").closed == 1).await;
    assert_eq!(events("kept").closed, 0);
    client
        .call(METRIC, &request(&params("idle", "")))
        .await
        .expect("it is built again");
    assert_eq!(events("idle").built, 2);
    served.stop().await;
    assert_eq!(events("kept").closed, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_handlers_is_bounded() {
    let served = Served::with([Registration::new::<Counted>()], |server| {
        server.max_handlers(2)
    })
    .await;
    let client = served.client().await;
    for n in 0..50 {
        let id = format!("bounded {n}");
        client
            .call(METRIC, &request(&params(&id, "")))
            .await
            .expect("an idle one makes room");
    }
    until(|| (0..48).all(|n| events(&format!("bounded {n}")).closed == 1)).await;
    assert_eq!(events("bounded 49").closed, 0);

    let mut busy = tokio::task::JoinSet::new();
    for n in 0..2 {
        let (client, request) = (
            client.clone(),
            request(&params(&format!("busy {n}"), "hang call")),
        );
        busy.spawn(async move { client.call(METRIC, &request).await });
    }
    until(|| (0..2).all(|n| events(&format!("busy {n}")).hanging == 1)).await;
    let (code, message) = client
        .fail(METRIC, &request(&params("one too many", "")))
        .await;
    assert_eq!(code, tonic::Code::ResourceExhausted);
    assert!(message.contains("has 2 handlers"), "{message}");
    (0..2).for_each(|n| release(&format!("busy {n}")));
    for answer in busy.join_all().await {
        answer.expect("the busy ones were not closed");
    }
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn destructors_that_panic_when_calls_are_given_up_do_no_harm() {
    let served = counted().await;
    let message = raw::framed(&request(&params("bomb", "bomb call")));
    let call = || raw::post(served.address, METRIC, &[("grpc-timeout", "50m")], &message);
    let (one, other) = tokio::join!(call(), call());
    for answer in [one, other] {
        assert_eq!(answer.grpc().0, tonic::Code::DeadlineExceeded);
    }
    served.stop().await;
    assert_eq!(events("bomb").closed, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_says_nothing_does_not_hold_up_a_shutdown() {
    let served = counted().await;
    let _silent = tokio::net::TcpStream::connect(served.address)
        .await
        .expect("it listens");
    let idle = served.client().await;
    idle.call(METRIC, &request(&params("silent", "")))
        .await
        .expect("it is served");
    let stopped = tokio::time::timeout(Duration::from_secs(5), served.stop());
    stopped.await.expect("long before the drain timeout");
    assert_eq!(events("silent").closed, 1);
}

#[tokio::test]
async fn without_a_configuration_the_only_adapter_gets_its_default() {
    let served = counted().await;
    let client: Client = served.client().await;
    client
        .call(METRIC, b"")
        .await
        .expect("an empty request is one without instances");
    let empty_any = b"\x12\x00";
    client
        .call(METRIC, empty_any)
        .await
        .expect("an Any of no type is none");
    assert_eq!(
        events(""),
        Events {
            hanging: 0,
            built: 1,
            called: 2,
            closed: 0
        }
    );
    served.stop().await;
}
