//! The configuration of `wavefront.proto`: the adapter has
//! `#[mixer_adapter(package = "wavefront.config", …)]`.

use std::time::Duration;

use adapter_runtime::AdapterConfig;

/// The configuration of the `wavefront` adapter.
///
/// For example:
///
/// ```text
/// direct:
///   server: https://example.wavefront.com
/// ```
#[derive(AdapterConfig, Clone, Debug, PartialEq)]
pub struct Params {
    /// How Wavefront is reached.
    #[config(oneof)]
    pub credentials: Option<Credentials>,
    /// How often the metrics are sent.
    #[config(tag = 3)]
    pub flush_interval: Duration,
    /// The source of the metrics.
    pub source: String,
    /// What stands before the name of each metric.
    pub prefix: String,
    /// The metrics.
    pub metrics: Vec<MetricInfo>,
    pub logs: Option<Logs>,
}

/// How Wavefront is reached.
#[derive(AdapterConfig, Clone, Debug, PartialEq)]
pub enum Credentials {
    /// Directly.
    #[config(tag = 1)]
    Direct(WavefrontDirect),
    /// Through a proxy.
    #[config(tag = 2)]
    Proxy(WavefrontProxy),
}

/// Sends to a Wavefront server, without a proxy.
#[derive(AdapterConfig, Clone, Debug, PartialEq)]
pub struct WavefrontDirect {
    /// The URL of the server.
    pub server: String,
    /// The API token.
    pub token: String,
}

/// Sends to a Wavefront proxy.
#[derive(AdapterConfig, Clone, Debug, PartialEq)]
pub struct WavefrontProxy {
    /// The proxy, as `host:port`.
    pub address: String,
}

/// A metric.
#[derive(AdapterConfig, Clone, Debug, PartialEq)]
pub struct MetricInfo {
    /// The name in Wavefront.
    pub name: String,
    /// The name of the instance in Mixer.
    #[config(tag = 4)]
    pub instance_name: String,
    #[config(tag = 2)]
    pub r#type: MetricType,
    /// Needed for a histogram.
    pub sample: Option<Sample>,
}

/// What is done with the values.
#[derive(AdapterConfig, Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricType {
    Unknown,
    Gauge,
    Counter,
    /// Sends the difference alone.
    DeltaCounter,
    Histogram,
}

/// How a histogram is sampled.
#[derive(AdapterConfig, Clone, Debug, PartialEq)]
pub struct Sample {
    #[config(oneof)]
    pub definition: Option<Definition>,
}

#[derive(AdapterConfig, Clone, Debug, PartialEq)]
pub enum Definition {
    #[config(tag = 1)]
    ExpDecay(ExpDecay),
    #[config(tag = 2)]
    Uniform(Uniform),
}

/// The latest values count most.
#[derive(AdapterConfig, Clone, Debug, PartialEq)]
pub struct ExpDecay {
    pub reservoir_size: i32,
    pub alpha: f64,
}

/// All values count the same.
#[derive(AdapterConfig, Clone, Debug, PartialEq)]
pub struct Uniform {
    pub reservoir_size: i32,
}

/// What the adapter logs.
#[derive(AdapterConfig, Clone, Debug, PartialEq)]
pub struct Logs {
    /// `error`, `warn`, `info`, `debug` or `none`.
    pub level: String,
}
