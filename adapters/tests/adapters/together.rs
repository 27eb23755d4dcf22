//! All of them in one program, on one port.

use std::process::Command;

use adapter_runtime::prelude::*;
use adapter_runtime::template::listentry;
use adapters::denier::Denier;
use adapters::list::List;
use adapters::noop::Noop;
use serde_json::json;
use tests::programs::{Serving, project, stdout};

use crate::support::{Operator, Remote};

#[test]
fn they_fit_together() {
    let registry = Registry::collect().expect("they fit together");
    let names = ["denier", "listchecker", "memquota", "noop", "stdio"];
    assert_eq!(Vec::from_iter(registry.names()), names);
}

#[test]
fn the_yaml_of_the_documentation_is_valid() {
    for module in ["denier", "list", "memquota", "noop", "stdio"] {
        let path = project().join(format!("adapters/yaml/{module}.yaml"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_adapters"));
        let output = command.arg("validate").arg(path).output();
        let output = output.expect("a program that runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{module}: {said}");
        assert_eq!(stdout(&output), "3 documents, no problems\n", "{module}");
    }
}

/// The logs of Istio's tasks, whose levels are numbers, and the same for an adapter over gRPC.
const LEVELS: &str = "
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: within, namespace: istio-system}
spec:
  compiledAdapter: stdio
  params:
    severity_levels:
      warning: 1 # Params.Level.WARNING
    outputAsJson: true
---
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: remote, namespace: istio-system}
spec:
  adapter: stdio
  connection: {address: 'stdio:8000'}
  params:
    severity_levels: {warning: 1}
";

#[test]
fn levels_may_be_numbers_where_mixer_takes_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("handlers.yaml");
    std::fs::write(&path, LEVELS).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_adapters"));
    let output = command.arg("validate").arg(path).output();
    let output = output.expect("a program that runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(
        said.matches("expected a name, got the integer `1`").count(),
        1,
        "{said}"
    );
    assert!(said.contains("handlers.yaml:19:32"), "{said}");
    assert!(said.contains("write `WARNING`"), "{said}");
}

#[tokio::test]
async fn a_request_reaches_the_adapter_of_its_configuration() {
    async fn code<A: Adapter + Registered>(program: &Serving, module: &str) -> i64 {
        let config = Operator::of(module).config::<A>();
        let adapter = Remote::at::<A>(program.address, &config).await;
        let value = json!({"stringValue": "a"});
        let request = json!({"instance": {"name": "a.instance.ns", "value": value}});
        let verdict = adapter.call::<listentry::Template>(request).await;
        verdict.expect("a verdict")["status"]["code"]
            .as_i64()
            .unwrap_or(0)
    }

    let mut command = Command::new(env!("CARGO_BIN_EXE_adapters"));
    command.arg("0");
    let mut program = Serving::spawn(command);
    for _ in 0..2 {
        assert_eq!(code::<Denier>(&program, "denier").await, 7);
        assert_eq!(code::<List>(&program, "list").await, 3, "`a` is no address");
        assert_eq!(code::<Noop>(&program, "noop").await, 0);
    }
    assert!(program.end("INT").success());
}
