//! What a configuration that came over the wire may make the server read.

use std::cell::RefCell;
use std::future::Future;
use std::path::{Component, Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;

use crate::suggest::list;

/// Folders of files and the beginning of variables that references to secrets may name.
#[derive(Debug)]
pub(crate) struct SecretAccess {
    folders: Vec<PathBuf>,
    prefix: String,
}

thread_local! {
    /// What holds while a configuration is validated.
    static CURRENT: RefCell<Option<Arc<SecretAccess>>> = const { RefCell::new(None) };
}

/// Who asks is not told what there is and what not.
const UNREADABLE: &str = "can't be read: the server's log says why";

impl SecretAccess {
    pub(crate) fn new(folders: Vec<PathBuf>, prefix: String) -> SecretAccess {
        SecretAccess { folders, prefix }
    }

    /// What holds now.
    pub(super) fn current() -> Option<Arc<SecretAccess>> {
        CURRENT.with_borrow(Clone::clone)
    }

    /// Holds while `run` runs.
    pub(crate) fn hold<T>(self: &Arc<Self>, run: impl FnOnce() -> T) -> T {
        /// Puts back what held before, after a panic too.
        struct Before(Option<Arc<SecretAccess>>);

        impl Drop for Before {
            fn drop(&mut self) {
                CURRENT.replace(self.0.take());
            }
        }

        let _before = Before(CURRENT.replace(Some(self.clone())));
        run()
    }

    /// Holds whenever `future` runs.
    pub(crate) async fn hold_in<F: Future>(self: Arc<Self>, future: F) -> F::Output {
        let mut future = pin!(future);
        std::future::poll_fn(|cx| self.hold(|| future.as_mut().poll(cx))).await
    }

    /// Reads a file, if it is in one of the folders.
    pub(super) fn file(
        &self,
        file: &Path,
        read: impl FnOnce() -> Result<String, String>,
    ) -> Result<String, String> {
        // Nothing of the disk is looked at before: how long that takes would tell something too.
        let plain = file.components().all(|part| part != Component::ParentDir);
        let mut folders = self.folders.iter();
        let Some(folder) = folders.find(|folder| plain && file.starts_with(folder)) else {
            return Err(format!(
                "names a file outside of the folders that this server reads secrets from: {}; its operator \
                 sets them with `secret-folders`",
                self.folder_list()
            ));
        };
        // A link may lead out of it.
        let within = || {
            let (folder, file) = (folder.canonicalize()?, file.canonicalize()?);
            Ok::<_, std::io::Error>(file.starts_with(folder))
        };
        let read = match within() {
            Ok(true) => read(),
            Ok(false) => Err("it leads out of the folder".into()),
            Err(error) => Err(error.to_string()),
        };
        read.map_err(|problem| {
            let file = file.display();
            tracing::error!("the secret in the file `{file}` can't be read: {problem}");
            UNREADABLE.into()
        })
    }

    /// Reads a variable, if it begins as it must.
    pub(super) fn variable(
        &self,
        name: &str,
        read: impl FnOnce() -> Result<String, String>,
    ) -> Result<String, String> {
        let prefix = &self.prefix;
        if prefix.is_empty() || !name.starts_with(prefix) {
            return Err(match prefix.as_str() {
                "" => "names a variable, and this server reads none: its operator sets \
                       `secret-env-prefix`"
                    .into(),
                prefix => format!(
                    "names a variable that does not begin with `{prefix}`, and this server reads no others: \
                     its operator sets `secret-env-prefix`"
                ),
            });
        }
        read().map_err(|problem| {
            tracing::error!("a secret can't be read: {problem}");
            UNREADABLE.into()
        })
    }

    fn folder_list(&self) -> String {
        let folders = self.folders.iter();
        let folders: Vec<String> = folders.map(|folder| folder.display().to_string()).collect();
        match folders.as_slice() {
            [] => "there are none".into(),
            folders => list(&folders.iter().map(String::as_str).collect::<Vec<_>>()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_in_the_folders_alone_and_links_do_not_lead_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let secrets = folder.path().join("secrets");
        std::fs::create_dir(&secrets).expect("a folder");
        let outside = folder.path().join("other");
        std::fs::write(&outside, "no").expect("a file");
        std::fs::write(secrets.join("token"), "yes").expect("a file");
        std::os::unix::fs::symlink("token", secrets.join("link")).expect("a link");
        std::os::unix::fs::symlink(&outside, secrets.join("out")).expect("a link");
        let access = SecretAccess::new(vec![secrets.clone()], String::new());
        let read = |file: &Path| {
            access.file(file, || {
                std::fs::read_to_string(file).map_err(|_| String::new())
            })
        };
        assert_eq!(read(&secrets.join("token")), Ok("yes".into()));
        assert_eq!(read(&secrets.join("link")), Ok("yes".into()));
        // There is nothing to tell these apart by.
        assert_eq!(read(&secrets.join("out")), Err(UNREADABLE.into()));
        assert_eq!(read(&secrets.join("none")), Err(UNREADABLE.into()));
        let outside_of = |file: &Path| {
            read(file)
                .expect_err("it is outside")
                .contains("outside of the folders")
        };
        assert!(outside_of(&outside));
        assert!(outside_of(&folder.path().join("none")));
        assert!(outside_of(&secrets.join("../other")));
        assert!(outside_of(Path::new("/secrets2/token")));
    }

    #[test]
    fn variables_need_the_prefix() {
        let access = SecretAccess::new(Vec::new(), "SECRET_".into());
        assert_eq!(
            access.variable("SECRET_A", || Ok("yes".into())),
            Ok("yes".into())
        );
        assert!(
            access
                .variable("HOME", || panic!("it is not read"))
                .is_err()
        );
        let failed = access.variable("SECRET_B", || Err("not set".into()));
        assert_eq!(failed, Err(UNREADABLE.into()));
        let none = SecretAccess::new(Vec::new(), String::new());
        assert!(
            none.variable("SECRET_A", || panic!("it is not read"))
                .is_err()
        );
    }

    #[test]
    fn it_holds_for_as_long_as_it_is_held() {
        let access = Arc::new(SecretAccess::new(Vec::new(), String::new()));
        assert!(SecretAccess::current().is_none());
        let panicked = std::panic::catch_unwind(|| access.hold(|| panic!("in validation")));
        assert!(panicked.is_err());
        assert!(SecretAccess::current().is_none());
        assert!(access.hold(SecretAccess::current).is_some());
    }
}
