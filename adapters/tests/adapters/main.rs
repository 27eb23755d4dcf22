//! The adapters as operators use them: with the YAML of their documentation, in a harness and over
//! gRPC.

mod conformance;
mod denier;
mod https;
mod list;
mod memquota;
mod noop;
mod stdio;
mod support;
mod together;
mod web;
