//! Resources that don't change.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;

use adapter_runtime::document::{self, Node, Problems};
use adapter_runtime::validate::{self, FileError, Validator};

use super::{Loaded, Store};

/// Resources that were read once: of files, of folders and of texts.
///
/// Folders may hold more than Mixer's resources, as those do that a program's `manifest` makes:
/// charts are left out, and so are the objects of Kubernetes.
#[derive(Clone, Debug, Default)]
pub struct Documents {
    loaded: Loaded,
}

impl Documents {
    /// No resources.
    #[must_use]
    pub fn new() -> Documents {
        Documents::default()
    }

    /// Adds those of a text; `name` is shown with what is wrong.
    pub fn add_text(&mut self, name: &str, text: impl AsRef<[u8]>) {
        let mut problems = Problems::new();
        let nodes = document::parse(name, text, &mut problems);
        self.add(nodes, problems);
    }

    /// Adds those of files, and of the YAML and JSON files in folders and below them.
    ///
    /// # Errors
    /// A file can't be read. What is wrong with a file that can be is told with the configuration's
    /// other problems.
    pub fn add_files<P: AsRef<Path>>(
        &mut self,
        paths: impl IntoIterator<Item = P>,
    ) -> Result<(), FileError> {
        let mut problems = Problems::new();
        let nodes = validate::read(paths, &Validator::new(), &mut problems)?;
        self.add(nodes, problems);
        Ok(())
    }

    fn add(&mut self, nodes: Vec<Node>, problems: Problems) {
        let nodes = nodes.into_iter().filter(is_mixers);
        self.loaded.add(nodes, problems);
    }
}

/// Whether it is a resource of Mixer's, or wants to be one.
fn is_mixers(document: &Node) -> bool {
    let version = document
        .as_mapping()
        .ok()
        .and_then(|it| it.get("apiVersion"));
    let version = version.and_then(|it| it.as_str().ok());
    version.is_none_or(|it| it.starts_with("config.istio.io/"))
}

impl Store for Documents {
    fn load(&self) -> Loaded {
        self.loaded.clone()
    }

    fn changed(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::pending())
    }
}
