//! The adapters of this program.

mod gatekeeper;
mod metric_file;
