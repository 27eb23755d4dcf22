//! Writes logs and metrics to the standard output, the standard error stream or a file: Mixer's
//! `stdio`.
//!
//! Each log entry and each metric is a line, as JSON or, for a console, with tabs between its parts:
//!
//! ```text
//! {"level":"warn","time":"2026-01-02T03:04:05.000000Z","instance":"newlog.instance.istio-system","latency":"6.848ms","responseCode":200,"source":"productpage"}
//! 2026-01-02T03:04:05.000000Z  warn  newlog.instance.istio-system  {"latency": "6.848ms", "responseCode": 200, "source": "productpage"}
//! ```
//!
//! The variables of an entry are sorted by name; a metric has its `value` first and then its
//! dimensions. Durations, times and addresses are text, a map is an object, no value is `null`. An
//! entry has the time that its instance says, a metric that of its arrival.
//!
//! # What is acknowledged is written
//! A report is answered when all of its lines are written, those of one report together. If that
//! fails, for want of space or of a reader, the answer is an error, UNAVAILABLE with the reason; some
//! of its lines may be there, and what comes next begins on a line of its own. Mixer doesn't send a
//! report again.
//!
//! Written means in the hands of the system: a crash of the program loses nothing, one of the machine
//! may. When the handler is closed a file is synced to its disk.
//!
//! A file that is renamed or deleted, by `logrotate` say, is created anew for the next line.
//!
//! # Params
//! | field | default | what |
//! |---|---|---|
//! | `log_stream` | `STDOUT` | `STDOUT`, `STDERR`, `FILE` or `ROTATED_FILE` |
//! | `output_path` | none | the file; required for the last two, else not allowed |
//! | `output_as_json` | `true` | JSON, or tabs |
//! | `severity_levels` | those below | the level of an entry, by its severity; `INFO` for one that isn't there |
//! | `metric_level` | `INFO` | the level of metrics |
//! | `output_level` | `INFO` | the least level that is written: `INFO`, `WARNING` or `ERROR` |
//! | `max_megabytes_before_rotation` | 100 | the size up to which a file is written; 0 is 100 |
//! | `max_days_before_rotation` | 30 | how long a rotated file is kept; 0 is for ever |
//! | `max_rotated_files` | 1000 | how many are kept; 0 is all |
//! | `fields` | none | which variables and dimensions are written, and under which names |
//!
//! Severities of the same name in small letters and in capitals have a level as long as the operator
//! gives them no other: `INFORMATIONAL` and `INFO`; `WARNING` and `WARN`; `ERROR`, `ERR` and `FATAL`,
//! which is `ERROR`.
//!
//! `fields`, which Mixer's own doesn't have, is a map: `{latency: took, source: ""}` writes `latency`
//! as `took` and `source` under its own name, and no others. Those whose names the line has already,
//! `level`, `time`, `instance` and of a metric `value`, had better have another.
//!
//! A rotated file gets the time of its rotation: `access.log` becomes
//! `access-2026-01-02T03-04-05.000.log`.
//!
//! # Metrics
//! `mixer_adapter_stdio__lines_total` and `…__failed_lines_total` count lines that were written, and
//! those of reports that failed; `…__rotations_total` counts rotations.
//!
//! # An operator's configuration
//! ```yaml
#![doc = include_str!("../../yaml/stdio.yaml")]
//! ```

mod backups;
mod line;
mod sink;

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use adapter_runtime::Counter;
use adapter_runtime::prelude::*;
use adapter_runtime::template::{logentry, metric};
use tokio::sync::Mutex;

use backups::Rotation;
use line::Lines;
use sink::Sink;

const MEGABYTE: u64 = 1 << 20;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What is written, and where.
#[derive(AdapterConfig, Clone, Debug)]
pub struct Params {
    /// Where the lines go.
    #[config(tag = 1)]
    pub log_stream: Stream,
    /// The level of an entry, by its severity; that of one that isn't there is `INFO`. These are
    /// added to the usual ones.
    #[config(tag = 2)]
    pub severity_levels: BTreeMap<String, Level>,
    /// The level of metrics.
    #[config(tag = 3)]
    pub metric_level: Level,
    /// Whether the lines are JSON.
    #[config(tag = 4, default = true)]
    pub output_as_json: bool,
    /// The least level that is written.
    #[config(tag = 5)]
    pub output_level: Level,
    /// The file.
    #[config(tag = 6)]
    pub output_path: String,
    /// The size up to which a file is written; 0 is 100.
    #[config(tag = 7, default = 100, min = 0)]
    pub max_megabytes_before_rotation: i32,
    /// How many days a rotated file is kept; 0 is for ever.
    #[config(tag = 8, default = 30, min = 0)]
    pub max_days_before_rotation: i32,
    /// How many rotated files are kept; 0 is all.
    #[config(tag = 9, default = 1000, min = 0)]
    pub max_rotated_files: i32,
    /// Which variables and dimensions are written, and under which names; an empty one is that of
    /// the variable. Without any, all are written.
    #[config(tag = 100)]
    pub fields: BTreeMap<String, String>,
}

/// Where lines go.
#[derive(AdapterConfig, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// The standard output of the program.
    Stdout,
    /// Its standard error stream.
    Stderr,
    /// A file.
    File,
    /// A file that is renamed when it is full.
    RotatedFile,
}

/// How serious something is.
#[derive(AdapterConfig, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For information.
    Info,
    /// A warning.
    Warning,
    /// An error.
    Error,
}

