//! Resources: the documents that operators write, with kind and name.

use std::sync::Arc;

use adapter_runtime::document::{self, Content, Node, Problem, Problems, Span};

use super::name::Key;
use super::problem::{ConfigProblem, Stage};
use crate::language::Language;

/// A resource as an operator wrote it.
#[derive(Clone, Debug)]
pub struct Resource {
    key: Key,
    document: Node,
    /// Where its name is written.
    place: Span,
}

impl Resource {
    /// Which one it is.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// What it says below `spec`; `None` if that is not there.
    #[must_use]
    pub fn spec(&self) -> Option<&Node> {
        let spec = self.document.as_mapping().ok()?.get("spec")?;
        (!spec.is_null()).then_some(spec)
    }

    /// Whether it says the same at the same place.
    pub(super) fn is_same(&self, other: &Resource) -> bool {
        self.place.bytes() == other.place.bytes()
            && self.place.source().name() == other.place.source().name()
            && self.document == other.document
    }

    /// Where its name is written.
    #[must_use]
    pub fn place(&self) -> &Span {
        &self.place
    }

    /// Its API group and version.
    #[must_use]
    pub fn api_version(&self) -> Option<&str> {
        let document = self.document.as_mapping().ok()?;
        document.get("apiVersion")?.as_str().ok()
    }

    /// The value of an annotation.
    #[must_use]
    pub fn annotation(&self, name: &str) -> Option<&str> {
        let metadata = self.document.as_mapping().ok()?.get("metadata")?;
        let annotations = metadata.as_mapping().ok()?.get("annotations")?;
        annotations.as_mapping().ok()?.get(name)?.as_str().ok()
    }

    /// The language that its annotation names.
    pub(super) fn language(&self) -> Result<Language, Problem> {
        Language::of_annotation(self.annotation(Language::ANNOTATION))
            .map_err(|error| Problem::error(&self.place, error.to_string()))
    }

    /// Reads the resources of a text; `name` is shown with what is wrong. Documents that are none
    /// are left out, and why is added to the problems.
    pub fn read(
        name: &str,
        text: impl AsRef<[u8]>,
        problems: &mut Vec<ConfigProblem>,
    ) -> Vec<Arc<Resource>> {
        let mut found = Problems::new();
        let documents = document::parse(name, text, &mut found);
        Resource::of_all(documents, found, problems)
    }

    /// The resources of documents, among which some were wrong.
    pub(super) fn of_all(
        documents: impl IntoIterator<Item = Node>,
        mut found: Problems,
        problems: &mut Vec<ConfigProblem>,
    ) -> Vec<Arc<Resource>> {
        let mut resources = Vec::new();
        for document in documents {
            resources.extend(found.take(Resource::of(document, problems)).map(Arc::new));
        }
        problems.extend(found.into_iter().map(|problem| ConfigProblem {
            stage: Stage::Reading,
            resource: None,
            problem,
        }));
        resources
    }

    fn of(document: Node, problems: &mut Vec<ConfigProblem>) -> Result<Resource, Problem> {
        let kind = document.require("kind")?.as_str()?.to_owned();
        let metadata = document.require("metadata")?;
        let name_node = metadata.require("name")?;
        let (name, trap) = metadata_text(name_node)?;
        let (namespace, other_trap) = metadata_text(metadata.require("namespace")?)?;
        let place = name_node.span().clone();
        let key = Key::new(kind, name, namespace);
        let traps = [trap, other_trap].into_iter().flatten();
        problems.extend(traps.map(|it| ConfigProblem::new(Stage::Reading, &key, it)));
        Ok(Resource {
            key,
            document,
            place,
        })
    }
}

/// A text of the metadata; with a warning where Mixer, which reads YAML 1.1, makes another text of
/// what is written.
fn metadata_text(node: &Node) -> Result<(String, Option<Problem>), Problem> {
    let text = match node.content() {
        Content::Text(text) => return Ok((text.clone(), None)),
        Content::Bool(value) => value.to_string(),
        Content::Integer(value) => value.to_string(),
        Content::Float(value) => value.to_string(),
        _ => return Err(node.as_str().err().unwrap_or_else(|| nothing(node))),
    };
    let written = node.span().text();
    if written == text {
        return Ok((text, None));
    }
    let message = format!(
        "this is the name `{text}` for Mixer, which reads YAML 1.1 and takes an unquoted \
         `{written}` for it"
    );
    let warning = Problem::warning(node.span(), message).help(format!("write `\"{written}\"`"));
    Ok((text, Some(warning)))
}

fn nothing(node: &Node) -> Problem {
    Problem::error(node.span(), "expected a text")
}
