use std::fs;
use std::io::Read;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::process::Command;

use adapter_runtime::prelude::*;
use adapter_runtime::template::{logentry, metric};
use adapter_runtime::value::TimeStamp;
use adapter_runtime::{Harness, HarnessError, import};
use adapters::stdio::{Params, Stdio};
use serde_json::{Value as Json, json};
use tests::programs::{Serving, project};

use crate::support::{Operator, Remote, problems};

#[test]
fn its_configuration_is_istios_and_one_field_more() {
    let proto = project().join("adapters/proto/stdio.proto");
    import::assert_same::<Params>("adapter.stdio.config", proto);
    let params = Params::defaults();
    assert!(params.output_as_json);
    assert_eq!(params.max_megabytes_before_rotation, 100);
    assert_eq!(params.max_days_before_rotation, 30);
    assert_eq!(params.max_rotated_files, 1000);
}

#[test]
fn what_makes_no_sense_is_an_error() {
    assert_eq!(
        problems::<Stdio>("logStream: FILE\nmaxRotatedFiles: -1"),
        [
            "params.yaml:1:1: error: output_path: is required for a file: write its path",
            "params.yaml:2:18: error: max_rotated_files: must be at least 0, got -1",
        ]
    );
    assert_eq!(
        problems::<Stdio>("outputPath: out.log\nfields: {a: b, c: b}"),
        [
            "params.yaml:1:13: error: output_path: is for files: write `log_stream: FILE`, or leave \
             it out",
            "params.yaml:2:19: error: fields[\"c\"]: `a` is written as `b` too: write another name",
        ]
    );
    assert!(problems::<Stdio>("severity_levels: {warning: 1}")[0].ends_with("write `WARNING`"));
}

/// A handler that writes to a file.
struct File(Harness<Stdio>);

impl File {
    async fn at(path: impl AsRef<Path>, params: &str) -> File {
        File::try_at(path, params).await.expect("a handler")
    }

    async fn try_at(path: impl AsRef<Path>, params: &str) -> Result<File, HarnessError> {
        let path = path.as_ref().display();
        let stream = match params.contains("logStream") {
            true => "",
            false => "logStream: FILE\n",
        };
        let params = format!("outputPath: {path}\n{stream}{params}");
        let stdio = Harness::from_yaml(&params).unwrap_or_else(|it| panic!("{it}"));
        stdio.build().await.map(File)
    }

    async fn log(&self, severity: &str, text: &str) -> Result<(), HandlerError> {
        let entry = logentry::Instance {
            name: "a.instance.ns".into(),
            severity: severity.into(),
            timestamp: TimeStamp::new(0, 0),
            variables: [("text", Value::from(text))].into_iter().collect(),
            ..Default::default()
        };
        self.0.call::<logentry::Template>(vec![entry]).await
    }

    fn metric(&self, name: &str) -> i64 {
        let name = format!("mixer_adapter_stdio__{name}_total{{");
        let metrics = self.0.metrics().encode();
        let line = metrics.lines().find(|line| line.starts_with(&name));
        let number = line.and_then(|line| line.rsplit_once(' '));
        number.map_or(0, |(_, number)| number.parse().expect("a number"))
    }
}

/// The texts of the lines in a file.
fn texts(path: impl AsRef<Path>) -> Vec<String> {
    let content = fs::read_to_string(path).expect("the file");
    assert!(content.is_empty() || content.ends_with('\n'), "{content}");
    content
        .lines()
        .map(|line| line_text(&line_json(line)))
        .collect()
}

fn line_json(line: &str) -> Json {
    serde_json::from_str(line).expect("a line of JSON")
}

fn line_text(line: &Json) -> String {
    line["text"].as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn a_level_comes_from_the_severity_and_decides() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.log");
    let params = "severityLevels: {Odd: ERROR, info: WARNING}\noutputLevel: WARNING";
    let file = File::at(&path, params).await;
    for severity in [
        "INFORMATIONAL",
        "",
        "other",
        "info",
        "warn",
        "WARNING",
        "FATAL",
        "Odd",
    ] {
        file.log(severity, severity).await.expect("it is written");
    }
    // Metrics have the level INFO.
    let metrics = vec![metric::Instance::default()];
    let taken = file.0.call::<metric::Template>(metrics).await;
    taken.expect("there is nothing to write");
    let content = fs::read_to_string(&path).expect("the file");
    let lines = content.lines().map(line_json);
    let lines = lines.map(|line| {
        (
            line["level"].as_str().expect("a level").to_owned(),
            line_text(&line),
        )
    });
    let expected = [
        ("warn", "info"),
        ("warn", "warn"),
        ("warn", "WARNING"),
        ("error", "FATAL"),
        ("error", "Odd"),
    ];
    let expected = expected.map(|(level, text)| (level.to_owned(), text.to_owned()));
    assert_eq!(Vec::from_iter(lines), expected);
    assert_eq!((file.metric("lines"), file.metric("failed_lines")), (5, 0));
}

