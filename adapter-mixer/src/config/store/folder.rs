//! Resources in a folder.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use adapter_runtime::document::Problem;
use notify::{RecursiveMode, Watcher};
use tokio::sync::Notify;

use super::{Loaded, Store};
use crate::config::problem::{ConfigProblem, Stage};

/// Where changes are not told, as on some network volumes, they are looked for this often.
const POLL: Duration = Duration::from_secs(5);

/// A folder with the operator's YAML: all files in it and below that end in `.yaml` or `.yml`, in
/// the order of their names.
///
/// A change is noticed at once where the system tells of it, and otherwise within five seconds. The
/// folder of a Kubernetes `ConfigMap` is fine. A file that can't be read any more keeps what was read
/// of it last; a folder that is not there holds nothing, until it is.
pub struct FolderStore {
    root: PathBuf,
    files: Mutex<HashMap<PathBuf, File>>,
    changes: Arc<Notify>,
    /// `None` where the system tells nothing.
    watcher: Mutex<Option<notify::RecommendedWatcher>>,
    poll: Duration,
}

/// The files with resources, and what can't be listed.
struct Listed {
    files: Vec<(PathBuf, Stamp)>,
    errors: Vec<(PathBuf, io::Error)>,
}

/// A file as it was read last.
struct File {
    stamp: Stamp,
    loaded: Loaded,
}

/// What of a file changes when its content does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    #[cfg(unix)]
    inode: u64,
}

impl Stamp {
    fn of(metadata: &fs::Metadata) -> Stamp {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt as _;

        Stamp {
            length: metadata.len(),
            modified: metadata.modified().ok(),
            #[cfg(unix)]
            inode: metadata.ino(),
        }
    }

    /// Whether the file may have changed after this, within the precision of its time.
    fn is_fresh(&self) -> bool {
        let age = self.modified.and_then(|it| it.elapsed().ok());
        age.is_none_or(|age| age < Duration::from_secs(2))
    }
}

impl FolderStore {
    /// The resources in a folder and below it.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> FolderStore {
        let root = root.into();
        let changes = Arc::new(Notify::new());
        let told = changes.clone();
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // Reading is no change; what can't be told may be one.
            if !event.is_ok_and(|event| event.kind.is_access()) {
                told.notify_one();
            }
        });
        let store = FolderStore {
            root,
            files: Mutex::default(),
            changes,
            watcher: Mutex::new(watcher.ok()),
            poll: POLL,
        };
        store.watch();
        store
    }

    /// The same with another time after which changes are looked for that nobody told.
    #[must_use]
    pub fn poll_every(self, poll: Duration) -> FolderStore {
        FolderStore { poll, ..self }
    }

    /// Watches the folder, if it is there.
    fn watch(&self) {
        if let Some(watcher) = lock(&self.watcher).as_mut() {
            // Where it can't be watched, it is looked at.
            let _ = watcher.watch(&self.root, RecursiveMode::Recursive);
        }
    }

    /// The files with resources, in the order of their names, and what can't be listed.
    fn list(&self) -> Listed {
        let (mut files, mut errors) = (Vec::new(), Vec::new());
        let mut folders = vec![self.root.clone()];
        while let Some(folder) = folders.pop() {
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) => {
                    errors.push((folder, error));
                    continue;
                }
            };
            for entry in entries {
                let entry = match entry {
                    Ok(entry) => entry,
                    Err(error) => {
                        errors.push((folder.clone(), error));
                        continue;
                    }
                };
                let path = entry.path();
                if entry.file_type().is_ok_and(|it| it.is_dir()) {
                    // What Kubernetes keeps behind the links of a ConfigMap.
                    if !entry.file_name().to_string_lossy().starts_with("..") {
                        folders.push(path);
                    }
                } else if is_yaml(&path) {
                    // Of a link, what it leads to.
                    match fs::metadata(&path) {
                        Ok(metadata) if metadata.is_file() => {
                            files.push((path, Stamp::of(&metadata)));
                        }
                        Ok(_) => {}
                        Err(error) => errors.push((path, error)),
                    }
                }
            }
        }
        files.sort_by(|(a, _), (b, _)| a.cmp(b));
        errors.sort_by(|(a, _), (b, _)| a.cmp(b));
        Listed { files, errors }
    }

    /// Whether a file is another than was read last, or there are others.
    fn differs(&self) -> bool {
        let Listed { files, .. } = self.list();
        let known = lock(&self.files);
        let same =
            |(path, stamp): &(PathBuf, Stamp)| known.get(path).is_some_and(|it| it.stamp == *stamp);
        files.len() != known.len() || !files.iter().all(same)
    }

    /// The name under which a file is shown.
    fn shown(path: &Path) -> String {
        path.display().to_string()
    }
}

