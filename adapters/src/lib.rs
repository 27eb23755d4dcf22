//! Adapters that every user of Mixer knows, each in its module, with a feature of the same name.
//!
//! | module, feature | name | what it does |
//! |---|---|---|
#![cfg_attr(
    feature = "denier",
    doc = "| [`denier`] | `denier` | denies every request |"
)]
#![cfg_attr(
    feature = "list",
    doc = "| [`list`] | `listchecker` | checks whether something is in a list |"
)]
#![cfg_attr(
    feature = "memquota",
    doc = "| [`memquota`] | `memquota` | limits how much may be used, by counts in memory |"
)]
#![cfg_attr(
    feature = "noop",
    doc = "| [`noop`] | `noop` | allows everything, grants everything, takes every report |"
)]
#![cfg_attr(
    feature = "stdio",
    doc = "| [`stdio`] | `stdio` | writes logs and metrics to a standard stream or a file |"
)]
//!
//! Their configurations are those of the adapters of these names that Mixer itself has, so that the
//! `params` of an operator's handler stay as they are. The program `adapters` serves all of them; one
//! of your own has those that its `main.rs` names:
//!
//! ```no_run
//! // The adapters of a crate that no line mentions are not linked.
//! use adapters as _;
//!
//! fn main() -> std::process::ExitCode { adapter_runtime::main() }
//! ```
//!
//! Each is also an example of the SDK: `noop` of every template, `denier` of a verdict, `list` of a
//! backend that is slow or away, `memquota` of state and quotas, `stdio` of reports that must not get
//! lost.

#[cfg(feature = "denier")]
pub mod denier;
#[cfg(feature = "list")]
pub mod list;
#[cfg(feature = "memquota")]
pub mod memquota;
#[cfg(feature = "noop")]
pub mod noop;
#[cfg(feature = "stdio")]
pub mod stdio;
