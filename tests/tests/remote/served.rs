//! Our own adapters, called as Mixer calls them: a handler from the operator's YAML to their
//! answers.

use std::sync::Mutex;
use std::time::Duration;

use adapter_mixer::remote::{Answer, ConfigDescriptor, Connection, RemoteHandler};
use adapter_runtime::config::ConfigSchema;
use adapter_runtime::document::{self, Problems};
use adapter_runtime::prelude::*;
use adapter_runtime::template::{listentry, metric, quota};
use adapter_runtime::value::{IpAddress, Str};
use adapter_runtime::{QuotaArgs, Registration};
use base64::prelude::{BASE64_STANDARD, Engine};
use tests::served::Served;
use tests::templates::{keyval, sampleapa};

use crate::calls::instance;

/// What is allowed.
#[derive(AdapterConfig, Clone, Debug)]
struct Params {
    #[config(tag = 1)]
    pub allowed: Vec<String>,
    #[config(tag = 2, default = "1m")]
    pub valid: Duration,
}

/// Allows what is in its configuration.
#[mixer_adapter(
    name = "remote-list",
    templates = ["listentry", "metric", "quota", keyval, sampleapa]
)]
struct List(Params);

/// The metrics that came, in the order of their calls.
static METRICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

impl Adapter for List {
    type Config = Params;

    async fn build(params: Params, _: Setup) -> Result<List, BuildError> {
        Ok(List(params))
    }
}

impl listentry::Handler for List {
    async fn handle_list_entry(
        &self,
        call: &Call,
        instance: listentry::Instance,
    ) -> Result<CheckResult, HandlerError> {
        let value = instance.value.to_string();
        if value == "slow" {
            tokio::time::sleep(Duration::from_secs(600)).await;
        }
        if value == "broken" {
            return Err(HandlerError::new(
                Code::DataLoss,
                format!("the call {}", call.dedup_id),
            ));
        }
        Ok(match self.0.allowed.contains(&value) {
            true => CheckResult::allow().cache(Cache::For {
                duration: self.0.valid,
                uses: 7,
            }),
            false => CheckResult::deny(Code::PermissionDenied, format!("{value} is not allowed")),
        })
    }
}

impl metric::Handler for List {
    async fn handle_metric(
        &self,
        _: &Call,
        instances: Vec<metric::Instance>,
    ) -> Result<(), HandlerError> {
        let mut metrics = METRICS.lock().expect("no panic");
        metrics.extend(
            instances
                .iter()
                .map(|it| format!("{}={}", it.name, it.value)),
        );
        Ok(())
    }
}

impl quota::Handler for List {
    async fn handle_quota(
        &self,
        _: &Call,
        _: quota::Instance,
        args: QuotaArgs,
    ) -> Result<QuotaResult, HandlerError> {
        Ok(QuotaResult::grant(args.within(3), Duration::from_secs(1)))
    }
}

impl keyval::Handler for List {
    async fn handle_keyval(
        &self,
        _: &Call,
        instance: keyval::Instance,
    ) -> Result<(CheckResult, keyval::Output), HandlerError> {
        let value = Some(Str::from(format!("value of {}", instance.key)));
        Ok((CheckResult::allow(), keyval::Output { value }))
    }
}

impl sampleapa::Handler for List {
    async fn generate_sample_apa_attributes(
        &self,
        _: &Call,
        instance: sampleapa::Instance,
    ) -> Result<sampleapa::Output, HandlerError> {
        Ok(sampleapa::Output {
            int64: Some(instance.int64 + 1),
            bool: Some(false),
            ip: Some(IpAddress::from(std::net::Ipv4Addr::LOCALHOST)),
            ..Default::default()
        })
    }
}

/// The configuration that an operator writes, by the descriptor that the adapter has.
fn config() -> Vec<u8> {
    let schema = ConfigSchema::of::<Params>("remote_list.config");
    let descriptor = BASE64_STANDARD.encode(schema.descriptor_set());
    let descriptor = ConfigDescriptor::parse(&descriptor).expect("a descriptor");
    let params = "allowed: [abc, 'no']\nvalid: 90s";
    let params = document::parse("h.yaml", params, &mut Problems::new());
    let descriptor = descriptor.expect("a message `Params`");
    descriptor
        .encode(params.first())
        .unwrap_or_else(|problems| panic!("{problems}"))
}

