//! What the compiler says about mistakes, and what must compile.
//!
//! After a change of texts: `TRYBUILD=overwrite cargo test -p tests --test ui`, then read what
//! changed. Each case shows one error, at the token that must change.

use std::process::Command;

/// The compiler whose words the expected outputs are.
const RUST: &str = "rustc 1.95.";

#[test]
fn ui() {
    let version = Command::new("rustc")
        .arg("--version")
        .output()
        .expect("rustc");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    if !version.starts_with(RUST) {
        println!("skipped: the expected outputs are those of {RUST}x, this is {version}");
        return;
    }
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/adapter/*.rs");
    cases.compile_fail("tests/ui/template/*.rs");
    cases.compile_fail("tests/ui/config/*.rs");
}
