//! Mixer's resources.

use serde::Serialize;

use super::Options;

/// A resource that Mixer reads.
#[derive(Debug, Serialize)]
pub(super) struct Resource<S> {
    #[serde(rename = "apiVersion")]
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata,
    spec: S,
}

#[derive(Debug, Serialize)]
struct Metadata {
    name: String,
    namespace: String,
}

impl<S> Resource<S> {
    pub(super) fn new(
        kind: &'static str,
        name: impl Into<String>,
        options: &Options,
        spec: S,
    ) -> Resource<S> {
        Resource {
            api_version: "config.istio.io/v1alpha2",
            kind,
            metadata: Metadata {
                name: name.into(),
                namespace: options.namespace.clone(),
            },
            spec,
        }
    }
}
