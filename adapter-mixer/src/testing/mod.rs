//! A Mixer in tests of adapters: in the process, without ports, as many at a time as one likes.
//!
//! It takes the operator's resources as they are applied to a cluster, also those that a program's
//! `manifest` makes: handlers that have an address for an adapter of the test are called in the
//! process. A test reads like the sentence that it checks:
//!
//! ```
//! use adapter_mixer::attributes;
//! use adapter_mixer::testing::TestMixer;
//! use adapter_runtime::Code;
//! # use adapter_runtime::prelude::*;
//! # use adapter_runtime::template::listentry;
//! # /// Denies a path.
//! # #[mixer_adapter(templates = ["listentry"])]
//! # struct Doorman;
//! # impl Adapter for Doorman {
//! #     type Config = NoConfig;
//! #     async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> { Ok(Doorman) }
//! # }
//! # impl listentry::Handler for Doorman {
//! #     async fn handle_list_entry(&self, _: &Call, it: listentry::Instance)
//! #         -> Result<CheckResult, HandlerError> {
//! #         Ok(match it.value.as_str() {
//! #             Some("/secret") => CheckResult::deny(Code::PermissionDenied, "it is a secret"),
//! #             _ => CheckResult::allow(),
//! #         })
//! #     }
//! # }
//!
//! const RESOURCES: &str = r#"
//! kind: handler
//! metadata: {name: doorman, namespace: istio-system}
//! spec: {adapter: doorman, connection: {address: "doorman:8000"}}
//! ---
//! kind: instance
//! metadata: {name: path, namespace: istio-system}
//! spec: {template: listentry, params: {value: request.path | ""}}
//! ---
//! kind: rule
//! metadata: {name: paths, namespace: istio-system}
//! spec: {actions: [{handler: doorman, instances: [path]}]}
//! "#;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let mixer = TestMixer::from_yaml(RESOURCES).await.unwrap();
//! mixer.check(attributes! { "request.path" => "/shop" }).await.assert_allowed();
//! mixer
//!     .check(attributes! { "request.path" => "/secret" })
//!     .await
//!     .assert_denied(Code::PermissionDenied)
//!     .assert_message("it is a secret");
//! # }
//! ```
//!
//! Under tokio's paused clock (`#[tokio::test(start_paused = true)]`) time passes as fast as the
//! test sleeps: a grant that holds for a minute is over at once.

mod builder;
mod error;
mod golden;
mod outcome;
mod served;
pub mod spy;

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use adapter_runtime::document::Problem;

pub use builder::TestMixerBuilder;
pub use error::TestMixerError;
pub use golden::{Golden, TestCall};
pub use outcome::{CheckOutcome, QuotaOutcome, ReportOutcome};

use crate::Mixer;
use crate::attribute::Bag;
use crate::explain::{Explanation, Verb};
use crate::runtime::{CallTrace, QuotaRequest};
use served::Served;

/// A Mixer for tests. The [module](self) has an example.
pub struct TestMixer {
    mixer: Arc<Mixer>,
    served: Option<Served>,
    single_threaded: bool,
    calls: Mutex<Vec<CallTrace>>,
}

impl TestMixer {
    /// A Mixer to be made.
    pub fn builder() -> TestMixerBuilder {
        TestMixerBuilder::default()
    }

    /// A Mixer with the adapters that are linked into the test, and the resources of a text.
    ///
    /// # Errors
    /// Something is wrong with the resources, or with the adapters.
    pub async fn from_yaml(text: &str) -> Result<TestMixer, TestMixerError> {
        TestMixer::builder().yaml(text).start().await
    }

    /// The same with the resources of a file, or of a folder and what is below it.
    ///
    /// # Errors
    /// As those of [`from_yaml`](TestMixer::from_yaml); or a file can't be read.
    pub async fn from_files(path: impl AsRef<Path>) -> Result<TestMixer, TestMixerError> {
        TestMixer::builder().files(path).start().await
    }

    /// A Mixer to be made that calls the adapters over gRPC: through the real client and the real
    /// server, on a loopback port that the system chooses.
    ///
    /// The resources may be the same as for a call in the process. The clock has to go on for the
    /// network's sake: it can't be paused.
    pub fn over_grpc() -> TestMixerBuilder {
        TestMixer::builder().over_grpc()
    }

    /// Checks a request.
    pub async fn check(&self, attributes: Bag<'_>) -> CheckOutcome {
        CheckOutcome::of(self.explain(Verb::Check, attributes).await)
    }

    /// Reports a request.
    pub async fn report(&self, attributes: Bag<'_>) -> ReportOutcome {
        ReportOutcome::of(self.explain(Verb::Report, attributes).await)
    }

    /// Asks for a quota: by the name of its instance, and how much. All or nothing is granted.
    pub async fn quota(&self, attributes: Bag<'_>, name: &str, amount: i64) -> QuotaOutcome {
        let request = QuotaRequest {
            name: name.to_owned(),
            amount,
            ..QuotaRequest::default()
        };
        self.quota_with(attributes, request).await
    }

    /// The same with all that can be asked: that less will do, under which id.
    pub async fn quota_with(&self, attributes: Bag<'_>, request: QuotaRequest) -> QuotaOutcome {
        QuotaOutcome::of(self.explain(Verb::Quota(request), attributes).await)
    }

    /// The way of a request.
    pub async fn explain(&self, verb: Verb, attributes: Bag<'_>) -> Explanation {
        let explanation = self.mixer.explain(verb, &attributes).await;
        let dispatches = explanation.trace.dispatches.iter();
        let calls = dispatches.flat_map(|it| it.calls.iter().cloned());
        self.recorded().extend(calls);
        explanation
    }

    /// The calls that were made so far by `check`, `report` and `quota`: what handlers were asked,
    /// and what they answered.
    #[must_use]
    pub fn calls(&self) -> Vec<CallTrace> {
        self.recorded().clone()
    }

    /// What is wrong with the configuration, where that was
    /// [allowed](TestMixerBuilder::allow_problems).
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let problems = self.mixer.problems().into_iter();
        problems.map(|it| it.problem).collect()
    }

    /// The Mixer itself.
    #[must_use]
    pub fn mixer(&self) -> &Mixer {
        &self.mixer
    }

    /// Ends: handlers are closed, and what they keep is written. Who doesn't call this aborts what
    /// handlers have scheduled.
    pub async fn close(self) {
        // Calls hold the Mixer no longer than they last, and they borrow this.
        if let Some(mixer) = Arc::into_inner(self.mixer) {
            mixer.shutdown().await;
        }
        if let Some(served) = self.served {
            served.stop().await;
        }
    }

    fn recorded(&self) -> MutexGuard<'_, Vec<CallTrace>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for TestMixer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestMixer")
            .field("mixer", &self.mixer)
            .field("over_grpc", &self.served.is_some())
            .finish_non_exhaustive()
    }
}
