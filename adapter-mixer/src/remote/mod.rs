//! Out-of-process adapters: what is sent to them, and what they answer.
//!
//! A [`RemoteTemplate`] and a [`ConfigDescriptor`] are what an operator's `template` and `adapter`
//! resources describe. Instances are encoded by their descriptor straight from the values of their
//! expressions, byte by byte as Mixer does it, and the handler's configuration likewise.
//!
//! Istio: "Mixer Out of Process Adapter Dev Guide".

mod address;
mod answer;
mod config;
mod connection;
mod descriptor;
mod instance;
mod literal;
mod output;
mod plan;
mod read;
mod request;
mod schema;
mod template;
mod write;

pub use answer::{Answer, UnreadableAnswer};
pub use config::ConfigDescriptor;
pub use connection::{Authentication, Connection, Mutual, OAuth, Tls, TokenHeader, TokenSource};
pub use descriptor::DescriptorError;
pub use instance::{EncodeError, EncodeProblem, EncodedInstance, RemoteInstance};
pub use output::Output;
pub use template::RemoteTemplate;