async fn start() -> (Served, RemoteHandler) {
    let served = Served::start([Registration::new::<List>()]).await;
    let connection = Connection::plain(served.address.to_string());
    let handler = RemoteHandler::new("h1.handler.ns", &connection, Some(config()));
    (served, handler.expect("a handler"))
}

#[tokio::test]
async fn every_variety_is_called_and_answers() {
    let (served, handler) = start().await;
    let call = async |name: &str, params: &str, args: Option<&QuotaArgs>| {
        let (template, instance) = instance(name, params);
        handler.call(&template, &[instance], args, None).await
    };

    let Ok(Answer::Check(allowed)) = call("listentry", "value: '\"abc\"'", None).await else {
        panic!("no verdict");
    };
    assert_eq!(allowed.status.expect("a status").code, 0);
    assert_eq!(allowed.valid_duration.expect("a duration").seconds, 90);
    assert_eq!(allowed.valid_use_count, 7);
    let Ok(Answer::Check(denied)) = call("listentry", "value: '\"x\"'", None).await else {
        panic!("no verdict");
    };
    let status = denied.status.expect("a status");
    assert_eq!(
        (status.code, status.message.as_str()),
        (7, "x is not allowed")
    );
    let broken = call("listentry", "value: '\"broken\"'", None).await;
    let broken = broken.expect_err("a failure").to_string();
    assert!(
        broken.starts_with("rpc error: code = DataLoss desc = the call "),
        "{broken}"
    );

    let args = QuotaArgs {
        dedup_id: "d".into(),
        amount: 5,
        best_effort: true,
    };
    let Ok(Answer::Quota(granted)) = call("quota", "dimensions: {}", Some(&args)).await else {
        panic!("no grant");
    };
    assert_eq!(granted.quotas["i1.instance.ns"].granted_amount, 3);

    let Ok(Answer::CheckWithOutput(_, found)) = call("keyval", "key: '\"k\"'", None).await else {
        panic!("no output");
    };
    assert_eq!(found.get("value"), Some(&Value::from("value of k")));
    let Ok(Answer::Output(found)) = call("sampleapa", "int64Primitive: 41", None).await else {
        panic!("no output");
    };
    let found: Vec<_> = found
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(
        found,
        ["int64Primitive=42", "boolPrimitive=false", "ip=127.0.0.1"]
    );

    let (template, one) = instance("metric", "value: 1");
    let (_, other) = instance("metric", "value: '\"two\"'");
    let answer = handler.call(&template, &[one, other], None, None).await;
    assert_eq!(answer, Ok(Answer::Report));
    let expected = ["i1.instance.ns=1", "i1.instance.ns=two"];
    assert_eq!(*METRICS.lock().expect("no panic"), expected);

    drop(handler);
    served.stop().await;
}

#[tokio::test]
async fn the_timeout_ends_what_an_adapter_does() {
    let served = Served::start([Registration::new::<List>()]).await;
    let mut connection = Connection::plain(served.address.to_string());
    connection.timeout = Some(Duration::from_millis(100));
    let handler = RemoteHandler::new("h1.handler.ns", &connection, Some(config()));
    let handler = handler.expect("a handler");
    let (template, slow) = instance("listentry", "value: '\"slow\"'");
    let error = handler.call(&template, &[slow], None, None).await;
    let error = error.expect_err("it is too slow").to_string();
    assert!(
        error.starts_with("rpc error: code = DeadlineExceeded"),
        "{error}"
    );
    // Nothing is left that a stop would wait for.
    served.stop().await;
}

#[tokio::test]
async fn an_adapter_that_stops_in_order_loses_no_call() {
    let (served, handler) = start().await;
    let address = served.address;
    let (template, one) = instance("listentry", "value: '\"abc\"'");
    for _ in 0..3 {
        let answer = handler
            .call(&template, std::slice::from_ref(&one), None, None)
            .await;
        assert!(answer.is_ok(), "{answer:?}");
    }
    served.stop().await;
    let again = Served::with([Registration::new::<List>()], |server| server);
    // Another port: the old one is gone for good, and calls say so at once.
    let again = again.await;
    let answer = handler
        .call(&template, std::slice::from_ref(&one), None, None)
        .await;
    let error = answer.expect_err("nobody is there").to_string();
    assert!(
        error.contains(&format!("dial tcp {address}: connect: connection refused")),
        "{error}"
    );
    again.stop().await;
}
