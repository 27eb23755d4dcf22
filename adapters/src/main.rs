//! All adapters of the crate in one program.

// The adapters of a crate that no line mentions are not linked.
use adapters as _;

fn main() -> std::process::ExitCode {
    adapter_runtime::main()
}
