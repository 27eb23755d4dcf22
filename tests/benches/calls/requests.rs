//! The requests: what a real Mixer sent, for the benchmark's adapter.

use adapter_runtime::AdapterConfig as _;
use bytes::Bytes;
use prost::Message;
use prost_types::Any;
use tests::client::{LIST_ENTRY, METRIC, QUOTA};
use tests::conformance::capture;

use super::ours::Params;

/// A request, and the method that it is for.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) name: &'static str,
    pub(super) path: &'static str,
    pub(super) message: Bytes,
}

/// Any of them, as far as it is looked at here.
#[derive(Clone, PartialEq, Message)]
struct Captured {
    #[prost(bytes = "vec", repeated, tag = "1")]
    instances: Vec<Vec<u8>>,
    #[prost(message, optional, tag = "2")]
    adapter_config: Option<Any>,
    #[prost(string, tag = "3")]
    dedup_id: String,
    #[prost(bytes = "vec", optional, tag = "4")]
    quota_request: Option<Vec<u8>>,
}

/// All of them; none without the captures.
pub(super) fn all() -> Option<Vec<Request>> {
    Some(vec![
        request("report, 1 kB", METRIC, "istio_HandleMetric", 1)?,
        request("report, 40 kB", METRIC, "istio_HandleMetric", 40)?,
        request("check", LIST_ENTRY, "list_denied_HandleListEntry", 1)?,
        request("quota", QUOTA, "check_quota_global_HandleQuota", 1)?,
    ])
}

/// A capture with its instances so many times.
fn request(
    name: &'static str,
    path: &'static str,
    captured: &str,
    times: usize,
) -> Option<Request> {
    let bytes = capture(captured)?;
    let mut message = Captured::decode(bytes.as_slice()).expect("a captured request");
    message.instances = vec![message.instances; times].concat();
    message.adapter_config = Some(config(false));
    let message = message.encode_to_vec().into();
    Some(Request {
        name,
        path,
        message,
    })
}

/// A check that takes long.
pub(super) fn heavy() -> Request {
    let message = Captured {
        instances: vec![b"\xfa\xd2\xe4\x93\x02\x0di.instance.ns".to_vec()],
        adapter_config: Some(config(true)),
        ..Captured::default()
    };
    Request {
        name: "200 µs of computing",
        path: LIST_ENTRY,
        message: message.encode_to_vec().into(),
    }
}

fn config(heavy: bool) -> Any {
    Any {
        type_url: "type.googleapis.com/bench.allow.Params".into(),
        value: Params { heavy }.encode(),
    }
}
