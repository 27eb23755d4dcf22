//! What becomes of a call when the adapter fails.

use std::time::Duration;

use adapter_runtime::prelude::*;
use adapter_runtime::proto::model;
use adapter_runtime::template::{Template, listentry, metric, quota};
use adapter_runtime::{FailPolicy, Registration};
use bytes::Bytes;
use prost::Message;
use tests::client::{LIST_ENTRY, METRIC, QUOTA};
use tests::served::Served;
use tests::templates::{keyval, sampleapa};
use tonic::{Code as GrpcCode, Request, Status};

use crate::captures::append_config;
use crate::results::entry;

/// The methods whose calls have a fail policy.
const CHECKS: [&str; 3] = [LIST_ENTRY, keyval::Template::INFO.path, QUOTA];
/// Those whose calls have none.
const OTHERS: [&str; 2] = [METRIC, sampleapa::Template::INFO.path];

#[derive(AdapterConfig)]
pub(crate) struct Faults {
    /// What goes wrong.
    #[config(tag = 1)]
    pub fault: String,
}

impl Faults {
    async fn in_build(self) -> Result<Faults, BuildError> {
        match self.fault.as_str() {
            "build" => Err(BuildError::new(Code::NotFound, "no backend")),
            "panic in build" => panic!("no luck"),
            "hang in build" => std::future::pending().await,
            _ => Ok(self),
        }
    }

    async fn in_call(&self) -> Result<(), HandlerError> {
        match self.fault.as_str() {
            "error" => Err(HandlerError::new(
                Code::InvalidArgument,
                "the backend is away",
            )),
            "panic" => panic!("out of luck"),
            "hang" => std::future::pending().await,
            _ => Ok(()),
        }
    }
}

macro_rules! faulty {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        pub(crate) struct $name(Faults);

        impl Adapter for $name {
            type Config = Faults;

            fn validate(faults: &Faults, _: &InstanceTypes, errors: &mut ConfigErrors) {
                if faults.fault == "invalid" {
                    errors.push("fault", "must not be `invalid`");
                }
            }

            async fn build(faults: Faults, _: Setup) -> Result<Self, BuildError> {
                Ok($name(faults.in_build().await?))
            }
        }

        impl listentry::Handler for $name {
            async fn handle_list_entry(
                &self,
                _: &Call,
                _: listentry::Instance,
            ) -> Result<CheckResult, HandlerError> {
                self.0.in_call().await?;
                Ok(CheckResult::deny(Code::NotFound, "not on the list"))
            }
        }

        impl keyval::Handler for $name {
            async fn handle_keyval(
                &self,
                _: &Call,
                _: keyval::Instance,
            ) -> Result<(CheckResult, keyval::Output), HandlerError> {
                self.0.in_call().await?;
                let denied = CheckResult::deny(Code::NotFound, "no such key");
                Ok((denied, keyval::Output::default()))
            }
        }

        impl quota::Handler for $name {
            async fn handle_quota(
                &self,
                _: &Call,
                _: quota::Instance,
                _: QuotaArgs,
            ) -> Result<QuotaResult, HandlerError> {
                self.0.in_call().await?;
                Ok(QuotaResult::deny(Code::ResourceExhausted, "used up"))
            }
        }

        impl metric::Handler for $name {
            async fn handle_metric(
                &self,
                _: &Call,
                _: Vec<metric::Instance>,
            ) -> Result<(), HandlerError> {
                self.0.in_call().await
            }
        }

        impl sampleapa::Handler for $name {
            async fn generate_sample_apa_attributes(
                &self,
                _: &Call,
                _: sampleapa::Instance,
            ) -> Result<sampleapa::Output, HandlerError> {
                self.0.in_call().await?;
                Ok(sampleapa::Output::default())
            }
        }
    };
}

faulty! {
    /// Its author says nothing.
    #[mixer_adapter(
        package = "test.faulty",
        templates = [
            "listentry",
            tests::templates::keyval,
            "quota",
            "metric",
            tests::templates::sampleapa,
        ]
    )]
    Strict
}

