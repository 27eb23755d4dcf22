//! What adapters answer, as a client reads it that knows Istio's messages alone.

use adapter_runtime::prelude::*;
use adapter_runtime::template::{listentry, metric};
use adapter_runtime::{HttpResponse, Registration, ReportErrors};
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage};
use serde_json::{Value as Json, json};
use tests::client::{Client, LIST_ENTRY, METRIC};
use tests::protos::compile;
use tests::served::Served;
use tonic::Code as GrpcCode;

use crate::faults::field;

/// Gives the verdict that the entry names, and keeps all metrics but those named `bad`.
#[mixer_adapter(name = "talkative", templates = ["listentry", "metric"])]
pub(crate) struct Talkative;

impl Adapter for Talkative {
    type Config = NoConfig;

    async fn build(_: NoConfig, _: Setup) -> Result<Talkative, BuildError> {
        Ok(Talkative)
    }
}

impl listentry::Handler for Talkative {
    async fn handle_list_entry(
        &self,
        _: &Call,
        instance: listentry::Instance,
    ) -> Result<CheckResult, HandlerError> {
        let denied = |response| CheckResult::deny_with(Code::PermissionDenied, "no", response);
        Ok(match instance.value.to_string().as_str() {
            "page" => denied(
                HttpResponse::new(402)?
                    .header("Content-Type", "text/html")?
                    .body("<h1>Grüße</h1>"),
            )
            .cache(Cache::Never),
            "redirect" => CheckResult::redirect("https://login.example/?next=a,b")?,
            "cookies" => denied(
                HttpResponse::redirect("/")?
                    .cookie("a=1; Max-Age=60; Secure")?
                    .cookie("b=2")?,
            ),
            "status alone" => denied(HttpResponse::new(404)?),
            "comma" => {
                let date = "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT";
                denied(HttpResponse::new(403)?.cookie(date)?)
            }
            _ => CheckResult::deny(Code::NotFound, "unknown"),
        })
    }
}

impl metric::Handler for Talkative {
    async fn handle_metric(
        &self,
        _: &Call,
        instances: Vec<metric::Instance>,
    ) -> Result<(), HandlerError> {
        let mut errors = ReportErrors::new();
        for instance in &instances {
            let result = match instance.name.as_str() {
                "bad.instance.ns" => Err(HandlerError::new(Code::OutOfRange, "too much")),
                _ => Ok(()),
            };
            errors.note(&instance.name, result);
        }
        errors.into_result()
    }
}

/// A request for a verdict about an entry.
pub(crate) fn entry(text: &str) -> Vec<u8> {
    field(1, &field(1, &field(1, text.as_bytes())))
}

/// The verdict about an entry, with the messages in its details, as JSON.
async fn verdict(client: &Client, text: &str) -> Json {
    let answer = client.call(LIST_ENTRY, &entry(text)).await;
    let result = decode("CheckResult", &answer.expect("a verdict"));
    serde_json::to_value(result).expect("JSON")
}

fn decode(name: &str, bytes: &[u8]) -> DynamicMessage {
    let pool: DescriptorPool = compile();
    let message = format!("istio.mixer.adapter.model.v1beta1.{name}");
    let message = pool.get_message_by_name(&message).expect("a message");
    DynamicMessage::decode(message, bytes).expect("its bytes")
}

#[tokio::test]
async fn direct_responses_are_istios_message() {
    let served = Served::start([Registration::new::<Talkative>()]).await;
    let client = served.client().await;
    const TYPE: &str = "type.googleapis.com/istio.policy.v1beta1.DirectHttpResponse";
    for (entry, status, validity) in [
        (
            "page",
            json!({"code": 7, "message": "no", "details": [{
                "@type": TYPE,
                "code": "PaymentRequired",
                "headers": {"content-type": "text/html"},
                "body": "<h1>Grüße</h1>",
            }]}),
            -1,
        ),
        (
            "redirect",
            json!({"code": 16, "message": "the client is redirected", "details": [{
                "@type": TYPE,
                "code": "Found",
                "headers": {"location": "https://login.example/?next=a,b"},
            }]}),
            0,
        ),
        (
            "cookies",
            json!({"code": 7, "message": "no", "details": [{
                "@type": TYPE,
                "code": "Found",
                "headers": {"location": "/", "set-cookie": "a=1; Max-Age=60; Secure,b=2"},
            }]}),
            0,
        ),
        (
            "status alone",
            json!({"code": 7, "message": "no", "details": [{"@type": TYPE, "code": "NotFound"}]}),
            0,
        ),
        ("other", json!({"code": 5, "message": "unknown"}), 0),
    ] {
        let found = verdict(&client, entry).await;
        assert_eq!(found["status"], status, "{entry}");
        assert_eq!(found["validDuration"], "0s", "{entry}");
        let uses = found["validUseCount"].as_i64().unwrap_or_default();
        assert_eq!(uses, validity, "{entry}");
    }
    assert_eq!(
        client.fail(LIST_ENTRY, &entry("comma")).await,
        (
            GrpcCode::Unknown,
            "the cookie `a` has a comma, at which Mixer cuts it in two: write `Max-Age=3600`, in \
             seconds, instead of `Expires` and a date"
                .to_owned()
        )
    );
    served.stop().await;
}

#[tokio::test]
async fn a_report_says_which_instances_failed() {
    #[derive(Message)]
    struct Instance {
        #[prost(string, tag = "72295727")]
        name: String,
    }
    #[derive(Message)]
    struct Request {
        #[prost(message, repeated, tag = "1")]
        instances: Vec<Instance>,
    }
    let request = |names: &[&str]| {
        let named = |name: &&str| Instance {
            name: format!("{name}.instance.ns"),
        };
        let instances = names.iter().map(named).collect();
        Request { instances }.encode_to_vec()
    };
    let served = Served::start([Registration::new::<Talkative>()]).await;
    let client = served.client().await;
    let answer = client.call(METRIC, &request(&["good", "good"])).await;
    answer.expect("all is well");
    assert_eq!(
        client
            .fail(METRIC, &request(&["good", "bad", "good"]))
            .await,
        (
            GrpcCode::OutOfRange,
            "1 of 3 instances failed: `bad.instance.ns`: too much".to_owned()
        )
    );
    served.stop().await;
}
