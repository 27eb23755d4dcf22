//! The names of resources.

use crate::document::quote;

/// How long the name of a resource may be.
const MAX_NAME: usize = 253;

/// How long the name of a namespace may be.
const MAX_NAMESPACE: usize = 63;

/// What is wrong with the name of a resource, and what to write.
pub(super) fn problem(name: &str) -> Option<(String, &'static str)> {
    if name.contains('.') {
        let message = format!(
            "the name {} has a dot, with which nothing can refer to it",
            quote(name)
        );
        return Some((
            message,
            "write `-` instead: `name.namespace` is how resources are referred to",
        ));
    }
    not_a_label(name, MAX_NAME, "name")
}

/// What is wrong with the name of a namespace.
pub(super) fn namespace_problem(name: &str) -> Option<(String, &'static str)> {
    not_a_label(name, MAX_NAMESPACE, "namespace")
}

fn not_a_label(name: &str, most: usize, what: &str) -> Option<(String, &'static str)> {
    let legal = |c: char| c == '-' || c.is_ascii_lowercase() || c.is_ascii_digit();
    let help = "write small letters, digits and `-`, first and last no `-`";
    if name.is_empty() {
        return Some((format!("the {what} is empty"), help));
    }
    if name.len() > most {
        return Some((
            format!("a {what} has at most {most} characters"),
            "write a shorter one",
        ));
    }
    if !name.chars().all(legal) || name.starts_with('-') || name.ends_with('-') {
        return Some((
            format!("{} is no {what} that Kubernetes takes", quote(name)),
            help,
        ));
    }
    None
}

/// The resources that a reference may mean, as (name, kind, namespace), best first.
pub(super) fn candidates<'r>(
    reference: &'r str,
    kind: &'r str,
    namespace: &'r str,
) -> Vec<(&'r str, &'r str, &'r str)> {
    let parts: Vec<_> = reference.split('.').collect();
    match parts[..] {
        [name] => vec![(name, kind, namespace)],
        // Resources whose kind was a template or an adapter were referred to by it.
        [name, second] => vec![(name, second, namespace), (name, kind, second)],
        [name, kind, namespace] => vec![(name, kind, namespace)],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_as_mixer_does_it() {
        for (reference, expected) in [
            ("foo", &[("foo", "mykind", "bar")][..]),
            ("foo.x", &[("foo", "x", "bar"), ("foo", "mykind", "x")]),
            ("foo.bar.baz", &[("foo", "bar", "baz")]),
            ("foo.bar.baz.baz2", &[]),
        ] {
            assert_eq!(
                candidates(reference, "mykind", "bar"),
                expected,
                "{reference}"
            );
        }
    }

    #[test]
    fn names_that_kubernetes_takes() {
        for name in ["a", "0a", "my-adapter", &"a".repeat(253)] {
            assert_eq!(problem(name), None, "{name}");
        }
        for name in [
            "",
            "A",
            "a_b",
            "-a",
            "a-",
            "a.b",
            "\u{e4}",
            &"a".repeat(254),
        ] {
            assert!(problem(name).is_some(), "{name}");
        }
    }
}