fn is_yaml(path: &Path) -> bool {
    let extension = path.extension().and_then(|it| it.to_str());
    matches!(extension, Some("yaml" | "yml"))
}

/// A problem with a whole file.
fn problem(path: &Path, error: &io::Error, kept: bool) -> ConfigProblem {
    let message = match kept {
        true => format!("can't be read, and stays what it was: {error}"),
        false => format!("can't be read: {error}"),
    };
    ConfigProblem {
        stage: Stage::Reading,
        resource: None,
        problem: Problem::about_file(&FolderStore::shown(path), message),
    }
}

impl Store for FolderStore {
    fn load(&self) -> Loaded {
        // Again, for it may not have been there before.
        self.watch();
        let Listed {
            files: listed,
            errors,
        } = self.list();
        let mut files = lock(&self.files);
        let mut before = std::mem::take(&mut *files);
        let mut all = Loaded::default();
        for (path, stamp) in listed {
            let known = before.remove(&path);
            let file = match known {
                Some(file) if file.stamp == stamp && !stamp.is_fresh() => file,
                known => match fs::read(&path) {
                    Ok(text) => read(&path, stamp, &text, known),
                    Err(error) => {
                        all.problems.push(problem(&path, &error, known.is_some()));
                        match known {
                            Some(file) => file,
                            None => continue,
                        }
                    }
                },
            };
            all.resources.extend(file.loaded.resources.iter().cloned());
            all.problems.extend(file.loaded.problems.iter().cloned());
            files.insert(path, file);
        }
        for (path, error) in errors {
            // What was read below stays as well; a folder that has gone takes its files with it.
            let gone = error.kind() == io::ErrorKind::NotFound;
            let below = before.extract_if(|file, _| !gone && file.starts_with(&path));
            let below: Vec<_> = below.collect();
            all.problems.push(problem(&path, &error, !below.is_empty()));
            for (path, file) in below {
                all.resources.extend(file.loaded.resources.iter().cloned());
                files.insert(path, file);
            }
        }
        all
    }

    fn changed(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async {
            loop {
                tokio::select! {
                    () = self.changes.notified() => return,
                    () = tokio::time::sleep(self.poll) => {
                        if self.differs() {
                            return;
                        }
                    }
                }
            }
        })
    }
}

/// Reads a file. Resources whose text is the same as before are those from before.
fn read(path: &Path, stamp: Stamp, text: &[u8], known: Option<File>) -> File {
    let mut loaded = Loaded::default();
    loaded.read(&FolderStore::shown(path), text);
    if let Some(known) = known {
        let mut by_key: HashMap<_, _> = known
            .loaded
            .resources
            .into_iter()
            .map(|resource| (resource.key().clone(), resource))
            .collect();
        for resource in &mut loaded.resources {
            if let Some(before) = by_key.remove(resource.key())
                && before.is_same(resource)
            {
                *resource = before;
            }
        }
    }
    File { stamp, loaded }
}

/// What is locked here is consistent after every statement, so a panic elsewhere doesn't spoil it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for FolderStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FolderStore").field(&self.root).finish()
    }
}
