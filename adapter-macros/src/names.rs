//! Names: what is legal, and what is derived from what.

/// The longest name that Kubernetes takes where the adapter's name goes.
pub(crate) const MAX_ADAPTER_NAME: usize = 63;

/// Whether this can name an adapter or a template resource:
/// `^[a-z]([-a-z0-9]*[a-z0-9])?$`, at most 63 characters.
pub(crate) fn is_adapter_name(name: &str) -> bool {
    let legal = |c: char| c == '-' || c.is_ascii_lowercase() || c.is_ascii_digit();
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(legal)
        && !name.ends_with('-')
        && name.len() <= MAX_ADAPTER_NAME
}

/// Whether this can name a field or a message in a `.proto` file.
pub(crate) fn is_proto_ident(name: &str) -> bool {
    name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
        && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
}

/// Whether this can be the package of a `.proto` file.
pub(crate) fn is_proto_package(package: &str) -> bool {
    package.split('.').all(is_proto_ident)
}

/// Whether names of a template can be derived from this segment of its package.
pub(crate) fn is_template_segment(segment: &str) -> bool {
    !segment.is_empty() && segment.chars().all(|c| c.is_ascii_alphabetic())
}

/// `MyGrpcAdapter` as `my-grpc-adapter`.
pub(crate) fn kebab_case(name: &str) -> String {
    words(name).join("-")
}

/// `ListEntry` as `list_entry`.
pub(crate) fn snake_case(name: &str) -> String {
    words(name).join("_")
}

/// `ExpDecay` as `EXP_DECAY`.
pub(crate) fn screaming_snake_case(name: &str) -> String {
    snake_case(name).to_uppercase()
}

/// `list` as `List`, the rest untouched.
pub(crate) fn upper_first(name: &str) -> String {
    let mut chars = name.chars();
    match chars.next() {
        Some(first) => first.to_ascii_uppercase().to_string() + chars.as_str(),
        None => String::new(),
    }
}

/// The words of a name in lower case. A run of capitals is one word, except that its last one
/// begins the next word if a small letter follows: `HTTPAdapter` is `http` and `adapter`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut chars = name.chars().peekable();
    let mut previous = None;
    while let Some(c) = chars.next() {
        let next_is_small = chars.peek().is_some_and(|next| next.is_lowercase());
        let begins = match previous {
            Some(previous) if c.is_uppercase() => !char::is_uppercase(previous) || next_is_small,
            _ => false,
        };
        if begins || !c.is_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
        previous = Some(c);
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_names() {
        for (name, kebab) in [
            ("MyGrpcAdapter", "my-grpc-adapter"),
            ("HTTPAdapter", "http-adapter"),
            ("MyHTTP2Adapter", "my-http2-adapter"),
            ("S3Adapter", "s3-adapter"),
            ("A", "a"),
            ("ABTest", "ab-test"),
            ("My_Adapter", "my-adapter"),
            ("_Hidden", "hidden"),
            ("noop", "noop"),
        ] {
            assert_eq!(kebab_case(name), kebab);
        }
        assert_eq!(snake_case("ListEntry"), "list_entry");
        assert_eq!(snake_case("Metric"), "metric");
        assert_eq!(screaming_snake_case("DeltaCounter"), "DELTA_COUNTER");
        assert_eq!(upper_first("listEntry"), "ListEntry");
    }

    #[test]
    fn legal_names() {
        let longest = "a".repeat(MAX_ADAPTER_NAME);
        for name in ["a", "my-adapter", "a1", "a--b", &longest] {
            assert!(is_adapter_name(name), "{name}");
        }
        let too_long = "a".repeat(MAX_ADAPTER_NAME + 1);
        for name in ["", "1a", "-a", "a-", "A", "a_b", "a.b", "ä", &too_long] {
            assert!(!is_adapter_name(name), "{name}");
        }
        for package in ["a", "adapter.my_adapter.config", "_a.B2"] {
            assert!(is_proto_package(package), "{package}");
        }
        for package in ["", ".", "a.", "a..b", "1a", "a-b", "a b", "ä"] {
            assert!(!is_proto_package(package), "{package}");
        }
    }
}
