//! A binary with the adapters of two library crates. One port serves them all: a request for the
//! metric template, which `noop-metric` and `print-adapter` share, finds its adapter by the
//! package of the configuration that it carries.

// The adapters of a crate that no line mentions are not linked.
use noop_adapters as _;
use print_adapter as _;

fn main() -> std::process::ExitCode {
    adapter_runtime::main()
}
