//! What a real Mixer sent and answered, to test against. It is not part of the project: a test
//! that needs it is skipped where it is absent, except where its absence would hide a failure.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::programs::project;

/// The folder with the conformance data: what `MIXER_CONFORMANCE` names (a relative path starts
/// at the project's root), else `../shared/conformance` from the project's root.
///
/// `None` if there is no such folder, after printing a line that begins with `skipped:`.
///
/// # Panics
///
/// If there is no such folder although `MIXER_CONFORMANCE` is set or `CI` is `true`.
pub fn folder() -> Option<PathBuf> {
    let named = env::var_os("MIXER_CONFORMANCE").filter(|path| !path.is_empty());
    let required = named.is_some() || env::var_os("CI").is_some_and(|ci| ci == "true");
    let folder = project().join(named.unwrap_or_else(|| "../shared/conformance".into()));
    if folder.is_dir() {
        return Some(folder);
    }
    let absent = format!("no conformance data in {}", folder.display());
    assert!(
        !required,
        "{absent}, and MIXER_CONFORMANCE or CI says that it is there"
    );
    println!("skipped: {absent}");
    None
}

/// The content of one file of the conformance data, by its path below [`folder`], and `None`
/// where the folder is absent.
///
/// # Panics
///
/// If the folder is there and the file is not: a misspelt name must not look like a skipped test.
pub fn file(path: impl AsRef<Path>) -> Option<Vec<u8>> {
    let path = folder()?.join(path);
    match fs::read(&path) {
        Ok(content) => Some(content),
        Err(error) => panic!("conformance data: {}: {error}", path.display()),
    }
}

/// The bytes of one captured message, by its name without `.bin`, such as `metric_HandleMetric`,
/// and `None` where the conformance data is absent.
///
/// # Panics
///
/// As [`file()`].
pub fn capture(name: &str) -> Option<Vec<u8>> {
    file(format!("captures/{name}.bin"))
}
