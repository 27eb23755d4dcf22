//! The configuration of `apigee.proto`: the adapter has
//! `#[mixer_adapter(package = "apigee.config", …)]`.

use std::time::Duration;

use adapter_runtime::AdapterConfig;

/// What a handler of Apigee needs.
#[derive(AdapterConfig, Clone, Debug, PartialEq)]
pub struct Params {
    pub apigee_base: String,
    pub customer_base: String,
    pub org_name: String,
    pub env_name: String,
    pub key: String,
    pub secret: String,
    pub temp_dir: String,
    pub client_timeout: Duration,
    #[config(name = "allowUnverifiedSSLCert")]
    pub allow_unverified_ssl_cert: bool,
    /// A file, whose presence means that Apigee is hybrid.
    pub hybrid_config: String,
    #[config(tag = 15)]
    pub products: ProductOptions,
    pub analytics: AnalyticsOptions,
    pub auth: AuthOptions,
}

#[derive(AdapterConfig, Clone, Debug, PartialEq)]
#[config(name = "product_options")]
pub struct ProductOptions {
    pub refresh_rate: Duration,
}

#[derive(AdapterConfig, Clone, Debug, PartialEq)]
#[config(name = "analytics_options")]
pub struct AnalyticsOptions {
    pub legacy_endpoint: bool,
    pub file_limit: i32,
    pub send_channel_size: i32,
    pub collection_interval: Duration,
}

#[derive(AdapterConfig, Clone, Debug, PartialEq)]
#[config(name = "auth_options")]
pub struct AuthOptions {
    pub api_key_cache_duration: Duration,
    pub api_key_claim: String,
}
