//! The gRPC server of a registry's adapters.
//!
//! A connection comes from a [`socket`], through the [`door`], and has a [`lifetime`]; its requests go
//! through [`respond`] and [`dispatch`] to a [`service`], and are [called](calls) there.

mod activity;
pub(crate) mod address;
mod answer;
mod authority;
mod bound;
mod builder;
mod calls;
mod connection;
mod core;
mod dispatch;
mod door;
mod error;
mod failures;
mod grpc;
mod health;
mod lifetime;
mod listener;
mod load;
mod method;
mod ops;
mod peer;
mod preface;
mod reflection;
mod respond;
mod security;
mod service;
mod sessions;
pub(crate) mod settings;
mod socket;
mod stream;
mod streaming;
mod verdict;
mod weight;

pub use bound::BoundServer;
pub use builder::Server;
pub use error::ServeError;
pub use method::UnaryMethod;
pub use settings::{LogFormat, PerAdapter, Settings, SettingsError};
