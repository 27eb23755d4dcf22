//! A new user's way: a project is made, tests itself, answers, and explains.

use std::path::Path;
use std::process::{Command, Output};

fn run(command: &mut Command) -> (Output, String) {
    let output = command.output().expect("it can be run");
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    (output, stdout)
}

#[test]
fn a_new_project_tests_answers_and_explains() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace");
    let folder = tempfile::tempdir().expect("a folder");
    let mixer = env!("CARGO_BIN_EXE_mixer");
    let within = folder.path();
    let new = |name: &str| {
        let mut command = Command::new(mixer);
        command.args(["new", name]).arg("--within").arg(within);
        command.arg("--sources").arg(sources);
        command
    };
    let (made, told) = run(&mut new("path-guard"));
    assert!(made.status.success(), "{made:?}");
    assert!(told.contains("cargo mixer explain"), "{told}");
    let project = within.join("path-guard");
    // The versions that are known to be at hand.
    std::fs::copy(sources.join("Cargo.lock"), project.join("Cargo.lock")).expect("it is there");

    let cargo = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO"));
        command.current_dir(&project).args(words);
        // Libraries that are compiled already need not be once more.
        let target = Path::new(mixer)
            .ancestors()
            .nth(2)
            .expect("the target's folder");
        command
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_NET_OFFLINE", "true");
        command
    };
    let (tested, said) = run(&mut cargo(&["test"]));
    let errors = String::from_utf8_lossy(&tested.stderr);
    assert!(tested.status.success(), "{said}{errors}");
    assert!(!errors.contains("warning"), "{errors}");
    assert!(
        said.contains("the_admins_paths_are_denied ... ok"),
        "{said}"
    );

    let admin = ["-a", "request.path=/admin"];
    let (_, said) = run(cargo(&["mixer", "check", "--here"]).args(admin));
    assert!(
        said.contains("Check status was PERMISSION_DENIED"),
        "{said}"
    );
    assert!(said.contains("/admin is not for you"), "{said}");
    let (explained, said) = run(cargo(&["mixer", "explain"]).args(admin));
    assert_eq!(explained.status.code(), Some(1), "{said}");
    let first = said.split("\n\n").next().unwrap_or_default();
    assert!(first.contains("denied with PERMISSION_DENIED"), "{said}");
    assert!(
        !said.contains('\x1b'),
        "colour where there is no terminal: {said}"
    );
    let (listed, said) = run(&mut cargo(&["run", "--quiet", "--", "info"]));
    assert!(listed.status.success(), "{said}");
    assert!(said.contains("path-guard  authorization (check)"), "{said}");

    // What is there is left alone, and names have to be names.
    let (again, _) = run(&mut new("path-guard"));
    assert_eq!(again.status.code(), Some(1), "{again:?}");
    let (wrong, _) = run(&mut new("Path_Guard"));
    assert_eq!(wrong.status.code(), Some(1), "{wrong:?}");
}
