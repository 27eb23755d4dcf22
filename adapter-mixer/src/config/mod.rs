//! Configuration: the operator's resources, from files to what a Mixer does.
//!
//! A [`Store`] holds [`Resource`]s. What they say becomes a [`Snapshot`]: one state of everything, in
//! which what is wrong was left out and is listed as [`ConfigProblem`]s, with file, line and column,
//! and in Mixer's words where operators know them. Semantics: Istio's "Policy and telemetry rules".

mod calls;
mod compiler;
mod convert;
mod fields;
mod hosts;
mod name;
mod params;
mod problem;
mod remote;
mod resolve;
mod resource;
mod snapshot;
mod spec;
mod store;

pub use calls::Calls;
pub(crate) use compiler::Compiler;
pub(crate) use convert::Converted;
pub use fields::Text;
pub use hosts::{Hosts, SameTemplateName};
pub use name::{Key, candidates, is_full, short};
pub use problem::{ConfigProblem, Stage};
pub use resource::Resource;
pub use snapshot::{
    Action, AdapterResource, CompiledHandler, Condition, Handler, HandlerAdapter, Instance,
    InstanceTemplate, RemoteHandlerSpec, Rule, Snapshot, TemplateResource,
};
pub use spec::{
    ActionSpec, AdapterSpec, HandlerSpec, HeaderSpec, InstanceSpec, ManifestSpec, RuleSpec,
    TemplateSpec,
};
pub use store::{Documents, FolderStore, Loaded, MemoryStore, Store};
