//! The examples, as a user sees them who runs their binaries.

use std::fs;

use adapter_runtime::{AdapterConfig as _, Registry, info_table};
use serde_json::{Value, json};
use tests::client::{Client, METRIC};
use tests::programs::{Serving, project, run, stdout};
use tonic::Status;

/// The adapter that README.md shows.
#[path = "transcripts/readme_adapter.rs"]
#[rustfmt::skip]
#[allow(dead_code)]
mod readme_adapter;

/// The configuration that README.md shows.
#[path = "transcripts/readme_config.rs"]
#[rustfmt::skip]
#[allow(dead_code, unreachable_pub)]
mod readme_config;

/// What Mixer sent in Istio's walkthrough.
const WALKTHROUGH: &[u8] = include_bytes!("../captures/walkthrough_HandleMetric.bin");

/// What Mixer sent for Istio's template `keyval`.
const KEYVAL: &[u8] = include_bytes!("../captures/kv_ok_HandleKeyval.bin");

/// What README.md shows that an operator writes.
const README_YAML: &str = include_str!("transcripts/readme_config.yaml");

/// What the walkthrough's adapter appends to its file then.
const APPENDED: &str = "HandleMetric invoked with:
  Adapter config: &Params{FilePath:out.txt,}
  Instances: 'i1metric.instance.istio-system':
\t\tValue = 1235
\t\tDimensions = map[response_code:200]
";

#[test]
fn quickstart_shows_what_its_adapters_answer_and_do() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = run("quickstart", &[], folder.path());
    let text = stdout(&output);
    assert!(output.status.success(), "{output:#?}");
    for expected in [
        "gatekeeper",
        "metric-file",
        "i1metric.instance.istio-system 1235 response_code=200\n  answer: OK\n",
        "answer: allow; valid for 90.5 s and 77 uses\n",
        "answer: rq.instance.istio-system: 5 granted, valid for 90.5 s\n",
        "gatekeeper: closed\n",
        "metric-file: closed\n",
    ] {
        assert!(text.contains(expected), "no {expected:?} in\n{text}");
    }
    assert_eq!(text.matches("gatekeeper: built").count(), 1, "{text}");
    let wide = text.lines().find(|line| line.chars().count() > 80);
    assert_eq!(wide, None, "wider than 80 columns");
    let left = fs::read_dir(folder.path()).expect("the folder").count();
    assert_eq!(left, 0, "files in the user's folder");
}

#[tokio::test]
async fn mygrpcadapter_appends_what_the_walkthrough_shows() {
    for arguments in [
        &["serve", "0", "--address", "127.0.0.1"][..],
        &["serve", "0"],
        &["0"],
    ] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let server = Serving::start("mygrpcadapter", arguments, folder.path());
        report(&server, WALKTHROUGH).await.expect("OK");
        report(&server, WALKTHROUGH).await.expect("OK");
        let file = fs::read_to_string(folder.path().join("out.txt")).expect("out.txt");
        assert_eq!(file, APPENDED.repeat(2), "{arguments:?}");
    }
}

#[tokio::test]
async fn mygrpcadapter_refuses_a_configuration_without_a_path() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = Serving::start("mygrpcadapter", &["0"], folder.path());
    let request = with_config("adapter.mygrpcadapter.config", b"\x0a\x00");
    let status = report(&server, &request).await.expect_err("no path");
    assert!(
        status
            .message()
            .contains("file_path: is empty: write the path"),
        "{status:?}"
    );
}

#[test]
fn serve_ends_with_0_on_a_signal() {
    for signal in ["TERM", "INT"] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut server = Serving::start("mygrpcadapter", &["0"], folder.path());
        assert_eq!(server.end(signal).code(), Some(0), "SIG{signal}");
    }
}

#[tokio::test]
async fn own_templates_answer_with_attributes() {
    let output = run("own-template", &["info", "-o", "json"], project());
    let info: Value = serde_json::from_slice(&output.stdout).expect("a JSON array");
    let templates: Vec<_> = info.as_array().into_iter().flatten().collect();
    let templates: Vec<_> = templates.iter().map(|it| &it["templates"][0]).collect();
    assert_eq!(
        templates,
        [
            &json!({"name": "caller", "variety": "attribute_generator"}),
            &json!({"name": "keyval", "variety": "check_with_output"}),
        ]
    );

    let server = Serving::start("own-template", &["0"], project());
    let client = Client::connect(server.address).await;
    let path = "/keyval.HandleKeyvalService/HandleKeyval";
    let answer = client.call(path, KEYVAL).await.expect("OK");
    // 2: the output, 2: the value of the captured key.
    assert!(answer.ends_with(b"\x12\x07\x12\x05admin"), "{answer:?}");

    let path = "/example.caller.HandleCallerService/HandleCaller";
    let caller = |ip: [u8; 4]| [b"\x0a\x08\x0a\x06\x0a\x04", &ip[..]].concat();
    let answer = client.call(path, &caller([10, 0, 0, 1])).await;
    assert_eq!(answer.expect("OK"), &b"\x08\x01\x12\x04mesh"[..]);
    let answer = client.call(path, &caller([8, 8, 8, 8])).await;
    assert_eq!(answer.expect("OK"), &b"\x08\x00\x12\x08internet"[..]);
    assert_eq!(client.call(path, b"").await.expect("OK"), b""[..]);
}

