//! The Mixer with adapters of its own process: reloads, faults, what can be seen of it.

mod adapters;
mod faults;
mod folder;
mod recorded;
mod reload;
mod remote;
mod trace;
