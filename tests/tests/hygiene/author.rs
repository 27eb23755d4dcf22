//! An adapter with everything that the macros offer.
#![no_implicit_prelude]

use ::adapter_runtime::template::listentry;
use ::adapter_runtime::{
    Adapter, AdapterConfig, BuildError, Call, CheckResult, HandlerError, Setup,
};
use ::std::collections::BTreeMap;
use ::std::option::Option;
use ::std::result::Result::{self, Ok};
use ::std::string::String;
use ::std::time::Duration;
use ::std::vec::Vec;

use super::templates::{key_value, nothing};

/// A configuration.
#[derive(AdapterConfig, Debug)]
pub struct Params {
    /// A text with a default.
    #[config(default = "/tmp")]
    pub path: String,
    /// A duration that may be absent.
    #[config(default = "1m30s")]
    pub timeout: Option<Duration>,
    /// A list.
    #[config(tag = 7, default = ["a", "b"])]
    pub names: Vec<String>,
    /// A number.
    ///
    /// Called
    /// otherwise.
    #[config(name = "Number")]
    pub r#type: u32,
    /// A map.
    pub limits: BTreeMap<String, Limit>,
}

/// A part of the configuration.
#[derive(AdapterConfig, Clone, Copy, Debug)]
pub struct Limit {
    /// A number.
    #[config(default = Self::DEFAULT)]
    pub most: i64,
}

impl Limit {
    const DEFAULT: i64 = 10;
}

/// Knows keys
/// and values.
///
/// Not for long.
#[::adapter_runtime::mixer_adapter(
    templates = ["listentry" as "my-list", key_value, super::templates::nothing],
)]
#[derive(Debug)]
pub struct KeyValueHTTPAdapter(Params);

impl Adapter for KeyValueHTTPAdapter {
    type Config = Params;

    async fn build(params: Params, _: Setup) -> Result<Self, BuildError> {
        Ok(KeyValueHTTPAdapter(params))
    }
}

impl listentry::Handler for KeyValueHTTPAdapter {
    async fn handle_list_entry(
        &self,
        _: &Call,
        _: listentry::Instance,
    ) -> Result<CheckResult, HandlerError> {
        Ok(CheckResult::allow())
    }
}

impl key_value::Handler for KeyValueHTTPAdapter {
    async fn handle_key_val(
        &self,
        _: &Call,
        _: key_value::Instance,
    ) -> Result<CheckResult, HandlerError> {
        Ok(CheckResult::allow())
    }
}

impl nothing::Handler for KeyValueHTTPAdapter {
    async fn handle_report_nothing(
        &self,
        _: &Call,
        _: Vec<nothing::Instance>,
    ) -> Result<(), HandlerError> {
        ::std::println!("{:?}", self.0);
        Ok(())
    }
}
