//! What is compiled into this Mixer: its adapters, and the templates that instances can be made of.

use std::collections::BTreeMap;

use adapter_runtime::Registry;
use adapter_runtime::in_process::{HostedAdapter, HostedTemplate};

/// The adapters and templates of this process, by name.
#[derive(Clone, Debug)]
pub struct Hosts {
    adapters: BTreeMap<&'static str, HostedAdapter>,
    templates: BTreeMap<&'static str, HostedTemplate>,
}

/// Two templates that operators could not tell apart.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "two templates are called `{name}`, one of the package `{first}` and one of `{second}`: \
     operators could not tell them apart. Give one of them another `package`"
)]
pub struct SameTemplateName {
    name: &'static str,
    first: &'static str,
    second: &'static str,
}

impl Hosts {
    /// Istio's templates and no adapter.
    #[must_use]
    pub fn none() -> Hosts {
        let templates = HostedTemplate::built_in().map(|it| (it.info().name, it));
        Hosts {
            adapters: BTreeMap::new(),
            templates: templates.into(),
        }
    }

    /// The adapters of a registry, Istio's templates and those of the adapters.
    ///
    /// # Errors
    /// Two different templates have one name.
    pub fn of(registry: &Registry) -> Result<Hosts, SameTemplateName> {
        let mut hosts = Hosts::none();
        for adapter in HostedAdapter::all(registry) {
            hosts.adapters.insert(adapter.name(), adapter);
            for template in adapter.templates() {
                let name = template.info().name;
                let first = *hosts.templates.entry(name).or_insert(template);
                if first != template {
                    return Err(SameTemplateName {
                        name,
                        first: first.info().package,
                        second: template.info().package,
                    });
                }
            }
        }
        Ok(hosts)
    }

    /// The adapter of this name.
    #[must_use]
    pub fn adapter(&self, name: &str) -> Option<HostedAdapter> {
        self.adapters.get(name).copied()
    }

    /// The template of this name.
    #[must_use]
    pub fn template(&self, name: &str) -> Option<HostedTemplate> {
        self.templates.get(name).copied()
    }

    /// The names of the adapters, sorted.
    pub fn adapter_names(&self) -> impl Iterator<Item = &'static str> + Clone + '_ {
        self.adapters.keys().copied()
    }

    /// The names of the templates, sorted.
    pub fn template_names(&self) -> impl Iterator<Item = &'static str> + Clone + '_ {
        self.templates.keys().copied()
    }

    /// The templates, sorted by name.
    pub(crate) fn templates(&self) -> impl Iterator<Item = HostedTemplate> + '_ {
        self.templates.values().copied()
    }
}
