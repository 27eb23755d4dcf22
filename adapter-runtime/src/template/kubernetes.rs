//! Attributes of Kubernetes: what pods, workloads and services a request is between.
//!
//! Mixer asks before it looks at rules, with what it knows of both sides, their uids or their addresses
//! and a port. The operator's bindings turn the answer into attributes, such as
//! `source.workload.name`. A field that is `None` is no attribute, and fails every request whose
//! binding uses it without a default. For the operator's side see Istio's [kubernetes template].
//!
//! # Example
//! ```
//! use adapter_runtime::prelude::*;
//! use adapter_runtime::template::kubernetes;
//!
//! /// Knows one pod.
//! #[mixer_adapter(templates = ["kubernetes"])]
//! pub struct OnePod;
//!
//! impl Adapter for OnePod {
//!     type Config = NoConfig;
//!
//!     async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> {
//!         Ok(OnePod)
//!     }
//! }
//!
//! impl kubernetes::Handler for OnePod {
//!     async fn generate_kubernetes_attributes(
//!         &self,
//!         _: &Call,
//!         instance: kubernetes::Instance,
//!     ) -> Result<kubernetes::Output, HandlerError> {
//!         let mut output = kubernetes::Output::default();
//!         if instance.source_uid == "kubernetes://web-1.shop" {
//!             output.source_pod_name = Some("web-1".into());
//!             output.source_namespace = Some("shop".into());
//!             output.source_labels = Some([("app", "web")].into_iter().collect());
//!         }
//!         Ok(output)
//!     }
//! }
//! # fn main() {}
//! ```
//!
//! [kubernetes template]: https://archive.istio.io/v1.3/docs/reference/config/policy-and-telemetry/templates/kubernetes/

use crate::mixer_template;
use crate::value::{IpAddress, Map, Str};

/// Both sides of a request; empty where the operator wrote nothing.
#[mixer_template(attribute_generator, package = "adapter.template.kubernetes", crate = crate)]
pub struct Instance {
    /// The pod that called, as `kubernetes://name.namespace`.
    #[field(1)]
    pub source_uid: Str,
    /// The address of who called.
    #[field(2)]
    pub source_ip: IpAddress,
    /// The pod that was called, as `kubernetes://name.namespace`.
    #[field(3)]
    pub destination_uid: Str,
    /// The address of who was called.
    #[field(4)]
    pub destination_ip: IpAddress,
    /// The port that was called.
    #[field(7)]
    pub destination_port: i64,
}

/// What is known of both sides.
#[mixer_template(output, crate = crate)]
pub struct Output {
    /// The pod that called, as `kubernetes://name.namespace`.
    #[field(31)]
    pub source_pod_uid: Option<Str>,
    /// Its address.
    #[field(1)]
    pub source_pod_ip: Option<IpAddress>,
    /// Its name.
    #[field(2)]
    pub source_pod_name: Option<Str>,
    /// Its labels.
    #[field(3)]
    pub source_labels: Option<Map<Str>>,
    /// Its namespace.
    #[field(4)]
    pub source_namespace: Option<Str>,
    /// The service account that it runs as.
    #[field(6)]
    pub source_service_account_name: Option<Str>,
    /// The address of the node that it runs on.
    #[field(7)]
    pub source_host_ip: Option<IpAddress>,
    /// The workload that it belongs to, as `istio://namespace/workloads/name`.
    #[field(22)]
    pub source_workload_uid: Option<Str>,
    /// The name of the workload.
    #[field(23)]
    pub source_workload_name: Option<Str>,
    /// The namespace of the workload.
    #[field(24)]
    pub source_workload_namespace: Option<Str>,
    /// What controls the workload, as the URL of a resource of Kubernetes.
    #[field(25)]
    pub source_owner: Option<Str>,
    /// The pod that was called, as `kubernetes://name.namespace`.
    #[field(32)]
    pub destination_pod_uid: Option<Str>,
    /// Its address.
    #[field(8)]
    pub destination_pod_ip: Option<IpAddress>,
    /// Its name.
    #[field(9)]
    pub destination_pod_name: Option<Str>,
    /// The container that listens on the port.
    #[field(30)]
    pub destination_container_name: Option<Str>,
    /// Its labels.
    #[field(10)]
    pub destination_labels: Option<Map<Str>>,
    /// Its namespace.
    #[field(11)]
    pub destination_namespace: Option<Str>,
    /// The service account that it runs as.
    #[field(13)]
    pub destination_service_account_name: Option<Str>,
    /// The address of the node that it runs on.
    #[field(14)]
    pub destination_host_ip: Option<IpAddress>,
    /// What controls the workload, as the URL of a resource of Kubernetes.
    #[field(26)]
    pub destination_owner: Option<Str>,
    /// The workload that it belongs to, as `istio://namespace/workloads/name`.
    #[field(27)]
    pub destination_workload_uid: Option<Str>,
    /// The name of the workload.
    #[field(28)]
    pub destination_workload_name: Option<Str>,
    /// The namespace of the workload.
    #[field(29)]
    pub destination_workload_namespace: Option<Str>,
}
