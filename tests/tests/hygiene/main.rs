//! Expansions with no names in scope and with every lint, and what they say of the author's code.
#![forbid(unsafe_code)]
#![deny(
    warnings,
    missing_debug_implementations,
    missing_copy_implementations,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    clippy::pedantic
)]
// As a library would have it, which a test is not.
#![allow(unreachable_pub)]

mod author;
mod config;
mod names;
mod templates;
