//! Where lines go.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
#[cfg(windows)]
use std::os::windows::io::AsHandle;
#[cfg(unix)]
use std::os::{fd::AsFd, unix::fs::MetadataExt};
use std::path::PathBuf;

use super::backups::Rotation;

/// Where lines go.
#[derive(Debug)]
pub(super) struct Sink {
    target: Target,
    file: File,
    /// Whether the last line has no end, because it could not be written in full.
    torn: bool,
}

#[derive(Debug)]
enum Target {
    Stdout,
    Stderr,
    File(PathBuf, Option<Rotation>),
}

impl Sink {
    /// The standard output. Not by way of [`io::stdout`], which keeps what it could not write and
    /// may write it later, when the caller has been told that it is lost.
    pub(super) fn stdout() -> io::Result<Sink> {
        Ok(Sink::new(Target::Stdout, duplicate(io::stdout())?))
    }

    pub(super) fn stderr() -> io::Result<Sink> {
        Ok(Sink::new(Target::Stderr, duplicate(io::stderr())?))
    }

    /// A file to which is appended. Beside a rotated file others like it are looked for.
    pub(super) fn file(path: PathBuf, rotation: Option<Rotation>) -> io::Result<Sink> {
        let file = open(&path)?;
        if let Some(rotation) = &rotation {
            rotation.prune(&path);
        }
        Ok(Sink::new(Target::File(path, rotation), file))
    }

    fn new(target: Target, file: File) -> Sink {
        Sink {
            target,
            file,
            torn: false,
        }
    }

    pub(super) fn name(&self) -> String {
        match &self.target {
            Target::Stdout => "the standard output".to_owned(),
            Target::Stderr => "the standard error stream".to_owned(),
            Target::File(path, _) => format!("`{}`", path.display()),
        }
    }

    /// Writes lines, the last one with its end.
    pub(super) fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        match &self.target {
            // So that nothing which the program prints comes between them.
            Target::Stdout => {
                let _lock = io::stdout().lock();
                append(&mut self.file, lines, &mut self.torn)
            }
            Target::Stderr => {
                let _lock = io::stderr().lock();
                append(&mut self.file, lines, &mut self.torn)
            }
            Target::File(path, rotation) => {
                let mut now = fs::metadata(path).ok();
                if !same(now.as_ref(), &self.file.metadata()?) {
                    self.file = open(path)?;
                    self.torn = false;
                    now = None;
                }
                let size = now.map_or(0, |it| it.len());
                if let Some(rotation) = rotation
                    && rotation.rotate(path, size, lines.len())
                {
                    self.file = open(path)?;
                    self.torn = false;
                    rotation.prune(path);
                }
                append(&mut self.file, lines, &mut self.torn)
            }
        }
    }

    /// Waits until the disk has what was written to a file.
    pub(super) fn sync(&self) -> io::Result<()> {
        match &self.target {
            Target::File(..) if self.file.metadata()?.is_file() => self.file.sync_all(),
            _ => Ok(()),
        }
    }
}

fn open(path: &PathBuf) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}

#[cfg(unix)]
fn duplicate(stream: impl AsFd) -> io::Result<File> {
    Ok(stream.as_fd().try_clone_to_owned()?.into())
}

#[cfg(windows)]
fn duplicate(stream: impl AsHandle) -> io::Result<File> {
    Ok(stream.as_handle().try_clone_to_owned()?.into())
}

/// A file that is open can be neither renamed nor deleted.
#[cfg(windows)]
fn same(at_path: Option<&Metadata>, _: &Metadata) -> bool {
    at_path.is_some()
}

/// Whether what is at a path is a file that is open.
#[cfg(unix)]
fn same(at_path: Option<&Metadata>, open: &Metadata) -> bool {
    at_path.is_some_and(|it| (it.dev(), it.ino()) == (open.dev(), open.ino()))
}

/// Writes all or says what went wrong, and whether a line was torn by that.
fn append(out: &mut impl Write, mut lines: &[u8], torn: &mut bool) -> io::Result<()> {
    if *torn {
        write(out, &mut &b"\n"[..])?;
        *torn = false;
    }
    let all = lines;
    write(out, &mut lines).inspect_err(|_| {
        let written = &all[..all.len() - lines.len()];
        *torn = written.last().is_some_and(|last| *last != b'\n');
    })
}

/// Writes, leaving what could not be written.
fn write(out: &mut impl Write, bytes: &mut &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match out.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => *bytes = &bytes[written..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk with so much room, which is interrupted at every other write.
    struct Disk {
        content: Vec<u8>,
        room: usize,
        interrupted: bool,
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.interrupted = !self.interrupted;
            if self.interrupted {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let fits = bytes.len().min(self.room).min(3);
            if fits == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.content.extend_from_slice(&bytes[..fits]);
            self.room -= fits;
            Ok(fits)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_torn_line_ends_before_the_next_begins() {
        let mut disk = Disk {
            content: Vec::new(),
            room: 10,
            interrupted: false,
        };
        let mut torn = false;
        append(&mut disk, b"abcd\n", &mut torn).expect("room");
        let error = append(&mut disk, b"efgh\nijkl\n", &mut torn);
        assert_eq!(
            error.expect_err("no room").kind(),
            io::ErrorKind::StorageFull
        );
        assert!(!torn, "it ended with a line");
        disk.room = 2;
        append(&mut disk, b"mnop\n", &mut torn).expect_err("no room");
        assert!(torn);
        append(&mut disk, b"qrst\n", &mut torn).expect_err("no room for the end");
        assert!(torn);
        disk.room = 100;
        append(&mut disk, b"uvwx\n", &mut torn).expect("room");
        let found = String::from_utf8(disk.content).expect("UTF-8");
        assert_eq!(found, "abcd\nefgh\nmn\nuvwx\n");
    }
}
