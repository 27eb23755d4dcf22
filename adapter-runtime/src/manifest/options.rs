//! What an operator chooses.

use std::fmt;
use std::str::FromStr;

use super::kubernetes::ops_port;
use crate::document::quote;

/// The namespace where rules are for all of the mesh.
const ISTIO_SYSTEM: &str = "istio-system";

/// The port that Istio's walkthroughs have.
const PORT: u16 = 8000;

/// What the files are to say.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The name of the program's binary.
    pub program: String,
    /// The command that made the files, for their first line; that of all files if empty.
    pub command: String,
    /// The namespace of Mixer's resources. In `istio-system`, the default, a rule is for all of the
    /// mesh, else for its own namespace.
    pub namespace: String,
    /// The namespace of what runs on Kubernetes, where it is another one.
    pub deploy_namespace: Option<String>,
    /// Whether that namespace is to be created.
    pub create_namespace: bool,
    /// What it is called on Kubernetes; by default as its adapter, or as the program if that has
    /// several.
    pub name: Option<String>,
    /// The image; by default one without a registry, with the adapter's version.
    pub image: Option<String>,
    /// The port that is served, 8000 by default.
    pub port: u16,
    /// How many replicas there are at least; 2 by default, but 1 where an adapter has
    /// `idle_close = "never"`, since it keeps something in memory.
    pub replicas: Option<u32>,
    /// How many replicas there are at most: as many if `replicas` is 1, else five times as many by
    /// default.
    pub max_replicas: Option<u32>,
    /// Whether Mixer and the adapter authenticate each other.
    pub tls: Tls,
    /// The folders that may be written to; there are no others.
    pub volumes: Vec<Volume>,
    /// The priority class of the pods.
    pub priority_class: Option<String>,
    /// Whether the resources of Istio's own templates are made too, for a Mixer that was installed
    /// without them.
    pub built_in: bool,
}

impl Options {
    /// The defaults for a program.
    #[must_use]
    pub fn of_program(program: impl Into<String>) -> Options {
        Options {
            program: program.into(),
            command: String::new(),
            namespace: ISTIO_SYSTEM.to_owned(),
            deploy_namespace: None,
            create_namespace: false,
            name: None,
            image: None,
            port: PORT,
            replicas: None,
            max_replicas: None,
            tls: Tls::None,
            volumes: Vec::new(),
            priority_class: None,
            built_in: false,
        }
    }

    /// The namespace of what runs on Kubernetes.
    pub(super) fn deployed_in(&self) -> &str {
        self.deploy_namespace.as_deref().unwrap_or(&self.namespace)
    }

    /// Whether rules in the namespace are for all of the mesh.
    pub(super) fn is_mesh_wide(&self) -> bool {
        self.namespace == ISTIO_SYSTEM
    }

    pub(super) fn check(&self) -> Result<(), ManifestError> {
        let names = [
            ("namespace", Some(&self.namespace)),
            ("namespace", self.deploy_namespace.as_ref()),
            ("name", self.name.as_ref()),
            ("priority class", self.priority_class.as_ref()),
        ];
        for (what, name) in names {
            if let Some(name) = name.filter(|name| !is_label(name)) {
                return Err(ManifestError::new(format!(
                    "{} can't be a {what}: {LABEL}",
                    quote(name)
                )));
            }
        }
        if self.port == 0 {
            let message = "a service has one port: write one from 1 to 65535";
            return Err(ManifestError::new(message.to_owned()));
        }
        if u32::from(self.port) == ops_port() {
            let message = format!(
                "the port {} is the one for operators: write another",
                self.port
            );
            return Err(ManifestError::new(message));
        }
        if self.replicas == Some(0) {
            let message = "without a replica nothing is served: write at least 1";
            return Err(ManifestError::new(message.to_owned()));
        }
        if let (Some(least), Some(most)) = (self.replicas, self.max_replicas)
            && most < least
        {
            let message = format!("at most {most} replicas are fewer than at least {least}");
            return Err(ManifestError::new(message));
        }
        if let Some(image) = &self.image
            && (image.is_empty() || image.contains(|c: char| c.is_whitespace() || c.is_control()))
        {
            let message = format!(
                "{} is no image: write one such as `registry.example.com/my-adapter:1.0`",
                quote(image)
            );
            return Err(ManifestError::new(message));
        }
        for (index, volume) in self.volumes.iter().enumerate() {
            let before = &self.volumes[..index];
            let twice = [&volume.path, &volume.name].into_iter().find(|it| {
                before
                    .iter()
                    .any(|other| [&other.path, &other.name].contains(it))
            });
            if let Some(twice) = twice {
                let message = format!("the volume {} is there twice", quote(twice));
                return Err(ManifestError::new(message));
            }
            if volume.name.starts_with("adapter-") {
                let message = format!(
                    "volumes such as {} are for secrets: write another name, `data={}`",
                    quote(&volume.name),
                    volume.path
                );
                return Err(ManifestError::new(message));
            }
        }
        Ok(())
    }
}