#[test]
fn several_adapters_are_listed_by_name() {
    let found = info_json();
    let adapter = |name: &str, package: &str, template: (&str, &str), fields: Value| {
        json!({
            "name": name,
            "templates": [{"name": template.0, "variety": template.1}],
            "config": {
                "type_url": format!("type.googleapis.com/{package}.Params"),
                "fields": fields,
            },
        })
    };
    let prefix = json!({
        "name": "prefix",
        "type": "string",
        "default": null,
        "description": "Text before each line.",
    });
    let dimensions = json!({
        "name": "dimensions",
        "type": "bool",
        "default": true,
        "description": "Whether a line also has the metric's dimensions.",
    });
    let expected = [
        adapter(
            "noop-list",
            "noop_list.config",
            ("listentry", "check"),
            json!([]),
        ),
        adapter(
            "noop-metric",
            "noop_metric.config",
            ("metric", "report"),
            json!([]),
        ),
        adapter(
            "noop-quota",
            "noop_quota.config",
            ("quota", "quota"),
            json!([]),
        ),
        adapter(
            "print-adapter",
            "print_adapter.config",
            ("metric", "report"),
            json!([prefix, dimensions]),
        ),
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        for (key, value) in expected.as_object().expect("an object") {
            assert_eq!(found[key], *value, "{key} of {found:#}");
        }
    }
}

#[test]
fn several_adapters_say_where_they_are() {
    for adapter in info_json() {
        let keys: Vec<_> = adapter.as_object().expect("an object").keys().collect();
        assert_eq!(
            keys,
            [
                "config",
                "description",
                "impl",
                "name",
                "source",
                "templates",
                "version"
            ],
            "of {adapter:#}"
        );
        let (implementation, source) = match adapter["name"].as_str() {
            Some("print-adapter") => ("print_adapter", "print-adapter/src/lib.rs:"),
            _ => ("noop_adapters::", "noop-adapters/src/"),
        };
        let text = |key: &str| adapter[key].as_str().unwrap_or_default();
        assert!(text("impl").starts_with(implementation), "{adapter:#}");
        assert!(text("source").contains(source), "{adapter:#}");
        assert_eq!(text("version"), env!("CARGO_PKG_VERSION"));
        assert!(!text("description").is_empty(), "{adapter:#}");
    }
}

#[test]
fn info_of_an_unknown_adapter_names_the_nearest() {
    for (name, nearest) in [("nosuch", "noop-"), ("noop-metrics", "noop-metric")] {
        let output = run("several-adapters", &["info", name], project());
        assert_eq!(output.status.code(), Some(1), "{output:#?}");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(
            error.contains(&format!("`{name}`")) && error.contains(nearest),
            "{error}"
        );
        assert_eq!(stdout(&output), "");
    }
}

#[tokio::test]
async fn adapters_that_share_a_template_and_a_port_are_told_apart() {
    let server = Serving::start("several-adapters", &["0"], project());
    let prefix = b"\x0a\x02> ";
    report(&server, &with_config("noop_metric.config", b""))
        .await
        .expect("OK");
    report(&server, &with_config("print_adapter.config", prefix))
        .await
        .expect("OK");
    let line = "> i1metric.instance.istio-system = 1235 response_code=200";
    assert_eq!(server.line(), line);

    let status = report(&server, WALKTHROUGH)
        .await
        .expect_err("no such adapter");
    assert_eq!(status.code(), tonic::Code::FailedPrecondition, "{status:?}");
}

#[test]
fn the_readme_shows_what_is_printed() {
    let readme = fs::read_to_string(project().join("README.md")).expect("README.md");
    let registry = Registry::collect().expect("the adapter of this test");
    for shown in [
        include_str!("transcripts/readme_adapter.rs"),
        include_str!("transcripts/readme_config.rs"),
        README_YAML,
        &info_table(&registry),
        &stdout(&run("several-adapters", &["info"], project())),
        APPENDED,
    ] {
        assert!(readme.contains(shown), "README.md does not show\n{shown}");
    }
}

#[test]
fn the_readme_shows_what_is_wrong_with_yaml() {
    // Not the secret of this machine, where the file isn't.
    let text = README_YAML.replace("${file:/var/run/secrets/adapter/token}", "t");
    let params = readme_config::Params::from_yaml("params.yaml", &text).expect("it is right");
    assert_eq!(params.interval, std::time::Duration::from_secs(90));
    assert_eq!(params.labels["country"], "no");

    let text = text.replace("1m30s", "500ms").replace("\"no\"", "no");
    let problems = readme_config::Params::from_yaml("params.yaml", &text);
    let shown = problems.expect_err("it is broken").to_string();
    let readme = fs::read_to_string(project().join("README.md")).expect("README.md");
    assert!(readme.contains(&shown), "README.md does not show\n{shown}");
}

/// The walkthrough's request with another configuration. A message that occurs again is merged
/// with the first, so that what is appended overrides.
fn with_config(package: &str, value: &[u8]) -> Vec<u8> {
    let any = prost_types::Any {
        type_url: format!("type.googleapis.com/{package}.Params"),
        value: value.to_vec(),
    };
    let mut request = WALKTHROUGH.to_vec();
    prost::encoding::message::encode(2, &any, &mut request);
    request
}

fn info_json() -> Vec<Value> {
    let output = run("several-adapters", &["info", "-o", "json"], project());
    assert!(output.status.success(), "{output:#?}");
    serde_json::from_slice(&output.stdout).expect("a JSON array")
}

/// Reports metrics with a message that is sent as it is.
async fn report(server: &Serving, message: &[u8]) -> Result<(), Status> {
    let client = Client::connect(server.address).await;
    client.call(METRIC, message).await.map(drop)
}
