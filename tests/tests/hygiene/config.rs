//! A configuration with everything that the derive offers.
#![no_implicit_prelude]

use ::adapter_runtime::AdapterConfig;
use ::adapter_runtime::config::Secret;
use ::std::collections::BTreeMap;
use ::std::option::Option::{self, Some};
use ::std::string::String;
use ::std::time::Duration;
use ::std::vec::Vec;

/// A configuration.
#[derive(AdapterConfig, Debug)]
#[config(name = "Renamed")]
pub struct Settings {
    /// A choice.
    #[config(default = Level::Low)]
    pub level: Level,
    /// A oneof.
    #[config(oneof, required)]
    pub credentials: Option<Credentials>,
    /// A oneof of one.
    #[config(oneof, default = Some(Single::Only(1)))]
    pub single: Option<Single>,
    /// Numbers.
    #[config(tag = 20, encoding = "sint32", min = -1, max = 1, unique)]
    pub numbers: Vec<i32>,
    /// A secret.
    #[config(default = "${env:TOKEN}")]
    pub token: Secret,
    /// Patterns.
    #[config(format = "regex", non_empty)]
    pub patterns: BTreeMap<String, String>,
    /// A duration.
    #[config(min = "1s", positive)]
    pub timeout: Option<Duration>,
}

/// A choice.
#[derive(AdapterConfig, Clone, Copy, Debug)]
pub enum Level {
    /// None.
    None,
    /// A little.
    #[config(tag = 7)]
    Low,
    /// More.
    High,
}

/// A oneof.
#[derive(AdapterConfig, Debug)]
pub enum Credentials {
    /// A number of them.
    #[config(tag = 17, positive)]
    Number(i64),
    /// A part.
    #[config(tag = 18)]
    Part(Part),
}

/// A oneof of one.
#[derive(AdapterConfig, Debug)]
pub enum Single {
    /// A number of them.
    #[config(tag = 16)]
    Only(i64),
}

/// A part of the configuration.
#[derive(AdapterConfig, Clone, Copy, Debug)]
pub struct Part {
    /// A number.
    #[config(encoding = "fixed64")]
    pub size: u64,
}
