//! How a test's Mixer is made.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use adapter_runtime::document::Problems;
use adapter_runtime::manifest::{Kind, Manifests, Options as ManifestOptions};
use adapter_runtime::{Adapter, FailPolicy, Registered, Registration, Registry};

use super::served::Served;
use super::{TestMixer, TestMixerError};
use crate::config::{Calls, Documents};
use crate::{Mixer, Options};

/// A Mixer to be made, for tests.
#[must_use = "there is no Mixer until `start` is called"]
pub struct TestMixerBuilder {
    sources: Vec<Source>,
    /// `None` for those that are linked into the test.
    adapters: Option<Vec<Registration>>,
    over_grpc: bool,
    allow_problems: bool,
    single_threaded: bool,
    options: Options,
}

/// Where resources come from.
enum Source {
    Text(String),
    Files(std::path::PathBuf),
    /// What `manifest operator` makes.
    Manifest,
}

impl Default for TestMixerBuilder {
    fn default() -> TestMixerBuilder {
        let calls = Calls::InProcess;
        TestMixerBuilder {
            sources: Vec::new(),
            adapters: None,
            over_grpc: false,
            allow_problems: false,
            single_threaded: false,
            options: Options {
                calls,
                ..Options::default()
            },
        }
    }
}

impl TestMixerBuilder {
    /// Adds the resources of a text. Of several texts the first is shown as `config.yaml` in
    /// messages, the second as `config-2.yaml`.
    pub fn yaml(mut self, text: impl Into<String>) -> TestMixerBuilder {
        self.sources.push(Source::Text(text.into()));
        self
    }

    /// Adds the resources of a file, or of a folder and what is below it. In a test, paths begin
    /// at the folder of its package.
    pub fn files(mut self, path: impl AsRef<Path>) -> TestMixerBuilder {
        self.sources.push(Source::Files(path.as_ref().to_owned()));
        self
    }

    /// Adds a handler, instances and a rule for each adapter, as `manifest operator` makes them of
    /// the code.
    pub fn manifest(mut self) -> TestMixerBuilder {
        self.sources.push(Source::Manifest);
        self
    }

    /// Calls this adapter, and only others that are given in the same way; without any those that
    /// are linked into the test.
    pub fn adapter<A: Adapter + Registered>(self) -> TestMixerBuilder {
        self.adapters([Registration::new::<A>()])
    }

    /// The same for several adapters.
    pub fn adapters(
        mut self,
        adapters: impl IntoIterator<Item = Registration>,
    ) -> TestMixerBuilder {
        self.adapters.get_or_insert_default().extend(adapters);
        self
    }

    /// Calls the adapters over gRPC, as [`TestMixer::over_grpc`].
    pub fn over_grpc(mut self) -> TestMixerBuilder {
        self.over_grpc = true;
        self
    }

    /// Calls each adapter where its handler says, also over the network.
    pub fn as_written(mut self) -> TestMixerBuilder {
        self.options.calls = Calls::AsWritten;
        self
    }

    /// Goes on without what is wrong in the resources, as Mixer does. Otherwise errors and warnings
    /// are an error.
    pub fn allow_problems(mut self) -> TestMixerBuilder {
        self.allow_problems = true;
        self
    }

    /// The calls of [`TestMixer::run`] are made one after the other, not all at once.
    pub fn single_threaded(mut self) -> TestMixerBuilder {
        self.single_threaded = true;
        self
    }

    /// What becomes of a check or a quota whose adapter fails, whatever its author says.
    pub fn fail_policy(mut self, policy: FailPolicy) -> TestMixerBuilder {
        self.options.fail_policy = Some(policy);
        self
    }

    /// The Mixer. The attributes that Istio's proxies report are declared; resources may declare
    /// others.
    ///
    /// # Errors
    /// Something is wrong with the resources, and is not [allowed](Self::allow_problems); or with
    /// the adapters; or a file can't be read.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn start(self) -> Result<TestMixer, TestMixerError> {
        let registry = match self.adapters {
            Some(adapters) => Registry::new(adapters)?,
            None => Registry::collect()?,
        };
        let mut manifest_options = ManifestOptions::of_program("test");
        manifest_options.built_in = true;
        let manifests = Manifests::new(&registry, manifest_options)?;
        let mut documents = Documents::new();
        let add = |documents: &mut Documents, kind: Kind| {
            for file in manifests.files(kind, None)? {
                documents.add_text(&format!("(made) {}", file.path), file.text);
            }
            Ok::<_, TestMixerError>(())
        };
        add(&mut documents, Kind::Attributes)?;
        if self.over_grpc {
            add(&mut documents, Kind::Template)?;
            add(&mut documents, Kind::Adapter)?;
        }
        let mut texts = 0;
        for source in self.sources {
            match source {
                Source::Text(text) => {
                    texts += 1;
                    let name = match texts {
                        1 => "config.yaml".to_owned(),
                        number => format!("config-{number}.yaml"),
                    };
                    documents.add_text(&name, text);
                }
                Source::Files(path) => documents.add_files([path])?,
                Source::Manifest => add(&mut documents, Kind::Operator)?,
            }
        }
        let mut options = self.options;
        let served = match self.over_grpc {
            true => {
                let served = Served::start(registry.clone()).await?;
                options.calls = Calls::OverGrpc(served.address());
                Some(served)
            }
            false => None,
        };
        let mixer = Mixer::with_options(registry, documents, options).await?;
        if !self.allow_problems {
            let mut problems = Problems::new();
            problems.extend(mixer.problems().into_iter().map(|it| it.problem));
            if !problems.is_empty() {
                problems.sort();
                mixer.shutdown().await;
                return Err(TestMixerError::Resources(problems));
            }
        }
        Ok(TestMixer {
            mixer: Arc::new(mixer),
            served,
            single_threaded: self.single_threaded,
            calls: Mutex::default(),
        })
    }
}

impl fmt::Debug for TestMixerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestMixerBuilder")
            .field("adapters", &self.adapters)
            .field("over_grpc", &self.over_grpc)
            .finish_non_exhaustive()
    }
}
