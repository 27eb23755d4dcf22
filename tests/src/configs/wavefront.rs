//! The configuration of the Wavefront adapter.

use std::collections::HashMap;
use std::time::Duration;

use adapter_runtime::config::Secret;
use adapter_runtime::{Adapter, AdapterConfig, BuildError, ConfigErrors, InstanceTypes, Setup};

/// Where metrics go, and which.
#[derive(AdapterConfig, Debug, PartialEq)]
pub struct Params {
    /// How Wavefront is reached.
    #[config(oneof, required)]
    pub credentials: Option<Credentials>,
    /// How often metrics are sent.
    #[config(tag = 3, default = "5s", positive)]
    pub flush_interval: Duration,
    /// The source tag of all metrics.
    #[config(default = "istio")]
    pub source: String,
    /// What the names of all metrics begin with.
    pub prefix: String,
    /// The metrics, one for each instance.
    pub metrics: Vec<MetricInfo>,
    /// What is logged.
    pub logs: Logs,
}

/// How Wavefront is reached.
#[derive(AdapterConfig, Debug, PartialEq)]
pub enum Credentials {
    /// Directly.
    #[config(tag = 1)]
    Direct(Direct),
    /// By a proxy.
    #[config(tag = 2)]
    Proxy(Proxy),
}

/// Direct ingestion.
#[derive(AdapterConfig, Debug, PartialEq)]
pub struct Direct {
    /// The URL of the server.
    #[config(required, format = "url")]
    pub server: String,
    /// The API token.
    #[config(required)]
    pub token: Secret,
}

/// Ingestion by a proxy.
#[derive(AdapterConfig, Debug, PartialEq)]
pub struct Proxy {
    /// The proxy.
    #[config(required, format = "host:port")]
    pub address: String,
}

/// A metric.
#[derive(AdapterConfig, Debug, PartialEq)]
pub struct MetricInfo {
    /// The name in Wavefront; the instance's by default.
    #[config(tag = 1)]
    pub name: String,
    /// What it measures.
    #[config(tag = 2)]
    pub r#type: MetricType,
    /// How a histogram is sampled.
    #[config(tag = 3)]
    pub sample: Option<Sample>,
    /// The full name of the instance.
    #[config(tag = 4, required)]
    pub instance_name: String,
}

/// What a metric measures.
#[derive(AdapterConfig, Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricType {
    /// Not said.
    Unknown,
    /// A value.
    Gauge,
    /// A sum.
    Counter,
    /// A difference.
    DeltaCounter,
    /// A distribution.
    Histogram,
}

/// How a histogram is sampled.
#[derive(AdapterConfig, Debug, PartialEq)]
pub struct Sample {
    /// The kind of sample.
    #[config(oneof, required)]
    pub definition: Option<Definition>,
}

/// The kind of sample.
#[derive(AdapterConfig, Debug, PartialEq)]
pub enum Definition {
    /// Newer values weigh more.
    #[config(tag = 1)]
    ExpDecay(ExpDecay),
    /// All values weigh the same.
    #[config(tag = 2)]
    Uniform(Uniform),
}

/// Newer values weigh more.
#[derive(AdapterConfig, Debug, PartialEq)]
pub struct ExpDecay {
    /// How many values are kept.
    #[config(positive)]
    pub reservoir_size: i32,
    /// How fast values lose weight.
    #[config(positive)]
    pub alpha: f64,
}

/// All values weigh the same.
#[derive(AdapterConfig, Debug, PartialEq)]
pub struct Uniform {
    /// How many values are kept.
    #[config(positive)]
    pub reservoir_size: i32,
}

/// What is logged.
#[derive(AdapterConfig, Debug, PartialEq)]
pub struct Logs {
    /// `error`, `warn`, `info`, `debug` or `none`.
    #[config(default = "info")]
    pub level: String,
}

/// The adapter, which does nothing.
#[derive(Debug)]
pub struct Wavefront;

impl Adapter for Wavefront {
    type Config = Params;

    fn validate(params: &Params, _: &InstanceTypes, errors: &mut ConfigErrors) {
        let (mut names, mut instances) = (HashMap::new(), HashMap::new());
        for (index, metric) in params.metrics.iter().enumerate() {
            let at = |field: &str| format!("metrics[{index}].{field}");
            let instance = metric.instance_name.as_str();
            let name = match metric.name.as_str() {
                "" => instance,
                name => name,
            };
            if let Some(first) = names.insert(name, index) {
                errors.push(at("name"), format!("`{name}` is already metrics[{first}]"));
            }
            if let Some(first) = instances.insert(instance, index) {
                let message = format!("`{instance}` is already metrics[{first}]");
                errors.push(at("instance_name"), message);
            }
            if metric.r#type == MetricType::Histogram && metric.sample.is_none() {
                errors.push(at("sample"), "is required for a HISTOGRAM");
            }
        }
    }

    async fn build(_: Params, _: Setup) -> Result<Wavefront, BuildError> {
        Ok(Wavefront)
    }
}
