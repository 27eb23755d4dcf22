//! Which adapters a program has: those of the crates that it names, in every profile.

use std::path::Path;
use std::process::{Command, Output};

fn run(program: impl AsRef<Path>, arguments: &[&str]) -> Output {
    let mut command = Command::new(program.as_ref());
    command
        .args(arguments)
        .output()
        .expect("the program starts")
}

#[test]
fn a_program_without_adapters_says_which_line_to_add() {
    for arguments in [&["info"][..], &["serve", "0"], &["0"]] {
        let output = run(env!("CARGO_BIN_EXE_no-adapters"), arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let error = String::from_utf8(output.stderr).expect("text");
        assert!(error.contains("no adapter is registered"), "{error}");
        assert!(error.contains("`use my_adapters as _;`"), "{error}");
    }
}

#[test]
fn every_profile_lists_the_same_adapters() {
    let listed: Vec<String> = [
        ("debug", &[][..]),
        ("release", &["--release"]),
        (
            "release",
            &["--release", "--config", "profile.release.lto=\"fat\""],
        ),
    ]
    .into_iter()
    .map(|(folder, options)| names(folder, options))
    .collect();
    assert_eq!(listed[0], listed[1], "release differs from debug");
    assert_eq!(
        listed[0], listed[2],
        "release with fat LTO differs from debug"
    );
    assert!(listed[0].lines().count() >= 4, "{}", listed[0]);
}

/// The names of the adapters of `several-adapters` in a profile.
fn names(folder: &str, options: &[&str]) -> String {
    // Its own folder: cargo may hold the lock of the usual one while it runs this test.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("linkage");
    let status = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--locked",
            "--package",
            "several-adapters",
            "--target-dir",
        ])
        .arg(&target)
        .args(options)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .expect("cargo starts");
    assert!(status.success(), "cargo build {options:?}");
    let output = run(target.join(folder).join("several-adapters"), &["info"]);
    assert!(output.status.success());
    let table = String::from_utf8(output.stdout).expect("text");
    let names = table
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().next());
    names.map(|name| format!("{name}\n")).collect()
}
