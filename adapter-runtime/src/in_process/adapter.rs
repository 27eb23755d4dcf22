//! Adapters that are not in a type.

use std::fmt;

use super::handler::{self, BuildProblem, HostedHandler, Limits};
use super::template::HostedTemplate;
use crate::adapter::InstanceTypes;
use crate::definition::{ErasedConfig, Info, Registration};
use crate::document::{Node, Problems};
use crate::fail_policy::FailPolicy;
use crate::metrics::Metrics;
use crate::registry::Registry;

/// A registered adapter, to be hosted in this process.
#[derive(Clone, Copy)]
pub struct HostedAdapter(Registration);

impl HostedAdapter {
    /// The adapter of a registration.
    #[must_use]
    pub fn of(registration: &Registration) -> HostedAdapter {
        HostedAdapter(*registration)
    }

    /// The adapters of a registry, sorted by name.
    #[must_use]
    pub fn all(registry: &Registry) -> Vec<HostedAdapter> {
        registry.registrations().iter().map(Self::of).collect()
    }

    /// The name that operators write as `compiledAdapter`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.0.adapter.name()
    }

    /// What it says of itself.
    #[must_use]
    pub fn info(&self) -> Info {
        self.0.info()
    }

    /// What its author wants to become of a check when it fails.
    #[must_use]
    pub fn fail_policy(&self) -> FailPolicy {
        self.0.adapter.fail_policy()
    }

    /// The templates that it handles. Its handlers are called with an instance of one by its place
    /// in this list.
    #[must_use]
    pub fn templates(&self) -> Vec<HostedTemplate> {
        let templates = self.0.adapter.templates();
        templates.iter().map(|template| template.hosted).collect()
    }

    /// The configuration of an operator who wrote nothing.
    #[must_use]
    pub fn defaults(&self) -> Settings {
        Settings(self.0.adapter.defaults())
    }

    /// Reads the `params` of a handler. What is wrong is added to the problems; what can't be read
    /// has its default, as in Mixer, which warns and goes on.
    #[must_use]
    pub fn read(&self, params: &Node, problems: &mut Problems) -> Settings {
        Settings(self.0.adapter.read(params, problems))
    }

    /// Validates the settings and builds a handler with this name. The types are those of all
    /// instances that rules send to it.
    ///
    /// # Errors
    /// The settings are invalid, or the adapter failed, panicked or took too long.
    pub async fn build(
        &self,
        name: &str,
        settings: Settings,
        types: InstanceTypes,
        metrics: &Metrics,
        limits: Limits,
    ) -> Result<HostedHandler, BuildProblem> {
        handler::build(self.0.adapter, name, settings.0, types, metrics, limits).await
    }
}

impl fmt::Debug for HostedAdapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HostedAdapter({})", self.name())
    }
}

/// The configuration of a handler, of whichever adapter.
pub struct Settings(Box<dyn ErasedConfig>);

impl Settings {
    /// Bytes that are equal for equal settings: the message as Mixer sends it, with its maps sorted.
    #[must_use]
    pub fn encoded(&self) -> Vec<u8> {
        self.0.canonical_bytes()
    }

    /// As the operator would write it, without secrets.
    #[must_use]
    pub fn show(&self) -> serde_json::Value {
        self.0.show()
    }
}

impl fmt::Debug for Settings {
    /// Without what may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Settings({})", self.0.show())
    }
}
