//! Whose rules a request is subject to.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::attribute::{Attributes, Name, ValueRef};

static REPORTER: LazyLock<Name> = LazyLock::new(|| Name::new("context.reporter.kind"));
static SOURCE: LazyLock<Name> = LazyLock::new(|| Name::new("source.namespace"));
static DESTINATION: LazyLock<Name> = LazyLock::new(|| Name::new("destination.namespace"));

/// The namespace of a request, and why it is that one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Chosen {
    /// The namespace; empty if there is none, and then only the default namespace's rules hold.
    pub namespace: String,
    /// The attribute that names it; `None` where the reporter is of an unknown kind.
    pub attribute: Option<&'static str>,
}

/// Whose rules a request is subject to, beside those of the default namespace: the source's if the
/// proxy of the client reports (`context.reporter.kind` is `outbound`), else the destination's.
#[must_use]
pub fn namespace_of(attributes: &dyn Attributes) -> Chosen {
    let attribute = attribute_of(attributes);
    let namespace = attribute.and_then(|attribute| text(attributes, attribute));
    Chosen {
        namespace: namespace.unwrap_or_default().into_owned(),
        attribute: attribute.map(|attribute| match std::ptr::eq(attribute, &*SOURCE) {
            true => "source.namespace",
            false => "destination.namespace",
        }),
    }
}

/// The same without the reason, and without a copy.
pub(super) fn with_namespace<T>(attributes: &dyn Attributes, then: impl FnOnce(&str) -> T) -> T {
    let namespace = attribute_of(attributes).and_then(|attribute| text(attributes, attribute));
    then(namespace.as_deref().unwrap_or_default())
}

fn attribute_of(attributes: &dyn Attributes) -> Option<&'static Name> {
    match text(attributes, &REPORTER).as_deref() {
        None | Some("inbound") => Some(&DESTINATION),
        Some("outbound") => Some(&SOURCE),
        Some(_) => None,
    }
}

fn text<'a>(attributes: &'a dyn Attributes, name: &'a Name) -> Option<Cow<'a, str>> {
    match attributes.get_named(name) {
        Some(ValueRef::String(text)) => Some(text),
        _ => None,
    }
}
