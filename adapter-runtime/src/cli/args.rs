//! The arguments, and how they are explained.

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{
    Arg, ArgAction, ArgMatches, Args as ClapArgs, FromArgMatches, Parser, Subcommand, ValueEnum,
};

use crate::manifest::{Kind, Options, Tls, Volume};
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
    /// Make what operators apply: resources, objects of Kubernetes, an image, a reference
    Manifest(ManifestArgs),
    /// Check what operators write for Mixer
    Validate(ValidateArgs),
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

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Without --out the files are printed.

Examples:
  manifest all --out operatorconfig      all that an operator applies
  manifest all --check operatorconfig    fails where it is not up to date
  manifest adapter | kubectl apply -f -  the resource of each adapter
  manifest template metric               the resource of one of Istio's templates")]
pub(super) struct ManifestArgs {
    /// What to make
    pub(super) kind: ManifestKind,
    /// For this adapter alone; with `template`, this template
    pub(super) name: Option<String>,
    /// The namespace of Mixer's resources; in istio-system a rule is for the whole mesh
    #[arg(long, value_name = "NAMESPACE", default_value = "istio-system")]
    pub(super) namespace: String,
    /// The namespace of the objects of Kubernetes, where it is another one
    #[arg(long, value_name = "NAMESPACE")]
    pub(super) deploy_namespace: Option<String>,
    /// Make that namespace too
    #[arg(long)]
    pub(super) create_namespace: bool,
    /// What it is called on Kubernetes [default: the adapter, or the program if it has several]
    #[arg(long = "deployment", value_name = "NAME")]
    pub(super) deployment: Option<String>,
    /// The image [default: the name and the version]
    #[arg(long)]
    pub(super) image: Option<String>,
    /// The port that is served
    #[arg(long, default_value = "8000")]
    pub(super) port: u16,
    /// How many replicas there are at least [default: 2; 1 where an adapter keeps its handlers]
    #[arg(long, value_name = "NUMBER")]
    pub(super) replicas: Option<u32>,
    /// How many there are at most [default: as many if that is 1, else five times as many]
    #[arg(long, value_name = "NUMBER")]
    pub(super) max_replicas: Option<u32>,
    /// Whether Mixer and the adapter authenticate each other
    #[arg(long, value_name = "WHO", default_value = "none")]
    pub(super) tls: TlsArg,
    /// A folder that may be written to; may be repeated
    #[arg(long = "volume", value_name = "[NAME=]PATH")]
    pub(super) volumes: Vec<Volume>,
    /// The priority class of the pods
    #[arg(long, value_name = "NAME")]
    pub(super) priority_class: Option<String>,
    /// Make the resources of Istio's own templates too
    #[arg(long)]
    pub(super) built_in: bool,
    /// Write the files into this folder
    #[arg(long, value_name = "FOLDER", conflicts_with = "check")]
    pub(super) out: Option<std::path::PathBuf>,
    /// Overwrite also what this command didn't make
    #[arg(long, requires = "out")]
    pub(super) force: bool,
    /// Compare with the files in this folder; exit code 1 and a diff where they differ
    #[arg(long, value_name = "FOLDER")]
    pub(super) check: Option<std::path::PathBuf>,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Resources refer to each other, so give all of them at once. Those of other programs are left alone.
Of expressions the syntax is checked.

Examples:
  validate operatorconfig                a folder, with what is below it
  validate handler.yaml rules.yaml       some files
  validate operatorconfig -o json        for editors and for CI

Exit codes: 0 no errors, 1 errors, 2 the arguments make no sense.")]
pub(super) struct ValidateArgs {
    /// A file with one or more documents, or a folder of such
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<std::path::PathBuf>,
    /// How to show what is wrong
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub(super) output: ProblemFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ProblemFormat {
    /// With the lines that are wrong
    Text,
    /// For programs: an array of objects with file, line, column, message and help
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum TlsArg {
    /// Nobody
    None,
    /// The adapter by a certificate, Mixer by a token
    Server,
    /// Both by certificates
    Mutual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ManifestKind {
    /// The resource `adapter`: what Mixer must know of an adapter
    Adapter,
    /// The resources `template` of templates that are not Istio's
    Template,
    /// A handler, to be completed
    Handler,
    /// A handler, instances and rules to begin with
    Operator,
    /// The attributes that Istio's proxies report
    Attributes,
    /// What runs the program on Kubernetes
    Kubernetes,
    /// The same with the resources as a Helm chart
    Helm,
    /// What builds the image
    Dockerfile,
    /// The JSON Schema of a configuration
    Schema,
    /// The configuration and own templates as .proto files
    Proto,
    /// The reference of an adapter, in Markdown
    Docs,
    /// All of these
    All,
}

impl From<ManifestKind> for Kind {
    fn from(kind: ManifestKind) -> Kind {
        match kind {
            ManifestKind::Adapter => Kind::Adapter,
            ManifestKind::Template => Kind::Template,
            ManifestKind::Handler => Kind::Handler,
            ManifestKind::Operator => Kind::Operator,
            ManifestKind::Attributes => Kind::Attributes,
            ManifestKind::Kubernetes => Kind::Kubernetes,
            ManifestKind::Helm => Kind::Helm,
            ManifestKind::Dockerfile => Kind::Dockerfile,
            ManifestKind::Schema => Kind::Schema,
            ManifestKind::Proto => Kind::Proto,
            ManifestKind::Docs => Kind::Docs,
            ManifestKind::All => Kind::All,
        }
    }
}

impl ManifestArgs {
    pub(super) fn options(&self, program: &str) -> Options {
        let mut options = Options::of_program(program);
        options.command = self.command(program);
        options.namespace.clone_from(&self.namespace);
        options.deploy_namespace.clone_from(&self.deploy_namespace);
        options.create_namespace = self.create_namespace;
        options.name.clone_from(&self.deployment);
        options.image.clone_from(&self.image);
        options.port = self.port;
        options.replicas = self.replicas;
        options.max_replicas = self.max_replicas;
        options.tls = match self.tls {
            TlsArg::None => Tls::None,
            TlsArg::Server => Tls::Server,
            TlsArg::Mutual => Tls::Mutual,
        };
        options.volumes.clone_from(&self.volumes);
        options.priority_class.clone_from(&self.priority_class);
        options.built_in = self.built_in;
        options
    }

    /// The command that makes the same, whatever it does with it.
    fn command(&self, program: &str) -> String {
        let kind = self.kind.to_possible_value();
        let kind = kind.map(|kind| kind.get_name().to_owned());
        let mut words = vec![program.to_owned(), "manifest".to_owned()];
        words.extend(kind.into_iter().chain(self.name.clone()));
        let mut option = |name: &str, value: Option<String>| {
            words.extend(value.into_iter().flat_map(|it| [format!("--{name}"), it]));
        };
        let namespace = Some(self.namespace.clone()).filter(|it| it != "istio-system");
        option("namespace", namespace);
        option("deploy-namespace", self.deploy_namespace.clone());
        option("deployment", self.deployment.clone());
        option("image", self.image.clone());
        option(
            "port",
            Some(self.port)
                .filter(|it| *it != 8000)
                .map(|it| it.to_string()),
        );
        option("replicas", self.replicas.map(|it| it.to_string()));
        option("max-replicas", self.max_replicas.map(|it| it.to_string()));
        let tls = self.tls.to_possible_value();
        let tls = tls.filter(|_| self.tls != TlsArg::None);
        option("tls", tls.map(|it| it.get_name().to_owned()));
        for volume in &self.volumes {
            option("volume", Some(volume.to_string()));
        }
        option("priority-class", self.priority_class.clone());
        for (flag, set) in [
            ("--create-namespace", self.create_namespace),
            ("--built-in", self.built_in),
        ] {
            words.extend(set.then(|| flag.to_owned()));
        }
        words.join(" ")
    }
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
            Err("--fail-policy: there is no choice `opne`: did you mean `open`?".into())
        );
        let error = settings(&["--max-conections", "5"]).expect_err("no such flag");
        assert!(error.contains("--max-connections"), "{error}");
    }
}
