//! The configuration of `threescale.proto`: the adapter has
//! `#[mixer_adapter(package = "adapter.threescale.config", …)]`.

use adapter_runtime::AdapterConfig;

/// What a handler of 3scale needs.
#[derive(AdapterConfig, Clone, Debug, PartialEq)]
pub struct Params {
    /// The service. Where it is not given, it is the instance's `action.service`.
    pub service_id: String,
    /// The URL of the system.
    pub system_url: String,
    /// The token for the system.
    pub access_token: String,
    /// The URL of the backend, instead of the one that the system names.
    pub backend_url: String,
}
