//! What is wrong with a configuration.

use std::fmt;

use adapter_runtime::document::{Problem, Severity};

use super::name::Key;

/// Something wrong with a configuration: what, in Mixer's words where operators know them, where,
/// and what to write instead.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ConfigProblem {
    /// When it was found, which says what became of it.
    pub stage: Stage,
    /// The resource, where it is known.
    pub resource: Option<Key>,
    /// What is wrong, and where.
    pub problem: Problem,
}

/// When a problem is found, and what then becomes of what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// A file or a document can't be read, or is no resource: it is left out.
    Reading,
    /// A resource isn't what its kind says: it is left out, or its last version that was stays.
    Converting,
    /// Resources don't fit together: what is about is left out, all else goes on.
    Resolving,
    /// A handler can't be built: actions that name it are left out.
    Building,
    /// A rule can't be evaluated: it is left out, or its header operations are.
    Routing,
}

impl ConfigProblem {
    pub(crate) fn new(stage: Stage, resource: &Key, problem: Problem) -> ConfigProblem {
        ConfigProblem {
            stage,
            resource: Some(resource.clone()),
            problem,
        }
    }

    /// What is wrong, in Mixer's words where it has some.
    #[must_use]
    pub fn message(&self) -> &str {
        self.problem.message()
    }

    /// Whether something is left out.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.problem.severity() == Severity::Error
    }
}

impl fmt::Display for ConfigProblem {
    /// One line: `file:line:column: error: what is wrong; what to write instead`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}
