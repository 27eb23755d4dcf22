//! The service `InfrastructureBackend`, which Mixer never calls and the adapter API has.

use std::sync::Mutex;

use adapter_runtime::Registration;
use adapter_runtime::prelude::*;
use adapter_runtime::proto::model::{
    CloseSessionRequest, CloseSessionResponse, CreateSessionRequest, CreateSessionResponse,
    ValidateRequest, ValidateResponse,
};
use adapter_runtime::proto::rpc;
use adapter_runtime::template::{authorization, listentry};
use adapter_runtime::value::ValueType;
use prost::Message;
use prost_types::Any;
use tests::client::{Client, LIST_ENTRY};
use tests::served::Served;
use tonic::Code as GrpcCode;

const VALIDATE: &str = "/istio.mixer.adapter.model.v1beta1.InfrastructureBackend/Validate";
const CREATE: &str = "/istio.mixer.adapter.model.v1beta1.InfrastructureBackend/CreateSession";
const CLOSE: &str = "/istio.mixer.adapter.model.v1beta1.InfrastructureBackend/CloseSession";

#[derive(AdapterConfig, Clone, Debug)]
struct Params {
    /// The only entry that is allowed.
    entry: String,
}

/// What the handlers saw of the types, each when it was built, and the closed ones.
static BUILT: Mutex<Vec<String>> = Mutex::new(Vec::new());
static CLOSED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Allows one entry, if its type is known to be a string.
#[mixer_adapter(package = "test.guard", templates = ["listentry", "authorization"])]
struct Guard(Params);

impl Adapter for Guard {
    type Config = Params;

    fn validate(params: &Params, types: &InstanceTypes, errors: &mut ConfigErrors) {
        if params.entry.is_empty() {
            errors.push("entry", "is empty: write the entry that is allowed");
        }
        for (name, ty) in types.of::<listentry::Template>().into_iter().flatten() {
            if ty.value != ValueType::String {
                errors.push(
                    name,
                    format!("value must be a STRING, and is a {}", ty.value),
                );
            }
        }
    }

    async fn build(params: Params, setup: Setup) -> Result<Guard, BuildError> {
        assert!(setup.types.known());
        let types = format!("{:?}", setup.types.of::<authorization::Template>());
        BUILT.lock().expect("no panic").push(types);
        Ok(Guard(params))
    }

    async fn close(&self) {
        CLOSED.lock().expect("no panic").push(self.0.entry.clone());
    }
}

impl listentry::Handler for Guard {
    async fn handle_list_entry(
        &self,
        _: &Call,
        instance: listentry::Instance,
    ) -> Result<CheckResult, HandlerError> {
        Ok(match instance.value.as_str() == Some(&self.0.entry) {
            true => CheckResult::allow(),
            false => CheckResult::deny(Code::NotFound, &self.0.entry),
        })
    }
}

impl authorization::Handler for Guard {
    async fn handle_authorization(
        &self,
        _: &Call,
        _: authorization::Instance,
    ) -> Result<CheckResult, HandlerError> {
        Ok(CheckResult::allow())
    }
}

fn config(entry: &str) -> Option<Any> {
    let entry = entry.into();
    Some(Any {
        type_url: "type.googleapis.com/test.guard.Params".into(),
        value: Params { entry }.encode(),
    })
}

fn ty(template: &str, value: &[u8]) -> Any {
    Any {
        type_url: format!("type.googleapis.com/{template}.Type"),
        value: value.into(),
    }
}

async fn call<M: Message + Default>(
    client: &Client,
    path: &'static str,
    request: &impl Message,
) -> M {
    let answer = client.call(path, &request.encode_to_vec()).await;
    M::decode(answer.expect("an answer")).expect("a message")
}

async fn create(client: &Client, request: &CreateSessionRequest) -> CreateSessionResponse {
    call(client, CREATE, request).await
}

fn status(status: Option<rpc::Status>) -> (Option<Code>, String) {
    let rpc::Status { code, message, .. } = status.expect("a status");
    (Code::from_number(code), message)
}

