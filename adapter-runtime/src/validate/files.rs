//! Files and folders with documents.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Validator;
use crate::document::{self, Node, Problems};

/// Why a file can't be read.
#[derive(Debug, thiserror::Error)]
#[error("can't read {}", path.display())]
pub struct FileError {
    /// The file or the folder.
    pub path: PathBuf,
    /// What the system says.
    pub source: io::Error,
}

/// Reads the documents of files, and of the `.yaml`, `.yml` and `.json` files in folders and below
/// them, in the order of their names. What is wrong with a document is added to the problems. In a
/// folder, charts are left out, and documents that are no resources.
///
/// # Errors
/// If a file can't be read.
pub fn read<P: AsRef<Path>>(
    paths: impl IntoIterator<Item = P>,
    validator: &Validator<'_>,
    problems: &mut Problems,
) -> Result<Vec<Node>, FileError> {
    let mut files = Vec::new();
    for path in paths {
        search(path.as_ref(), true, &mut files)?;
    }
    let mut documents = Vec::new();
    for (path, given) in files {
        let text = fs::read(&path).map_err(|source| FileError {
            path: path.clone(),
            source,
        })?;
        let mut found = Problems::new();
        let mut read = document::parse(&path.display().to_string(), &text, &mut found);
        read.retain(|document| given || is_resource(document));
        documents.extend(read);
        if !found.is_empty() && validator.may_be_secret(&text) {
            found.conceal_all();
        }
        problems.extend(found);
    }
    Ok(documents)
}

fn search(path: &Path, given: bool, files: &mut Vec<(PathBuf, bool)>) -> Result<(), FileError> {
    let fail = |source| FileError {
        path: path.to_owned(),
        source,
    };
    if fs::metadata(path).map_err(fail)?.is_dir() {
        let entries = fs::read_dir(path).map_err(fail)?;
        let entries: io::Result<Vec<_>> = entries.map(|entry| Ok(entry?.path())).collect();
        let mut entries = entries.map_err(fail)?;
        entries.sort();
        // What is in a chart is no YAML until it is rendered.
        let is_chart = |entry: &PathBuf| entry.file_name().is_some_and(|it| it == "Chart.yaml");
        if !given && entries.iter().any(is_chart) {
            return Ok(());
        }
        for entry in entries {
            let name = entry
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            // Kubernetes mounts a folder a second time as `..data`.
            if !name.is_some_and(|name| name.starts_with('.')) {
                search(&entry, false, files)?;
            }
        }
    } else if given || is_document(path) {
        files.push((path.to_owned(), given));
    }
    Ok(())
}

/// Whether it has one of the keys that every resource has.
fn is_resource(document: &Node) -> bool {
    let keys = ["apiVersion", "kind", "metadata", "spec"];
    match document.as_mapping() {
        Ok(mapping) => keys.iter().any(|key| mapping.get(key).is_some()),
        Err(_) => true,
    }
}

fn is_document(path: &Path) -> bool {
    let extension = path
        .extension()
        .map(|it| it.to_string_lossy().to_ascii_lowercase());
    matches!(extension.as_deref(), Some("yaml" | "yml" | "json"))
}
