//! The program: a Mixer on the command line, with the adapters that are linked into it.

mod explain;
mod new;
mod server;
mod source;
mod validate;

use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use crate::client::{CheckArgs, ReportArgs, RunError};
use server::Running;
use source::SourceArgs;

/// The commands of an adapter's program, which are those of `adapter_runtime::main()`.
const OF_ADAPTERS: [&str; 5] = ["info", "serve", "manifest", "import", "--version"];

/// A Mixer with the adapters of this program.
#[derive(Debug, Parser)]
#[command(
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = "\
With `info`, `serve` and `manifest` this is the program of its adapters: see `info --help`.

Exit codes: 0 all is well, 1 the answer is no, 2 the arguments make no sense; with `check` and \
`report` 255, as mixc has it."
)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tell why an adapter is called with a request, or never
    Explain(explain::ExplainArgs),
    /// Check what operators write: also the types of expressions, and what can never happen
    Validate(validate::ValidateArgs),
    /// Serve checks and reports to proxies and to mixc
    Server(server::ServerArgs),
    /// Send a check and show the answer, as mixc does
    Check(CheckCommand),
    /// Send a report and show the answer, as mixc does
    Report(ReportCommand),
    /// Make a project of an adapter
    New(new::NewArgs),
}

#[derive(Debug, ClapArgs)]
struct CheckCommand {
    #[command(flatten)]
    within: WithinArgs,
    #[command(flatten)]
    check: CheckArgs,
}

#[derive(Debug, ClapArgs)]
struct ReportCommand {
    #[command(flatten)]
    within: WithinArgs,
    #[command(flatten)]
    report: ReportArgs,
}

/// A Mixer in this program, for the time of one command.
#[derive(Debug, ClapArgs)]
struct WithinArgs {
    /// Ask a Mixer within this program, with the resources that `manifest operator` makes
    #[arg(long, conflicts_with = "mixer")]
    here: bool,
    /// Ask a Mixer within this program, with the resources of this file or folder; may be repeated
    #[arg(long, value_name = "PATH", conflicts_with = "mixer")]
    config: Vec<std::path::PathBuf>,
}

impl WithinArgs {
    async fn start(&self) -> Result<Option<Running>, Box<dyn Error>> {
        if !self.here && self.config.is_empty() {
            return Ok(None);
        }
        let source = SourceArgs::of(self.config.clone());
        Ok(Some(
            Running::start(source.mixer().await?, "127.0.0.1:0").await?,
        ))
    }
}

/// Runs the program: a Mixer with the adapters that are linked into it.
///
/// Beside its own commands it has those of [`adapter_runtime::main`]. The exit code is 0 if all is
/// well, 1 if the answer is no, 2 if the arguments make no sense.
#[must_use]
pub fn main() -> ExitCode {
    let first = std::env::args().nth(1).unwrap_or_default();
    let is_port = !first.is_empty() && first.bytes().all(|it| it.is_ascii_digit());
    if is_port || OF_ADAPTERS.contains(&first.as_str()) {
        return adapter_runtime::main();
    }
    let args = Args::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(run(args.command)),
        Err(error) => Err(error.into()),
    };
    ended.unwrap_or_else(|error| {
        eprintln!("error: {}", with_causes(&*error));
        match error.is::<RunError>() {
            true => ExitCode::from(255),
            false => ExitCode::FAILURE,
        }
    })
}

async fn run(command: Command) -> Result<ExitCode, Box<dyn Error>> {
    let show = |text: &str| {
        let _ = print(text);
    };
    match command {
        Command::Explain(args) => return args.run().await,
        Command::Validate(args) => return args.run(),
        Command::New(args) => args.run()?,
        Command::Server(args) => args.run().await?,
        Command::Check(CheckCommand { within, check }) => match within.start().await? {
            Some(running) => {
                check.to(running.address()).run(show).await?;
                running.stop().await;
            }
            None => check.run(show).await?,
        },
        Command::Report(ReportCommand { within, report }) => match within.start().await? {
            Some(running) => {
                report.to(running.address()).run(show).await?;
                running.stop().await;
            }
            None => report.run(show).await?,
        },
    }
    Ok(ExitCode::SUCCESS)
}

/// How something is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Prints to the standard output; a reader that has gone away is no error.
fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Whether a stream shows colours: it is a terminal, and the user has not objected.
fn has_color(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty())
}

fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        super::Args::command().debug_assert();
    }
}
