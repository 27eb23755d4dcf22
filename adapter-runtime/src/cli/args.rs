//! The arguments, and how they are explained.

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{
    Arg, ArgAction, ArgMatches, Args as ClapArgs, FromArgMatches, Parser, Subcommand, ValueEnum,
};

use crate::server::address::full_address;
use crate::server::settings::{SETTINGS, Setting, Settings, SettingsError};

/// Adapters for Istio's Mixer.
#[derive(Debug, Parser)]
#[command(
    after_help = "A PORT alone is the same as `serve PORT`.\nExit codes: 0 all is well, 1 the answer is no, 2 the arguments make no sense.",
    disable_help_subcommand = true,
    arg_required_else_help = true
)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the adapters of this program, with their templates and configuration
    Info(InfoArgs),
    /// Serve the adapters to Mixer over gRPC
    Serve(ServeArgs),
    /// Print the Rust structs for an existing config.proto
    #[cfg(feature = "import")]
    Import(ImportArgs),
}

#[cfg(feature = "import")]
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
The imports of google/protobuf and gogoproto/gogo.proto are known; no protoc is needed.

Example:
  import mixer/adapter/mine/config/config.proto -I . > src/config.rs")]
pub(super) struct ImportArgs {
    /// The file with the message Params
    #[arg(value_name = "FILE.proto")]
    pub(super) file: std::path::PathBuf,
    /// A folder in which the file's imports begin; may be repeated
    #[arg(short = 'I', long = "include", value_name = "FOLDER")]
    pub(super) includes: Vec<std::path::PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(super) struct InfoArgs {
    /// Show this adapter alone, with its configuration
    pub(super) name: Option<String>,
    /// How to show it
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(super) output: Output,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Output {
    /// One line for each adapter
    Table,
    /// With version, source and every field of the configuration
    Wide,
    /// For programs: an array of objects, or one object with NAME
    Json,
    /// The same as YAML
    Yaml,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  serve 8000                             every adapter on port 8000
  serve 8000 --address 127.0.0.1         the same, for this machine alone
  serve --listen audit=:8001 --listen deny=:8002
                                         a port for each of two adapters
  serve 8000 --listen audit=:8001        one on its own port, the others on 8000
  serve 8000 --ops-address 9464          metrics and health on a port of their own

Every option can also be an environment variable, --max-streams as ADAPTER_MAX_STREAMS, or stand in the
file of --settings, as `max-streams: 100`. An option comes before a variable, and that before the file.
Durations have a unit (10s, 1m30s), sizes may have one (4MiB). Several values have commas between them;
where adapters may differ, VALUE is for all and NAME=VALUE for one.

SIGTERM and SIGINT end the calls in flight, close the adapters and exit; a second one exits at once.")]
pub(super) struct ServeArgs {
    /// The port, 0 for one that the system chooses
    #[arg(value_parser = port)]
    pub(super) port: Option<u16>,
    /// A YAML file with settings, e.g. `max-connections: 100` [env: ADAPTER_SETTINGS]
    #[arg(long = "settings", value_name = "FILE")]
    pub(super) file: Option<PathBuf>,
    #[command(flatten)]
    pub(super) settings: SettingFlags,
}

/// The settings that are given as flags: one for each row of the table.
#[derive(Debug, Default)]
pub(super) struct SettingFlags(Vec<(&'static Setting, Vec<String>)>);

impl SettingFlags {
    /// Sets what was given.
    pub(super) fn apply(&self, settings: &mut Settings) -> Result<(), SettingsError> {
        for (setting, values) in &self.0 {
            settings.set(setting, format!("--{}", setting.name()), values)?;
        }
        Ok(())
    }
}

impl FromArgMatches for SettingFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<SettingFlags, clap::Error> {
        let given = SETTINGS.iter().filter_map(|setting| {
            let values = matches.get_many::<String>(&setting.name())?;
            Some((setting, values.cloned().collect()))
        });
        Ok(SettingFlags(given.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = SettingFlags::from_arg_matches(matches)?;
        Ok(())
    }
}

impl ClapArgs for SettingFlags {
    fn augment_args(command: clap::Command) -> clap::Command {
        command.args(SETTINGS.iter().map(flag))
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        SettingFlags::augment_args(command)
    }
}

/// The flag of a setting. One that can only be switched on or off needs no value to be on.
fn flag(setting: &Setting) -> Arg {
    let name = setting.name();
    let default = match setting.default() {
        none if none.is_empty() => String::new(),
        default => format!(" [default: {default}]"),
    };
    let arg = Arg::new(name.clone())
        .long(name)
        .value_name(setting.placeholder)
        .help(format!("{}{default}", setting.summary()))
        .help_heading(setting.group.title())
        .action(match setting.list {
            true => ArgAction::Append,
            false => ArgAction::Set,
        });
    match setting.placeholder {
        "BOOL" if !setting.list => arg
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true"),
        _ => arg,
    }
}

fn port(text: &str) -> Result<u16, String> {
    text.parse()
        .map_err(|_| "a port is a number from 0 to 65535, e.g. `serve 8000`".into())
}

/// An adapter's own address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OwnAddress {
    pub(super) adapter: String,
    pub(super) address: String,
}

impl FromStr for OwnAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<OwnAddress, String> {
        match text.split_once('=') {
            Some((adapter, address)) if !adapter.is_empty() && !address.is_empty() => {
                Ok(OwnAddress {
                    adapter: adapter.into(),
                    address: full_address(address, None)?,
                })
            }
            _ => Err("write NAME=ADDRESS, e.g. my-adapter=127.0.0.1:8001".into()),
        }
    }
}

/// A number as the first argument is a port to serve.
pub(super) fn with_default_command(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let is_port = |argument: &OsString| {
        argument
            .to_str()
            .is_some_and(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if arguments.get(1).is_some_and(is_port) {
        arguments.insert(1, "serve".into());
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        use clap::CommandFactory;
        Args::command().debug_assert();
    }

    #[test]
    fn a_port_alone_means_serve() {
        let parse = |words: &[&str]| {
            Args::try_parse_from(with_default_command(words.iter().map(Into::into).collect()))
        };
        let Ok(Args {
            command: Command::Serve(args),
        }) = parse(&["x", "8000"])
        else {
            panic!("a port is served");
        };
        assert_eq!(args.port, Some(8000));
        assert!(parse(&["x", "80000"]).is_err());
        let Ok(Args {
            command: Command::Serve(_),
        }) = parse(&["x", "serve"])
        else {
            panic!("the port is missed later");
        };
    }

    fn settings(words: &[&str]) -> Result<Settings, String> {
        let words = ["x", "serve", "0"].iter().chain(words);
        let args = Args::try_parse_from(words).map_err(|error| error.to_string())?;
        let Command::Serve(args) = args.command else {
            panic!("it is `serve`");
        };
        let mut settings = Settings::default();
        let applied = args.settings.apply(&mut settings);
        applied
            .map(|()| settings)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn every_setting_is_a_flag() {
        use crate::fail_policy::FailPolicy;

        let set = settings(&[
            "--fail-policy=open",
            "--fail-policy=audit=closed",
            "--token-without-tls",
            "--reflection=false",
            "--drain-timeout",
            "5s",
        ]);
        let set = set.expect("they make sense");
        assert_eq!(set.fail_policy.get("other"), &Some(FailPolicy::Open));
        assert_eq!(set.fail_policy.get("audit"), &Some(FailPolicy::Closed));
        assert!(set.token_without_tls && !set.reflection);
        assert_eq!(set.drain_timeout.as_secs(), 5);
        assert_eq!(settings(&[]), Ok(Settings::default()));
    }

    #[test]
    fn a_flag_with_a_wrong_value_says_what_to_write() {
        assert_eq!(
            settings(&["--fail-policy", "opne"]),
            Err("--fail-policy: there is no choice `opne`: did you mean `open`? the choices are `adapter`, \
                 `closed` and `open`"
                .into())
        );
        let error = settings(&["--max-conections", "5"]).expect_err("no such flag");
        assert!(error.contains("--max-connections"), "{error}");
    }
}
