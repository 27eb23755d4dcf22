//! Configurations of real adapters, and one that holds everything that there is. The `.proto` file
//! of each is in `configs/`.

pub mod apigee;
pub mod everything;
pub mod threescale;
pub mod wavefront;

use std::fs;

use adapter_runtime::config::ConfigSchema;

use crate::programs::project;

/// The name of the file, and what the struct says of itself.
#[must_use]
pub fn all() -> Vec<(&'static str, ConfigSchema)> {
    vec![
        (
            "apigee",
            ConfigSchema::of::<apigee::Params>("adapter.apigee.config"),
        ),
        (
            "everything",
            ConfigSchema::of::<everything::Everything>("everything"),
        ),
        (
            "threescale",
            ConfigSchema::of::<threescale::Params>("adapter.threescale.config"),
        ),
        (
            "wavefront",
            ConfigSchema::of::<wavefront::Params>("wavefront.config"),
        ),
    ]
}

/// The `.proto` file of a configuration.
#[must_use]
pub fn proto(name: &str) -> String {
    let path = project().join(format!("tests/configs/{name}.proto"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
