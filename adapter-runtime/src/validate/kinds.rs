//! The kinds of resources.

use crate::template::BUILT_IN;

pub(super) const ADAPTER: &str = "adapter";
pub(super) const ATTRIBUTES: &str = "attributemanifest";
pub(super) const HANDLER: &str = "handler";
pub(super) const INSTANCE: &str = "instance";
pub(super) const RULE: &str = "rule";
pub(super) const TEMPLATE: &str = "template";

/// What Mixer reads.
pub(super) const MIXERS: [&str; 6] = [ADAPTER, ATTRIBUTES, HANDLER, INSTANCE, RULE, TEMPLATE];

/// What proxies get, in the same group.
pub(super) const PROXIES: [&str; 4] = [
    "HTTPAPISpec",
    "HTTPAPISpecBinding",
    "QuotaSpec",
    "QuotaSpecBinding",
];

/// The adapters that Istio's Mixer has in itself, each of which was a kind once.
pub(super) const COMPILED: [&str; 21] = [
    "bypass",
    "circonus",
    "cloudwatch",
    "denier",
    "dogstatsd",
    "fluentd",
    "kubernetesenv",
    "listchecker",
    "memquota",
    "noop",
    "opa",
    "prometheus",
    "rbac",
    "redisquota",
    "servicecontrol",
    "signalfx",
    "solarwinds",
    "stackdriver",
    "statsd",
    "stdio",
    "zipkin",
];

/// Where a kind of old is written today.
pub(super) fn of_old(kind: &str) -> Option<String> {
    if COMPILED.contains(&kind) {
        return Some(format!(
            "write `kind: handler`, with `compiledAdapter: {kind}` in its `spec`"
        ));
    }
    let template = BUILT_IN.iter().find(|template| template.name == kind)?;
    let name = template.name;
    Some(format!(
        "write `kind: instance`, with `template: {name}` in its `spec`"
    ))
}
