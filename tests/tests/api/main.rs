//! The Mixer API over real gRPC: a Mixer, its configuration, and out-of-process adapters.

mod captures;
mod server;
