//! Names of resources, and how others refer to them.

use std::fmt;

/// What identifies a resource. Displayed as its full name, `requestcount.instance.istio-system`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Key {
    /// `rule`, `handler` and the like.
    pub kind: String,
    /// `metadata.name`.
    pub name: String,
    /// `metadata.namespace`.
    pub namespace: String,
}

impl Key {
    /// The key of a resource.
    #[must_use]
    pub fn new(
        kind: impl Into<String>,
        name: impl Into<String>,
        namespace: impl Into<String>,
    ) -> Key {
        Key {
            kind: kind.into(),
            name: name.into(),
            namespace: namespace.into(),
        }
    }
}

/// By namespace, then by name: the order in which resources are gone through.
impl Ord for Key {
    fn cmp(&self, other: &Key) -> std::cmp::Ordering {
        (&self.namespace, &self.name, &self.kind).cmp(&(&other.namespace, &other.name, &other.kind))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Key) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Key {
            kind,
            name,
            namespace,
        } = self;
        write!(f, "{name}.{kind}.{namespace}")
    }
}

/// Whether a name has the form of a full one, `name.kind.namespace`.
#[must_use]
pub fn is_full(name: &str) -> bool {
    name.matches('.').count() == 2
}

/// The full names that a reference can stand for, in the order in which they are tried: `a` is of
/// the expected kind and of the namespace in which it is written; `a.b` is `name.kind` in that
/// namespace or else `name.namespace`; anything longer is taken as it is.
///
/// ```
/// use adapter_mixer::config::candidates;
///
/// assert_eq!(candidates("check", "handler", "shop"), ["check.handler.shop"]);
/// assert_eq!(
///     candidates("check.prod", "handler", "shop"),
///     ["check.prod.shop", "check.handler.prod"]
/// );
/// ```
#[must_use]
pub fn candidates(reference: &str, kind: &str, namespace: &str) -> Vec<String> {
    match reference.split('.').collect::<Vec<_>>()[..] {
        [name] => vec![format!("{name}.{kind}.{namespace}")],
        [name, second] => vec![
            format!("{name}.{second}.{namespace}"),
            format!("{name}.{kind}.{second}"),
        ],
        _ => vec![reference.to_owned()],
    }
}

/// The name by which a quota is asked for: the first part of a full name; another name is its own.
#[must_use]
pub fn short(name: &str) -> &str {
    match is_full(name) {
        true => name.split('.').next().unwrap_or_default(),
        false => name,
    }
}