/// The levels of severities that the operator doesn't name.
const SEVERITIES: [(&str, Level); 14] = [
    ("INFORMATIONAL", Level::Info),
    ("informational", Level::Info),
    ("INFO", Level::Info),
    ("info", Level::Info),
    ("WARNING", Level::Warning),
    ("warning", Level::Warning),
    ("WARN", Level::Warning),
    ("warn", Level::Warning),
    ("ERROR", Level::Error),
    ("error", Level::Error),
    ("ERR", Level::Error),
    ("err", Level::Error),
    ("FATAL", Level::Error),
    ("fatal", Level::Error),
];

/// Writes logs and metrics to a standard stream or a file.
#[mixer_adapter(package = "adapter.stdio.config", templates = ["logentry", "metric"])]
#[derive(Debug)]
pub struct Stdio {
    severities: HashMap<String, Level>,
    metric_level: Level,
    output_level: Level,
    json: bool,
    fields: BTreeMap<String, String>,
    /// Calls wait for it without a thread, so that a disk that hangs takes one thread and not all.
    sink: Arc<Mutex<Sink>>,
    env: Env,
    written: Counter,
    failed: Counter,
}

impl Adapter for Stdio {
    type Config = Params;

    fn validate(params: &Params, _: &InstanceTypes, errors: &mut ConfigErrors) {
        match (params.log_stream, params.output_path.is_empty()) {
            (Stream::Stdout | Stream::Stderr, false) => errors.push(
                "output_path",
                "is for files: write `log_stream: FILE`, or leave it out",
            ),
            (Stream::File | Stream::RotatedFile, true) => {
                errors.push("output_path", "is required for a file: write its path");
            }
            _ => {}
        }
        let mut names = HashMap::new();
        for (field, name) in &params.fields {
            let name = if name.is_empty() { field } else { name };
            if let Some(other) = names.insert(name, field) {
                let message = format!("`{other}` is written as `{name}` too: write another name");
                errors.push(format!("fields[{field:?}]"), message);
            }
        }
    }

    async fn build(params: Params, setup: Setup) -> Result<Stdio, BuildError> {
        let env = setup.env;
        let rotations = env.counter("rotations", "files that were full")?;
        let path = PathBuf::from(&params.output_path);
        let rotation = Rotation {
            bytes: match params.max_megabytes_before_rotation.unsigned_abs() {
                0 => 100 * MEGABYTE,
                megabytes => u64::from(megabytes) * MEGABYTE,
            },
            age: DAY * params.max_days_before_rotation.unsigned_abs(),
            files: params.max_rotated_files.unsigned_abs() as usize,
            rotations,
        };
        let stream = params.log_stream;
        let open = move || match stream {
            Stream::Stdout => Sink::stdout(),
            Stream::Stderr => Sink::stderr(),
            Stream::File => Sink::file(path, None),
            Stream::RotatedFile => Sink::file(path, Some(rotation)),
        };
        let sink = env.run_blocking(open).await?.map_err(|error| {
            let place = format!("can't open `{}`", params.output_path);
            BuildError::from(error).context(place)
        })?;
        let severities = SEVERITIES.map(|(severity, level)| (severity.to_owned(), level));
        Ok(Stdio {
            severities: severities
                .into_iter()
                .chain(params.severity_levels)
                .collect(),
            metric_level: params.metric_level,
            output_level: params.output_level,
            json: params.output_as_json,
            fields: params.fields,
            sink: Arc::new(Mutex::new(sink)),
            written: env.counter("lines", "lines that were written")?,
            failed: env.counter("failed_lines", "lines of reports that failed")?,
            env,
        })
    }

    async fn close(&self) {
        let sink = self.sink.clone().lock_owned().await;
        let synced = self.env.run_blocking(move || sink.sync()).await;
        if let Ok(Err(error)) = synced {
            tracing::warn!("can't sync the file: {error}");
        }
    }
}

impl logentry::Handler for Stdio {
    async fn handle_log_entry(
        &self,
        _: &Call,
        instances: Vec<logentry::Instance>,
    ) -> Result<(), HandlerError> {
        let mut lines = Lines::new(self.json, &self.fields);
        for entry in &instances {
            let level = self.severities.get(entry.severity.as_str());
            let level = level.copied().unwrap_or(Level::Info);
            if level >= self.output_level {
                let variables = entry.variables.sorted();
                lines.push(entry.timestamp, level, &entry.name, None, &variables);
            }
        }
        self.write(lines).await
    }
}

impl metric::Handler for Stdio {
    async fn handle_metric(
        &self,
        _: &Call,
        instances: Vec<metric::Instance>,
    ) -> Result<(), HandlerError> {
        if self.metric_level < self.output_level {
            return Ok(());
        }
        let (now, level) = (SystemTime::now().into(), self.metric_level);
        let mut lines = Lines::new(self.json, &self.fields);
        for metric in &instances {
            let dimensions = metric.dimensions.sorted();
            lines.push(now, level, &metric.name, Some(&metric.value), &dimensions);
        }
        self.write(lines).await
    }
}

impl Stdio {
    /// Writes lines, all of them even if the caller gives up meanwhile.
    async fn write(&self, lines: Lines<'_>) -> Result<(), HandlerError> {
        let (text, count) = lines.finish();
        if count == 0 {
            return Ok(());
        }
        let mut sink = self.sink.clone().lock_owned().await;
        let (written, failed) = (self.written.clone(), self.failed.clone());
        let write = move || {
            let result = sink.write(text.as_bytes());
            match &result {
                Ok(()) => written.add(count),
                Err(_) => failed.add(count),
            }
            result.map_err(|error| {
                let place = format!("can't write to {}", sink.name());
                HandlerError::from(error)
                    .with_code(Code::Unavailable)
                    .context(place)
            })
        };
        self.env.run_blocking(write).await?
    }
}