faulty! {
    /// Its author wants requests to pass.
    #[mixer_adapter(
        package = "test.faulty",
        fail_policy = "open",
        templates = [
            "listentry",
            tests::templates::keyval,
            "quota",
            "metric",
            tests::templates::sampleapa,
        ]
    )]
    Lenient
}

/// A request to the handler with a fault: for 5 of a quota, or of nothing in particular.
fn request(path: &str, fault: &str) -> Vec<u8> {
    #[derive(Message)]
    struct Instance {
        #[prost(string, tag = "72295727")]
        name: String,
    }
    #[derive(Message)]
    struct QuotaRequest {
        #[prost(message, tag = "1")]
        instance: Option<Instance>,
        #[prost(message, tag = "4")]
        quota_request: Option<model::QuotaRequest>,
    }
    let mut request = match path {
        QUOTA => {
            let asked = model::quota_request::QuotaParams {
                amount: 5,
                best_effort: false,
            };
            let quotas = [("rate.instance.ns".to_owned(), asked)].into();
            QuotaRequest {
                instance: Some(Instance {
                    name: "rate.instance.ns".into(),
                }),
                quota_request: Some(model::QuotaRequest { quotas }),
            }
            .encode_to_vec()
        }
        LIST_ENTRY => entry("x"),
        _ => Vec::new(),
    };
    let config = Faults {
        fault: fault.into(),
    };
    append_config(&mut request, CONFIG, &config.encode());
    request
}

const CONFIG: &str = "type.googleapis.com/test.faulty.Params";

/// Asserts that an answer lets the request pass.
fn assert_open(path: &str, answer: Result<Bytes, Status>, case: &str) {
    let answer = answer.unwrap_or_else(|status| panic!("{case}: {status}"));
    let result = match path {
        QUOTA => {
            let quotas = model::QuotaResult::decode(answer).expect("a result").quotas;
            assert_eq!(quotas.len(), 1, "{case}");
            let granted = &quotas["rate.instance.ns"];
            assert_eq!(granted.granted_amount, 5, "{case}");
            let second = granted.valid_duration.expect("a duration");
            assert_eq!((second.seconds, second.nanos), (1, 0), "{case}");
            return;
        }
        LIST_ENTRY => model::CheckResult::decode(answer).expect("a result"),
        _ => {
            #[derive(Message)]
            struct Response {
                #[prost(message, tag = "1")]
                result: Option<model::CheckResult>,
                #[prost(bytes, optional, tag = "2")]
                output: Option<Vec<u8>>,
            }
            let response = Response::decode(answer).expect("a response");
            assert_eq!(response.output.as_deref(), Some(&[][..]), "{case}");
            response.result.expect("a result")
        }
    };
    assert_eq!(result.status.expect("a status").code, 0, "{case}");
    let duration = result.valid_duration.expect("a duration");
    let valid = (duration.seconds, duration.nanos, result.valid_use_count);
    assert_eq!(valid, (0, 0, -1), "{case}");
}

async fn strict(policy: Option<FailPolicy>) -> Served {
    Served::with([Registration::new::<Strict>()], |server| match policy {
        Some(policy) => server.fail_policy(policy),
        None => server,
    })
    .await
}

async fn lenient(policy: Option<FailPolicy>) -> Served {
    Served::with([Registration::new::<Lenient>()], |server| match policy {
        Some(policy) => server.fail_policy(policy),
        None => server,
    })
    .await
}

const FAILURES: [(&str, GrpcCode); 4] = [
    ("error", GrpcCode::InvalidArgument),
    ("panic", GrpcCode::Internal),
    ("build", GrpcCode::NotFound),
    ("panic in build", GrpcCode::Internal),
];

#[tokio::test]
async fn an_open_policy_lets_requests_pass() {
    for served in [lenient(None).await, strict(Some(FailPolicy::Open)).await] {
        let client = served.client().await;
        for path in CHECKS {
            for (fault, _) in FAILURES {
                // Twice, because a failed build is remembered.
                for _ in 0..2 {
                    let answer = client.call(path, &request(path, fault)).await;
                    assert_open(path, answer, &format!("{path}, {fault}"));
                }
            }
        }
        served.stop().await;
    }
}

