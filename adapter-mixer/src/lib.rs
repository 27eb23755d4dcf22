//! A Mixer in Rust.
pub mod attribute;
pub mod proto;
mod suggest;
