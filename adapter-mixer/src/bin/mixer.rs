//! A Mixer without adapters of its own: it explains, validates, serves, checks and reports for
//! adapters that are called over the network, and makes new projects.

fn main() -> std::process::ExitCode {
    adapter_mixer::main()
}
