//! The examples, as a user sees them who runs their binaries.

use std::collections::HashMap;
use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::LazyLock;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use adapter_runtime::{Registry, info_table};
use serde_json::{Value, json};
use tests::client::{Client, METRIC};
use tonic::Status;

/// The adapter that README.md shows.
#[path = "transcripts/readme_adapter.rs"]
#[rustfmt::skip]
#[allow(dead_code)]
mod readme_adapter;

/// What Mixer sent in Istio's walkthrough.
const WALKTHROUGH: &[u8] = include_bytes!("../captures/walkthrough_HandleMetric.bin");

/// What the walkthrough's adapter appends to its file then.
const APPENDED: &str = "HandleMetric invoked with:
  Adapter config: &Params{FilePath:out.txt,}
  Instances: 'i1metric.instance.istio-system':
\t\tValue = 1235
\t\tDimensions = map[response_code:200]
";

/// Nothing here takes this long.
const TIMEOUT: Duration = Duration::from_secs(30);

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

/// README.md says what `info` prints for the adapter that it shows.
#[test]
fn the_readme_shows_what_info_prints() {
    let readme = fs::read_to_string(project().join("README.md")).expect("README.md");
    let adapter = include_str!("transcripts/readme_adapter.rs");
    let registry = Registry::collect().expect("the adapter of this test");
    for shown in [adapter, &info_table(&registry)] {
        assert!(readme.contains(shown), "README.md does not show\n{shown}");
    }
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

fn run(program: &str, arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(binary(program));
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null());
    command.output().expect("a program that runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

/// A program that serves adapters.
struct Serving {
    child: Child,
    address: SocketAddr,
    lines: Receiver<String>,
}

impl Serving {
    /// Starts it and waits until it listens.
    fn start(program: &str, arguments: &[&str], folder: &Path) -> Serving {
        let mut child = Command::new(binary(program))
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // The log, which is no part of what is tested.
            .stderr(Stdio::null())
            .spawn()
            .expect("a program that runs");
        let stdout = BufReader::new(child.stdout.take().expect("standard output"));
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut serving = Serving {
            child,
            address,
            lines,
        };
        let line = serving.line();
        let listening = line
            .strip_prefix("listening on \"")
            .and_then(|it| it.strip_suffix('"'));
        let address: SocketAddr = listening.and_then(|it| it.parse().ok()).expect(&line);
        serving.address.set_port(address.port());
        serving
    }

    /// The next line of its output.
    fn line(&self) -> String {
        self.lines.recv_timeout(TIMEOUT).expect("a line of output")
    }

    /// Sends it a signal and waits for its end.
    fn end(&mut self, signal: &str) -> ExitStatus {
        let id = self.child.id().to_string();
        let kill = Command::new("kill").args(["-s", signal, &id]).status();
        assert!(kill.expect("the command kill").success());
        let start = Instant::now();
        while start.elapsed() < TIMEOUT {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("still running after SIG{signal}");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The built binary of an example.
fn binary(name: &str) -> &'static Path {
    static BINARIES: LazyLock<HashMap<String, PathBuf>> = LazyLock::new(build);
    BINARIES
        .get(name)
        .unwrap_or_else(|| panic!("there is no binary `{name}`"))
}

/// Builds all binaries of the workspace into the folder that this test was built into: cargo builds
/// a package's binaries for that package's own tests only.
fn build() -> HashMap<String, PathBuf> {
    let test = env::current_exe().expect("the path of this test");
    let profile = test
        .ancestors()
        .nth(2)
        .expect("<target>/<profile>/deps/<test>");
    let target = profile.parent().expect("<target>/<profile>");
    let profile = match profile.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        // With the tests the dependencies have the same features as in `cargo test --workspace`,
        // and need not be built again.
        .args([
            "build",
            "--workspace",
            "--bins",
            "--tests",
            "--locked",
            "--profile",
            profile,
        ])
        .args([
            "--message-format",
            "json-render-diagnostics",
            "--target-dir",
        ])
        .arg(target)
        .current_dir(project())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo");
    assert!(output.status.success(), "the examples don't build");
    let messages = stdout(&output);
    messages.lines().filter_map(executable).collect()
}

/// The name and the path of the binary that a message of cargo's is about.
fn executable(message: &str) -> Option<(String, PathBuf)> {
    let message: Value = serde_json::from_str(message).expect("JSON");
    if message["profile"]["test"] == true || message["target"]["kind"] != json!(["bin"]) {
        return None;
    }
    let name = message["target"]["name"].as_str()?;
    Some((name.to_owned(), message["executable"].as_str()?.into()))
}

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the folder of the workspace")
}

/// Reports metrics with a message that is sent as it is.
async fn report(server: &Serving, message: &[u8]) -> Result<(), Status> {
    let client = Client::connect(server.address).await;
    client.call(METRIC, message).await.map(drop)
}
