//! Why there is no Mixer to test with.

use std::fmt;

use adapter_runtime::document::Problems;
use adapter_runtime::manifest::ManifestError;
use adapter_runtime::validate::FileError;
use adapter_runtime::{RegistryError, ServeError};

use crate::config::SameTemplateName;

/// Why there is no [`TestMixer`](super::TestMixer).
///
/// `{:?}` shows the same as `{}`, so that `unwrap` and a test that returns it print something that
/// can be read.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum TestMixerError {
    /// The adapters don't fit together.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// Their templates don't.
    #[error(transparent)]
    Templates(#[from] SameTemplateName),
    /// A file can't be read.
    #[error("{0}: {source}", source = .0.source)]
    File(#[from] FileError),
    /// What is wrong with the resources, each with its file, line and column.
    #[error(
        "something is wrong with the resources; `allow_problems` goes on without what is\n\n{0}"
    )]
    Resources(Problems),
    /// The adapters can't be described.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The adapters can't be served.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

impl fmt::Debug for TestMixerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