#[tokio::test]
async fn a_full_disk_is_an_error_that_is_counted() {
    let file = File::at("/dev/full", "").await;
    for _ in 0..3 {
        let error = file.log("error", "a").await.expect_err("it is full");
        assert_eq!(
            error.to_string(),
            "UNAVAILABLE: can't write to `/dev/full`: No space left on device (os error 28)"
        );
    }
    assert_eq!((file.metric("lines"), file.metric("failed_lines")), (0, 3));
    file.0.close().await;
}

#[tokio::test]
async fn a_pipe_that_nobody_reads_is_an_error_that_is_counted() {
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let file = File::at(format!("/proc/self/fd/{}", writer.as_raw_fd()), "").await;
    file.log("error", "a").await.expect("there is a reader");
    let mut line = [0; 1000];
    let read = reader.read(&mut line).expect("the line");
    let line = std::str::from_utf8(&line[..read]).expect("UTF-8");
    assert_eq!(line_text(&line_json(line)), "a");
    drop(reader);
    let error = file.log("error", "b").await.expect_err("nobody reads");
    assert!(
        error.message().ends_with("Broken pipe (os error 32)"),
        "{error}"
    );
    assert_eq!((file.metric("lines"), file.metric("failed_lines")), (1, 1));
    let log = file.0.close().await;
    assert!(
        !log.contains("panic") && !log.contains("can't sync"),
        "{log}"
    );
}

#[tokio::test]
async fn a_reader_that_hangs_holds_up_nobody_else() {
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let stuck = File::at(format!("/proc/self/fd/{}", writer.as_raw_fd()), "").await;
    let stuck = std::sync::Arc::new(stuck);
    // More than a pipe holds.
    let text = "x".repeat(1 << 20);
    let calls = (0..20).map(|_| {
        let (stuck, text) = (stuck.clone(), text.clone());
        tokio::spawn(async move { stuck.log("info", &text).await })
    });
    let calls = Vec::from_iter(calls);
    let folder = tempfile::tempdir().expect("a folder");
    let other = File::at(folder.path().join("out.log"), "").await;
    other.log("info", "a").await.expect("it is written");
    assert!(calls.iter().all(|call| !call.is_finished()));
    // One gives up, the others are written when the reader goes on.
    calls[19].abort();
    let reading = tokio::task::spawn_blocking(move || {
        let mut lines = String::new();
        reader.read_to_string(&mut lines).expect("UTF-8");
        lines
    });
    for call in calls.into_iter().take(19) {
        call.await.expect("no panic").expect("it is written");
    }
    let stuck = std::sync::Arc::into_inner(stuck).expect("the last");
    stuck.0.close().await;
    drop(writer);
    let lines = reading.await.expect("no panic");
    assert!(
        lines
            .lines()
            .all(|line| line_text(&line_json(line)) == text)
    );
    assert_eq!(lines.lines().count(), 19);
}

#[tokio::test]
async fn a_file_that_is_renamed_or_deleted_is_created_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, moved) = (
        folder.path().join("out.log"),
        folder.path().join("out.log.1"),
    );
    let file = File::at(&path, "").await;
    file.log("info", "1").await.expect("it is written");
    fs::rename(&path, &moved).expect("logrotate may");
    file.log("info", "2").await.expect("it is written");
    assert_eq!(
        (texts(&moved), texts(&path)),
        (vec!["1".into()], vec!["2".into()])
    );
    fs::remove_file(&path).expect("it is there");
    file.log("info", "3").await.expect("it is written");
    assert_eq!(texts(&path), ["3"]);
    fs::remove_file(&path).expect("it is there");
    drop(folder);
    let error = file.log("info", "4").await.expect_err("there is no folder");
    assert!(
        error.message().contains("out.log`: No such file"),
        "{error}"
    );
    assert_eq!((file.metric("lines"), file.metric("failed_lines")), (3, 1));
}

