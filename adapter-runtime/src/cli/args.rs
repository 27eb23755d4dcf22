//! The arguments, and how they are explained.

use std::ffi::OsString;
use std::str::FromStr;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use crate::fail_policy::FailPolicy;

/// Every address of the machine, IPv4 and IPv6.
const ANY_ADDRESS: &str = "[::]";

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

SIGTERM and SIGINT end the calls in flight, close the adapters and exit; a second one exits at once.")]
pub(super) struct ServeArgs {
    /// The port, 0 for one that the system chooses
    #[arg(value_parser = port)]
    pub(super) port: Option<u16>,
    /// The address to listen on, with or without a port [default: [::]]
    #[arg(long, value_name = "ADDRESS")]
    pub(super) address: Option<String>,
    /// Serve one adapter on an address of its own; may be repeated
    #[arg(long, value_name = "NAME=ADDRESS")]
    pub(super) listen: Vec<OwnAddress>,
    /// What becomes of checks and quotas when their adapter fails
    #[arg(long, value_name = "POLICY", default_value = "adapter")]
    pub(super) fail_policy: FailPolicyArg,
}

/// Who fails how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailPolicyArg {
    /// What each adapter's author chose; closed unless written
    Adapter,
    /// Requests are refused
    Closed,
    /// Requests pass
    Open,
}

impl FailPolicyArg {
    /// The policy for all adapters, if it is not each adapter's own.
    pub(super) fn of_all(self) -> Option<FailPolicy> {
        match self {
            FailPolicyArg::Adapter => None,
            FailPolicyArg::Closed => Some(FailPolicy::Closed),
            FailPolicyArg::Open => Some(FailPolicy::Open),
        }
    }
}

impl ServeArgs {
    /// The address of the adapters that have none of their own; `None` if all that is to be
    /// served has.
    pub(super) fn shared_address(&self) -> Result<Option<String>, String> {
        match (&self.address, self.port) {
            (None, None) if self.listen.is_empty() => {
                Err("on which port? Write `serve 8000`, or `serve --listen NAME=ADDRESS`".into())
            }
            (None, None) => Ok(None),
            (address, port) => {
                full_address(address.as_deref().unwrap_or(ANY_ADDRESS), port).map(Some)
            }
        }
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

/// An address with a port, from what a person writes: `8000`, `:8000`, `localhost:8000`,
/// `127.0.0.1`, `::1`, `[::1]:8000`. A port that is given apart is for an address without one.
pub(super) fn full_address(text: &str, port: Option<u16>) -> Result<String, String> {
    let (host, own_port) = split(text);
    let own_port = own_port
        .map(|port| {
            port.parse::<u16>()
                .map_err(|_| format!("`{port}` in `{text}` is no port: write a number up to 65535"))
        })
        .transpose()?;
    let host = match host {
        "" => "[::]".to_owned(),
        host if host.contains('[') != host.contains(']') => {
            return Err(format!("`{text}` is no address: write e.g. `[::1]:8000`"));
        }
        host if host.contains(':') && !host.starts_with('[') => format!("[{host}]"),
        host => host.to_owned(),
    };
    match (own_port, port) {
        (Some(own), Some(apart)) if own != apart => Err(format!(
            "the port is {apart}, but the address `{text}` says {own}"
        )),
        (Some(port), _) | (None, Some(port)) => Ok(format!("{host}:{port}")),
        (None, None) => Err(format!("`{text}` has no port: write `{host}:8000`")),
    }
}

/// The host and, if there is one, the port.
fn split(text: &str) -> (&str, Option<&str>) {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return ("", Some(text));
    }
    let bracket = text.rfind(']').map_or(0, |at| at + 1);
    match text[bracket..].split_once(':') {
        // More colons than one: an IPv6 address without brackets.
        Some((_, port)) if bracket == 0 && port.contains(':') => (text, None),
        Some((_, port)) => (&text[..text.len() - port.len() - 1], Some(port)),
        None => (text, None),
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
    fn an_address_is_what_a_person_writes() {
        for (text, port, address) in [
            ("[::]", Some(8000), "[::]:8000"),
            ("8000", None, "[::]:8000"),
            (":8000", None, "[::]:8000"),
            ("127.0.0.1", Some(80), "127.0.0.1:80"),
            ("127.0.0.1:81", None, "127.0.0.1:81"),
            ("::1", Some(80), "[::1]:80"),
            ("[::1]:81", Some(81), "[::1]:81"),
            ("localhost:0", None, "localhost:0"),
        ] {
            assert_eq!(full_address(text, port).as_deref(), Ok(address));
        }
        for (text, port) in [
            ("localhost", None),
            ("", None),
            ("a:b", None),
            ("a:65536", None),
            ("a:1", Some(2)),
            ("[::1", None),
            ("::1]:5", None),
        ] {
            assert!(full_address(text, port).is_err(), "{text}");
        }
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
        assert_eq!(args.fail_policy.of_all(), None);
        assert!(parse(&["x", "80000"]).is_err());
        let Ok(Args {
            command: Command::Serve(args),
        }) = parse(&["x", "serve"])
        else {
            panic!("the port is missed later");
        };
        assert!(args.shared_address().is_err());
    }

    #[test]
    fn a_fail_policy_is_one_of_three() {
        let policy = |text| match Args::try_parse_from(["x", "serve", "0", "--fail-policy", text]) {
            Ok(Args {
                command: Command::Serve(args),
            }) => Ok(args.fail_policy.of_all()),
            Ok(args) => panic!("{args:?}"),
            Err(error) => Err(error.to_string()),
        };
        assert_eq!(policy("adapter"), Ok(None));
        assert_eq!(policy("open"), Ok(Some(FailPolicy::Open)));
        assert_eq!(policy("closed"), Ok(Some(FailPolicy::Closed)));
        let error = policy("opne").expect_err("no policy");
        assert!(
            error.contains("[possible values: adapter, closed, open]"),
            "{error}"
        );
    }
}
