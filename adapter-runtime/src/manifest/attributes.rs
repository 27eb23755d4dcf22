//! The attributes that Istio ships manifests for.

use std::collections::BTreeMap;

use serde::Serialize;

use super::resource::Resource;
use super::text::Text;
use super::{File, Options};
use crate::value::ValueType::{
    self, Bool, Duration, Int64, IpAddress, String, StringMap, Timestamp,
};

/// What a proxy reports: the manifest `istio-proxy`.
pub const ISTIO_PROXY: [(&str, ValueType); 63] = [
    ("api.operation", String),
    ("api.protocol", String),
    ("api.service", String),
    ("api.version", String),
    ("check.cache_hit", Bool),
    ("check.error_code", Int64),
    ("check.error_message", String),
    ("connection.duration", Duration),
    ("connection.event", String),
    ("connection.id", String),
    ("connection.mtls", Bool),
    ("connection.received.bytes", Int64),
    ("connection.received.bytes_total", Int64),
    ("connection.requested_server_name", String),
    ("connection.sent.bytes", Int64),
    ("connection.sent.bytes_total", Int64),
    ("context.protocol", String),
    ("context.proxy_error_code", String),
    ("context.reporter.kind", String),
    ("context.reporter.local", Bool),
    ("context.reporter.uid", String),
    ("context.time", Timestamp),
    ("context.timestamp", Timestamp),
    ("destination.port", Int64),
    ("destination.principal", String),
    ("destination.uid", String),
    ("origin.ip", IpAddress),
    ("origin.uid", String),
    ("origin.user", String),
    ("quota.cache_hit", Bool),
    ("rbac.permissive.effective_policy_id", String),
    ("rbac.permissive.response_code", String),
    ("request.api_key", String),
    ("request.auth.audiences", String),
    ("request.auth.claims", StringMap),
    ("request.auth.presenter", String),
    ("request.auth.principal", String),
    ("request.auth.raw_claims", String),
    ("request.headers", StringMap),
    ("request.host", String),
    ("request.id", String),
    ("request.method", String),
    ("request.path", String),
    ("request.query_params", StringMap),
    ("request.reason", String),
    ("request.referer", String),
    ("request.scheme", String),
    ("request.size", Int64),
    ("request.time", Timestamp),
    ("request.total_size", Int64),
    ("request.url_path", String),
    ("request.useragent", String),
    ("response.code", Int64),
    ("response.duration", Duration),
    ("response.grpc_message", String),
    ("response.grpc_status", String),
    ("response.headers", StringMap),
    ("response.size", Int64),
    ("response.time", Timestamp),
    ("response.total_size", Int64),
    ("source.principal", String),
    ("source.uid", String),
    ("source.user", String),
];

/// What is known of the workloads: the manifest `kubernetes`.
pub const KUBERNETES: [(&str, ValueType); 25] = [
    ("destination.container.name", String),
    ("destination.ip", IpAddress),
    ("destination.labels", StringMap),
    ("destination.metadata", StringMap),
    ("destination.name", String),
    ("destination.namespace", String),
    ("destination.owner", String),
    ("destination.service.host", String),
    ("destination.service.name", String),
    ("destination.service.namespace", String),
    ("destination.service.uid", String),
    ("destination.serviceAccount", String),
    ("destination.workload.name", String),
    ("destination.workload.namespace", String),
    ("destination.workload.uid", String),
    ("source.ip", IpAddress),
    ("source.labels", StringMap),
    ("source.name", String),
    ("source.namespace", String),
    ("source.owner", String),
    ("source.serviceAccount", String),
    ("source.services", String),
    ("source.workload.name", String),
    ("source.workload.namespace", String),
    ("source.workload.uid", String),
];

/// The type of a standard attribute.
pub(super) fn standard(name: &str) -> Option<ValueType> {
    let all = ISTIO_PROXY.iter().chain(&KUBERNETES);
    let mut all = all.filter(|(known, _)| *known == name);
    all.next().map(|(_, ty)| *ty)
}

#[derive(Debug, Serialize)]
pub(super) struct Manifest {
    attributes: BTreeMap<std::string::String, Attribute>,
}

#[derive(Debug, Serialize)]
struct Attribute {
    #[serde(rename = "valueType")]
    value_type: std::string::String,
}

/// The resource that declares attributes.
pub(super) fn resource<N: Into<std::string::String>>(
    name: &str,
    attributes: impl IntoIterator<Item = (N, ValueType)>,
    options: &Options,
) -> Resource<Manifest> {
    let attribute = |(name, ty): (N, ValueType)| {
        let value_type = ty.to_string();
        (name.into(), Attribute { value_type })
    };
    let spec = Manifest {
        attributes: attributes.into_iter().map(attribute).collect(),
    };
    Resource::new("attributemanifest", name, options, spec)
}

pub(super) fn file(options: &Options) -> File {
    let mut text = Text::new(options);
    text.add(
        "What a proxy reports. Istio installs it; a Mixer without Istio needs it.",
        &resource("istio-proxy", ISTIO_PROXY, options),
    );
    text.add(
        "What is known of the workloads. Istio installs it too.",
        &resource("kubernetes", KUBERNETES, options),
    );
    File::new("attributes.yaml", text.finish())
}
