//! An adapter with one template and one field of configuration.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;

use adapter_runtime::prelude::*;
use adapter_runtime::template::metric;

/// Where the metrics go.
#[derive(AdapterConfig)]
struct Params {
    /// File that the lines are appended to; it is created if it does not exist.
    #[config(tag = 1)]
    file_path: String,
}

/// Appends every metric to a file.
// The package is the one that the captured request names.
#[mixer_adapter(templates = ["metric"], package = "adapter.mygrpcadapter.config")]
struct MetricFile {
    file_path: String,
}

impl Adapter for MetricFile {
    type Config = Params;

    /// Every error is pushed, so that the operator sees all of them at once.
    fn validate(config: &Params, _types: &InstanceTypes, errors: &mut ConfigErrors) {
        if config.file_path.is_empty() {
            errors.push(
                "file_path",
                "is empty: write the path of a file, such as `out.txt`",
            );
        }
    }

    /// Runs once for each configuration: with the first request that carries it.
    async fn build(config: Params, _setup: Setup) -> Result<MetricFile, BuildError> {
        println!("  metric-file: built, for the file {}", config.file_path);
        Ok(MetricFile {
            file_path: config.file_path,
        })
    }

    async fn close(&self) {
        println!("  metric-file: closed");
    }
}

impl metric::Handler for MetricFile {
    async fn handle_metric(
        &self,
        _call: &Call,
        instances: Vec<metric::Instance>,
    ) -> Result<(), HandlerError> {
        let lines: String = instances.iter().map(line).collect();
        print!("  metric-file: appends {lines}");
        let path = self.file_path.clone();
        // Files block, so they are written on a thread where that hurts no other call.
        tokio::task::spawn_blocking(move || {
            OpenOptions::new()
                .append(true)
                .create(true)
                .open(path)?
                .write_all(lines.as_bytes())
        })
        .await??;
        Ok(())
    }
}

fn line(metric: &metric::Instance) -> String {
    let mut line = format!("{} {}", metric.name, metric.value);
    for (name, value) in metric.dimensions.sorted() {
        // Writing into a string can't fail.
        let _ = write!(line, " {name}={value}");
    }
    line.push('\n');
    line
}
