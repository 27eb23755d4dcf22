//! What differs between files and what the code would make.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use super::File;
use super::text::MADE_BY;

/// How many lines without a difference are shown around one.
const CONTEXT: usize = 3;

/// A longer line is cut: descriptors are lines of a thousand characters.
const MAX_LINE: usize = 160;

/// More lines are not compared one by one.
const MAX_LINES: usize = 4_000;

/// A file that is not what the code makes. Displayed as a diff, of which `-` is what is there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// It is not there.
    Missing(String),
    /// It has another content.
    Changed {
        /// The path.
        path: String,
        /// The lines that differ.
        diff: String,
    },
    /// It was made, and would not be any more.
    Stale(String),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::Missing(path) => writeln!(f, "{path}: is not there"),
            Difference::Changed { path, diff } => write!(f, "{path}:\n{diff}"),
            Difference::Stale(path) => writeln!(f, "{path}: is not made any more, remove it"),
        }
    }
}

/// What differs in a folder from these files.
///
/// # Errors
/// If a file is there and can't be read.
pub fn differences(files: &[File], folder: &Path) -> io::Result<Vec<Difference>> {
    let mut found = Vec::new();
    for file in files {
        match fs::read(folder.join(&file.path)) {
            Ok(bytes) if bytes == file.text.as_bytes() => {}
            Ok(bytes) => {
                let there = String::from_utf8_lossy(&bytes);
                found.push(Difference::Changed {
                    path: file.path.clone(),
                    diff: diff(&there, &file.text),
                });
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                found.push(Difference::Missing(file.path.clone()));
            }
            Err(error) => {
                let message = format!("{}: {error}", folder.join(&file.path).display());
                return Err(io::Error::new(error.kind(), message));
            }
        }
    }
    let made: BTreeSet<_> = files.iter().map(|file| file.path.as_str()).collect();
    let mut stale = Vec::new();
    if let Some(command) = files.iter().find_map(|file| command(file.text.as_bytes())) {
        search_made(folder, "", &command, &mut stale)?;
    }
    stale.retain(|path| !made.contains(path.as_str()));
    found.extend(stale.into_iter().map(Difference::Stale));
    Ok(found)
}

/// Whether a file was made, and so may be overwritten.
#[cfg(feature = "cli")]
pub(crate) fn is_made(text: &[u8]) -> bool {
    command(text).is_some()
}

/// The program and the kind of what made a file: `my-adapter manifest all`.
fn command(text: &[u8]) -> Option<String> {
    let mut first = text.split(|byte| *byte == b'\n').take(2);
    first.find_map(|line| {
        let line = String::from_utf8_lossy(line);
        let (_, command) = line.split_once(MADE_BY)?;
        let (command, _) = command.split_once('`')?;
        let words: Vec<_> = command.split(' ').take(3).collect();
        Some(words.join(" "))
    })
}

/// The files in a folder that a command made, by their paths, in their order.
fn search_made(
    folder: &Path,
    below: &str,
    command: &str,
    found: &mut Vec<String>,
) -> io::Result<()> {
    let entries = match fs::read_dir(folder.join(below)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut entries = entries.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            continue;
        };
        let path = match below {
            "" => name.to_owned(),
            below => format!("{below}/{name}"),
        };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            search_made(folder, &path, command, found)?;
        } else if kind.is_file()
            && self::command(&fs::read(entry.path())?).as_deref() == Some(command)
        {
            found.push(path);
        }
    }
    Ok(())
}

/// The lines that differ, with some around them.
fn diff(there: &str, made: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) = (there.lines().collect(), made.lines().collect());
    let before = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - before;
    let ends = old.iter().rev().zip(new.iter().rev()).take(rest);
    let after = ends.take_while(|(a, b)| a == b).count();
    let (old_part, new_part) = (
        &old[before..old.len() - after],
        &new[before..new.len() - after],
    );
    let mut lines = Vec::new();
    for line in &old[before.saturating_sub(CONTEXT)..before] {
        lines.push((' ', *line));
    }
    if old_part.is_empty() && new_part.is_empty() {
        lines.push(('!', "the ends of the lines differ"));
    }
    lines.extend(changes(old_part, new_part));
    let end = (old.len() - after + CONTEXT).min(old.len());
    for line in &old[old.len() - after..end] {
        lines.push((' ', *line));
    }
    let mut text = format!("@@ line {} @@\n", before + 1);
    for (sign, line) in folded(lines) {
        text.push(sign);
        text.push_str(&cut(&line));
        text.push('\n');
    }
    text
}

