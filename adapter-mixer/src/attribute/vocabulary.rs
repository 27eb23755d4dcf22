//! Which attributes there are.

use std::collections::HashMap;

use adapter_runtime::manifest::attributes::{ISTIO_PROXY, KUBERNETES};
use adapter_runtime::value::{Str, ValueType};
use foldhash::fast::RandomState;

use crate::suggest;

/// The attributes that expressions may use, with their types: what attribute manifests declare.
///
/// ```
/// use adapter_mixer::attribute::Vocabulary;
/// use adapter_runtime::value::ValueType;
///
/// let mut vocabulary = Vocabulary::istio();
/// assert_eq!(vocabulary.get("source.labels"), Some(ValueType::StringMap));
/// vocabulary.declare("shop.tenant", ValueType::String);
/// assert_eq!(vocabulary.get("shop.tenants"), None);
/// assert_eq!(vocabulary.nearest("shop.tenants"), Some("shop.tenant"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    types: HashMap<Str, ValueType, RandomState>,
}

impl Vocabulary {
    /// No attributes.
    #[must_use]
    pub fn new() -> Vocabulary {
        Vocabulary::default()
    }

    /// The attributes that Istio ships manifests for: those of its proxies and of Kubernetes.
    #[must_use]
    pub fn istio() -> Vocabulary {
        ISTIO_PROXY.into_iter().chain(KUBERNETES).collect()
    }

    /// Declares an attribute; of several declarations of one name the last holds.
    pub fn declare(&mut self, name: impl Into<Str>, value_type: ValueType) {
        self.types.insert(name.into(), value_type);
    }

    /// The type of an attribute, if it is declared.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<ValueType> {
        self.types.get(name).copied()
    }

    /// The declared name that is most like this one, unless none is.
    #[must_use]
    pub fn nearest(&self, name: &str) -> Option<&str> {
        suggest::nearest(name, self.types.keys().map(Str::as_str))
    }

    /// All attributes, sorted by name.
    #[must_use]
    pub fn sorted(&self) -> Vec<(&str, ValueType)> {
        let mut all: Vec<_> = self
            .types
            .iter()
            .map(|(name, value_type)| (name.as_str(), *value_type))
            .collect();
        all.sort_unstable_by_key(|(name, _)| *name);
        all
    }
}

impl<N: Into<Str>> Extend<(N, ValueType)> for Vocabulary {
    fn extend<I: IntoIterator<Item = (N, ValueType)>>(&mut self, attributes: I) {
        for (name, value_type) in attributes {
            self.declare(name, value_type);
        }
    }
}

impl<N: Into<Str>> FromIterator<(N, ValueType)> for Vocabulary {
    fn from_iter<I: IntoIterator<Item = (N, ValueType)>>(attributes: I) -> Vocabulary {
        let mut vocabulary = Vocabulary::new();
        vocabulary.extend(attributes);
        vocabulary
    }
}
