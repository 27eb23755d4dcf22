//! The commands `manifest` and `validate`, as an operator runs them.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value as Json;
use tests::programs::{project, run, stdout};

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

fn manifest(arguments: &[&str], folder: &Path) -> Output {
    run(
        "several-adapters",
        &[&["manifest"], arguments].concat(),
        folder,
    )
}

#[test]
fn the_examples_manifests_are_up_to_date_and_valid() {
    for example in ["mygrpcadapter", "own-template", "several-adapters"] {
        let folder = project().join("examples").join(example);
        // The command is in the first line of each file.
        let attributes = folder.join("operatorconfig/attributes.yaml");
        let attributes = fs::read_to_string(attributes).expect("attributes");
        let command = attributes.split('`').nth(1).expect("a command");
        let mut words: Vec<_> = command.split(' ').collect();
        assert_eq!(words.remove(0), example);
        words.extend(["--check", "operatorconfig"]);
        let output = run(example, &words, &folder);
        assert!(
            output.status.success(),
            "{}{}",
            stdout(&output),
            stderr(&output)
        );
        let output = run(example, &["validate", "operatorconfig"], &folder);
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(stdout(&output).ends_with(" documents, no problems\n"));
    }
}

#[test]
fn files_are_written_checked_and_never_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let written = manifest(&["all", "--out", "out"], folder);
    assert!(written.status.success(), "{}", stderr(&written));
    assert!(stdout(&written).contains("out/several-adapters-k8s.yaml\n"));
    assert!(
        manifest(&["all", "--check", "out"], folder)
            .status
            .success()
    );

    let path = folder.join("out/noop-list.yaml");
    let text = fs::read_to_string(&path).expect("a file");
    fs::write(&path, text.replace("- listentry", "- listentries")).expect("a file");
    fs::remove_file(folder.join("out/Dockerfile")).expect("a file");
    let checked = manifest(&["all", "--check", "out"], folder);
    assert_eq!(checked.status.code(), Some(1));
    let diff = stdout(&checked);
    assert!(
        diff.contains("-  - listentries\n+  - listentry\n"),
        "{diff}"
    );
    assert!(diff.contains("Dockerfile: is not there\n"), "{diff}");
    assert!(stderr(&checked).contains("write it anew with `--out`"));

    // Made, so it may be made again; somebody's own file may not.
    assert!(manifest(&["all", "--out", "out"], folder).status.success());
    fs::write(&path, "mine\n").expect("a file");
    let refused = manifest(&["all", "--out", "out"], folder);
    assert_eq!(refused.status.code(), Some(1));
    let error = stderr(&refused);
    assert!(
        error.contains("noop-list.yaml was not made by this command; give `--force`"),
        "{error}"
    );
    assert_eq!(fs::read_to_string(&path).expect("a file"), "mine\n");
    assert!(
        manifest(&["all", "--out", "out", "--force"], folder)
            .status
            .success()
    );
    assert_eq!(fs::read_to_string(&path).expect("a file"), text);
}