/// A check of the entry `open` within a session.
fn check(session: &str) -> Vec<u8> {
    // instance: { value: { string_value: "open" } }
    let mut request = b"\x0a\x08\x0a\x06\x0a\x04open".to_vec();
    let any = Any {
        type_url: "google.protobuf.Any.type_url".into(),
        value: session.into(),
    };
    prost::encoding::message::encode(2, &any, &mut request);
    request
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_validated_created_used_and_closed() {
    let served = Served::start([Registration::new::<Guard>()]).await;
    let client = served.client().await;

    let valid = |entry: &str, types: Vec<(&str, Any)>| ValidateRequest {
        adapter_config: config(entry),
        inferred_types: types.into_iter().map(|(n, t)| (n.to_owned(), t)).collect(),
    };
    let response: ValidateResponse = call(&client, VALIDATE, &valid("open", vec![])).await;
    assert_eq!(status(response.status), (Some(Code::Ok), String::new()));
    // value: INT64
    let int64 = vec![("i.instance.ns", ty("listentry", b"\x08\x02"))];
    let response: ValidateResponse = call(&client, VALIDATE, &valid("", int64)).await;
    let (code, message) = status(response.status);
    assert_eq!(code, Some(Code::InvalidArgument));
    assert_eq!(
        message,
        "the configuration of the adapter `guard` is invalid: entry: is empty: write the entry that \
         is allowed; i.instance.ns: value must be a STRING, and is a INT64"
    );
    let other = vec![("m", ty("metric", b""))];
    let response: ValidateResponse = call(&client, VALIDATE, &valid("open", other)).await;
    assert_eq!(
        status(response.status).1,
        "the inferred type of `m` is a `type.googleapis.com/metric.Type`, but the adapter `guard` \
         handles only `listentry.Type`, `authorization.Type`"
    );
    assert_eq!(*BUILT.lock().expect("no panic"), [""; 0]);

    // subject: { properties: { "a": STRING, "a" again: BOOL } }, and a type that isn't one.
    let properties =
        b"\x0a\x13\x1a\x05\x0a\x01a\x10\x01\x1a\x05\x0a\x01a\x10\x04\x1a\x03\x10\xff\x01";
    let mut sessions = Vec::new();
    for entry in ["open", "shut"] {
        let request = CreateSessionRequest {
            adapter_config: config(entry),
            inferred_types: [("a.instance.ns".to_owned(), ty("authorization", properties))].into(),
        };
        let response = create(&client, &request).await;
        assert_eq!(status(response.status), (Some(Code::Ok), String::new()));
        sessions.push(response.session_id);
    }
    let types = BUILT.lock().expect("no panic").clone();
    let expected = "\"a.instance.ns\": Type { subject: Some(SubjectType { properties: {\"\": \
                    Unspecified, \"a\": Bool} }), action: None }";
    assert!(types[0].contains(expected), "{types:?}");
    assert_eq!(types.len(), 2);

    let verdict = async |session: &str| {
        let answer = client.call(LIST_ENTRY, &check(session)).await?;
        let result = adapter_runtime::proto::model::CheckResult::decode(answer);
        Ok::<_, tonic::Status>(result.expect("a result").status.expect("a status").code)
    };
    assert_eq!(verdict(&sessions[0]).await.expect("a verdict"), 0);
    assert_eq!(
        verdict(&sessions[1]).await.expect("a verdict"),
        Code::NotFound as i32
    );

    let session_id = sessions[0].clone();
    let close = CloseSessionRequest { session_id };
    let response: CloseSessionResponse = call(&client, CLOSE, &close).await;
    assert_eq!(status(response.status), (Some(Code::Ok), String::new()));
    assert_eq!(*CLOSED.lock().expect("no panic"), ["open"]);
    let gone = verdict(&sessions[0]).await.expect_err("it is closed");
    assert_eq!(gone.code(), GrpcCode::NotFound);
    assert!(
        gone.message()
            .starts_with(&format!("there is no session `{}`", sessions[0]))
    );
    let response: CloseSessionResponse = call(&client, CLOSE, &close).await;
    assert_eq!(status(response.status).0, Some(Code::NotFound));
    assert_eq!(
        verdict(&sessions[1]).await.expect("it lives on"),
        Code::NotFound as i32
    );

    served.stop().await;
    assert_eq!(*CLOSED.lock().expect("no panic"), ["open", "shut"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_for_nobody_say_who_is_there() {
    let served = Served::start([Registration::new::<Guard>()]).await;
    let client = served.client().await;
    let request = CreateSessionRequest {
        adapter_config: Some(Any {
            type_url: "type.googleapis.com/other.Params".into(),
            value: Vec::new(),
        }),
        ..Default::default()
    };
    assert_eq!(
        status(create(&client, &request).await.status).1,
        "no adapter here has a configuration of the type `type.googleapis.com/other.Params`; there \
         are `type.googleapis.com/test.guard.Params`"
    );
    for session in ["", "nobody", "guard-0", "other-0123456789abcdef"] {
        let close = CloseSessionRequest {
            session_id: session.into(),
        };
        let response: CloseSessionResponse = call(&client, CLOSE, &close).await;
        assert_eq!(status(response.status).0, Some(Code::NotFound), "{session}");
        let (code, message) = client.fail(LIST_ENTRY, &check(session)).await;
        assert_eq!(code, GrpcCode::NotFound, "{session}: {message}");
    }
    let (code, message) = client.fail(CREATE, b"\xff").await;
    assert_eq!(code, GrpcCode::InvalidArgument, "{message}");
    served.stop().await;
}
