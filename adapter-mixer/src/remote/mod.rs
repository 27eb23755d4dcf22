//! Out-of-process adapters: what is sent to them, and what they answer.
//!
//! A [`RemoteTemplate`] and a [`ConfigDescriptor`] are what an operator's `template` and `adapter`
//! resources describe. Instances are encoded by their descriptor straight from the values of their
//! expressions, byte by byte as Mixer does it, and the handler's configuration likewise. A
//! [`RemoteHandler`] calls the adapter, over a [`Connection`] that the operator describes.
//!
//! Adapters that are called over TLS need the feature `tls`.
//!
//! Istio: "Mixer Out of Process Adapter Dev Guide".

mod address;
mod answer;
mod backend;
pub(crate) mod call_error;
pub(crate) mod caller;
mod channel;
mod config;
mod connection;
mod descriptor;
mod dial;
mod handler;
mod instance;
mod kinds;
mod literal;
mod output;
mod plan;
mod read;
mod request;
mod schema;
mod security;
mod template;
mod unary;
mod write;

#[cfg(feature = "tls")]
mod oauth;
#[cfg(feature = "tls")]
mod tls;

pub use answer::{Answer, UnreadableAnswer};
pub use call_error::CallError;
pub use caller::RemoteBuildError;
pub use config::ConfigDescriptor;
pub use connection::{Authentication, Connection, Mutual, OAuth, Tls, TokenHeader, TokenSource};
pub use descriptor::DescriptorError;
pub use handler::RemoteHandler;
pub use instance::{EncodeError, EncodeProblem, EncodedInstance, RemoteInstance};
pub use output::Output;
pub use template::RemoteTemplate;
