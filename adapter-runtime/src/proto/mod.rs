//! The messages that Mixer and adapters exchange, as protobuf defines them.
//!
//! Generated from the `.proto` files in `proto/` and checked in, so that a build needs neither a
//! proto compiler nor a build script. To regenerate them:
//!
//! ```text
//! UPDATE_GENERATED=1 cargo test -p tests --test generated
//! ```
//!
//! The same test fails where they differ from what `proto/` gives. Maps are `BTreeMap`s, so that
//! equal messages have equal bytes; type URLs begin with `type.googleapis.com/`.

/// `istio.mixer.adapter.model.v1beta1`: what adapters answer, and how they are described.
#[rustfmt::skip]
pub mod model;

/// `istio.policy.v1beta1`: values and their types, and HTTP answers for denied clients.
#[rustfmt::skip]
pub mod policy;

/// `google.rpc`: the status of an operation.
#[rustfmt::skip]
pub mod rpc;
