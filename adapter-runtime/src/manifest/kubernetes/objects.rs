//! Kubernetes' objects, as far as they are made.

use std::collections::BTreeMap;

use serde::Serialize;

/// Names with values, sorted.
pub(super) type Map = BTreeMap<String, String>;

/// A number; in a chart what stands for it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum Number {
    Value(u32),
    /// A place that is filled in later: no quotes may stand around it then.
    Placeholder(String),
}

/// An object.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Object<S> {
    pub(super) api_version: &'static str,
    pub(super) kind: &'static str,
    pub(super) metadata: Metadata,
    #[serde(flatten)]
    pub(super) content: S,
}

/// What an object that has a `spec` consists of.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Spec<S> {
    pub(super) spec: S,
}

#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metadata {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) namespace: String,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(super) labels: Map,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(super) annotations: Map,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Nothing {}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServiceAccount {
    pub(super) automount_service_account_token: bool,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Secret {
    #[serde(rename = "type")]
    pub(super) ty: &'static str,
    pub(super) string_data: Map,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Service {
    #[serde(rename = "clusterIP", skip_serializing_if = "Option::is_none")]
    pub(super) cluster_ip: Option<&'static str>,
    pub(super) selector: Map,
    pub(super) ports: Vec<ServicePort>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServicePort {
    pub(super) name: &'static str,
    pub(super) port: Number,
    pub(super) target_port: &'static str,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Selector {
    pub(super) match_labels: Map,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Deployment {
    /// Nothing where they are scaled: applying the object again would undo that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) replicas: Option<Number>,
    pub(super) selector: Selector,
    pub(super) strategy: Strategy,
    pub(super) template: PodTemplate,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Strategy {
    #[serde(rename = "type")]
    pub(super) ty: &'static str,
    pub(super) rolling_update: RollingUpdate,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RollingUpdate {
    pub(super) max_surge: u32,
    pub(super) max_unavailable: u32,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct PodTemplate {
    pub(super) metadata: Metadata,
    pub(super) spec: Pod,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Pod {
    pub(super) service_account_name: String,
    pub(super) automount_service_account_token: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) priority_class_name: Option<String>,
    pub(super) termination_grace_period_seconds: u64,
    pub(super) security_context: PodSecurity,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) topology_spread_constraints: Vec<Spread>,
    pub(super) containers: Vec<Container>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) volumes: Vec<Volume>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PodSecurity {
    pub(super) run_as_non_root: bool,
    pub(super) run_as_user: u32,
    pub(super) run_as_group: u32,
    pub(super) fs_group: u32,
    pub(super) seccomp_profile: SeccompProfile,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct SeccompProfile {
    #[serde(rename = "type")]
    pub(super) ty: &'static str,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Spread {
    pub(super) max_skew: u32,
    pub(super) topology_key: &'static str,
    pub(super) when_unsatisfiable: &'static str,
    pub(super) label_selector: Selector,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Container {
    pub(super) name: String,
    pub(super) image: String,
    pub(super) args: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) env: Vec<Variable>,
    pub(super) ports: Vec<ContainerPort>,
    pub(super) startup_probe: Probe,
    pub(super) readiness_probe: Probe,
    pub(super) liveness_probe: Probe,
    pub(super) resources: Resources,
    pub(super) security_context: ContainerSecurity,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) volume_mounts: Vec<Mount>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Variable {
    pub(super) name: String,
    #[serde(flatten)]
    pub(super) value: VariableValue,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum VariableValue {
    Value(String),
    ValueFrom(VariableSource),
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VariableSource {
    pub(super) secret_key_ref: SecretKey,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct SecretKey {
    pub(super) name: String,
    pub(super) key: String,
    pub(super) optional: bool,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContainerPort {
    pub(super) name: &'static str,
    pub(super) container_port: Number,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Probe {
    #[serde(flatten)]
    pub(super) way: Way,
    pub(super) period_seconds: u32,
    pub(super) timeout_seconds: u32,
    pub(super) failure_threshold: u32,
}

/// How a probe asks.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Way {
    Grpc {
        port: Number,
    },
    HttpGet {
        path: &'static str,
        port: &'static str,
    },
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Resources {
    pub(super) requests: Map,
    pub(super) limits: Map,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContainerSecurity {
    pub(super) allow_privilege_escalation: bool,
    pub(super) read_only_root_filesystem: bool,
    pub(super) capabilities: Capabilities,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Capabilities {
    pub(super) drop: Vec<&'static str>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Mount {
    pub(super) name: String,
    pub(super) mount_path: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) read_only: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Volume {
    pub(super) name: String,
    #[serde(flatten)]
    pub(super) source: VolumeSource,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum VolumeSource {
    EmptyDir {},
    #[serde(rename_all = "camelCase")]
    Secret {
        secret_name: String,
    },
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DisruptionBudget {
    pub(super) max_unavailable: u32,
    pub(super) selector: Selector,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Autoscaler {
    pub(super) scale_target_ref: Target,
    pub(super) min_replicas: Number,
    pub(super) max_replicas: Number,
    pub(super) metrics: Vec<Metric>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Target {
    pub(super) api_version: &'static str,
    pub(super) kind: &'static str,
    pub(super) name: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Metric {
    #[serde(rename = "type")]
    pub(super) ty: &'static str,
    pub(super) resource: MetricResource,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct MetricResource {
    pub(super) name: &'static str,
    pub(super) target: MetricTarget,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MetricTarget {
    #[serde(rename = "type")]
    pub(super) ty: &'static str,
    pub(super) average_utilization: u32,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NetworkPolicy {
    pub(super) pod_selector: Selector,
    pub(super) policy_types: Vec<&'static str>,
    pub(super) ingress: Vec<Ingress>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Ingress {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) from: Vec<Peer>,
    pub(super) ports: Vec<PolicyPort>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Peer {
    pub(super) namespace_selector: Selector,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pod_selector: Option<Selector>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct PolicyPort {
    pub(super) port: &'static str,
    pub(super) protocol: &'static str,
}
