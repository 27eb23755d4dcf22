//! The configuration of the Apigee adapter.

use std::time::Duration;

use adapter_runtime::config::Secret;
use adapter_runtime::{Adapter, AdapterConfig, BuildError, ConfigErrors, InstanceTypes, Setup};

/// Which organisation and environment of Apigee requests belong to.
#[derive(AdapterConfig, Debug, PartialEq)]
pub struct Params {
    /// The management API; not with `hybrid_config`.
    #[config(format = "url")]
    pub apigee_base: String,
    /// The runtime.
    #[config(required, format = "url")]
    pub customer_base: String,
    /// The organisation.
    #[config(required)]
    pub org_name: String,
    /// The environment.
    #[config(required)]
    pub env_name: String,
    /// The key that was provisioned.
    #[config(required)]
    pub key: Secret,
    /// The secret that was provisioned.
    #[config(required)]
    pub secret: Secret,
    /// Where buffered data is.
    #[config(default = "/tmp/apigee-istio", non_empty)]
    pub temp_dir: String,
    /// How long a request to Apigee may take.
    #[config(default = "30s", min = "1s")]
    pub client_timeout: Duration,
    /// Whether any certificate is good enough.
    #[config(name = "allowUnverifiedSSLCert")]
    pub allow_unverified_ssl_cert: bool,
    /// The path of the file for hybrid installations.
    pub hybrid_config: String,
    /// API products.
    #[config(tag = 15)]
    pub products: Products,
    /// Analytics.
    #[config(tag = 16)]
    pub analytics: Analytics,
    /// Authentication.
    #[config(tag = 17)]
    pub auth: Auth,
}

/// API products.
#[derive(AdapterConfig, Debug, PartialEq)]
pub struct Products {
    /// How often they are fetched.
    #[config(default = "2m", min = "1m")]
    pub refresh_rate: Duration,
}

/// Analytics.
#[derive(AdapterConfig, Debug, PartialEq)]
pub struct Analytics {
    /// Whether they go to the old endpoint.
    pub legacy_endpoint: bool,
    /// How many files are kept.
    #[config(default = 1024, min = 1)]
    pub file_limit: i64,
    /// How many records wait.
    #[config(default = 10, min = 0)]
    pub send_channel_size: i64,
    /// How often they are sent.
    #[config(default = "2m", positive)]
    pub collection_interval: Duration,
}

/// Authentication.
#[derive(AdapterConfig, Debug, PartialEq)]
pub struct Auth {
    /// How long a verified key is good.
    #[config(default = "30m")]
    pub api_key_cache_duration: Duration,
    /// The claim of a JWT that is an API key.
    pub api_key_claim: String,
}

/// The adapter, which does nothing.
#[derive(Debug)]
pub struct Apigee;

impl Adapter for Apigee {
    type Config = Params;

    fn validate(params: &Params, _: &InstanceTypes, errors: &mut ConfigErrors) {
        if !params.hybrid_config.is_empty() {
            return;
        }
        if params.apigee_base.is_empty() {
            errors.push("apigee_base", "is required without `hybrid_config`");
        }
        if params.analytics.collection_interval < Duration::from_secs(120) {
            let message = "must be at least 2m without `hybrid_config`";
            errors.push("analytics.collection_interval", message);
        }
    }

    async fn build(_: Params, _: Setup) -> Result<Apigee, BuildError> {
        Ok(Apigee)
    }
}
