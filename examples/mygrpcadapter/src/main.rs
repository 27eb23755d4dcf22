//! The adapter of Istio's walkthrough for out-of-process adapters: it appends every call with
//! metrics to a file.

mod text;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::process::ExitCode;

use adapter_runtime::prelude::*;
use adapter_runtime::template::metric;

/// Where the metrics go.
#[derive(AdapterConfig)]
struct Params {
    /// File that every call is appended to; it is created if it does not exist.
    #[config(tag = 1)]
    file_path: String,
}

/// Appends every metric it receives to a file.
#[mixer_adapter(
    name = "mygrpcadapter",
    templates = ["metric"],
    package = "adapter.mygrpcadapter.config"
)]
struct MyGrpcAdapter {
    file_path: String,
}

impl Adapter for MyGrpcAdapter {
    type Config = Params;

    fn validate(config: &Params, _types: &InstanceTypes, errors: &mut ConfigErrors) {
        if config.file_path.is_empty() {
            let message = "is empty: write the path of the file to append to, such as `out.txt`";
            errors.push("file_path", message);
        }
    }

    async fn build(config: Params, _setup: Setup) -> Result<MyGrpcAdapter, BuildError> {
        Ok(MyGrpcAdapter {
            file_path: config.file_path,
        })
    }
}

impl metric::Handler for MyGrpcAdapter {
    async fn handle_metric(
        &self,
        _call: &Call,
        instances: Vec<metric::Instance>,
    ) -> Result<(), HandlerError> {
        let path = self.file_path.clone();
        let text = text::of_call(&path, &instances);
        tokio::task::spawn_blocking(move || append(&path, &text)).await?
    }
}

/// Appends in one write, so that calls which arrive together don't mix their lines.
fn append(path: &str, text: &str) -> Result<(), HandlerError> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| {
            HandlerError::new(
                Code::Unavailable,
                format!("can't append to `{path}`: {error}"),
            )
        })
}

fn main() -> ExitCode {
    adapter_runtime::main()
}

#[cfg(test)]
mod tests {
    use adapter_runtime::{Builder, Built};
    use metric::Handler as _;

    use super::*;

    fn env() -> Env {
        Env::new("mygrpcadapter", "test")
    }

    async fn built(file_path: &str) -> Built<MyGrpcAdapter> {
        let params = Params {
            file_path: file_path.to_owned(),
        };
        let builder = Builder::<MyGrpcAdapter>::new().configure(params);
        builder
            .validate()
            .expect("a valid configuration")
            .build(env())
            .await
            .expect("a handler")
    }

    fn requests(name: &str) -> Vec<metric::Instance> {
        vec![metric::Instance {
            name: name.into(),
            value: 1.into(),
            ..Default::default()
        }]
    }

    #[test]
    fn an_empty_path_is_refused_with_what_to_write() {
        let params = Params {
            file_path: String::new(),
        };
        let errors = Builder::<MyGrpcAdapter>::new().configure(params).validate();
        let text = errors.expect_err("no path").to_string();
        assert!(
            text.contains("file_path: is empty: write the path"),
            "{text}"
        );
    }

    #[tokio::test]
    async fn a_path_that_can_not_be_opened_is_an_error_that_names_it() {
        let handler = built("no/such/folder/out.txt").await;
        let result = handler
            .handle_metric(&Call::new(&env()), requests("a"))
            .await;
        let error = result.expect_err("no such folder");
        let text = error.message();
        assert!(
            text.contains("can't append to `no/such/folder/out.txt`: "),
            "{text}"
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn calls_that_arrive_together_do_not_mix_their_lines() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("out.txt");
        let path = path.to_str().expect("a path in UTF-8");
        let handler = std::sync::Arc::new(built(path).await);
        let calls: Vec<_> = (0..100)
            .map(|number| {
                let handler = handler.clone();
                let instances = requests(&format!("{number:03}"));
                tokio::spawn(
                    async move { handler.handle_metric(&Call::new(&env()), instances).await },
                )
            })
            .collect();
        for call in calls {
            call.await.expect("no panic").expect("no error");
        }

        let found = std::fs::read_to_string(path).expect("the file");
        let mut texts: Vec<_> = found.split_inclusive("map[]\n").collect();
        texts.sort_unstable();
        let expected: Vec<_> = (0..100)
            .map(|number| text::of_call(path, &requests(&format!("{number:03}"))))
            .collect();
        assert_eq!(texts, expected);
    }
}
