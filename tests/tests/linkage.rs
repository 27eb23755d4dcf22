//! Which adapters a program has: those of the crates that it names, in every profile.

use std::path::{Path, PathBuf};
use std::process::Command;

use tests::programs::{binary, project, run};

#[test]
fn a_program_without_adapters_says_which_line_to_add() {
    for arguments in [&["info"][..], &["serve", "0"], &["0"]] {
        let output = run("no-adapters", arguments, project());
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let error = String::from_utf8(output.stderr).expect("text");
        assert!(error.contains("no adapter is registered"), "{error}");
        assert!(error.contains("`use my_adapters as _;`"), "{error}");
    }
}

#[test]
fn every_profile_lists_the_same_adapters() {
    let debug = names(binary("several-adapters"));
    assert!(debug.lines().count() >= 4, "{debug}");
    assert_eq!(debug, names(&release(&[])), "release differs from debug");
    let fat = ["--config", "profile.release.lto=\"fat\""];
    assert_eq!(debug, names(&release(&fat)), "fat LTO differs from debug");
}

/// `several-adapters`, built for release.
fn release(options: &[&str]) -> PathBuf {
    // A folder of its own: what is built here must not displace what a user builds.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("linkage");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--release"])
        .args(["--package", "several-adapters", "--target-dir"])
        .arg(&target)
        .args(options)
        .current_dir(project())
        .status()
        .expect("cargo starts");
    assert!(status.success(), "cargo build --release {options:?}");
    target.join("release/several-adapters")
}

/// The names of the adapters that a program lists.
fn names(program: &Path) -> String {
    let output = Command::new(program)
        .arg("info")
        .output()
        .expect("the program starts");
    assert!(output.status.success(), "{output:?}");
    let table = String::from_utf8(output.stdout).expect("text");
    let names = table
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().next());
    names.map(|name| format!("{name}\n")).collect()
}
