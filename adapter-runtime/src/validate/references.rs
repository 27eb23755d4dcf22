//! What resources refer to.

use std::collections::HashMap;

use crate::definition::{ListedTemplate, Registration};
use crate::document::{Node, Problem, Problems, quote};
use crate::suggest;
use crate::template::{BUILT_IN, TemplateInfo};

use super::context::Context;
use super::kinds;
use super::names::candidates;
use super::resource::Resource;

/// The resources, by kind, name and namespace.
pub(super) struct Index<'c> {
    resources: &'c [Resource<'c>],
    by_name: HashMap<(&'c str, &'c str, &'c str), usize>,
}

impl<'c> Index<'c> {
    pub(super) fn new(resources: &'c [Resource<'c>], problems: &mut Problems) -> Index<'c> {
        let mut by_name = HashMap::new();
        for (at, resource) in resources.iter().enumerate() {
            let key = (resource.kind, resource.name, resource.namespace);
            if let Some(first) = by_name.get(&key).map(|first: &usize| &resources[*first]) {
                let message = format!(
                    "a second {} {} in the namespace {}",
                    resource.kind,
                    quote(resource.name),
                    quote(resource.namespace)
                );
                let problem = Problem::error(resource.place.span(), message)
                    .related(first.place.span(), "the first one")
                    .help("give it another name: one of them would replace the other");
                problems.push(problem.path("metadata.name"));
            } else {
                by_name.insert(key, at);
            }
        }
        Index { resources, by_name }
    }

    /// The resource that a reference means.
    pub(super) fn find(
        &self,
        kind: &str,
        reference: &str,
        namespace: &str,
    ) -> Option<&'c Resource<'c>> {
        let mut all = candidates(reference, kind, namespace).into_iter();
        all.find_map(|(name, of, namespace)| {
            let at = (of == kind).then(|| self.by_name.get(&(kind, name, namespace)))?;
            at.map(|at| &self.resources[*at])
        })
    }

    /// What to write instead of a reference to nothing; `others` are names that are known without a
    /// resource.
    fn instead(&self, kind: &str, reference: &str, namespace: &str, others: &[&str]) -> String {
        let of_kind = || self.resources.iter().filter(|it| it.kind == kind);
        let name = reference.split('.').next().unwrap_or_default();
        if let Some(elsewhere) = of_kind().find(|it| it.name == name) {
            return match elsewhere.namespace == namespace {
                true => format!("write `{name}`: it is in the same namespace"),
                false => format!(
                    "write `{name}.{}`: it is in another namespace",
                    elsewhere.namespace
                ),
            };
        }
        let here = of_kind()
            .filter(|it| it.namespace == namespace)
            .map(|it| it.name);
        let mut known: Vec<_> = here.chain(others.iter().copied()).collect();
        known.sort_unstable();
        known.dedup();
        match (known.is_empty(), of_kind().next()) {
            (true, None) => format!("give the file with the {kind} too"),
            (true, Some(_)) => format!("there is no {kind} in the namespace `{namespace}`"),
            (false, _) => suggest::instead(kind, name, &known),
        }
    }
}

/// Says that a reference means nothing.
pub(super) fn unknown(
    kind: &str,
    node: &Node,
    reference: &str,
    resource: &Resource<'_>,
    others: &[&str],
    context: &mut Context<'_>,
) {
    let message = format!("there is no {kind} {}", quote(reference));
    let help = match reference {
        "" => format!("write the name of a {kind}"),
        _ => context
            .index
            .instead(kind, reference, resource.namespace, others),
    };
    context.error(resource, node, message, help);
}

/// An adapter that a handler refers to.
#[derive(Clone, Copy)]
pub(super) struct Adapter<'c> {
    /// The adapter of this program.
    pub(super) linked: Option<&'c Registration>,
    /// Its resource.
    pub(super) resource: Option<&'c Resource<'c>>,
}

impl<'c> Adapter<'c> {
    /// The adapter that a name in a namespace means. One of this program needs no resource here.
    pub(super) fn find(
        reference: &str,
        namespace: &str,
        context: &Context<'c>,
    ) -> Option<Adapter<'c>> {
        let resource = context.index.find(kinds::ADAPTER, reference, namespace);
        let name = resource.map_or_else(|| short(reference), |resource| Some(resource.name));
        let linked = context
            .adapters
            .iter()
            .find(|it| Some(it.adapter.name()) == name);
        // With a resource elsewhere the reference is wrong.
        let elsewhere = || {
            let mut adapters = context.index.resources.iter();
            adapters.any(|it| it.kind == kinds::ADAPTER && Some(it.name) == name)
        };
        match (resource, linked) {
            (None, None) => None,
            (None, Some(_)) if elsewhere() => None,
            (resource, linked) => Some(Adapter { linked, resource }),
        }
    }

    /// The names of the templates that it handles, if they are known.
    pub(super) fn templates(&self) -> Vec<String> {
        let written = self.resource.and_then(|it| it.spec.as_mapping().ok());
        let written = written.and_then(|spec| spec.get("templates")?.as_sequence().ok());
        match (written, self.linked) {
            (Some(written), _) => {
                let names = written.iter().filter_map(|it| it.as_str().ok());
                names
                    .map(|name| short(name).unwrap_or(name).to_owned())
                    .collect()
            }
            (None, Some(linked)) => {
                let templates = linked.adapter.templates().into_iter();
                templates.map(|it| it.resource.to_owned()).collect()
            }
            (None, None) => Vec::new(),
        }
    }
}

/// The name in a reference.
pub(super) fn short(reference: &str) -> Option<&str> {
    reference.split('.').next().filter(|name| !name.is_empty())
}

/// A template that an instance or an adapter refers to.
#[derive(Clone, Copy)]
pub(super) struct Template<'c> {
    pub(super) info: Option<TemplateInfo>,
    pub(super) resource: Option<&'c Resource<'c>>,
}

impl<'c> Template<'c> {
    /// The template that a name in a namespace means. Istio's, and those of the adapters of this
    /// program, need no resource here.
    pub(super) fn find(
        reference: &str,
        namespace: &str,
        context: &Context<'c>,
    ) -> Option<Template<'c>> {
        let resource = context.index.find(kinds::TEMPLATE, reference, namespace);
        let name = resource.map_or_else(|| short(reference), |resource| Some(resource.name))?;
        let info = known_template(name, context.adapters);
        match (resource, info) {
            (None, None) => None,
            (None, Some(_)) if candidates(reference, "template", namespace).is_empty() => None,
            (resource, info) => Some(Template { info, resource }),
        }
    }
}

/// The template that is called so without a resource.
pub(super) fn known_template(name: &str, adapters: &[Registration]) -> Option<TemplateInfo> {
    let listed = adapters.iter().flat_map(|it| it.adapter.templates());
    let mut listed = listed.filter(|template: &ListedTemplate| template.resource == name);
    let built_in = || {
        BUILT_IN
            .iter()
            .find(|template| template.name == name)
            .copied()
    };
    listed
        .next()
        .map(|template| template.info)
        .or_else(built_in)
}

/// The names of the templates that need no resource.
pub(super) fn template_names(adapters: &[Registration]) -> Vec<&'static str> {
    let listed = adapters.iter().flat_map(|it| it.adapter.templates());
    let built_in = BUILT_IN.iter().map(|template| template.name);
    let mut names: Vec<_> = listed.map(|it| it.resource).chain(built_in).collect();
    names.sort_unstable();
    names.dedup();
    names
}
