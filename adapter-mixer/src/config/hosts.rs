//! What is compiled into this Mixer: its adapters, and the templates that instances can be made of.

use std::collections::BTreeMap;

use adapter_runtime::Registry;
use adapter_runtime::in_process::{HostedAdapter, HostedTemplate};

use super::calls::Calls;

/// The adapters and templates of this process, by name.
#[derive(Clone, Debug)]
pub struct Hosts {
    adapters: BTreeMap<&'static str, HostedAdapter>,
    templates: BTreeMap<&'static str, HostedTemplate>,
    /// The templates of the adapters, by the names of their resources.
    resources: BTreeMap<String, HostedTemplate>,
    calls: Calls,
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
            resources: BTreeMap::new(),
            calls: Calls::AsWritten,
        }
    }

    /// The same with adapters that are called elsewhere than their handlers say.
    #[must_use]
    pub fn called(self, calls: Calls) -> Hosts {
        Hosts { calls, ..self }
    }

    pub(super) fn calls(&self) -> &Calls {
        &self.calls
    }

    /// The template of an adapter, by the name of the resource that describes it.
    pub(super) fn template_of_resource(&self, resource: &str) -> Option<HostedTemplate> {
        self.resources.get(resource).copied()
    }

    /// The name of the resource that describes a template.
    pub(super) fn resource_of_template(&self, template: &str) -> Option<&str> {
        let template = self.template(template)?;
        let mut resources = self.resources.iter();
        resources.find_map(|(name, it)| (*it == template).then_some(name.as_str()))
    }

    /// The adapters of a registry, Istio's templates and those of the adapters.
    ///
    /// # Errors
    /// Two different templates have one name.
    pub fn of(registry: &Registry) -> Result<Hosts, SameTemplateName> {
        let mut hosts = Hosts::none();
        for adapter in HostedAdapter::all(registry) {
            hosts.adapters.insert(adapter.name(), adapter);
            let resources = adapter.info().templates.into_iter().map(|it| it.name);
            hosts.resources.extend(resources.zip(adapter.templates()));
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
