use std::time::Duration;

use adapter_runtime::config::Secret;
use adapter_runtime::prelude::*;

/// Where the metrics go.
#[derive(AdapterConfig, Debug)]
pub struct Params {
    /// The server.
    #[config(required, format = "url")]
    pub server: String,
    /// The API token.
    #[config(required)]
    pub token: Secret,
    /// How often the metrics are sent.
    #[config(default = "30s", min = "1s")]
    pub interval: Duration,
    /// What is added to each metric.
    pub labels: std::collections::BTreeMap<String, String>,
}
