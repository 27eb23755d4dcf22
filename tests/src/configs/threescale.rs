//! The configuration of the 3scale adapter.

use adapter_runtime::AdapterConfig;
use adapter_runtime::config::Secret;

/// Which service of 3scale requests belong to.
#[derive(AdapterConfig, Debug, PartialEq)]
pub struct Params {
    /// The service; the instance's `action.service` by default.
    #[config(tag = 1)]
    pub service_id: Option<String>,
    /// The admin portal.
    #[config(tag = 2, required, format = "url")]
    pub system_url: String,
    /// The token for the admin portal.
    #[config(tag = 3, required)]
    pub access_token: Secret,
    /// The backend, where it is not the one that the admin portal names.
    #[config(tag = 4, format = "url")]
    pub backend_url: Option<String>,
}
