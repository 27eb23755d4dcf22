//! A Mixer in Rust: what is known of a request, the language that operators write rules and
//! instances in, and the way from their resources to the adapters that are called.
//!
//! ```
//! use adapter_mixer::attribute::{Bag, Tracked, Vocabulary};
//! use adapter_mixer::language::Expression;
//! use adapter_runtime::value::Value;
//!
//! let expression = Expression::compile(
//!     r#"match(request.path, "/shop/*") && (response.code | 200) < 500"#,
//!     &Vocabulary::istio(),
//! )?;
//! let request = Tracked::new(Bag::from([("request.path", "/shop/cart")]));
//! assert_eq!(expression.evaluate(&request)?, Value::Bool(true));
//!
//! // What the answer depends on, as Mixer tells its clients.
//! let read: Vec<String> = request.references().sorted().iter().map(ToString::to_string).collect();
//! assert_eq!(read, ["request.path EXACT", "response.code ABSENCE"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where to look
//! - [`attribute`]: bags, the vocabulary, the wire form, which attributes are read.
//! - [`Mixer`]: everything as one, for the adapters that are linked into the program.
//! - [`explain`]: why an adapter is called, or never.
//! - [`config`]: what operators write, and what is wrong with it.
//! - [`runtime`]: what requests come to, and how.
//! - [`testing`]: a Mixer in tests of adapters.
//! - [`language`]: expressions, from their text to their value.
//! - [`api`]: checks and reports as proxies send them.
//! - [`client`]: checks and reports as `mixc` sends them.
//! - [`proto`]: the messages of the Mixer API.
//! - [`remote`]: out-of-process adapters.

pub mod api;
pub mod attribute;
pub mod client;
pub mod config;
pub mod explain;
pub mod language;
mod mixer;
#[cfg(feature = "cli")]
mod program;
pub mod proto;
pub mod remote;
pub mod runtime;
mod suggest;
pub mod testing;
mod wire;

#[cfg(feature = "cli")]
pub use program::main;

pub use mixer::{Dispatch, Mixer, Options, Report};
