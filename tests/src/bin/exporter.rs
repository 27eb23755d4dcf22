//! A program with an adapter that gathers what it gets.

#[path = "../../tests/wire/exporter.rs"]
mod exporter;

fn main() -> std::process::ExitCode {
    adapter_runtime::main()
}
