//! A program that links no adapter.

fn main() -> std::process::ExitCode {
    adapter_runtime::main()
}
