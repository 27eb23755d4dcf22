//! Adapters that are called in the process they are linked into, whatever their types: what a Mixer
//! in Rust is made of. Authors of adapters don't need it.
//!
//! A [`HostedTemplate`] makes a [`Plan`] of what an operator wrote for an instance, and with it an
//! [`Instance`] for each request. A [`HostedAdapter`] makes [`Settings`] of the `params` of a
//! handler, and of these a [`HostedHandler`], which is called with instances and answers with an
//! [`Outcome`]. Everything goes through the machine that the server runs: panics are contained, what
//! a handler schedules belongs to it, and it is closed after its last call.
//!
//! ```
//! use std::convert::Infallible;
//!
//! use adapter_runtime::in_process::{Asked, HostedAdapter, Limits, Outcome};
//! use adapter_runtime::prelude::*;
//! use adapter_runtime::template::{Param, Params, listentry};
//! use adapter_runtime::value::ValueType;
//! use adapter_runtime::{Metrics, Registration};
//!
//! /// Allows one word.
//! #[mixer_adapter(templates = ["listentry"])]
//! struct Guard;
//!
//! impl Adapter for Guard {
//!     type Config = NoConfig;
//!
//!     async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> {
//!         Ok(Guard)
//!     }
//! }
//!
//! impl listentry::Handler for Guard {
//!     async fn handle_list_entry(
//!         &self,
//!         _: &Call,
//!         instance: listentry::Instance,
//!     ) -> Result<CheckResult, HandlerError> {
//!         Ok(match instance.value.as_str() {
//!             Some("open") => CheckResult::allow(),
//!             _ => CheckResult::deny(Code::NotFound, "another word"),
//!         })
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let guard = HostedAdapter::of(&Registration::new::<Guard>());
//! let template = guard.templates()[0];
//! let written = vec![("value".to_owned(), Param::Expression("open".to_owned()))];
//! let params = Params::new(template.info().instance, written).unwrap();
//!
//! // A language in which every expression is a text.
//! let text = |text: &String| Ok::<_, Infallible>((text.clone(), ValueType::String));
//! let plan = template.compile("word.instance.default", &params, text).unwrap();
//! let evaluate = |text: &String| Ok::<_, Infallible>(Value::from(text.as_str()));
//! let instance = plan.build(evaluate).unwrap();
//!
//! let (settings, types) = (guard.defaults(), InstanceTypes::default());
//! let metrics = Metrics::new();
//! let built = guard.build("guard.default", settings, types, &metrics, Limits::default()).await;
//! let handler = built.unwrap();
//! let outcome = handler.call(0, Asked::About(instance), |_| {}).await.unwrap();
//! assert!(matches!(outcome, Outcome::Check(verdict) if verdict.code() == Code::Ok));
//! handler.close().await;
//! # }
//! ```

mod adapter;
mod handler;
mod instance;
mod outcome;
mod plan;
mod template;

pub use adapter::{HostedAdapter, Settings};
pub use handler::{BuildProblem, CallError, HostedHandler, Limits};
pub use instance::Instance;
pub use outcome::{Asked, Attributes, Outcome};
pub use plan::{InferredType, Plan};
pub use template::HostedTemplate;
