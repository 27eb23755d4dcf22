//! Edges: which workload called which, for a picture of the mesh.
//!
//! Mixer sends one call for many requests, each instance one call from a source to a destination. For
//! the operator's side see Istio's [edge template].
//!
//! # Example
//! ```
//! use adapter_runtime::prelude::*;
//! use adapter_runtime::template::edge;
//!
//! /// Prints the calls as edges of a graph.
//! #[mixer_adapter(templates = ["edge"])]
//! pub struct Graph;
//!
//! impl Adapter for Graph {
//!     type Config = NoConfig;
//!
//!     async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> {
//!         Ok(Graph)
//!     }
//! }
//!
//! impl edge::Handler for Graph {
//!     async fn handle_edge(
//!         &self,
//!         _: &Call,
//!         instances: Vec<edge::Instance>,
//!     ) -> Result<(), HandlerError> {
//!         for edge in instances {
//!             println!("{} -> {}", edge.source_workload_name, edge.destination_workload_name);
//!         }
//!         Ok(())
//!     }
//! }
//! # fn main() {}
//! ```
//!
//! [edge template]: https://archive.istio.io/v1.3/docs/reference/config/policy-and-telemetry/templates/edge/

use crate::mixer_template;
use crate::value::{Str, TimeStamp};

/// One call.
#[mixer_template(report, package = "edge", crate = crate)]
pub struct Instance {
    /// When the call was made.
    #[field(1)]
    pub timestamp: TimeStamp,
    /// The namespace of the workload that called.
    #[field(10)]
    pub source_workload_namespace: Str,
    /// The workload that called.
    #[field(11)]
    pub source_workload_name: Str,
    /// What controls that workload, such as a deployment.
    #[field(12)]
    pub source_owner: Str,
    /// The instance that called, such as `kubernetes://pod.namespace`.
    #[field(13)]
    pub source_uid: Str,
    /// The namespace of the workload that was called.
    #[field(20)]
    pub destination_workload_namespace: Str,
    /// The workload that was called.
    #[field(21)]
    pub destination_workload_name: Str,
    /// What controls that workload, such as a deployment.
    #[field(22)]
    pub destination_owner: Str,
    /// The instance that was called, such as `kubernetes://pod.namespace`.
    #[field(23)]
    pub destination_uid: Str,
    /// The namespace of the service that was called.
    #[field(24)]
    pub destination_service_namespace: Str,
    /// The service that was called.
    #[field(25)]
    pub destination_service_name: Str,
    /// The protocol of the proxies, such as `http` or `tcp`.
    #[field(30)]
    pub context_protocol: Str,
    /// The protocol of the API, such as `https` or `mongo`.
    #[field(31)]
    pub api_protocol: Str,
}
