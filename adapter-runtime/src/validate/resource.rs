//! A resource: its kind, its name, and its `spec`.

use super::{Language, kinds, names};
use crate::document::{Content, Mapping, Node, Problem, Problems, quote};
use crate::suggest;

/// The group in which Mixer's resources are.
const GROUP: &str = "config.istio.io/";

/// The version of that group.
const VERSION: &str = "config.istio.io/v1alpha2";

/// The keys of every resource.
const KEYS: [&str; 5] = ["apiVersion", "kind", "metadata", "spec", "status"];

/// The namespace of a resource that says none, where Istio is.
const DEFAULT_NAMESPACE: &str = "istio-system";

/// A resource that Mixer reads.
#[derive(Debug)]
pub(super) struct Resource<'d> {
    pub(super) document: &'d Node,
    pub(super) kind: &'static str,
    pub(super) name: &'d str,
    pub(super) namespace: &'d str,
    /// Where the name is written.
    pub(super) place: &'d Node,
    pub(super) spec: &'d Node,
    pub(super) language: Language,
}

impl<'d> Resource<'d> {
    /// Reads a document. One that Mixer doesn't read is none, nor is one without a name or a `spec`.
    pub(super) fn read(document: &'d Node, problems: &mut Problems) -> Option<Resource<'d>> {
        let mapping = problems.take(document.as_mapping().map_err(|problem| {
            problem.help("write a resource: `apiVersion`, `kind`, `metadata` and `spec`")
        }))?;
        let api_version = mapping.get("apiVersion");
        let version = api_version.and_then(|it| it.as_str().ok());
        let is_mixers = version.is_none_or(|it| it.starts_with(GROUP));
        if !is_mixers && !mapping.get("kind").is_some_and(is_mixers_kind) {
            return None;
        }
        let kind = problems.take(document.require("kind"))?;
        let kind = kind_of(problems.take(kind.as_str())?, kind, version, problems)?;
        match (api_version, version) {
            (_, Some(VERSION)) => {}
            (None, _) => {
                let problem = document.require("apiVersion").err();
                let help = format!("add `apiVersion: {VERSION}`");
                problems.extend(problem.map(|problem| problem.help(help)));
            }
            (Some(node), _) => {
                let message = match version {
                    Some(version) => format!("{} is not the version of a {kind}", quote(version)),
                    None => "the version of a resource is a text".to_owned(),
                };
                let problem = Problem::error(node.span(), message);
                problems.push(
                    problem
                        .help(format!("write `{VERSION}`"))
                        .path("apiVersion"),
                );
            }
        }
        // What is missing may only be misspelt.
        problems.extend(mapping.unknown_keys(&KEYS));
        let misspelt = |key: &str| {
            let keys = mapping.iter().map(|entry| entry.key().name());
            let mut unknown = keys.filter(|name| !KEYS.contains(name));
            unknown.any(|name| suggest::nearest(name, &KEYS) == Some(key))
        };
        let metadata = match misspelt("metadata") {
            true => None,
            false => Metadata::read(document, problems),
        };
        let spec = match misspelt("spec") {
            true => None,
            false => problems.take(document.require("spec")),
        };
        if let Some(spec) = spec
            && let Err(problem) = spec.as_mapping()
        {
            problems.push(problem.path("spec"));
            return None;
        }
        let metadata = metadata?;
        Some(Resource {
            document,
            kind,
            name: metadata.name,
            namespace: metadata.namespace,
            place: metadata.place,
            spec: spec?,
            language: metadata.language,
        })
    }

    /// The path of a node below the document.
    pub(super) fn path_of(&self, node: &Node) -> String {
        self.document.path_of(node).unwrap_or_default()
    }
}

fn is_mixers_kind(kind: &Node) -> bool {
    kind.as_str()
        .is_ok_and(|kind| kinds::MIXERS.contains(&kind))
}

/// The kind, if it is one that Mixer reads.
fn kind_of(
    kind: &str,
    node: &Node,
    version: Option<&str>,
    problems: &mut Problems,
) -> Option<&'static str> {
    if let Some(known) = kinds::MIXERS.iter().find(|known| **known == kind) {
        return Some(known);
    }
    if kinds::PROXIES.contains(&kind) {
        return None;
    }
    let message = format!("there is no kind {}", quote(kind));
    let problem = Problem::error(node.span(), message).path("kind");
    let help = match kinds::of_old(kind) {
        Some(help) => help,
        // Perhaps an object of another program.
        None if version.is_none() && suggest::nearest(kind, &kinds::MIXERS).is_none() => {
            return None;
        }
        None => suggest::instead("kind", kind, &kinds::MIXERS),
    };
    problems.push(problem.help(help));
    None
}

struct Metadata<'d> {
    name: &'d str,
    namespace: &'d str,
    place: &'d Node,
    language: Language,
}

impl<'d> Metadata<'d> {
    fn read(document: &'d Node, problems: &mut Problems) -> Option<Metadata<'d>> {
        let metadata = problems.take(document.require("metadata"))?;
        let mapping = metadata.as_mapping().map_err(|it| it.path("metadata"));
        let mapping = problems.take(mapping)?;
        let path = |problem: Problem| problem.path("metadata");
        let language = language(mapping, problems);
        let namespace = namespace(metadata, mapping, problems);
        let place = problems.take(metadata.require("name").map_err(path))?;
        let name = place.as_str().map_err(|it| it.path("metadata.name"));
        let name = problems.take(name)?;
        if let Some((message, help)) = names::problem(name) {
            let problem = Problem::error(place.span(), message).help(help);
            problems.push(problem.path("metadata.name"));
        }
        Some(Metadata {
            name,
            namespace: namespace?,
            place,
            language,
        })
    }
}

fn namespace<'d>(
    metadata: &'d Node,
    mapping: &'d Mapping,
    problems: &mut Problems,
) -> Option<&'d str> {
    let Some(node) = mapping.get("namespace").filter(|node| !node.is_null()) else {
        let message = "no namespace: `kubectl` takes that of the day, and a Mixer that reads files \
                       leaves the resource out";
        let problem = Problem::warning(&metadata.start(), message).path("metadata");
        let help = format!("add `namespace: {DEFAULT_NAMESPACE}`");
        problems.push(problem.help(help).show_place_only());
        return Some(DEFAULT_NAMESPACE);
    };
    let name = node.as_str().map_err(|it| it.path("metadata.namespace"));
    let name = problems.take(name)?;
    if let Some((message, help)) = names::namespace_problem(name) {
        let problem = Problem::error(node.span(), message).help(help);
        problems.push(problem.path("metadata.namespace"));
    }
    Some(name)
}

/// What the annotation says.
fn language(metadata: &Mapping, problems: &mut Problems) -> Language {
    const ANNOTATION: &str = "policy.istio.io/lang";
    let annotations = metadata.get("annotations").map(Node::content);
    let Some(Content::Mapping(annotations)) = annotations else {
        return Language::Cexl;
    };
    let Some(node) = annotations.get(ANNOTATION) else {
        return Language::Cexl;
    };
    match node.as_str() {
        Ok("CEL") => Language::Cel,
        Ok("COMPAT") => Language::Compat,
        Ok("CEXL") => Language::Cexl,
        other => {
            let name = other.unwrap_or_default();
            let message = format!("{} is no language, so Mixer takes its own", quote(name));
            let problem = Problem::warning(node.span(), message);
            let help = suggest::instead("language", name, &["CEL", "COMPAT", "CEXL"]);
            problems.push(
                problem
                    .help(help)
                    .path(format!("metadata.annotations.{ANNOTATION}")),
            );
            Language::Cexl
        }
    }
}