/// What a label of Kubernetes looks like.
pub(crate) const LABEL: &str =
    "write small letters, digits and `-`, first and last no `-`, at most 63";

/// Whether it can name a namespace or a service.
pub(crate) fn is_label(name: &str) -> bool {
    let legal = |c: char| c == '-' || c.is_ascii_lowercase() || c.is_ascii_digit();
    (1..=63).contains(&name.len())
        && name.chars().all(legal)
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// A name that comes near to this one and is a label.
pub(crate) fn label(name: &str) -> String {
    let legal = |c: char| match c.to_ascii_lowercase() {
        c if c.is_ascii_lowercase() || c.is_ascii_digit() => c,
        _ => '-',
    };
    let label: String = name.chars().map(legal).take(63).collect();
    match label.trim_matches('-') {
        "" => "adapters".to_owned(),
        label => label.to_owned(),
    }
}

/// How Mixer and the adapter authenticate each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tls {
    /// Not at all.
    #[default]
    None,
    /// The adapter shows a certificate; Mixer sends a token.
    Server,
    /// Both show a certificate.
    Mutual,
}

/// A folder that may be written to, which is empty at first.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Volume {
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub path: String,
}

impl FromStr for Volume {
    type Err = String;

    /// From `/path` or `name=/path`.
    fn from_str(text: &str) -> Result<Volume, String> {
        let (name, path) = match text.split_once('=') {
            Some((name, path)) => (name.to_owned(), path),
            None => (label(text), text),
        };
        let is_folder = path.starts_with('/')
            && path.len() > 1
            && !path.split('/').any(|step| step == "..")
            && !path.contains([':', '\n']);
        match (is_label(&name), is_folder) {
            (true, true) => Ok(Volume {
                name,
                path: path.trim_end_matches('/').to_owned(),
            }),
            (false, _) => Err(format!("{} can't name a volume: {LABEL}", quote(&name))),
            (_, false) => Err("a volume is an absolute path, e.g. `/data` or `data=/data`".into()),
        }
    }
}

/// Why there are no manifests.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ManifestError {
    message: String,
}

impl ManifestError {
    pub(super) fn new(message: String) -> ManifestError {
        ManifestError { message }
    }
}

impl fmt::Display for Volume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.name, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels() {
        for (name, made) in [
            ("my_adapter", "my-adapter"),
            ("My.Adapter_", "my-adapter"),
            ("__", "adapters"),
            ("/var/data", "var-data"),
        ] {
            assert_eq!(label(name), made);
            assert!(is_label(made));
        }
        for name in ["", "-a", "a-", "A", "a_b", "a.b", &"a".repeat(64)] {
            assert!(!is_label(name), "{name}");
        }
    }

    #[test]
    fn volumes() {
        let volume = |text: &str| text.parse::<Volume>().map(|volume| volume.to_string());
        assert_eq!(volume("/var/data/"), Ok("var-data=/var/data".into()));
        assert_eq!(volume("data=/srv"), Ok("data=/srv".into()));
        for text in ["data", "data=srv", "=/srv", "A=/srv", "a=/srv/../etc", "/"] {
            assert!(volume(text).is_err(), "{text}");
        }
    }

    #[test]
    fn options_that_make_no_sense() {
        type Change = fn(&mut Options);
        let changes: [(Change, &str); 7] = [
            (
                |it| it.port = 9464,
                "the port 9464 is the one for operators",
            ),
            (
                |it| it.namespace = "Istio".into(),
                "`Istio` can't be a namespace: write small",
            ),
            (|it| it.port = 0, "a service has one port"),
            (|it| it.replicas = Some(0), "without a replica"),
            (
                |it| (it.replicas, it.max_replicas) = (Some(3), Some(2)),
                "at most 2 replicas are fewer than at least 3",
            ),
            (|it| it.image = Some("a b".into()), "`a b` is no image"),
            (
                |it| {
                    it.volumes = vec![
                        "/a".parse().expect("a path"),
                        "b=/a".parse().expect("a path"),
                    ]
                },
                "the volume `/a` is there twice",
            ),
        ];
        for (change, message) in changes {
            let mut options = Options::of_program("p");
            assert_eq!(options.check(), Ok(()));
            change(&mut options);
            let error = options.check().expect_err(message).to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
