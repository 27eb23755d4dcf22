//! What an image holds, without a program that builds images: a static binary alone in a folder.
//!
//! Builds for release, so it runs only when it is asked for: `cargo test --test image -- --ignored`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tests::client::{Client, METRIC};
use tests::programs::project;

/// What Mixer sent in Istio's walkthrough.
const WALKTHROUGH: &[u8] = include_bytes!("../captures/walkthrough_HandleMetric.bin");

/// The most that an image of one small adapter has.
const MAX_BYTES: u64 = 15_000_000;

/// Builds as the Dockerfile does, for the system's own C library instead of musl.
fn build() -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    let target = test
        .ancestors()
        .nth(3)
        .expect("the target folder")
        .join("static");
    let triple = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "build",
            "--release",
            "--locked",
            "-p",
            "mygrpcadapter",
            "--target",
            &triple,
        ])
        .arg("--target-dir")
        .arg(&target)
        .env("RUSTFLAGS", "-C target-feature=+crt-static")
        .env("CARGO_PROFILE_RELEASE_STRIP", "symbols")
        .current_dir(project())
        .status();
    assert!(status.expect("cargo").success());
    target.join(triple).join("release/mygrpcadapter")
}

/// Whether an ELF file of 64 bits needs a loader: whether it has a program header of that type.
fn needs_loader(elf: &[u8]) -> bool {
    const INTERP: u32 = 3;
    assert_eq!(
        &elf[..6],
        b"\x7fELF\x02\x01",
        "not an ELF file of 64 bits, little endian"
    );
    let number = |at: usize, bytes: usize| {
        let mut value = [0; 8];
        value[..bytes].copy_from_slice(&elf[at..at + bytes]);
        u64::from_le_bytes(value)
    };
    let (start, size, count) = (number(32, 8), number(54, 2), number(56, 2));
    (0..count).any(|index| number((start + index * size) as usize, 4) == u64::from(INTERP))
}

/// A program in a folder that is its whole world; killed when it is dropped.
struct Caged(Child);

impl Caged {
    fn start(root: &Path, arguments: &[&str]) -> (Caged, std::net::SocketAddr) {
        let user = Command::new("id")
            .arg("-u")
            .output()
            .expect("the command id");
        let mut command = match user.stdout.trim_ascii() {
            b"0" => Command::new("chroot"),
            _ => {
                let mut command = Command::new("unshare");
                command.args(["--map-root-user", "chroot"]);
                command
            }
        };
        let mut child = command
            .arg(root)
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a program that starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("standard output");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let caged = Caged(child);
        let address = line.trim().strip_prefix("listening on \"").expect(&line);
        let address = address.strip_suffix('"').expect(&line);
        (caged, address.parse().expect(&line))
    }
}

impl Drop for Caged {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
#[ignore = "builds for release"]
async fn a_static_binary_serves_from_an_empty_root() {
    let binary = build();
    let size = fs::metadata(&binary).expect("the binary").len();
    println!("{size} bytes");
    assert!(size < MAX_BYTES, "{size} bytes");
    assert!(!needs_loader(&fs::read(&binary).expect("the binary")));

    let root = tempfile::tempdir().expect("a folder");
    fs::copy(&binary, root.path().join("mygrpcadapter")).expect("a copy");
    let (caged, address) = Caged::start(
        root.path(),
        &["/mygrpcadapter", "serve", "0", "--address", "127.0.0.1"],
    );
    let client = Client::connect(address).await;
    client.call(METRIC, WALKTHROUGH).await.expect("an answer");
    drop(caged);
    let written = fs::read_to_string(root.path().join("out.txt")).expect("what was appended");
    assert!(
        written.contains("i1metric.instance.istio-system"),
        "{written}"
    );
}
