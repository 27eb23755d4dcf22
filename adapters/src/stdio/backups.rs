//! Files that are full.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use adapter_runtime::Counter;
use adapter_runtime::value::TimeStamp;

/// The form of the time in a name, with which it sorts as a text.
const FORM: &[u8] = b"0000-00-00T00-00-00.000";

/// When a file is renamed, and how long it is then kept.
#[derive(Debug)]
pub(super) struct Rotation {
    /// The size up to which it is written.
    pub(super) bytes: u64,
    /// Zero is for ever.
    pub(super) age: Duration,
    /// Zero is all.
    pub(super) files: usize,
    pub(super) rotations: Counter,
}

impl Rotation {
    /// Renames a file of this size if that many bytes more would be too many; says whether it did. If
    /// it can't be renamed, it grows.
    pub(super) fn rotate(&self, path: &Path, size: u64, more: usize) -> bool {
        if size == 0 || size.saturating_add(more as u64) <= self.bytes {
            return false;
        }
        let mut now = SystemTime::now();
        let mut backup = Name::of(path).at(&text(now));
        // Another file must not be lost by this.
        while backup.symlink_metadata().is_ok() {
            now += Duration::from_millis(1);
            backup = Name::of(path).at(&text(now));
        }
        match fs::rename(path, &backup) {
            Ok(()) => {
                self.rotations.increment();
                true
            }
            Err(error) => {
                tracing::warn!("can't rename `{}`, which grows: {error}", path.display());
                false
            }
        }
    }

    /// Removes files that were renamed and are too old or too many.
    pub(super) fn prune(&self, path: &Path) {
        let name = Name::of(path);
        let mut backups = match name.backups() {
            Ok(backups) => backups,
            Err(error) => {
                tracing::warn!("can't look for old files of `{}`: {error}", path.display());
                return;
            }
        };
        // The latest first.
        backups.sort_unstable_by(|a, b| b.cmp(a));
        let oldest = match self.age {
            Duration::ZERO => None,
            age => SystemTime::now().checked_sub(age).map(text),
        };
        let kept = if self.files == 0 {
            usize::MAX
        } else {
            self.files
        };
        for (at, time) in backups.iter().enumerate() {
            if at < kept && oldest.as_ref().is_none_or(|oldest| time >= oldest) {
                continue;
            }
            let backup = name.at(time);
            if let Err(error) = fs::remove_file(&backup) {
                tracing::warn!("can't remove `{}`: {error}", backup.display());
            }
        }
    }
}

/// The parts of a file's path, between which a time is put.
struct Name<'a> {
    folder: &'a Path,
    stem: &'a OsStr,
    extension: Option<&'a OsStr>,
}

impl<'a> Name<'a> {
    fn of(path: &'a Path) -> Name<'a> {
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
        Name {
            folder: folder.unwrap_or(Path::new(".")),
            stem: path.file_stem().unwrap_or_default(),
            extension: path.extension(),
        }
    }

    /// The path of what was renamed at a time.
    fn at(&self, time: &str) -> PathBuf {
        let mut name = self.stem.to_owned();
        name.push("-");
        name.push(time);
        if let Some(extension) = self.extension {
            name.push(".");
            name.push(extension);
        }
        self.folder.join(name)
    }

    /// The times at which the file was renamed.
    fn backups(&self) -> std::io::Result<Vec<String>> {
        let mut times = Vec::new();
        for entry in fs::read_dir(self.folder)? {
            let name = entry?.file_name();
            // A name that is no text is none of ours, unless the file's own is none either.
            let (name, stem) = (name.to_string_lossy(), self.stem.to_string_lossy());
            let time = name
                .strip_prefix(&*stem)
                .and_then(|it| it.strip_prefix('-'));
            let time = match self.extension {
                None => time,
                Some(extension) => time
                    .and_then(|it| it.strip_suffix(&*extension.to_string_lossy()))
                    .and_then(|it| it.strip_suffix('.')),
            };
            times.extend(time.filter(|it| is_time(it)).map(str::to_owned));
        }
        Ok(times)
    }
}

/// `2026-01-02T03-04-05.000`.
fn text(time: SystemTime) -> String {
    let text = TimeStamp::from(time).to_string().replace(':', "-");
    text.get(..FORM.len()).unwrap_or(&text).to_owned()
}

fn is_time(text: &str) -> bool {
    let fits = |(byte, form): (u8, &u8)| match form {
        b'0' => byte.is_ascii_digit(),
        other => byte == *other,
    };
    text.len() == FORM.len() && text.bytes().zip(FORM).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rotation(files: usize, days: u32) -> Rotation {
        Rotation {
            bytes: 10,
            age: Duration::from_secs(24 * 60 * 60) * days,
            files,
            rotations: Counter::default(),
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).expect("a folder");
        let name = |it: std::io::Result<fs::DirEntry>| it.expect("a file").file_name();
        let mut names: Vec<_> = names
            .map(|it| name(it).into_string().expect("UTF-8"))
            .collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn no_file_is_lost_by_a_rotation() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("access.log");
        let rotation = rotation(0, 0);
        assert!(!rotation.rotate(&path, 5, 5) && !rotation.rotate(&path, 0, 500));
        for n in 0..20 {
            fs::write(&path, n.to_string()).expect("a file");
            assert!(rotation.rotate(&path, 6, 5));
        }
        rotation.prune(&path);
        let names = names(folder.path());
        assert_eq!(names.len(), 20);
        let content = |name: &String| fs::read_to_string(folder.path().join(name));
        let contents = names.iter().map(|it| content(it).expect("a file"));
        let expected = (0..20).map(|n| n.to_string());
        assert_eq!(Vec::from_iter(contents), Vec::from_iter(expected));
        let time = names[0]
            .strip_prefix("access-")
            .and_then(|it| it.strip_suffix(".log"));
        assert!(time.is_some_and(is_time), "{names:?}");
        assert!(
            !rotation.rotate(&folder.path().join("none"), 11, 0),
            "it can't be renamed"
        );
    }

    #[test]
    fn what_is_too_old_or_too_many_is_removed_and_nothing_else() {
        let now = SystemTime::now();
        let days = |days: u64| text(now - Duration::from_secs(days * 24 * 60 * 60 + 60));
        let others = [
            "access.log".to_owned(),
            "access-.log".to_owned(),
            "access-2017-01-01.log".to_owned(),
            format!("access-{}.txt", days(50)),
            format!("error-{}.log", days(50)),
            format!("access-{}.log.gz", days(50)),
        ];
        for (rotation, kept) in [
            (rotation(0, 0), &[0, 1, 2, 29, 31, 400][..]),
            (rotation(2, 0), &[0, 1]),
            (rotation(0, 30), &[0, 1, 2, 29]),
            (rotation(1, 30), &[0]),
        ] {
            let folder = tempfile::tempdir().expect("a folder");
            let mut expected: Vec<_> = others.to_vec();
            for age in [0, 1, 2, 29, 31, 400] {
                let name = format!("access-{}.log", days(age));
                fs::write(folder.path().join(&name), "").expect("a file");
                expected.extend(kept.contains(&age).then_some(name));
            }
            for name in &others {
                fs::write(folder.path().join(name), "").expect("a file");
            }
            expected.sort_unstable();
            rotation.prune(&folder.path().join("access.log"));
            assert_eq!(names(folder.path()), expected);
        }
    }
}
