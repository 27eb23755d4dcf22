//! Where settings come from: flags before the environment before a file.

use super::{ENV_PREFIX, SETTINGS, Setting, Settings};
use crate::document::{self, Content, Node, Problem, Problems};
use crate::suggest::nearest;

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A flag or a variable has a value that it can't have.
    #[error("{name}: {problem}")]
    Value {
        /// The flag or the variable, as it is written.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The file is not what it should be.
    #[error("{0}")]
    File(Problems),
}

impl Settings {
    /// Sets what environment variables say, e.g. `ADAPTER_MAX_CONNECTIONS=100`. Returns the names of
    /// variables that look like settings and are none.
    ///
    /// # Errors
    /// A variable has a value that its setting can't have.
    pub fn read_env(
        &mut self,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Vec<String>, SettingsError> {
        let mut unknown = Vec::new();
        for (name, value) in variables {
            if !name.starts_with(ENV_PREFIX) {
                continue;
            }
            match SETTINGS.iter().find(|setting| setting.env() == name) {
                Some(setting) => self.set(setting, name, &[value])?,
                None if name == FILE_VARIABLE || is_service_link(&name) => {}
                None => unknown.push(name),
            }
        }
        Ok(unknown)
    }

    /// Sets what a YAML or JSON file says: a mapping of settings by their names, e.g.
    /// `max-connections: 100`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read_file(&mut self, name: &str, text: impl AsRef<[u8]>) -> Result<(), SettingsError> {
        let mut problems = Problems::new();
        let documents = document::parse(name, text, &mut problems);
        for document in &documents {
            if let Err(problem) = self.take(document, &mut problems) {
                problems.push(problem);
            }
        }
        match problems.has_errors() {
            true => Err(SettingsError::File(problems)),
            false => Ok(()),
        }
    }

    fn take(&mut self, document: &Node, problems: &mut Problems) -> Result<(), Problem> {
        for entry in document.as_mapping()?.iter() {
            let name = entry.key().name();
            let Some(setting) = SETTINGS.iter().find(|setting| setting.name() == name) else {
                problems.push(unknown(entry.key().span(), name));
                continue;
            };
            let Some(values) = problems.take(texts(entry.value())) else {
                continue;
            };
            if let Err(problem) = setting.set(self, &values) {
                problems.push(Problem::error(
                    entry.value().span(),
                    format!("`{name}`: {problem}"),
                ));
            }
        }
        Ok(())
    }

    /// Sets a setting to what a flag or a variable says.
    pub(crate) fn set(
        &mut self,
        setting: &Setting,
        name: String,
        values: &[String],
    ) -> Result<(), SettingsError> {
        setting
            .set(self, values)
            .map_err(|problem| SettingsError::Value { name, problem })
    }
}

/// The variable that names the file.
pub(crate) const FILE_VARIABLE: &str = "ADAPTER_SETTINGS";

/// What Kubernetes sets for a Service that is called `adapter` or `adapter-…`.
fn is_service_link(name: &str) -> bool {
    name.contains("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || name.ends_with("_PORT")
        || name.contains("_PORT_")
}

fn unknown(span: &document::Span, name: &str) -> Problem {
    let names: Vec<String> = SETTINGS.iter().map(Setting::name).collect();
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let problem = Problem::error(span, format!("there is no setting `{name}`"));
    match nearest(name, &known) {
        Some(nearest) => problem.help(format!("did you mean `{nearest}`?")),
        None => problem.help("`serve --help` lists them"),
    }
}

/// The texts of a value: one, or those of a list.
fn texts(value: &Node) -> Result<Vec<String>, Problem> {
    match value.content() {
        Content::Sequence(items) => items.iter().map(text).collect(),
        _ => Ok(vec![text(value)?]),
    }
}

fn text(value: &Node) -> Result<String, Problem> {
    match value.content() {
        Content::Text(text) => Ok(text.to_string()),
        Content::Integer(number) => Ok(number.to_string()),
        Content::Float(number) => Ok(number.to_string()),
        Content::Bool(value) => Ok(value.to_string()),
        _ => Err(value.not("a text, a number or a boolean")),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn env(variables: &[(&str, &str)]) -> Result<(Settings, Vec<String>), String> {
        let mut settings = Settings::default();
        let variables = variables.iter();
        let variables = variables.map(|(name, value)| (name.to_string(), value.to_string()));
        let unknown = settings.read_env(variables).map_err(|e| e.to_string())?;
        Ok((settings, unknown))
    }

    #[test]
    fn variables_set() {
        let (settings, unknown) = env(&[
            ("ADAPTER_MAX_CONNECTIONS", "100"),
            ("ADAPTER_DRAIN_TIMEOUT", "5s"),
            ("ADAPTER_MAX_CONECTIONS", "7"),
            ("ADAPTER_PORT", "tcp://10.0.0.1:8000"),
            ("ADAPTER_SERVICE_HOST", "10.0.0.1"),
            ("HOME", "/"),
        ])
        .expect("they can be read");
        assert_eq!(settings.max_connections, 100);
        assert_eq!(settings.drain_timeout, Duration::from_secs(5));
        assert_eq!(unknown, ["ADAPTER_MAX_CONECTIONS"]);
        let error = env(&[("ADAPTER_MAX_CONNECTIONS", "many")]).expect_err("no number");
        assert_eq!(
            error,
            "ADAPTER_MAX_CONNECTIONS: `many` is no number: write e.g. `1024`"
        );
    }

    #[test]
    fn a_file_sets_and_every_problem_is_shown() {
        let mut settings = Settings::default();
        let text = "max-request-bytes: 1MiB\nreflection: false\nlog-level: [info, audit=debug]\n";
        settings
            .read_file("server.yaml", text)
            .expect("it is right");
        assert_eq!(settings.max_request_bytes, 1 << 20);
        assert!(!settings.reflection);
        let text = "max-conections: 5\nmax-streams: 0\ndrain-timeout: 5\n";
        let error = settings.read_file("server.yaml", text).expect_err("wrong");
        let error = error.to_string();
        for part in [
            "there is no setting `max-conections`",
            "did you mean `max-connections`?",
            "`0` would let nothing pass",
            "`5` is no duration",
            "server.yaml:3:16",
        ] {
            assert!(error.contains(part), "{part}: {error}");
        }
    }
}