#[tokio::test]
async fn a_path_that_can_not_be_opened_is_told_at_once() {
    let built = File::try_at("/no/such/folder/out.log", "").await;
    assert_eq!(
        built.err().expect("there is no folder").to_string(),
        "UNAVAILABLE: the adapter `stdio` could not be built: can't open \
         `/no/such/folder/out.log`: No such file or directory (os error 2)"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rotated_files_hold_every_line_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.log");
    let params = "logStream: ROTATED_FILE\nmaxMegabytesBeforeRotation: 1";
    // Two handlers that write to the same file, as after a change of the configuration.
    let files = [
        File::at(&path, params).await,
        File::at(&path, &format!("{params}\nmetricLevel: ERROR")).await,
    ];
    let files = std::sync::Arc::new(files);
    let tasks = (0..8).map(|task| {
        let files = files.clone();
        tokio::spawn(async move {
            for n in 0..40 {
                let text = format!("{task}/{n}/{}", "x".repeat(10_000));
                let file = &files[task % 2];
                file.log("info", &text).await.expect("it is written");
            }
        })
    });
    for task in Vec::from_iter(tasks) {
        task.await.expect("no panic");
    }
    let mut found = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(folder.path()).expect("the folder") {
        let path = entry.expect("a file").path();
        let size = fs::metadata(&path).expect("a file").len();
        // Each handler may write a line that the other has not seen.
        assert!(size <= (1 << 20) + 10_200, "{size}");
        found.extend(texts(&path));
        count += 1;
    }
    assert!((4..=8).contains(&count), "{count} files for 3.2 MB");
    let rotations = files
        .iter()
        .map(|file| file.metric("rotations"))
        .sum::<i64>();
    assert_eq!(rotations + 1, count);
    found.sort_unstable();
    let texts = (0..8).flat_map(|task| (0..40).map(move |n| format!("{task}/{n}/")));
    let mut expected: Vec<_> = texts.map(|text| text + &"x".repeat(10_000)).collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_caller_that_gives_up_tears_no_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.log");
    let file = std::sync::Arc::new(File::at(&path, "").await);
    let text = "x".repeat(100_000);
    for _ in 0..50 {
        let (file, text) = (file.clone(), text.clone());
        let calling = tokio::spawn(async move { file.log("info", &text).await });
        tokio::task::yield_now().await;
        calling.abort();
    }
    file.log("info", "last").await.expect("it is written");
    let texts = texts(&path);
    assert_eq!(texts.last().map(String::as_str), Some("last"));
    assert!(texts[..texts.len() - 1].iter().all(|it| *it == text));
    assert_eq!(file.metric("lines"), texts.len() as i64);
}

/// A log entry as Mixer sends it.
fn entry() -> Json {
    let text = |text: &str| json!({"stringValue": text});
    json!({"instances": [{
        "name": "newlog.instance.istio-system",
        "severity": "warning",
        "timestamp": {"value": "2017-09-21T04:33:31.249Z"},
        "variables": {
            "source": text("productpage"),
            "user": text("unknown"),
            "destination": text("details"),
            "responseCode": {"int64Value": "200"},
            "responseSize": {"int64Value": "178"},
            "latency": {"durationValue": {"value": "0.006848s"}},
        },
    }]})
}

const LINE: &str = concat!(
    r#"{"level":"warn","time":"2017-09-21T04:33:31.249000Z","instance":"newlog.instance.istio-system","#,
    r#""destination":"details","latency":"6.848ms","responseCode":200,"responseSize":178,"#,
    r#""source":"productpage","user":"unknown"}"#,
);

#[tokio::test]
async fn it_logs_over_grpc() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.log");
    let mut config = Operator::of("stdio").config::<Stdio>();
    config.log_stream = adapters::stdio::Stream::File;
    config.output_path = path.to_str().expect("UTF-8").to_owned();
    let stdio = Remote::serve::<Stdio>(&config).await;
    let answer = stdio.call::<logentry::Template>(entry()).await;
    assert_eq!(answer.expect("it is written"), json!({}));
    assert_eq!(
        fs::read_to_string(&path).expect("the file"),
        format!("{LINE}\n")
    );
    let metric = json!({"instances": [{
        "name": "m.instance.ns",
        "value": {"doubleValue": 1.5},
        "dimensions": {"source": {"stringValue": "a"}},
    }]});
    let answer = stdio.call::<metric::Template>(metric).await;
    assert_eq!(answer.expect("it is written"), json!({}));
    let content = fs::read_to_string(&path).expect("the file");
    let line = content.lines().nth(1).expect("a second line");
    assert!(
        line.ends_with(r#""instance":"m.instance.ns","value":1.5,"source":"a"}"#),
        "{line}"
    );
    stdio.stop().await;
    config.output_path = "/dev/full".to_owned();
    let stdio = Remote::serve::<Stdio>(&config).await;
    let status = stdio.call::<logentry::Template>(entry()).await;
    let status = status.expect_err("it is full");
    assert_eq!(status.code(), tonic::Code::Unavailable);
    stdio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_writes_to_its_standard_output() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_adapters"));
    command.args(["serve", "0"]);
    let mut program = Serving::spawn(command);
    let config = Operator::of("stdio").config::<Stdio>();
    let stdio = Remote::at::<Stdio>(program.address, &config).await;
    for _ in 0..2 {
        stdio
            .call::<logentry::Template>(entry())
            .await
            .expect("it is written");
        assert_eq!(program.line(), LINE);
    }
    assert!(program.end("TERM").success());
}
