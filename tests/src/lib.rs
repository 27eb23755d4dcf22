//! What the tests share.

pub mod client;
pub mod conformance;
pub mod programs;
pub mod raw;
pub mod served;

/// The code in README.md compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[derive(Debug)]
pub struct Readme;