/// Long parts without a difference are left out.
fn folded(lines: Vec<(char, &str)>) -> Vec<(char, String)> {
    let near = |at: usize| {
        let from = at.saturating_sub(CONTEXT);
        let to = (at + CONTEXT + 1).min(lines.len());
        lines[from..to].iter().any(|(sign, _)| *sign != ' ')
    };
    let mut folded: Vec<(char, String)> = Vec::new();
    let mut skipping = false;
    for (at, (sign, line)) in lines.iter().enumerate() {
        if near(at) {
            folded.push((*sign, (*line).to_owned()));
        } else if !skipping {
            folded.push((' ', "…".to_owned()));
        }
        skipping = !near(at);
    }
    folded
}

/// Which lines go and which come, by the longest common subsequence.
fn changes<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(char, &'a str)> {
    if old.len() + new.len() > MAX_LINES {
        let gone = old.iter().map(|line| ('-', *line));
        return gone.chain(new.iter().map(|line| ('+', *line))).collect();
    }
    // The length for the rest of both, from each line.
    let mut common = vec![vec![0_u16; new.len() + 1]; old.len() + 1];
    for (i, a) in old.iter().enumerate().rev() {
        for (j, b) in new.iter().enumerate().rev() {
            common[i][j] = match a == b {
                true => common[i + 1][j + 1] + 1,
                false => common[i + 1][j].max(common[i][j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            lines.push((' ', old[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || i < old.len() && common[i + 1][j] >= common[i][j + 1] {
            lines.push(('-', old[i]));
            i += 1;
        } else {
            lines.push(('+', new[j]));
            j += 1;
        }
    }
    lines
}

fn cut(line: &str) -> String {
    match line.char_indices().nth(MAX_LINE) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_differ_are_shown_with_some_around() {
        let numbers = |range: std::ops::Range<u32>| {
            let lines: Vec<_> = range.map(|n| n.to_string()).collect();
            lines.join("\n")
        };
        let old = numbers(0..40);
        let new = old.replace("\n10\n", "\nten\n").replace("\n30", "");
        assert_eq!(
            diff(&old, &new),
            "@@ line 11 @@\n 7\n 8\n 9\n-10\n+ten\n 11\n 12\n 13\n …\n 27\n 28\n 29\n-30\n 31\n 32\n 33\n"
        );
        assert_eq!(
            diff("a\r\n", "a\n"),
            "@@ line 2 @@\n a\n!the ends of the lines differ\n"
        );
        let long = "x".repeat(500);
        assert!(
            diff(&long, "")
                .lines()
                .all(|line| line.chars().count() <= MAX_LINE + 2)
        );
    }

    #[test]
    fn files_that_are_missing_changed_or_stale() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        };
        write("same.yaml", "a");
        write("changed.yaml", "b");
        write(
            "below/stale.yaml",
            "# Made by `x manifest all --port 5`: \nc",
        );
        write("other.yaml", "# Made by `x manifest adapter`: \nc");
        write("own.yaml", "d");
        let files = [
            File::new("same.yaml", "a"),
            File::new("changed.yaml", "e"),
            File::new("below/missing.yaml", "# Made by `x manifest all`: \n"),
        ];
        let found = differences(&files, folder.path()).expect("readable files");
        let found: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "changed.yaml:\n@@ line 1 @@\n-b\n+e\n",
                "below/missing.yaml: is not there\n",
                "below/stale.yaml: is not made any more, remove it\n",
            ]
        );
        let nowhere = differences(&files, &folder.path().join("nowhere")).expect("no files");
        assert_eq!(nowhere.len(), 3);
    }
}