#[test]
fn what_is_printed_can_be_applied() {
    let folder = tempfile::tempdir().expect("a folder");
    let printed = manifest(&["adapter", "--namespace", "adapters"], folder.path());
    let text = stdout(&printed);
    assert!(text.starts_with("# Made by `several-adapters manifest adapter --namespace adapters`"));
    assert_eq!(text.matches("\nkind: adapter\n").count(), 4);
    assert_eq!(
        text.matches("\n---\n").count() + 1,
        4 + text.matches("\n---\n---").count()
    );
    fs::write(folder.path().join("adapters.yaml"), &text).expect("a file");
    let valid = run(
        "several-adapters",
        &["validate", "adapters.yaml"],
        folder.path(),
    );
    assert_eq!(
        stdout(&valid),
        "4 documents, no problems\n",
        "{}",
        stderr(&valid)
    );

    let dockerfile = stdout(&manifest(&["dockerfile"], folder.path()));
    assert!(dockerfile.ends_with("ENTRYPOINT [\"/several-adapters\"]\nCMD [\"8000\"]\n"));
    let schema = stdout(&manifest(&["schema", "print-adapter"], folder.path()));
    let schema: Json = serde_json::from_str(&schema).expect("JSON");
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );

    for (arguments, message) in [
        (&["docs"][..], "these are 4 files of several kinds"),
        (&["adapter", "noop-metrik"], "did you mean `noop-metric`?"),
        (&["template"], "there is nothing to make"),
        (
            &["operator", "--namespace", "Mine"],
            "`Mine` can't be a namespace",
        ),
        (&["kubernetes", "--replicas", "0"], "write at least 1"),
    ] {
        let output = manifest(arguments, folder.path());
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(
            stderr(&output).contains(message),
            "{arguments:?}\n{}",
            stderr(&output)
        );
    }
    assert_eq!(
        manifest(&["kubernets"], folder.path()).status.code(),
        Some(2)
    );
}

#[test]
fn problems_are_shown_to_people_and_to_programs() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let text = "\
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: istio-system}
spec:
  match: source.name = \"a\"
  actions:
  - handler: missing
    instances: [i]
";
    fs::write(folder.join("rule.yaml"), text).expect("a file");
    let output = run("several-adapters", &["validate", "rule.yaml"], folder);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        stderr(&output),
        "\
error: `=` means nothing
 --> rule.yaml:5:22
  |
5 |   match: source.name = \"a\"
  |                      ^ spec.match
  |
  = help: write `==` to compare

error: there is no handler `missing`
 --> rule.yaml:7:14
  |
7 |   - handler: missing
  |              ^^^^^^^ spec.actions[0].handler
  |
  = help: give the file with the handler too

error: there is no instance `i`
 --> rule.yaml:8:17
  |
8 |     instances: [i]
  |                 ^ spec.actions[0].instances[0]
  |
  = help: give the file with the instance too

3 problems
"
    );
    let output = run(
        "several-adapters",
        &["validate", "rule.yaml", "-o", "json"],
        folder,
    );
    assert_eq!(output.status.code(), Some(1));
    let problems: Json = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(problems[0]["file"], "rule.yaml");
    assert_eq!(
        (&problems[0]["line"], &problems[0]["column"]),
        (&5.into(), &22.into())
    );
    assert_eq!(problems[0]["help"], "write `==` to compare");

    let output = run("several-adapters", &["validate", "missing.yaml"], folder);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).starts_with("error: can't read missing.yaml: "),
        "{}",
        stderr(&output)
    );
    assert_eq!(
        run("several-adapters", &["validate"], folder).status.code(),
        Some(2)
    );
}

#[test]
fn readme_shows_what_validate_prints() {
    let readme = fs::read_to_string(project().join("README.md")).expect("README.md");
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let options = ["--replicas", "1", "--volume", "data=/data", "--built-in"];
    let made = [
        &["manifest", "all", "--out", "operatorconfig"],
        &options[..],
    ]
    .concat();
    assert!(run("mygrpcadapter", &made, folder).status.success());
    let output = run("mygrpcadapter", &["validate", "operatorconfig"], folder);
    assert!(readme.contains(&stdout(&output)), "{}", stdout(&output));

    let path = folder.join("operatorconfig/sample_operator_config.yaml");
    let text = fs::read_to_string(&path).expect("a file");
    let lines = text
        .lines()
        .map(|line| match line.starts_with("  match: ") {
            true => "  match: context.protocol == \"http\" & true\n".to_owned(),
            false => format!("{line}\n"),
        });
    fs::write(&path, lines.collect::<String>()).expect("a file");
    let output = run("mygrpcadapter", &["validate", "operatorconfig"], folder);
    assert!(readme.contains(&stderr(&output)), "{}", stderr(&output));
}