#[tokio::test]
async fn a_closed_policy_refuses_them() {
    for served in [strict(None).await, lenient(Some(FailPolicy::Closed)).await] {
        let client = served.client().await;
        for path in CHECKS {
            for (fault, code) in FAILURES {
                let (found, _) = client.fail(path, &request(path, fault)).await;
                assert_eq!(found, code, "{path}, {fault}");
            }
        }
        served.stop().await;
    }
}

#[tokio::test]
async fn reports_and_attributes_have_no_policy() {
    let served = lenient(Some(FailPolicy::Open)).await;
    let client = served.client().await;
    for path in OTHERS {
        for (fault, code) in FAILURES {
            let (found, _) = client.fail(path, &request(path, fault)).await;
            assert_eq!(found, code, "{path}, {fault}");
        }
    }
    served.stop().await;
}

#[tokio::test]
async fn a_denial_is_no_failure() {
    let served = lenient(Some(FailPolicy::Open)).await;
    let client = served.client().await;
    let answer = client.call(LIST_ENTRY, &request(LIST_ENTRY, "")).await;
    let result = model::CheckResult::decode(answer.expect("a verdict")).expect("a result");
    assert_eq!(result.status.expect("a status").code, Code::NotFound as i32);
    let answer = client.call(QUOTA, &request(QUOTA, "")).await;
    let result = model::QuotaResult::decode(answer.expect("a result")).expect("a result");
    assert_eq!(result.quotas["rate.instance.ns"].granted_amount, 0);
    served.stop().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_request_never_passes() {
    let served = lenient(Some(FailPolicy::Open)).await;
    let client = served.client().await;
    for path in CHECKS {
        let (code, message) = client.fail(path, &request(path, "invalid")).await;
        assert_eq!(code, GrpcCode::InvalidArgument);
        assert!(
            message.contains("fault: must not be `invalid`"),
            "{message}"
        );

        let mut undecodable = Vec::new();
        append_config(&mut undecodable, CONFIG, b"\x0a\x05x");
        let (code, _) = client.fail(path, &undecodable).await;
        assert_eq!(code, GrpcCode::InvalidArgument);

        let mut unknown = Vec::new();
        append_config(&mut unknown, "type.googleapis.com/other.Params", b"");
        let (code, _) = client.fail(path, &unknown).await;
        assert_eq!(code, GrpcCode::FailedPrecondition);

        let mut gone = Vec::new();
        let session = "lenient-5".to_owned().encode_to_vec();
        append_config(&mut gone, "google.protobuf.StringValue", &session);
        let (code, message) = client.fail(path, &gone).await;
        assert_eq!(code, GrpcCode::NotFound);
        assert!(message.contains("it was closed"), "{message}");

        // An instance that ends within a field.
        let malformed = [b"\x0a\x01\x0a".as_slice(), &request("", "error")].concat();
        let (code, message) = client.fail(path, &malformed).await;
        assert_eq!(code, GrpcCode::InvalidArgument);
        assert!(message.starts_with("the request is malformed"), "{message}");
    }
    // Nobody can say how much to grant.
    let (code, _) = client.fail(QUOTA, &request("", "build")).await;
    assert_eq!(code, GrpcCode::InvalidArgument);
    served.stop().await;
}

#[tokio::test]
async fn what_hangs_fails_in_time() {
    let served = lenient(None).await;
    let client = served.client().await;
    let call = async |path, fault| {
        let mut request = Request::new(Bytes::from(request(path, fault)));
        request.set_timeout(Duration::from_secs(3));
        client.send(path, request).await
    };
    let (check, build, report) = tokio::join!(
        call(LIST_ENTRY, "hang"),
        call(QUOTA, "hang in build"),
        call(METRIC, "hang"),
    );
    assert_open(LIST_ENTRY, check, "a call that hangs");
    assert_open(QUOTA, build, "a build that hangs");
    report.expect_err("a report has no policy");
}
