//! Adapters called over real gRPC, with what a real Mixer sent and with what it would not.

mod adapters;
mod captures;
mod exporter;
mod fail_policy;
mod faults;
mod heavy;
mod json;
mod lifecycle;
mod load;
mod results;
mod scheduled;
mod sessions;
mod traps;
