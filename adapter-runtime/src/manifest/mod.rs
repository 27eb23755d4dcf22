//! Everything that an operator applies, made from the code: the resources of Mixer and of
//! Kubernetes, the image, the chart, the reference.
//!
//! An adapter's program prints them with its command `manifest`; this is the same for programs
//! that have no command line.
//!
//! ```no_run
//! use adapter_runtime::Registry;
//! use adapter_runtime::manifest::{Kind, Manifests, Options};
//!
//! let registry = Registry::collect()?;
//! let options = Options::of_program("my-adapter");
//! for file in Manifests::new(&registry, options)?.files(Kind::All, None)? {
//!     println!("{}: {} bytes", file.path, file.text.len());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod adapter;
pub mod attributes;
mod dockerfile;
mod drift;
mod helm;
mod kubernetes;
mod operator;
mod options;
mod params;
mod reference;
mod resource;
mod sample;
mod secrets;
mod template;
mod text;

use std::collections::BTreeMap;

#[cfg(feature = "cli")]
#[cfg(feature = "cli")]
pub(crate) use drift::is_made;
pub use drift::{Difference, differences};
pub use options::{ManifestError, Options, Tls, Volume};

use crate::definition::{ListedTemplate, Registration};
use crate::registry::Registry;
use crate::suggest;
use crate::template::{BUILT_IN, TemplateInfo};
use text::Text;

/// What can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The resource `adapter`: what Mixer must know of an adapter.
    Adapter,
    /// The resources `template` of templates that are not Istio's own.
    Template,
    /// A resource `handler`, to be completed.
    Handler,
    /// A handler, instances and rules: a configuration to begin with.
    Operator,
    /// The attributes that Istio's proxies report.
    Attributes,
    /// What runs the program on Kubernetes.
    Kubernetes,
    /// The same, and the resources `adapter` and `template`, as a chart.
    Helm,
    /// What builds the image.
    Dockerfile,
    /// The JSON Schema of a configuration.
    Schema,
    /// The `.proto` files of the configuration and of templates that are not Istio's own.
    Proto,
    /// The reference of an adapter for operators, in Markdown.
    Docs,
    /// All of them.
    All,
}

/// A file, by its path below the folder that it is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct File {
    /// The path, with `/` between folders.
    pub path: String,
    /// What is in it.
    pub text: String,
}

impl File {
    fn new(path: impl Into<String>, text: impl Into<String>) -> File {
        File {
            path: path.into(),
            text: text.into(),
        }
    }
}

/// The manifests of a registry's adapters.
#[derive(Clone, Debug)]
pub struct Manifests<'r> {
    registry: &'r Registry,
    options: Options,
}

impl<'r> Manifests<'r> {
    /// The manifests of these adapters.
    ///
    /// # Errors
    /// If an option makes no sense.
    pub fn new(registry: &'r Registry, options: Options) -> Result<Manifests<'r>, ManifestError> {
        options.check()?;
        Ok(Manifests { registry, options })
    }

    /// The files of a kind: of the adapter with this name, or of all.
    ///
    /// For [`Kind::Template`] the name may be that of a template, also of a built-in one.
    ///
    /// # Errors
    /// If nothing has this name.
    pub fn files(&self, kind: Kind, name: Option<&str>) -> Result<Vec<File>, ManifestError> {
        if let (Kind::Template, Some(name)) = (kind, name)
            && let Some(template) = self.template(name)
        {
            return Ok(vec![template::file(&template, &self.options)]);
        }
        let adapters = self.adapters(name)?;
        let made = Made::new(&self.options, &adapters, name.is_some());
        Ok(made.files(kind))
    }

    fn adapters(&self, name: Option<&str>) -> Result<Vec<Registration>, ManifestError> {
        let all = self.registry.registrations();
        let Some(name) = name else {
            return Ok(all.to_vec());
        };
        match all.iter().find(|it| it.adapter.name() == name) {
            Some(adapter) => Ok(vec![*adapter]),
            None => {
                let known: Vec<_> = self.registry.names().collect();
                let unknown = suggest::unknown("adapter", name, &known);
                Err(ManifestError::new(unknown))
            }
        }
    }

    /// The template that an adapter lists under this name, or the built-in one.
    fn template(&self, name: &str) -> Option<Listed> {
        let is_adapter = self.registry.names().any(|adapter| adapter == name);
        let listed = self.registry.registrations().iter();
        let mut listed = listed.flat_map(|it| it.adapter.templates());
        if let Some(template) = listed.find(|it| it.resource == name && !is_adapter) {
            return Some(Listed::from(template));
        }
        let built_in = BUILT_IN.iter().find(|it| it.name == name && !is_adapter)?;
        Some(Listed {
            info: *built_in,
            resource: built_in.name,
        })
    }
}

/// A template, and the name of its resource.
#[derive(Clone, Copy, Debug)]
struct Listed {
    info: TemplateInfo,
    resource: &'static str,
}

impl Listed {
    /// Whether Istio installs its resource.
    fn is_istios(&self) -> bool {
        self.has_istios_proto() && self.resource == self.info.name
    }

