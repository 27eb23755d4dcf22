//! The command `manifest`.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use super::args::ManifestArgs;
use crate::manifest::{File, Manifests, differences, is_made};
use crate::registry::Registry;

pub(super) fn run(
    args: &ManifestArgs,
    program: &str,
    registry: &Registry,
) -> Result<ExitCode, Box<dyn Error>> {
    let manifests = Manifests::new(registry, args.options(program))?;
    let files = manifests.files(args.kind.into(), args.name.as_deref())?;
    if let Some(folder) = &args.check {
        return check(&files, folder);
    }
    match &args.out {
        Some(folder) => write(&files, folder, args.force)?,
        None => super::print(&joined(&files)?)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Several files as one text, which is possible for YAML.
fn joined(files: &[File]) -> Result<String, Box<dyn Error>> {
    match files {
        [] => Err(
            "there is nothing to make: the adapters have no templates of their own; give \
                   the name of one of Istio's, or `--built-in`"
                .into(),
        ),
        // What is beside it is of use only as a file.
        [only] | [only, ..] if only.path == "Dockerfile" || files.len() == 1 => {
            Ok(only.text.clone())
        }
        files if files.iter().all(|file| file.path.ends_with(".yaml")) => {
            let texts: Vec<_> = files.iter().map(|file| file.text.as_str()).collect();
            Ok(texts.join("---\n"))
        }
        files => Err(format!(
            "these are {} files of several kinds: write them with `--out FOLDER`, or ask \
             for one",
            files.len()
        )
        .into()),
    }
}

fn check(files: &[File], folder: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let found = differences(files, folder)?;
    for difference in &found {
        super::print(&difference.to_string())?;
    }
    if found.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "error: {} is not what the program makes; write it anew with `--out` in place of `--check`",
        folder.display()
    );
    Ok(ExitCode::FAILURE)
}

/// Writes the files, but none over one that somebody wrote.
fn write(files: &[File], folder: &Path, force: bool) -> Result<(), Box<dyn Error>> {
    for file in files {
        let path = folder.join(&file.path);
        let own = !force && fs::read(&path).is_ok_and(|there| !is_made(&there));
        if own {
            let message = "was not made by this command; give `--force` to overwrite it";
            return Err(format!("{} {message}", path.display()).into());
        }
    }
    for file in files {
        let path = folder.join(&file.path);
        let write = || {
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(&path, &file.text)
        };
        write().map_err(|error| format!("can't write {}: {error}", path.display()))?;
        super::print(&format!("{}\n", path.display()))?;
    }
    Ok(())
}
