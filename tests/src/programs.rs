//! The workspace's programs, built and run as a user runs them.

use std::collections::HashMap;
use std::env;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::LazyLock;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Nothing here takes this long.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Runs a program of the workspace to its end, in a folder.
///
/// # Panics
/// If it doesn't start.
pub fn run(program: &str, arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(binary(program));
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null());
    command.output().expect("a program that runs")
}

/// What a program printed to its standard output.
///
/// # Panics
/// If that isn't text.
pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

/// A program that serves adapters; killed when it is dropped.
#[derive(Debug)]
pub struct Serving {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    lines: Receiver<String>,
    log: tempfile::NamedTempFile,
}

impl Serving {
    /// Starts it and waits until it listens.
    ///
    /// # Panics
    /// If it doesn't.
    pub fn start(program: &str, arguments: &[&str], folder: &Path) -> Serving {
        let mut command = Command::new(binary(program));
        command.args(arguments).current_dir(folder);
        Serving::spawn(command)
    }

    /// Starts what the command says and waits until it listens.
    ///
    /// # Panics
    /// If it doesn't.
    pub fn spawn(mut command: Command) -> Serving {
        let log = tempfile::NamedTempFile::new().expect("a file");
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log.reopen().expect("the same file"))
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
            log,
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
    ///
    /// # Panics
    /// If there is none.
    pub fn line(&self) -> String {
        self.lines.recv_timeout(TIMEOUT).expect("a line of output")
    }

    /// What it has logged so far.
    ///
    /// # Panics
    /// If that isn't text.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log.path()).expect("UTF-8")
    }

    /// Waits until it has logged something.
    ///
    /// # Panics
    /// If it doesn't.
    pub fn wait_for_log(&self, text: &str) {
        let start = Instant::now();
        while !self.log().contains(text) {
            assert!(start.elapsed() < TIMEOUT, "no `{text}` in {}", self.log());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Its process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    ///
    /// # Panics
    /// If it has ended.
    pub fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let kill = Command::new("kill").args(["-s", signal, &id]).status();
        assert!(kill.expect("the command kill").success());
    }

    /// Sends it a signal and waits for its end.
    ///
    /// # Panics
    /// If it runs on.
    pub fn end(&mut self, signal: &str) -> ExitStatus {
        self.signal(signal);
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

/// A built binary of the workspace.
///
/// # Panics
/// If there is none of this name, or it doesn't build.
pub fn binary(name: &str) -> &'static Path {
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

/// The project's root.
///
/// # Panics
/// Never: this crate is in a folder of it.
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the folder of the workspace")
}
