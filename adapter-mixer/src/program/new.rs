//! The command `new`.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::print;

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  new doorman && cd doorman && cargo test")]
pub(super) struct NewArgs {
    /// The name of the adapter, which is that of the folder, too: small letters, digits and dashes
    name: String,
    /// The folder in which the project's folder is made [default: this one]
    #[arg(long, value_name = "FOLDER")]
    within: Option<PathBuf>,
    /// Take the libraries from a copy of their sources: of this repository
    #[arg(long, value_name = "FOLDER")]
    sources: Option<PathBuf>,
}

/// The files of a project. `{{name}}` and the like are replaced.
const FILES: [(&str, &str); 8] = [
    ("Cargo.toml", include_str!("new/Cargo.toml.in")),
    ("README.md", include_str!("new/README.md.in")),
    (".gitignore", "/target\n"),
    (".cargo/config.toml", include_str!("new/config.toml.in")),
    ("src/lib.rs", include_str!("new/lib.rs.in")),
    ("src/main.rs", include_str!("new/main.rs.in")),
    ("examples/mixer.rs", include_str!("new/mixer.rs.in")),
    ("tests/paths.rs", include_str!("new/paths.rs.in")),
];

impl NewArgs {
    pub(super) fn run(self) -> Result<(), Box<dyn Error>> {
        check_name(&self.name)?;
        let folder = self.within.unwrap_or_default().join(&self.name);
        if folder.exists() {
            return Err(format!("{} exists already", folder.display()).into());
        }
        let dependency = |library: &str| -> Result<String, Box<dyn Error>> {
            Ok(match &self.sources {
                Some(sources) => {
                    let path = fs::canonicalize(sources.join(library)).map_err(|error| {
                        let path = sources.join(library);
                        format!("there is no {}: {error}", path.display())
                    })?;
                    format!("path = {:?}", path.display().to_string())
                }
                None => format!("version = {:?}", env!("CARGO_PKG_VERSION")),
            })
        };
        let words = [
            ("{{name}}", self.name.clone()),
            ("{{crate}}", self.name.replace('-', "_")),
            ("{{type}}", type_name(&self.name)),
            ("{{runtime}}", dependency("adapter-runtime")?),
            ("{{mixer}}", dependency("adapter-mixer")?),
        ];
        for (path, text) in FILES {
            let text = words.iter().fold(text.to_owned(), |text, (word, with)| {
                text.replace(word, with)
            });
            write(&folder.join(path), &text)?;
        }
        print(&format!(
            "made the adapter `{name}` in {folder}\n\n\
             cd {folder}\n\
             cargo test                                         its tests, through a Mixer\n\
             cargo mixer check --here -a request.path=/admin    asks it\n\
             cargo mixer explain -a request.path=/admin         tells why\n\
             cargo run -- serve 8000                            serves it to a real Mixer\n",
            name = self.name,
            folder = folder.display(),
        ))?;
        Ok(())
    }
}

fn write(path: &Path, text: &str) -> Result<(), Box<dyn Error>> {
    let failed = |error| format!("{} can't be written: {error}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, text).map_err(failed)?;
    Ok(())
}

fn check_name(name: &str) -> Result<(), String> {
    let fits = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    let first = name
        .chars()
        .next()
        .is_some_and(|it| it.is_ascii_lowercase());
    match first && name.chars().all(fits) && !name.ends_with('-') && name != "mixer" {
        true => Ok(()),
        false => Err(format!(
            "`{name}` can't be the name: write small letters, digits and dashes, such as \
             `path-guard`"
        )),
    }
}

/// `path-guard` as `PathGuard`.
fn type_name(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|it| it.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::{check_name, type_name};

    #[test]
    fn names_are_those_of_packages_and_of_types() {
        assert_eq!(type_name("path-guard2"), "PathGuard2");
        assert!(check_name("path-guard").is_ok());
        for name in ["", "Path", "path_guard", "-a", "a-", "a b", "../a", "mixer"] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }
}
