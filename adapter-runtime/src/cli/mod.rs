//! The command line of an adapter binary.

mod args;
#[cfg(feature = "import")]
mod import;
mod info;
mod logging;
mod manifest;
mod problems;
mod serve;
mod validate;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches};

use crate::error::with_causes;
use crate::registry::{Registry, RegistryError};
use args::{Args, Command};

pub use info::info_table;

/// Runs the program: the commands `info`, `serve`, `manifest` and `validate` over the adapters that
/// are linked into it.
///
/// The exit code is 0 if all is well, 1 if the answer is no (no adapter is registered, an address
/// is in use), 2 if the arguments make no sense.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = args::with_default_command(std::env::args_os().collect());
    let registry = Registry::collect();
    let mut command = Args::command()
        .name(program())
        .version(version(registry.as_ref().ok()));
    let matches = command.clone().get_matches_from(arguments);
    let args = Args::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let task = match args.command {
        Command::Info(args) => Task::Info(args),
        Command::Manifest(args) => Task::Manifest(Box::new(args)),
        Command::Serve(args) => match serve::Plan::of(args) {
            Ok(plan) => Task::Serve(Box::new(plan)),
            Err(problem) => command.error(ErrorKind::ValueValidation, problem).exit(),
        },
        Command::Validate(args) => Task::Validate(args),
        #[cfg(feature = "import")]
        Command::Import(args) => Task::Import(args),
    };
    match run(task, registry) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", with_causes(&*error));
            ExitCode::FAILURE
        }
    }
}

/// A command whose arguments make sense.
enum Task {
    Info(args::InfoArgs),
    Manifest(Box<args::ManifestArgs>),
    Serve(Box<serve::Plan>),
    Validate(args::ValidateArgs),
    #[cfg(feature = "import")]
    Import(args::ImportArgs),
}

fn run(
    task: Task,
    registry: Result<Registry, RegistryError>,
) -> Result<ExitCode, Box<dyn std::error::Error>> {
    if cfg!(panic = "abort") {
        eprintln!(
            "warning: built with panic = \"abort\": a panic in one adapter ends the whole server. \
             Remove that line from the profile in Cargo.toml"
        );
    }
    match task {
        Task::Info(args) => info::run(&args, &registry?)?,
        Task::Manifest(args) => return manifest::run(&args, &program(), &registry?),
        Task::Serve(plan) => serve::run(*plan, registry?)?,
        Task::Validate(args) => return validate::run(&args, &registry?),
        // It is for programs that are still to have an adapter, too.
        #[cfg(feature = "import")]
        Task::Import(args) => return import::run(&args),
    }
    Ok(ExitCode::SUCCESS)
}

/// The version that all adapters have, or that of each, and this crate's.
fn version(registry: Option<&Registry>) -> String {
    let adapters = registry.map(Registry::registrations).unwrap_or_default();
    let adapters: Vec<_> = adapters
        .iter()
        .map(|registration| (registration.adapter.name(), registration.adapter.version()))
        .collect();
    let runtime = concat!("(adapter-runtime ", env!("CARGO_PKG_VERSION"), ")");
    match adapters.split_first() {
        Some(((_, version), rest)) if rest.iter().all(|(_, other)| other == version) => {
            format!("{version} {runtime}")
        }
        _ => adapters
            .iter()
            .fold(runtime.to_owned(), |text, (name, version)| {
                format!("{text}\n{name} {version}")
            }),
    }
}

/// The name under which the program was started.
fn program() -> String {
    let path = std::env::args_os()
        .next()
        .map(PathBuf::from)
        .unwrap_or_default();
    path.file_name().map_or_else(
        || "adapters".into(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// Prints to the standard output; a reader that has gone away is no error.
fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
