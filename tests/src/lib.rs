//! What the tests share.

pub mod client;
pub mod conformance;
pub mod raw;
pub mod served;
