//! The command `import`, of a program without adapters: this one, which runs itself.

use std::path::Path;
use std::process::{Command, ExitCode, Output};

/// Set for the process that is the program, not the test.
const PROGRAM: &str = "IMPORT_COMMAND_TEST_PROGRAM";

fn main() -> ExitCode {
    if std::env::var_os(PROGRAM).is_some() {
        return adapter_runtime::main();
    }
    structs_are_printed();
    problems_are_shown_as_a_compilers();
    println!("2 tests passed");
    ExitCode::SUCCESS
}

fn run(file: &str) -> Output {
    let program = std::env::current_exe().expect("this program");
    let mut command = Command::new(program);
    command.args(["import", file, "-I", "tests/import"]);
    command.env(PROGRAM, "1").output().expect("it runs")
}

fn structs_are_printed() {
    let output = run("tests/import/every.proto");
    let expected = std::fs::read(Path::new("tests/import/every.rs")).expect("the snapshot");
    assert!(output.status.success());
    assert_eq!(output.stdout, expected);
    assert_eq!(output.stderr, b"");
}

fn problems_are_shown_as_a_compilers() {
    let output = run("tests/import/broken.proto");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout, b"");
    let text = String::from_utf8_lossy(&output.stderr);
    let first = "\
error: Mixer can't encode `bytes`
  --> tests/import/broken.proto:11:3
   |
11 |   bytes key = 1;
   |   ^^^^^
   |
   = help: make it `string`, with base64 where it must hold any bytes

";
    assert!(text.starts_with(first), "{text}");
    assert!(text.ends_with("\n12 problems\n"), "{text}");
}
