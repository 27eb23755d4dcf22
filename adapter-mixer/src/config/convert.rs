//! From resources to what they say, with the last version that said something.

use std::collections::BTreeMap;
use std::sync::Arc;

use adapter_runtime::document::{Node, Problem, Problems, Severity};
use adapter_runtime::in_process::{HostedAdapter, HostedTemplate};

use super::fields::{Fields, Text, instead};
use super::hosts::Hosts;
use super::name::Key;
use super::problem::{ConfigProblem, Stage};
use super::resource::Resource;
use super::spec::{
    AdapterSpec, HandlerSpec, InstanceSpec, ManifestSpec, RuleSpec, TemplateSpec, bindings,
};

/// The API group of Mixer's resources.
const API_GROUP: &str = "config.istio.io/";
const KINDS: [&str; 6] = [
    "adapter",
    "attributemanifest",
    "handler",
    "instance",
    "rule",
    "template",
];

/// A resource, and what it says.
#[derive(Debug)]
pub(super) struct Typed {
    pub(super) resource: Arc<Resource>,
    pub(super) spec: Spec,
}

#[derive(Debug)]
pub(super) enum Spec {
    Rule(RuleSpec),
    Instance(InstanceSpec),
    Handler(HandlerSpec),
    Manifest(ManifestSpec),
    Template(TemplateSpec),
    Adapter(AdapterSpec),
    /// Of the kind that is called like an adapter.
    OwnHandler(HostedAdapter),
    /// Of the kind that is called like a template.
    OwnInstance(HostedTemplate, Vec<(Text, Text)>),
}

/// The resources that say something.
#[derive(Clone, Debug, Default)]
pub(crate) struct Converted {
    pub(super) by_key: BTreeMap<Key, Arc<Typed>>,
}

impl Converted {
    /// Converts resources. One that can't be converted keeps the version that it had before.
    pub(crate) fn update(
        &self,
        resources: &[Arc<Resource>],
        hosts: &Hosts,
        problems: &mut Vec<ConfigProblem>,
    ) -> Converted {
        let mut by_key = BTreeMap::new();
        for resource in resources {
            let key = resource.key();
            let before = self.by_key.get(key);
            let typed = match before {
                Some(before) if Arc::ptr_eq(&before.resource, resource) => before.clone(),
                _ => match convert(resource, hosts) {
                    Ok(Some(spec)) => {
                        let resource = resource.clone();
                        Arc::new(Typed { resource, spec })
                    }
                    Ok(None) => {
                        warn_of_unknown_kind(resource, hosts, problems);
                        continue;
                    }
                    Err(problem) => {
                        let place = before.map(|before| before.resource.place());
                        let problem = match place {
                            Some(place) => problem.related(place, "this version stays in force"),
                            None => problem,
                        };
                        problems.push(ConfigProblem::new(Stage::Converting, key, problem));
                        match before {
                            Some(before) => before.clone(),
                            None => continue,
                        }
                    }
                },
            };
            // Of several resources of one name the last holds.
            by_key.insert(key.clone(), typed);
        }
        Converted { by_key }
    }
}

/// `None` for a kind that is none of Mixer's.
fn convert(resource: &Resource, hosts: &Hosts) -> Result<Option<Spec>, Problem> {
    let spec = resource.spec();
    Ok(Some(match resource.key().kind.as_str() {
        "rule" => Spec::Rule(RuleSpec::read(spec)?),
        "instance" => Spec::Instance(InstanceSpec::read(spec)?),
        "handler" => Spec::Handler(HandlerSpec::read(spec)?),
        "attributemanifest" => Spec::Manifest(ManifestSpec::read(spec)?),
        "template" => Spec::Template(TemplateSpec::read(spec)?),
        "adapter" => Spec::Adapter(AdapterSpec::read(spec)?),
        kind => {
            if let Some(template) = hosts.template(kind) {
                return own_instance(template, spec).map(Some);
            }
            let Some(adapter) = hosts.adapter(kind) else {
                return Ok(None);
            };
            own_handler(adapter, spec)?;
            Spec::OwnHandler(adapter)
        }
    }))
}

/// Looks whether the spec of a handler is a configuration of its adapter.
fn own_handler(adapter: HostedAdapter, spec: Option<&Node>) -> Result<(), Problem> {
    let mut problems = Problems::new();
    if let Some(spec) = spec {
        let _ = adapter.read(spec, &mut problems);
    }
    let mut errors = problems.into_iter();
    match errors.find(|problem| problem.severity() == Severity::Error) {
        Some(problem) => Err(problem),
        None => Ok(()),
    }
}

fn own_instance(template: HostedTemplate, spec: Option<&Node>) -> Result<Spec, Problem> {
    let mut problems = Vec::new();
    let params = super::params::read(template, spec, &mut problems);
    if params.is_none()
        && let Some(problem) = problems.into_iter().next()
    {
        return Err(problem);
    }
    let bindings = match spec {
        Some(_) if template.info().output.is_some() => bindings(&Fields::any(spec))?,
        _ => Vec::new(),
    };
    Ok(Spec::OwnInstance(template, bindings))
}

/// A misspelt kind, or that of an adapter which isn't there, would be missed by nobody.
fn warn_of_unknown_kind(resource: &Resource, hosts: &Hosts, problems: &mut Vec<ConfigProblem>) {
    let key = resource.key();
    if !resource
        .api_version()
        .is_some_and(|it| it.starts_with(API_GROUP))
    {
        return;
    }
    let names = hosts.adapter_names().chain(hosts.template_names());
    let known = KINDS.into_iter().chain(names);
    let message = format!(
        "the kind `{}` is none of Mixer's, nor an adapter or a template that is compiled in",
        key.kind
    );
    let warning = Problem::warning(resource.place(), message).help(instead(&key.kind, known));
    problems.push(ConfigProblem::new(Stage::Reading, key, warning));
}
