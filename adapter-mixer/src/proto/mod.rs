//! The Mixer API, as protobuf defines it: `istio.mixer.v1`.
//!
//! Generated from `proto/mixer/v1/` and checked in, as `adapter_runtime::proto` is.

/// `istio.mixer.v1`: checks, reports, and the attributes in them.
#[rustfmt::skip]
pub mod mixer;

mod received;

pub use received::{ReceivedCheck, ReceivedReport};
