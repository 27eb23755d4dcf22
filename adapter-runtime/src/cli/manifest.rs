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
        None => super::print(&joined(&files))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Several files as one text, each with its name where it isn't YAML.
fn joined(files: &[File]) -> String {
    let is_yaml = |file: &File| file.path.ends_with(".yaml");
    let mut text = String::new();
    for (index, file) in files.iter().enumerate() {
        if index > 0 {
            text.push_str(if is_yaml(file) && is_yaml(&files[index - 1]) {
                "---\n"
            } else {
                "\n"
            });
        }
        if files.len() > 1 {
            text.push_str(&format!("# {}\n", file.path));
        }
        text.push_str(&file.text);
    }
    text
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