    /// Whether it is one of Istio's, perhaps under another name.
    fn has_istios_proto(&self) -> bool {
        BUILT_IN.iter().any(|it| it.path == self.info.path)
    }
}

impl From<ListedTemplate> for Listed {
    fn from(template: ListedTemplate) -> Listed {
        Listed {
            info: template.info,
            resource: template.resource,
        }
    }
}

/// The adapters that files are made of.
struct Made<'a> {
    options: &'a Options,
    adapters: &'a [Registration],
    /// One of several, chosen by its name.
    chosen: bool,
}

impl<'a> Made<'a> {
    fn new(options: &'a Options, adapters: &'a [Registration], chosen: bool) -> Made<'a> {
        Made {
            options,
            adapters,
            chosen,
        }
    }

    fn files(&self, kind: Kind) -> Vec<File> {
        match kind {
            Kind::Adapter => self.of_each(adapter::file),
            Kind::Template => self.templates(),
            Kind::Handler => operator::handlers(self),
            Kind::Operator => vec![operator::file(self)],
            Kind::Attributes => vec![attributes::file(self.options)],
            Kind::Kubernetes => kubernetes::files(self),
            Kind::Helm => helm::files(self),
            Kind::Dockerfile => dockerfile::files(self),
            Kind::Schema => self.of_each(reference::schema),
            Kind::Proto => reference::protos(self),
            Kind::Docs => self.of_each(reference::markdown),
            Kind::All => [
                Kind::Attributes,
                Kind::Template,
                Kind::Adapter,
                Kind::Operator,
                Kind::Kubernetes,
                Kind::Dockerfile,
                Kind::Helm,
                Kind::Schema,
                Kind::Proto,
                Kind::Docs,
            ]
            .into_iter()
            .flat_map(|kind| self.files(kind))
            .collect(),
        }
    }

    fn of_each(&self, file: impl Fn(&Registration, &Options) -> File) -> Vec<File> {
        let adapters = self.adapters.iter();
        adapters
            .map(|adapter| file(adapter, self.options))
            .collect()
    }

    /// The templates that the adapters list, each once, sorted by name.
    fn listed(&self) -> Vec<Listed> {
        let listed = self.adapters.iter().flat_map(|it| it.adapter.templates());
        let by_name: BTreeMap<_, _> = listed.map(|it| (it.resource, Listed::from(it))).collect();
        by_name.into_values().collect()
    }

    /// Those whose resource the operator must apply.
    fn templates_to_apply(&self) -> Vec<Listed> {
        let mut listed = self.listed();
        listed.retain(|it| self.options.built_in || !it.is_istios());
        listed
    }

    fn templates(&self) -> Vec<File> {
        let templates = self.templates_to_apply();
        let file = |template| template::file(template, self.options);
        templates.iter().map(file).collect()
    }

    /// What the program is called on Kubernetes.
    fn name(&self) -> String {
        match (&self.options.name, self.adapters) {
            (Some(name), _) => name.clone(),
            (None, [only]) => only.adapter.name().to_owned(),
            (None, _) => options::label(&self.options.program),
        }
    }

    /// How many replicas there are where nobody scales them. An adapter whose handlers are never
    /// closed keeps something in memory, which several replicas wouldn't share.
    fn replicas(&self) -> u32 {
        let stateful = self.adapters.iter().any(|it| !it.adapter.idle_close());
        let default = if stateful { 1 } else { 2 };
        self.options.replicas.unwrap_or(default)
    }

    /// How many replicas there may be.
    fn max_replicas(&self) -> u32 {
        let replicas = self.replicas();
        let default = if replicas == 1 { 1 } else { replicas * 5 };
        self.options.max_replicas.unwrap_or(default).max(replicas)
    }

    /// Whether Mixer must be told of each replica: it keeps one connection for each address.
    fn is_headless(&self) -> bool {
        self.max_replicas() > 1
    }

    /// A text that begins with what made it.
    fn text(&self) -> Text {
        Text::new(self.options)
    }
}
