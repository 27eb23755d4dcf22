//! What can be set about a server: one table, of which the flags of `serve`, its environment
//! variables, its file, their documentation and the manifests are made.

mod kinds;
mod sources;
mod table;

use std::fmt;

pub use kinds::PerAdapter;
pub(crate) use kinds::{LONGEST, read_levels, show_levels};
#[cfg(feature = "cli")]
pub(crate) use sources::FILE_VARIABLE;
pub use sources::SettingsError;
pub(crate) use table::SETTINGS;
pub use table::{LogFormat, Settings};

/// What stands before the name of an environment variable.
pub(crate) const ENV_PREFIX: &str = "ADAPTER_";

/// The environment variable of a setting, by its name as a flag.
pub(crate) fn env_of(name: &str) -> String {
    let setting = SETTINGS.iter().find(|setting| setting.name() == name);
    setting.expect("a name of the table").env()
}

/// A row of the table.
pub(crate) struct Setting {
    /// The heading in the documentation.
    pub(crate) group: Group,
    /// The field of [`Settings`], in snake case.
    field: &'static str,
    /// The lines of the documentation.
    doc: &'static [&'static str],
    /// What stands for the value: `NUMBER`.
    pub(crate) placeholder: &'static str,
    /// Whether it may be given more than once.
    pub(crate) list: bool,
    set: fn(&mut Settings, &[String]) -> Result<(), String>,
    get: fn(&Settings) -> Vec<String>,
}

/// A heading of the documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    Listening,
    Adapters,
    Limits,
    Time,
    Security,
    Operations,
}

impl Group {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Group::Listening => "Listening",
            Group::Adapters => "Adapters",
            Group::Limits => "Limits",
            Group::Time => "Time",
            Group::Security => "Security",
            Group::Operations => "Operations",
        }
    }
}

impl Setting {
    /// The name as a flag and in a file: `max-connections`.
    pub(crate) fn name(&self) -> String {
        self.field.replace('_', "-")
    }

    /// The name of the environment variable: `ADAPTER_MAX_CONNECTIONS`.
    pub(crate) fn env(&self) -> String {
        format!("{ENV_PREFIX}{}", self.field.to_ascii_uppercase())
    }

    /// The values that it has, as they are written.
    #[cfg(test)]
    fn values(&self, settings: &Settings) -> Vec<String> {
        (self.get)(settings)
    }

    /// The documentation's first paragraph in one line, without a full stop.
    #[cfg(any(feature = "cli", test))]
    pub(crate) fn summary(&self) -> String {
        let lines = self.doc.iter().map(|line| line.trim());
        let first: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
        let text = first.join(" ");
        text.strip_suffix('.').unwrap_or(&text).to_owned()
    }

    /// The documentation as its author wrote it.
    pub(crate) fn documentation(&self) -> String {
        let lines: Vec<_> = self
            .doc
            .iter()
            .map(|line| line.strip_prefix(' ').unwrap_or(line))
            .collect();
        lines.join("\n")
    }

    /// The value that `serve` takes unless it is set; empty if there is none.
    pub(crate) fn default(&self) -> String {
        (self.get)(&Settings::of_serve()).join(",")
    }

    pub(crate) fn set(&self, settings: &mut Settings, values: &[String]) -> Result<(), String> {
        (self.set)(settings, values)
    }
}

/// The port for operators that `serve` opens unless it is told otherwise.
pub(crate) const OPS_PORT: &str = "9464";

impl Settings {
    /// What `serve` begins with.
    pub(crate) fn of_serve() -> Settings {
        Settings {
            ops_address: Some(OPS_PORT.into()),
            ..Settings::default()
        }
    }

    /// The same without durations that the clock can't hold, which only a program can set.
    pub(super) fn bounded(mut self) -> Settings {
        for duration in [
            &mut self.idle_close,
            &mut self.handshake_timeout,
            &mut self.read_timeout,
            &mut self.write_timeout,
            &mut self.keep_alive_timeout,
            &mut self.shutdown_delay,
            &mut self.drain_timeout,
            &mut self.close_timeout,
            &mut self.reload_interval,
        ] {
            *duration = LONGEST.min(*duration);
        }
        let times = self.call_timeout.of.values_mut();
        for duration in times.chain([
            &mut self.call_timeout.all,
            &mut self.keep_alive_interval,
            &mut self.connection_idle_timeout,
            &mut self.max_connection_age,
        ]) {
            *duration = duration.map(|it| it.min(LONGEST));
        }
        self
    }

    /// The reference of all settings in Markdown: flags, variables, defaults and what they do.
    #[must_use]
    pub fn reference() -> String {
        use fmt::Write;

        let mut text = String::new();
        let mut group = None;
        for setting in SETTINGS {
            if group.replace(setting.group) != Some(setting.group) {
                let _ = writeln!(text, "## {}\n", setting.group.title());
            }
            let (name, env) = (setting.name(), setting.env());
            let default = match setting.default() {
                none if none.is_empty() => "none".to_owned(),
                default => format!("`{default}`"),
            };
            let repeated = if setting.list { ", several" } else { "" };
            let _ = writeln!(
                text,
                "### `{name}`\n`--{name} {}`{repeated}; `{env}`; default {default}\n\n{}\n",
                setting.placeholder,
                setting.documentation()
            );
        }
        text
    }
}

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Setting({})", self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_setting_reads_what_it_shows() {
        for setting in SETTINGS {
            let mut settings = Settings::default();
            let values = setting.values(&settings);
            if !values.is_empty() {
                let set = setting.set(&mut settings, &values);
                assert!(set.is_ok(), "{setting:?}");
            }
            assert_eq!(settings, Settings::default(), "{setting:?}");
            assert!(!setting.summary().is_empty(), "{setting:?}");
        }
    }

    #[test]
    fn no_duration_is_longer_than_the_clock() {
        let settings = Settings {
            drain_timeout: Duration::MAX,
            max_connection_age: Some(Duration::MAX),
            keep_alive_interval: None,
            ..Settings::default()
        };
        let settings = settings.bounded();
        assert_eq!(settings.drain_timeout, LONGEST);
        assert_eq!(settings.max_connection_age, Some(LONGEST));
        assert_eq!(settings.keep_alive_interval, None);
    }

    #[test]
    fn the_reference_has_every_setting() {
        let reference = Settings::reference();
        for setting in SETTINGS {
            let env = format!("; `{}`; default ", setting.env());
            assert!(reference.contains(&env), "{setting:?}");
        }
        assert!(reference.contains("### `max-request-bytes`\n`--max-request-bytes BYTES`"));
    }

    #[test]
    fn a_name_has_three_forms() {
        let setting = SETTINGS.iter().find(|it| it.field == "max_connections");
        let setting = setting.expect("it is in the table");
        assert_eq!(setting.name(), "max-connections");
        assert_eq!(setting.env(), "ADAPTER_MAX_CONNECTIONS");
        assert_eq!(setting.default(), "4096");
    }
}
