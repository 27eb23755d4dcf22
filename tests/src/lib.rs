//! What the tests share.

pub mod agreement;
pub mod certificates;
pub mod client;
pub mod configs;
pub mod conformance;
pub mod everything;
pub mod http2;
pub mod measure;
pub mod peer;
pub mod programs;
pub mod protos;
pub mod random;
pub mod raw;
pub mod served;
pub mod templates;

/// The code in README.md compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[derive(Debug)]
pub struct Readme;
